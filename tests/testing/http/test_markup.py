from __future__ import annotations

from datetime import timedelta
from typing import Any
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import pytest
import requests

from sfsync.testing.http.markup import ROOTS
from sfsync.testing.http.routes import ROUTES

from .conftest import Api

XML = {"Accept": "application/xml"}
NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"


def send(api: Api, method: str, path: str, body: str | None = None) -> requests.Response:
    headers = XML if body is None else XML | {"Content-Type": "application/xml; charset=UTF-8"}
    return api(method, path, data=None if body is None else body.encode(), headers=headers)


def root(response: requests.Response, status: int = 200) -> Element:
    assert response.status_code == status, response.text
    assert response.headers["Content-Type"] == "application/xml;charset=UTF-8"
    assert response.text.startswith('<?xml version="1.0" encoding="UTF-8"?><')
    return ElementTree.fromstring(response.content)


def texts(element: Element) -> dict[str, Any]:
    """Return the elements within one, as texts, and None for nil."""
    return {one.tag: None if one.get(NIL) == "true" else one.text or "" for one in element}


def test_a_record_is_sent_and_read_as_xml(api: Api) -> None:
    body = "<Account><Name>A &amp; B\u2028</Name><AnnualRevenue>5.00</AnnualRevenue></Account>"
    result = root(send(api, "POST", "/sobjects/Account", body), 201)
    assert result.tag == "Result"
    assert texts(result)["success"] == "true"
    record_id = texts(result)["id"]
    record = root(
        send(api, "GET", f"/sobjects/Account/{record_id}?fields=Name,Phone,AnnualRevenue,CreatedDate")
    )
    assert record.tag == "Account"
    assert record.attrib == {"type": "Account", "url": f"{api.base}/sobjects/Account/{record_id}"}
    values = texts(record)
    assert values.pop("CreatedDate").endswith(".000Z")
    assert values == {"Name": "A & B\u2028", "Phone": None, "AnnualRevenue": "5.0", "Id": record_id}


def test_a_field_is_cleared_by_nil(api: Api) -> None:
    record_id = api.create("Account", Name="A", Phone="1")
    body = (
        '<Account xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        '<Name>B</Name><Phone xsi:nil="true"/></Account>'
    )
    response = send(api, "PATCH", f"/sobjects/Account/{record_id}", body)
    assert (response.status_code, response.content) == (204, b"")
    record = api.get(f"/sobjects/Account/{record_id}", fields="Name,Phone").json()
    assert (record["Name"], record["Phone"]) == ("B", None)


def test_a_parent_is_named_by_its_external_id(api: Api) -> None:
    parent = api.create("Account", Name="Parent", Django_Id__c="xml-parent")
    body = (
        "<Contact><LastName>L</LastName><Account><Django_Id__c>xml-parent</Django_Id__c></Account></Contact>"
    )
    result = root(send(api, "PATCH", "/sobjects/Contact/Django_Id__c/xml-1", body), 201)
    assert texts(result)["created"] == "true"
    contact = api.get(f"/sobjects/Contact/{texts(result)['id']}", fields="AccountId").json()
    assert contact["AccountId"] == parent


def test_a_page_of_a_query_has_its_records_as_elements(api: Api) -> None:
    account = api.create("Account", Name="Xml")
    for name in "ab":
        api.create("Contact", LastName=name, AccountId=account)
    soql = (
        "SELECT Name, Owner.Username, (SELECT LastName FROM Contacts ORDER BY LastName) FROM Account "
        f"WHERE Id = '{account}'"
    )
    result = root(api("GET", "/query", params={"q": soql}, headers=XML))
    assert result.tag == "QueryResult"
    assert (result.findtext("totalSize"), result.findtext("done")) == ("1", "true")
    [record] = result.findall("records")
    assert record.get("type") == "Account"
    assert record.findtext("Owner/Username") == api.simulated.org.settings.username
    assert [one.findtext("LastName") for one in record.findall("Contacts/records")] == ["a", "b"]


def test_describes_have_the_object_for_a_root(api: Api) -> None:
    described = root(send(api, "GET", "/sobjects/account/describe"))
    assert described.tag == "Account"
    fields = api.get("/sobjects/Account/describe").json()["fields"]
    assert [one.findtext("name") for one in described.findall("fields")] == [one["name"] for one in fields]
    info = root(send(api, "GET", "/sobjects/Account"))
    assert (info.tag, info.findtext("objectDescribe/keyPrefix")) == ("Account", "001")
    every = root(send(api, "GET", "/sobjects"))
    assert (every.tag, every.findtext("maxBatchSize")) == ("DescribeGlobal", "200")


def test_updated_is_what_the_guide_shows(fresh_api: Api) -> None:
    record_id = fresh_api.create("Account", Name="A")
    fresh_api.simulated.org.clock.advance(120)
    now = fresh_api.simulated.org.clock.now()
    start, end = (f"{moment:%Y-%m-%dT%H:%M:00Z}" for moment in (now - timedelta(hours=1), now))
    response = fresh_api("GET", "/sobjects/Account/updated", params={"start": start, "end": end}, headers=XML)
    result = root(response)
    assert result.tag == "Account"
    assert [one.text for one in result.findall("ids")] == [record_id]
    assert result.findtext("latestDateCovered").endswith("00.000Z")


def test_errors_are_xml_as_well(api: Api) -> None:
    errors = root(send(api, "GET", "/sobjects/Account/001000000000000AAA"), 404)
    assert errors.tag == "Errors"
    assert [texts(one) for one in errors.findall("Error")] == [
        {"errorCode": "NOT_FOUND", "message": "The requested resource does not exist"}
    ]
    [error] = root(send(api, "POST", "/sobjects/Account", "<Account/>"), 400)
    assert texts(error)["errorCode"] == "REQUIRED_FIELD_MISSING"
    assert [one.text for one in error.findall("fields")] == ["Name"]
    refused = requests.get(api.simulated.url + api.base + "/sobjects", headers=XML, timeout=20)
    assert texts(root(refused, 401)[0])["errorCode"] == "INVALID_SESSION_ID"


@pytest.mark.parametrize(
    "body",
    [
        "",
        "<Account>",
        "nonsense",
        "<Account>text</Account>" + "<a/>",
        '<!DOCTYPE a [<!ENTITY x "y">]><Account><Name>&x;</Name></Account>',
        '<!DOCTYPE a SYSTEM "file:///etc/passwd"><Account><Name>A</Name></Account>',
        "<Account><Name>A</Name><Name>B</Name></Account>",
        f"<Account>{'<a>' * 100}{'</a>' * 100}</Account>",
    ],
)
def test_what_is_no_record_is_refused(api: Api, body: str) -> None:
    [error] = root(send(api, "POST", "/sobjects/Account", body), 400)
    assert texts(error)["errorCode"] == "XML_PARSER_ERROR"


def test_a_document_type_in_another_encoding_is_refused_too(api: Api) -> None:
    body = '<?xml version="1.0" encoding="utf-16"?><!DOCTYPE a><Account><Name>A</Name></Account>'.encode(
        "utf-16"
    )
    response = api("POST", "/sobjects/Account", data=body, headers={"Content-Type": "application/xml"})
    assert response.json()[0] == {
        "message": "A document type is not allowed",
        "errorCode": "XML_PARSER_ERROR",
    }


def test_resources_without_xml_say_so_before_they_do_anything(api: Api) -> None:
    record = {"attributes": {"type": "Account"}, "Name": "Never"}
    response = api("POST", "/composite/sobjects", json={"records": [record]}, headers=XML)
    [error] = root(response, 406)
    assert (
        error.findtext("message") == "XML answers of collections are not supported by this simulated org yet"
    )
    assert api.query("SELECT COUNT() FROM Account WHERE Name = 'Never'")["totalSize"] == 0
    headers = {"Content-Type": "application/xml"}
    assert api("POST", "/composite/sobjects", data="<a/>", headers=headers).status_code == 415


def test_json_stays_the_default(api: Api) -> None:
    for accepted in ("", "*/*", "application/json, application/xml", "application/xml, application/json"):
        response = api("GET", "/sobjects/Account", headers={"Accept": accepted})
        assert response.headers["Content-Type"] == "application/json;charset=UTF-8"


def test_characters_that_xml_cannot_hold_are_replaced(api: Api) -> None:
    record_id = api.create("Account", Name="a\x01b")
    record = root(send(api, "GET", f"/sobjects/Account/{record_id}?fields=Name"))
    assert record.findtext("Name") == "a\ufffdb"


def test_every_root_is_of_a_kind_there_is() -> None:
    assert ROOTS.keys() <= {route.kind for route in ROUTES}
