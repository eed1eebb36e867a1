from __future__ import annotations

import pytest

from sfsync.testing.bulk.header import resolve_header
from sfsync.testing.bulk.jobs import JobFailed
from sfsync.testing.org import Org
from sfsync.testing.schema.base import SObjectSpec, sobject
from sfsync.testing.schema.columns import boolean, is_deleted, lookup, record_id, stamps, text


def make_remark() -> SObjectSpec:
    return sobject(
        name="Remark__c", label="Remark", label_plural="Remarks", key_prefix="a0R",
        fields=(
            record_id("Record ID"),
            is_deleted(),
            *stamps(),
            text("Text__c", "Text", 80),
            boolean("Done__c", "Done"),
            lookup("About__c", "About", "Account", "Contact", relationship_name="About__r"),
            lookup("Account__c", "Account", "Account", relationship_name="Account__r"),
        ),
    )  # fmt: skip


@pytest.fixture
def remarks(org: Org) -> Org:
    org.add_object(make_remark())
    return org


def resolve(org: Org, *names: str) -> list[tuple[str, str, str | None]]:
    spec = org.schema.get("Remark__c")
    columns = resolve_header(org, spec, names, org.settings.user_id)
    return [(column.key, column.field.name, column.parent) for column in columns]


def test_names_in_any_case(remarks: Org) -> None:
    assert resolve(remarks, "ID", "text__C") == [("Id", "Id", None), ("Text__c", "Text__c", None)]


def test_parents_by_a_field_of_theirs(remarks: Org) -> None:
    assert resolve(remarks, "account__r.django_id__c", "Contact:About__r.Email") == [
        ("Account__r", "Django_Id__c", "Account"),
        ("About__r", "Email", "Contact"),
    ]


@pytest.mark.parametrize(
    "name",
    [
        "Missing__c",
        "",
        "About__r.Email",
        "User:About__r.Email",
        "Contact:Text__c",
        "Account__r.Missing__c",
        "Account__r.Phone",
        "Account__r.Owner.Username",
        "Nobody__r.Email",
        " Text__c",
    ],
)
def test_names_that_are_not_found(remarks: Org, name: str) -> None:
    with pytest.raises(JobFailed) as caught:
        resolve(remarks, "Id", name)
    assert caught.value.message == f"InvalidBatch : Field name not found : {name}"


def test_a_name_twice(remarks: Org) -> None:
    with pytest.raises(JobFailed) as caught:
        resolve(remarks, "Text__c", "TEXT__c")
    assert caught.value.message == "InvalidBatch : Duplicate field name : TEXT__c"


def test_what_texts_stand_for(remarks: Org) -> None:
    spec = remarks.schema.get("Remark__c")
    names = ["Text__c", "Done__c", "Account__r.Django_Id__c"]
    plain, flag, parent = resolve_header(remarks, spec, names, remarks.settings.user_id)
    assert [plain.value(" x "), plain.value("#N/A"), plain.value("#n/a")] == [" x ", None, "#n/a"]
    assert [flag.value("1"), flag.value("0"), flag.value("true")] == ["true", "false", "true"]
    assert parent.value("7") == {"attributes": {"type": "Account"}, "Django_Id__c": "7"}
    assert parent.value("#N/A") is None
