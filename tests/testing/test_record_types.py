from pathlib import Path
from typing import Any

import pytest

from sfsync.testing.errors import OrgError
from sfsync.testing.org import Org


def record_type(org: Org, name: str, sobject: str = "Account", **more: Any) -> str:
    values = {"Name": name, "DeveloperName": name, "SobjectType": sobject, **more}
    return org.create("RecordType", values, org.settings.user_id)


def of(org: Org, account: str) -> Any:
    return org.read("Account", account, ["RecordTypeId"], org.settings.user_id)["RecordTypeId"]


def test_the_first_record_type_brings_the_field(org: Org, user: str) -> None:
    early = org.create("Account", {"Name": "A"}, user)
    assert "RecordTypeId" not in org.schema.get("Account").fields
    partner, rival = record_type(org, "Partner"), record_type(org, "Rival", "account")
    assert of(org, early) is None
    assert of(org, org.create("Account", {"Name": "B"}, user)) == partner
    assert of(org, org.create("Account", {"Name": "C", "RecordTypeId": rival[:15]}, user)) == rival
    org.update("Account", early, {"RecordTypeId": rival}, user)
    assert of(org, early) == rival


def test_describe_lists_them_and_the_master(org: Org, user: str) -> None:
    assert [info["name"] for info in org.describe("Account", user)["recordTypeInfos"]] == ["Master"]
    retired = record_type(org, "Retired", IsActive=False)
    partner = record_type(org, "Partner")
    infos = org.describe("Account", user, "60.0")["recordTypeInfos"]
    shown = [(info["recordTypeId"], info["active"], info["defaultRecordTypeMapping"]) for info in infos]
    assert shown == [(retired, False, False), (partner, True, True), ("012000000000000AAA", True, False)]
    assert [info["master"] for info in infos] == [False, False, True]
    layout = f"/services/data/v60.0/sobjects/Account/describe/layouts/{partner}"
    assert infos[1]["urls"] == {"layout": layout}


@pytest.mark.parametrize("more", [{"sobject": "Contact"}, {"IsActive": False}])
def test_a_record_type_that_is_not_valid(org: Org, user: str, more: dict[str, Any]) -> None:
    record_type(org, "Fine")
    wrong = record_type(org, "Wrong", **more)
    with pytest.raises(OrgError) as caught:
        org.create("Account", {"Name": "A", "RecordTypeId": wrong}, user)
    assert (caught.value.code, caught.value.fields) == ("INVALID_CROSS_REFERENCE_KEY", ["RecordTypeId"])
    assert caught.value.message.startswith("Record Type ID: this ID value isn't valid for the user: 012")


def test_a_record_type_of_no_object(org: Org) -> None:
    with pytest.raises(OrgError) as caught:
        record_type(org, "Lost", "Nope__c")
    assert caught.value.code == "INVALID_TYPE"
    assert list(org.storage.read('SELECT * FROM "RecordType"')) == []


def test_the_field_is_there_when_the_data_is_opened_again(tmp_path: Path) -> None:
    first = Org(tmp_path / "org.sqlite3")
    partner = record_type(first, "Partner")
    first.close()
    second = Org(tmp_path / "org.sqlite3")
    account = second.create("Account", {"Name": "A"}, second.settings.user_id)
    assert of(second, account) == partner
    second.close()
