"""Objects, the recycle bin and the delete log under /__org__/. Causes F28."""

from typing import Any

import pytest
import requests

from sfsync.testing import SimulatedOrg

from .conftest import Api

CRATE = {"name": "Crate__c", "fields": [{"name": "Weight__c", "type": "double", "precision": 6, "scale": 1}]}


def backstage(simulated: SimulatedOrg, method: str, path: str, body: Any = None) -> requests.Response:
    return requests.request(method, f"{simulated.url}/__org__/{path}", json=body, timeout=20)


def test_an_object_is_there_at_once(simulated_org: SimulatedOrg, fresh_api: Api) -> None:
    added = backstage(simulated_org, "POST", "objects", CRATE)
    assert (added.status_code, added.json()) == (201, {"objects": ["Crate__c"]})
    assert "Crate__c" in backstage(simulated_org, "GET", "objects").json()["objects"]
    crate = fresh_api.create("Crate__c", Name="C", Weight__c="1.25")
    assert fresh_api.get(f"/sobjects/crate__c/{crate}").json()["Weight__c"] == 1.2
    [found] = fresh_api.query("SELECT Name FROM Crate__c WHERE Weight__c > 1")["records"]
    assert found["Name"] == "C"


@pytest.mark.parametrize("wrong", [{"name": 1}, [], "text", {"name": "A__c", "fields": [{"name": "B"}]}])
def test_what_describes_no_object(served: SimulatedOrg, wrong: Any) -> None:
    answer = backstage(served, "POST", "objects", wrong)
    assert answer.status_code == (201 if wrong == [] else 400)


def test_the_bin_and_the_log(served: SimulatedOrg, api: Api) -> None:
    account = api.create("Account", Name="A")
    assert api("DELETE", f"/sobjects/Account/{account}").status_code == 204
    assert backstage(served, "DELETE", "recycle-bin").json() == {"purged": 1}
    soql = f"SELECT Id FROM Account WHERE Id = '{account}'"
    assert api.get("/queryAll", q=soql).json()["totalSize"] == 0
    moment = "2021-01-01T00:00:00.000+0000"
    purged = backstage(served, "POST", "delete-log", {"before": "2021-01-01T00:00:00Z"})
    assert purged.json() == backstage(served, "GET", "delete-log").json() == {"earliestDateAvailable": moment}


@pytest.mark.parametrize(
    "wrong", [{}, [], {"before": "soon"}, {"before": "2021-01-01T00:00:00"}, {"before": 1}]
)
def test_a_purge_needs_a_moment(served: SimulatedOrg, wrong: Any) -> None:
    assert backstage(served, "POST", "delete-log", wrong).status_code == 400
