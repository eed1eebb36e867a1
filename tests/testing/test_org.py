from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from sfsync.testing.errors import OrgError
from sfsync.testing.org import Org
from sfsync.testing.schema import columns, sobject
from sfsync.testing.settings import OrgSettings


def test_records_survive_a_restart(tmp_path: Path) -> None:
    org = Org(tmp_path / "org.sqlite3")
    first = org.create("Account", {"Name": "A"}, org.settings.user_id)
    org.close()
    org = Org(tmp_path / "org.sqlite3")
    second = org.create("Account", {"Name": "B"}, org.settings.user_id)
    assert org.read("Account", first, ["Name"], org.settings.user_id)["Name"] == "A"
    assert second > first
    org.close()


def test_a_field_that_the_schema_gained_since(tmp_path: Path) -> None:
    org = Org(tmp_path / "org.sqlite3")
    user = org.settings.user_id
    account = org.create("Account", {"Name": "A"}, user)
    org.close()
    org = Org(tmp_path / "org.sqlite3")
    fields = [columns.text("Tier__c", "Tier", 20), columns.boolean("Vip__c", "Vip", default=True)]
    wider = {**org.schema.get("Account").fields, **{field.name: field for field in fields}}
    org.add_object(replace(org.schema.get("Account"), fields=wider))
    assert org.read("Account", account, ["Vip__c"], user)["Vip__c"] is True
    org.update("Account", account, {"tier__c": "Gold"}, user)
    assert org.read("Account", account, ["Tier__c"], user)["Tier__c"] == "Gold"
    org.close()


def test_an_object_of_ones_own(org: Org, user: str) -> None:
    fields = [
        columns.record_id("Record ID"),
        columns.is_deleted(),
        columns.text("Name", "Invoice Name", 80, nillable=False, name_field=True),
        columns.lookup(
            "Account__c", "Account", "Account", relationship_name="Account__r", on_parent_delete="restrict"
        ),
        *columns.stamps(),
    ]
    org.add_object(
        sobject(name="Invoice__c", label="Invoice", label_plural="Invoices", key_prefix="a00", fields=fields)
    )
    account = org.create("Account", {"Name": "A", "Django_Id__c": "1"}, user)
    invoice = org.create("invoice__c", {"Name": "I", "account__r": {"Django_Id__c": "1"}}, user)
    assert org.read("Invoice__c", invoice, ["Account__c"], user)["Account__c"] == account
    with pytest.raises(OrgError) as caught:
        org.delete("Account", account, user)
    assert caught.value.code == "DELETE_FAILED"
    org.delete("Invoice__c", invoice, user)
    org.delete("Account", account, user)


def test_a_transaction_undoes_everything(org: Org, user: str) -> None:
    kept = org.create("Account", {"Name": "Kept"}, user)
    with pytest.raises(OrgError), org.transaction():
        org.update("Account", kept, {"Name": "Changed"}, user)
        org.create("Account", {"Name": "New"}, user)
        org.create("Account", {}, user)
    assert org.read("Account", kept, ["Name"], user)["Name"] == "Kept"
    [row] = org.storage.read('SELECT COUNT(*) FROM "_history" WHERE "sobject" = \'Account\'')
    assert row[0] == 1


def test_a_refused_record_inside_a_transaction_spoils_nothing_else(org: Org, user: str) -> None:
    with org.transaction():
        org.create("Account", {"Name": "A"}, user)
        with pytest.raises(OrgError):
            org.create("Account", {}, user)
        org.create("Account", {"Name": "B"}, user)
    [row] = org.storage.read('SELECT COUNT(*) FROM "Account"')
    assert row[0] == 2


@pytest.mark.parametrize("file", [":memory:", "org.sqlite3"])
def test_many_threads_lose_nothing(file: str, tmp_path: Path) -> None:
    org = Org(file if file == ":memory:" else tmp_path / file)
    user = org.settings.user_id
    shared = org.create("Account", {"Name": "Shared"}, user)

    def work(worker: int) -> list[str]:
        made = []
        for number in range(20):
            made.append(org.create("Contact", {"LastName": f"{worker}-{number}", "AccountId": shared}, user))
            org.update("Contact", made[-1], {"Title": "x"}, user)
            assert org.retrieve("Contact", made, ["Title"], user).count(None) == 0
        return made

    with ThreadPoolExecutor(8) as pool:
        made = [record_id for ids in pool.map(work, range(8)) for record_id in ids]
    assert len(set(made)) == 160
    rows = list(org.storage.read('SELECT "Title" FROM "Contact" WHERE "AccountId" = ?', (shared,)))
    assert [row[0] for row in rows] == ["x"] * 160
    org.close()


def test_one_user_and_one_organization(tmp_path: Path) -> None:
    for _ in range(2):  # also after a restart
        org = Org(tmp_path / "org.sqlite3")
        settings = org.settings
        [user] = org.storage.read('SELECT "Id", "Username", "Name", "CreatedById" FROM "User"')
        assert tuple(user) == (settings.user_id, settings.username, "Simulated Admin", settings.user_id)
        body = org.read("Organization", settings.org_id, None, settings.user_id)
        assert (body["Name"], body["IsSandbox"], body["OrganizationType"]) == (
            "Simulated Org",
            False,
            "Developer Edition",
        )
        org.close()


def test_pages_of_an_org_that_knows_its_address() -> None:
    org = Org(settings=OrgSettings(base_url="https://simulated.example"))
    urls = org.describe("Account", org.settings.user_id)["urls"]
    assert urls["uiDetailTemplate"] == "https://simulated.example/{ID}"
    org.close()
