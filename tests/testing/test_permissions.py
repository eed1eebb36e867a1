from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from sfsync.testing.errors import OrgError
from sfsync.testing.org import Org
from sfsync.testing.permissions import Permissions
from sfsync.testing.schema import FieldSpec, SObjectSpec


class OneFieldHidden(Permissions):
    """A user without access to the phone of an account."""

    def visible_fields(self, user: str, spec: SObjectSpec) -> list[FieldSpec]:
        return [field for field in super().visible_fields(user, spec) if field.name != "Phone"]


def test_reads_and_describes_ask(org: Org, user: str) -> None:
    account = org.create("Account", {"Name": "A", "Phone": "1"}, user)
    org.permissions = org.reader.permissions = OneFieldHidden(org.schema)
    assert "Phone" not in org.read("Account", account, None, user)
    assert "Phone" not in [field["name"] for field in org.describe("Account", user)["fields"]]
    with pytest.raises(OrgError) as caught:
        org.read("Account", account, ["Phone"], user)
    assert caught.value.message == "No such column 'Phone' on sobject of type Account"


@pytest.mark.parametrize("operation", ["create", "update", "delete"])
def test_writes_ask(org: Org, user: str, operation: str) -> None:
    account = org.create("Account", {"Name": "A"}, user)
    name = {"create": "createable", "update": "updateable", "delete": "deletable"}[operation]
    properties: dict[str, Any] = {name: False}
    org.schema.add(replace(org.schema.get("Account"), **properties))
    calls: dict[str, Callable[[], object]] = {
        "create": lambda: org.create("Account", {"Name": "B"}, user),
        "update": lambda: org.update("Account", account, {"Name": "B"}, user),
        "delete": lambda: org.delete("Account", account, user),
    }
    with pytest.raises(OrgError) as caught:
        calls[operation]()
    assert caught.value.message == f"entity type Account does not support {operation}"


def test_fields_that_only_a_create_may_set(org: Org, user: str) -> None:
    contact = org.create("Contact", {"LastName": "B"}, user)
    values = {"Name": "D", "StageName": "Prospecting", "CloseDate": "2026-01-01", "ContactId": contact}
    deal = org.create("Opportunity", values, user)
    with pytest.raises(OrgError) as caught:
        org.update("Opportunity", deal, {"ContactId": None}, user)
    assert (caught.value.code, caught.value.fields) == ("INVALID_FIELD_FOR_INSERT_UPDATE", ["ContactId"])
