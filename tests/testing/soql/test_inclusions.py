from __future__ import annotations

from collections.abc import Callable

import pytest

from sfsync.testing.errors import OrgError
from sfsync.testing.org import Org
from sfsync.testing.schema.base import FieldSpec

from .conftest import reason

Names = Callable[[str], list[str]]


@pytest.fixture(autouse=True)
def accounts(local_org: Org) -> None:
    """Accounts named by their tags, and one without any."""
    tags = FieldSpec(name="Tags__c", type="multipicklist", label="Tags", length=4_099, sortable=False)
    local_org.schema.add_fields("Account", [tags])
    local_org.add_object(local_org.schema.get("Account"))
    values = {"A": "red", "B": "red;green", "C": "green;blue", "D": None, "E": "Redder"}
    for name, chosen in values.items():
        local_org.create("Account", {"Name": name, "Tags__c": chosen}, local_org.settings.user_id)


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ("Tags__c INCLUDES ('red')", "AB"),
        ("Tags__c includes ('RED')", "AB"),
        ("Tags__c INCLUDES ('red;green')", "B"),
        ("Tags__c INCLUDES ('green;red')", "B"),
        ("Tags__c INCLUDES ('red', 'blue')", "ABC"),
        ("Tags__c INCLUDES ('red;blue', 'green;blue')", "C"),
        ("Tags__c INCLUDES ('none')", ""),
        ("Tags__c INCLUDES ('red', null)", "ABD"),
        ("Tags__c EXCLUDES ('red')", "CDE"),
        ("Tags__c EXCLUDES ('green;blue')", "ABDE"),
        ("NOT Tags__c INCLUDES ('red')", "CDE"),
        ("NOT Tags__c EXCLUDES ('red')", "AB"),
        ("Tags__c = 'red;green'", "B"),
        ("Tags__c = null", "D"),
    ],
)
def test_values_are_looked_for_among_those_chosen(names: Names, where: str, expected: str) -> None:
    assert "".join(names(where)) == expected


@pytest.mark.parametrize(
    ("where", "code", "sentence"),
    [
        ("Name INCLUDES ('a')", "INVALID_QUERY_FILTER_OPERATOR", "wrong_operator string"),
        ("Tags__c LIKE 'red%'", "INVALID_QUERY_FILTER_OPERATOR", "wrong_operator multipicklist"),
        ("Tags__c INCLUDES (1)", "INVALID_FIELD", "wrong_literal Tags__c"),
    ],
)
def test_refusals(names: Names, where: str, code: str, sentence: str) -> None:
    with pytest.raises(OrgError) as caught:
        names(where)
    assert caught.value.code == code
    assert reason(caught.value).startswith(sentence)
