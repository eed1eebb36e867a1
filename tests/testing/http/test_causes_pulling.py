"""Every fault of reading that an org can cause can be caused. Each test says which, by its number."""

from datetime import timedelta
from urllib.parse import quote

import pytest
import requests

from sfsync.testing import SimulatedOrg
from sfsync.testing.storage import format_moment

from .conftest import Api

TOUCH = {"operation": "touch", "sobject": "Account"}


@pytest.fixture
def org(fresh_api):
    """Stop the clock in the middle of a minute."""
    clock = fresh_api.simulated.org.clock
    clock.stand(clock.now().replace(second=30, microsecond=0))
    return fresh_api.simulated


def window(api: Api, kind: str = "updated", hours: float = 1, until: float = 0) -> requests.Response:
    now = api.simulated.org.clock.now()
    ends = {"start": now - timedelta(hours=hours), "end": now - timedelta(hours=until)}
    query = "&".join(f"{name}={quote(format_moment(moment))}" for name, moment in ends.items())
    return api("GET", f"/sobjects/Account/{kind}/?{query}")


def code(response: requests.Response) -> tuple[int, str]:
    return response.status_code, response.json()[0]["errorCode"]


def make(api: Api, count: int) -> list[str]:
    return [api.create("Account", Name=f"Account {number:03}") for number in range(count)]


def test_a_long_transaction_shows_its_rows_late(fresh_api, org):
    """Causes F15."""
    transaction = org.transactions.open()
    write = {"operation": "create", "sobject": "Account", "values": {"Name": "late"}}
    org.transactions.write(transaction, [write])
    opened = format_moment(org.org.clock.now())
    org.org.clock.advance(480)
    assert window(fresh_api).json()["latestDateCovered"] <= opened
    org.transactions.commit(transaction)
    (record_id,) = window(fresh_api).json()["ids"]
    assert org.records("Account")[0]["SystemModstamp"] <= opened < org.history(record_id)[0]["committed"]


def test_a_transaction_can_hold_the_feed_back_for_days(fresh_api, org):
    """Causes F16."""
    org.transactions.open()
    frozen = window(fresh_api).json()["latestDateCovered"]
    (record_id,) = make(fresh_api, 1)
    for _ in range(3):
        org.org.clock.advance(86_400)
        again = Api(org)
        with again.session:
            body = window(again, hours=24 * 4).json()
        assert body["ids"] == [record_id]
        assert body["latestDateCovered"][:16] == frozen[:16]


def test_many_rows_have_the_same_stamp_across_a_page(fresh_api, org):
    """Causes F17, and F97: all stamps are new though no value changed."""
    ids = make(fresh_api, 30)
    org.org.clock.advance(60)
    assert org.transactions.write_at_once([TOUCH]) == ids
    assert len({row["SystemModstamp"] for row in org.records("Account")}) == 1
    assert {row["Name"] for row in org.records("Account")} == {f"Account {number:03}" for number in range(30)}


def test_a_row_is_edited_between_the_feed_and_the_retrieve(fresh_api, org):
    """Causes F18."""
    (record_id,) = make(fresh_api, 1)
    write = {"operation": "update", "sobject": "Account", "id": record_id, "values": {"Name": "newer"}}
    org.faults.add("write", kind="collections_retrieve", writes=[write], times=1)
    body = {"ids": [record_id], "fields": ["Name"]}
    assert fresh_api("POST", "/composite/sobjects/Account", json=body).json()[0]["Name"] == "newer"


def test_retrieve_gives_null_for_an_id_of_the_feed(fresh_api, org):
    """Causes F19."""
    ids = make(fresh_api, 4)
    org.faults.add("blank_rows", kind="collections_retrieve", share=0.5, seed=1)
    found = fresh_api("POST", "/composite/sobjects/Account", json={"ids": ids, "fields": ["Name"]}).json()
    assert 0 < found.count(None) < 4


def test_a_session_ends_in_the_middle_of_a_query(fresh_api, org):
    """Causes F20: the page is refused, and its locator dead for the next session."""
    with org.org.transaction():
        for number in range(250):
            org.org.create("Account", {"Name": str(number)}, org.org.settings.user_id)
    headers = {"Sforce-Query-Options": "batchSize=200"}
    first = fresh_api("GET", "/query", params={"q": "SELECT Id FROM Account"}, headers=headers).json()
    org.faults.add("expire_token", kind="query_more", times=1)
    assert code(fresh_api.get(first["nextRecordsUrl"])) == (401, "INVALID_SESSION_ID")
    again = Api(org)
    with again.session:
        assert code(again.get(first["nextRecordsUrl"])) == (400, "INVALID_QUERY_LOCATOR")


@pytest.mark.parametrize("seconds", [30, 1_800])
def test_maintenance_for_a_while(fresh_api, org, seconds):
    """Causes F21, and F22."""
    org.faults.add("status", status=503, retry_after=5, lasting=seconds)
    org.org.clock.advance(seconds - 5)
    response = fresh_api.get("/limits")
    assert (response.status_code, response.text[:9]) == (503, "<!DOCTYPE")
    org.org.clock.advance(5)
    assert fresh_api.get("/limits").status_code == 200


def test_too_many_ids_in_a_window():
    """Causes F23."""
    with SimulatedOrg(replication_id_limit=3) as simulated:
        api = Api(simulated)
        with api.session:
            make(api, 4)
            simulated.org.clock.advance(60)
            assert code(window(api)) == (400, "EXCEEDED_ID_LIMIT")


def test_outages_beyond_the_horizons(fresh_api, org):
    """Causes F24: after 20 days the deletes are gone, after 40 the start is refused."""
    kept, gone = make(fresh_api, 2)
    fresh_api("DELETE", f"/sobjects/Account/{gone}")
    org.org.clock.advance(20 * 86_400)
    again = Api(org)
    with again.session:
        assert window(again, hours=24 * 21).json()["ids"] == [kept]
        assert window(again, "deleted", hours=24 * 21).json()["deletedRecords"] == []
        assert code(window(again, hours=24 * 40)) == (400, "INVALID_REPLICATION_DATE")


def test_an_org_says_that_everything_is_gone(fresh_api, org):
    """Causes F25."""
    ids = make(fresh_api, 10)
    org.faults.add("edit", kind="query", body={"totalSize": 0, "records": []})
    assert fresh_api.query("SELECT Id FROM Account") == {"totalSize": 0, "done": True, "records": []}
    for record_id in ids[:9]:
        fresh_api("DELETE", f"/sobjects/Account/{record_id}")
    org.org.clock.advance(60)
    assert len(window(fresh_api, "deleted").json()["deletedRecords"]) == 9


def test_records_are_merged_and_brought_back(fresh_api, org):
    """Causes F26: the loser names its winner, who has its children; and F27."""
    winner, loser, other = make(fresh_api, 3)
    child = fresh_api.create("Contact", LastName="C", AccountId=loser)
    user = org.org.settings.user_id
    org.org.merge("Account", winner, [loser], user)
    rows = {row["Id"]: row for row in org.records("Account")}
    assert (rows[loser]["IsDeleted"], rows[loser]["MasterRecordId"]) == (True, winner)
    assert org.records("Contact")[0]["AccountId"] == winner
    assert org.records("Contact")[0]["Id"] == child
    org.org.delete("Account", other, user)
    org.org.undelete("Account", other, user)
    org.org.clock.advance(60)
    assert other in window(fresh_api).json()["ids"]
    gone = window(fresh_api, "deleted").json()["deletedRecords"]
    assert other not in [entry["id"] for entry in gone]


def test_records_are_gone_without_a_trace():
    """Causes F28, F29 and F92: hard deletes, with the children, and a delete log that was purged."""
    with SimulatedOrg(purged_in_log="silent") as simulated:
        org, user = simulated.org, simulated.org.settings.user_id
        parent = org.create("Account", {"Name": "P"}, user)
        org.create("Contact", {"LastName": "C", "AccountId": parent}, user)
        org.hard_delete("Account", parent, user)
        assert simulated.records("Account") == simulated.records("Contact") == []
        org.clock.advance(60)
        now = org.clock.now()
        assert org.deleted("Contact", now - timedelta(hours=1), now, user)["deletedRecords"] == []


def test_windows_that_are_too_short(fresh_api):
    """Causes F30."""
    assert code(window(fresh_api, "deleted", hours=0.01)) == (400, "INVALID_REPLICATION_DATE")


def test_the_feed_is_covered_to_before_its_start(fresh_api, org):
    """Causes F31."""
    org.faults.add(
        "edit", kind="updated", body={"ids": [], "latestDateCovered": "2026-01-01T00:00:00.000+0000"}
    )
    assert window(fresh_api).json() == {"ids": [], "latestDateCovered": "2026-01-01T00:00:00.000+0000"}


@pytest.mark.parametrize("action", ["cut", "broken_gzip", "wrong_length", "truncate"])
def test_answers_break_in_the_middle(fresh_api, org, action):
    """Causes F32."""
    org.faults.add(action)
    with pytest.raises(requests.RequestException):
        fresh_api.get("/sobjects").json()


def test_a_query_is_not_done_and_has_no_next_page(fresh_api, org):
    """Causes F33."""
    org.faults.add("edit", kind="query", body={"done": False, "nextRecordsUrl": None})
    body = fresh_api.query("SELECT Id FROM Account")
    assert (body["done"], "nextRecordsUrl" in body) == (False, False)


def test_one_object_takes_too_long(fresh_api, org):
    """Causes F34."""
    org.faults.add("status", contains="FROM Account", status=400, code="QUERY_TIMEOUT", message="too long")
    assert code(fresh_api.get("/query", q="SELECT Id FROM Account")) == (400, "QUERY_TIMEOUT")
    assert fresh_api.query("SELECT Id FROM Contact")["totalSize"] == 0


def test_a_query_is_too_long_for_a_url(fresh_api):
    """Causes F35: 414, and 431 with the headers."""
    soql = f"SELECT Id FROM Account WHERE Name = '{'x' * 3_000}'"
    assert fresh_api.get("/query", q=soql * 6).status_code == 414
    headers = {f"X-{number}": "y" * 3_000 for number in range(5)}
    assert fresh_api("GET", "/query", params={"q": soql}, headers=headers).status_code == 431


def test_a_redirect_leads_to_another_host(fresh_api, org):
    """Causes F36."""
    org.faults.add("redirect", location="https://evil.example{path}")
    response = fresh_api("GET", "/limits", allow_redirects=False)
    assert response.headers["Location"] == f"https://evil.example{fresh_api.base}/limits"


def test_a_row_leaves_the_filter(fresh_api):
    """Causes F37."""
    record_id = fresh_api.create("Account", Name="A", Type="Prospect")
    fresh_api("PATCH", f"/sobjects/Account/{record_id}", json={"Type": "Other"})
    assert fresh_api.query("SELECT Id FROM Account WHERE Type = 'Prospect'")["totalSize"] == 0


def test_the_clock_of_the_org_is_off(fresh_api, org):
    """Causes F12."""
    before = fresh_api.get("/limits").headers["Date"]
    org.org.clock.advance(-600)
    assert fresh_api.get("/limits").headers["Date"] != before
