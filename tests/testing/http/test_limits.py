from __future__ import annotations

import pytest

from sfsync.testing.access import Access

from .conftest import Api


def test_limits(api: Api) -> None:
    body = api.get("/limits").json()
    assert body["DailyApiRequests"]["Max"] == 15_000
    assert body["DailyApiRequests"]["Remaining"] < 15_000
    assert list(body) == sorted(body)
    assert all(set(figures) == {"Max", "Remaining"} for figures in body.values())


def test_record_count(fresh_api: Api) -> None:
    for name in "ABC":
        fresh_api.create("Account", Name=name)
    fresh_api("DELETE", f"/sobjects/Account/{fresh_api.create('Account', Name='D')}")
    body = fresh_api.get("/limits/recordCount", sObjects="account, Contact,Nonsense").json()
    assert body == {"sObjects": [{"count": 3, "name": "Account"}, {"count": 0, "name": "Contact"}]}
    names = [item["name"] for item in fresh_api.get("/limits/recordCount").json()["sObjects"]]
    assert {"Account", "User", "Organization"} <= set(names)
    assert Api(fresh_api.simulated, "39.0").get("/limits/recordCount").status_code == 404


def test_the_records_viewed_last(fresh_api: Api) -> None:
    account, contact = fresh_api.create("Account", Name="A"), fresh_api.create("Contact", LastName="B")
    never = fresh_api.create("Account", Name="C")
    fresh_api.get(f"/sobjects/Account/{account}")
    fresh_api.get(f"/sobjects/Contact/{contact}")
    records = fresh_api.get("/recent").json()
    viewed = {record["Id"]: record for record in records}
    assert list(viewed[account]) == ["attributes", "Id", "Name"]
    assert viewed[contact]["attributes"]["type"] == "Contact"
    assert never not in viewed
    assert len(fresh_api.get("/recent", limit="1").json()) == 1


@pytest.mark.parametrize("limit", ["0", "201", "x", ""])
def test_a_limit_of_nothing_or_too_much(api: Api, limit: str) -> None:
    assert api.get("/recent", limit=limit).status_code == 400


def test_a_user_counts_and_views_what_they_see(fresh_api: Api) -> None:
    account = fresh_api.create("Account", Name="A")
    fresh_api.get(f"/sobjects/Account/{account}")
    fresh_api.simulated.set_access(fresh_api.simulated.org.settings.username, objects={"Account": ""})
    assert fresh_api.get("/limits/recordCount", sObjects="Account").json() == {"sObjects": []}
    assert account not in [record["Id"] for record in fresh_api.get("/recent").json()]
    fresh_api.simulated.org.permissions.table.set(fresh_api.simulated.org.settings.user_id, Access())
