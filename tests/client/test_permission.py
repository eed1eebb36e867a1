"""A client that may not write: SF_WRITES = False makes a laptop with a copy of production harmless."""

import pytest

from sfsync.client import SubRequest
from sfsync.client.bulk import Bookmark
from sfsync.client.resources import Resource
from sfsync.exceptions import JobGone, WritesDisabled


class Invoice(Resource):
    path = "apexrest/invoices/{id}"
    methods = ("GET", "PUT")


@pytest.fixture
def account(client):
    return client.post("Account", data={"Name": "Kept"})["id"]


@pytest.fixture
def reader(simulated_org, connect):
    return connect(simulated_org, writes=False, resources={"invoices": {"class": Invoice}})


def patch(sf_id):
    return SubRequest("PATCH", f"sobjects/Account/{sf_id}", {"Name": "Lost"})


WRITES = {
    "post": lambda api, sf_id: api.post("Account", data={"Name": "New"}),
    "xml": lambda api, sf_id: api.post("Account", data={"Name": "New"}, format="xml"),
    "patch": lambda api, sf_id: api.patch("Account.instance", {"id": sf_id}, {"Name": "Lost"}),
    "upsert": lambda api, sf_id: api.patch(
        "Account.external", {"field": "Django_Id__c", "value": "1"}, {"Name": "New"}
    ),
    "delete": lambda api, sf_id: api.delete("Account.instance", {"id": sf_id}),
    "put": lambda api, sf_id: api.put("invoices", {"id": "7"}, {}),
    "create_many": lambda api, sf_id: api.create_many("Account", [{"Name": "New"}]),
    "update_many": lambda api, sf_id: api.update_many("Account", [{"id": sf_id, "Name": "Lost"}]),
    "upsert_many": lambda api, sf_id: api.upsert_many("Account", "Django_Id__c", [{"Django_Id__c": "1"}]),
    "delete_many": lambda api, sf_id: api.delete_many([sf_id]),
    "composite": lambda api, sf_id: api.composite([SubRequest("GET", "limits"), patch(sf_id)]),
    "bulk": lambda api, sf_id: list(
        api.bulk.load("Account", "update", ["Id", "Name"], [{"Id": sf_id, "Name": "Lost"}], key="Id")
    ),
    "call": lambda api, sf_id: api.call("PATCH", f"sobjects/Account/{sf_id}", body={"Name": "Lost"}),
    "stream": lambda api, sf_id: api.stream("POST", f"sobjects/Account/{sf_id}?_HttpMethod=DELETE"),
    "looks like a query": lambda api, sf_id: api.call("DELETE", f"sobjects/Account/{sf_id}?jobs/query/"),
}


@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES)
def test_nothing_is_sent_that_may_write(simulated_org, account, reader, write):
    reader.resources.find("Account")  # asks for the list of sObjects, and signs in
    simulated_org.reset_requests()
    with pytest.raises(WritesDisabled, match=r"SF_WRITES is False.*was not sent"):
        write(reader, account)
    assert simulated_org.requests == []
    user = simulated_org.org.settings.user_id
    assert simulated_org.org.read("Account", account, ["Name"], user)["Name"] == "Kept"


def test_what_reads_goes_on(account, reader):
    assert reader.get("Account.instance", {"id": account})["Name"] == "Kept"
    assert [row["Id"] for row in reader.query("SELECT Id FROM Account")] == [account]
    assert reader.retrieve("Account", [account], ["Name"])[account]["Name"] == "Kept"
    assert len(reader.retrieve_many([("Account", [account], ["Name"])] * 2)) == 2
    assert reader.composite([SubRequest("GET", f"sobjects/Account/{account}")])[0].body["Name"] == "Kept"
    assert reader.post("parameterizedSearch", data={"q": "Kept", "sobjects": [{"name": "Account"}]})


def test_jobs_that_query_can_be_made_read_and_deleted(account, reader):
    job = reader.bulk.query("SELECT Id FROM Account")
    assert [list(row) for page in reader.bulk.pages(Bookmark(job.id)) for row in page] == [[account]]
    reader.bulk.delete(job)
    with pytest.raises(JobGone):
        reader.bulk.find("query", job.id)
