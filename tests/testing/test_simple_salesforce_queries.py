"""The queries and searches of a public client: pages one by one, deleted rows, quoted values, its shortcuts."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
import requests
from simple_salesforce import Salesforce, format_soql
from simple_salesforce.exceptions import SalesforceMalformedRequest, SalesforceResourceNotFound

from sfsync.test import SalesforceOrg
from sfsync.test.transport import InProcess


@pytest.fixture(scope="module")
def client() -> Iterator[Salesforce]:
    """Go on with a session that was opened elsewhere, in this process: the client insists on https."""
    with SalesforceOrg() as org, requests.Session() as session:
        org.apex.add("double", lambda request: request.body["number"] * 2, methods=["POST"])
        session.mount("https://", InProcess({urlsplit(org.url).netloc: org.application}))
        token = org.site.sessions.open(org.org.settings.user_id).token
        yield Salesforce(session_id=token, instance_url=org.url, session=session)


def test_page_by_page(client: Salesforce) -> None:
    records = [{"attributes": {"type": "Contact"}, "LastName": "Page"}] * 200
    for _ in range(2):
        client.restful("composite/sobjects", method="POST", json={"records": records})
    options = {"Sforce-Query-Options": "batchSize=200"}
    first = client.query("SELECT Id FROM Contact WHERE LastName = 'Page'", headers=options)
    assert (first["done"], len(first["records"]), first["totalSize"]) == (False, 200, 400)
    rest = client.query_more(first["nextRecordsUrl"].rpartition("/")[2])
    assert (rest["done"], len(rest["records"])) == (True, 200)


def test_deleted_rows_are_shown_when_asked_for(client: Salesforce) -> None:
    gone = client.Contact.create({"LastName": "Gone"})["id"]
    client.Contact.delete(gone)
    soql = "SELECT Id, IsDeleted FROM Contact WHERE LastName = 'Gone'"
    assert client.query(soql)["totalSize"] == 0
    [record] = client.query(soql, include_deleted=True)["records"]
    assert (record["Id"], record["IsDeleted"]) == (gone, True)


@pytest.mark.parametrize("name", ["O'Neill", 'The "Best"', "back\\slash", "50 %", "line\nbreak", "東京"])
def test_values_are_quoted_as_the_client_quotes_them(client: Salesforce, name: str) -> None:
    created = client.Account.create({"Name": name})["id"]
    found = client.query(format_soql("SELECT Id FROM Account WHERE Name = {} AND Id IN {}", name, [created]))
    assert [record["Id"] for record in found["records"]] == [created]


def test_aggregates_and_children(client: Salesforce) -> None:
    parent = client.Account.create({"Name": "Parent of two"})["id"]
    for name in ("A", "B"):
        client.Contact.create({"LastName": name, "AccountId": parent})
    soql = "SELECT Name, (SELECT LastName FROM Contacts ORDER BY LastName) FROM Account WHERE Id = {}"
    [found] = client.query(format_soql(soql, parent))["records"]
    assert [child["LastName"] for child in found["Contacts"]["records"]] == ["A", "B"]
    soql = "SELECT AccountId, COUNT(Id) contacts FROM Contact WHERE AccountId = {} GROUP BY AccountId"
    [counted] = client.query(format_soql(soql, parent))["records"]
    assert (counted["AccountId"], counted["contacts"]) == (parent, 2)


def test_what_is_wrong_is_said_in_the_words_of_salesforce(client: Salesforce) -> None:
    with pytest.raises(SalesforceMalformedRequest, match="MALFORMED_QUERY"):
        client.query("SELECT FROM Account")
    with pytest.raises(SalesforceMalformedRequest, match="INVALID_TYPE"):
        client.query("SELECT Id FROM Xyzzy")
    with pytest.raises(SalesforceResourceNotFound):
        client.Account.get("001000000000001AAA")


def test_searches(client: Salesforce) -> None:
    created = client.Account.create({"Name": "Waldo & Sons"})["id"]
    [found] = client.quick_search("waldo")["searchRecords"]
    assert found["Id"] == created
    [found] = client.search(r"FIND {waldo \& sons} IN NAME FIELDS RETURNING Account(Name)")["searchRecords"]
    assert found["Name"] == "Waldo & Sons"
    with pytest.raises(SalesforceMalformedRequest, match="MALFORMED_SEARCH"):
        client.quick_search("waldo & sons")


def test_apex_rest(client: Salesforce) -> None:
    assert client.apexecute("double", method="POST", data={"number": 21}) == 42
