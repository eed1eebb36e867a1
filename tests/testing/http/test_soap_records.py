from __future__ import annotations

from collections.abc import Iterator
from xml.etree import ElementTree

import pytest
import requests

from .conftest import Api

UNKNOWN = "001xx000003DHP0AAO"


def call(api: Api, operation: str, inner: str) -> requests.Response:
    token = str(api.session.headers["Authorization"]).partition(" ")[2]
    body = (
        '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Header><SessionHeader>'
        f"<sessionId>{token}</sessionId></SessionHeader></e:Header><e:Body>"
        f'<{operation} xmlns="urn:partner.soap.sforce.com">{inner}</{operation}></e:Body></e:Envelope>'
    )
    return requests.post(f"{api.simulated.url}/services/Soap/u/66.0", data=body, timeout=20)


def results(response: requests.Response) -> list[dict[str, list[str]]]:
    """Return the results with the texts of their elements by name."""
    assert response.status_code == 200, response.text
    return [dict(texts(element)) for element in elements(response, "result")]


def elements(response: requests.Response, name: str) -> Iterator[ElementTree.Element]:
    root = ElementTree.fromstring(response.content)
    return (element for element in root.iter() if element.tag.endswith("}" + name))


def texts(element: ElementTree.Element) -> Iterator[tuple[str, list[str]]]:
    names = {child.tag.rpartition("}")[2] for child in element.iter()} - {"result", "errors"}
    for name in names:
        yield name, [child.text or "" for child in element.iter() if child.tag.endswith("}" + name)]


def test_undelete_brings_records_back(api: Api) -> None:
    account = api.create("Account", Name="A")
    contact = api.create("Contact", LastName="B", AccountId=account)
    api("DELETE", f"/sobjects/Account/{account}")
    back, unknown, nonsense = results(
        call(api, "undelete", f"<ids>{account[:15]}</ids><ids>{UNKNOWN}</ids><ids>nonsense</ids>")
    )
    assert back == {"id": [account], "success": ["true"]}
    assert (unknown["success"], nonsense["statusCode"]) == (["false"], ["MALFORMED_ID"])
    assert api.get(f"/sobjects/Contact/{contact}").status_code == 200


def test_delete_and_empty_the_recycle_bin(api: Api) -> None:
    account = api.create("Account", Name="A")
    assert results(call(api, "delete", f"<ids>{account}</ids>"))[0]["success"] == ["true"]
    assert api.get(f"/sobjects/Account/{account}").status_code == 404
    assert results(call(api, "emptyRecycleBin", f"<ids>{account}</ids>"))[0]["success"] == ["true"]
    assert results(call(api, "undelete", f"<ids>{account}</ids>"))[0]["success"] == ["false"]


def merge_request(master: str, *losers: str, values: str = "") -> str:
    ids = "".join(f"<recordToMergeIds>{loser}</recordToMergeIds>" for loser in losers)
    record = f"<masterRecord><type>Account</type><Id>{master}</Id>{values}</masterRecord>"
    return f"<request>{record}{ids}</request>"


def test_merge(api: Api) -> None:
    master, loser = api.create("Account", Name="M", Phone="1"), api.create("Account", Name="L")
    contact = api.create("Contact", LastName="B", AccountId=loser)
    values = "<Site>S</Site><fieldsToNull>Phone</fieldsToNull>"
    [merged] = results(call(api, "merge", merge_request(master, loser, values=values)))
    assert merged == {
        "id": [master],
        "mergedRecordIds": [loser],
        "success": ["true"],
        "updatedRelatedIds": [contact],
    }
    record = api.get(f"/sobjects/Account/{master}").json()
    assert (record["Site"], record["Phone"]) == ("S", None)
    assert api.get(f"/sobjects/Contact/{contact}").json()["AccountId"] == master
    gone = api.get("/queryAll", q=f"SELECT MasterRecordId, IsDeleted FROM Account WHERE Id = '{loser}'")
    [row] = gone.json()["records"]
    assert (row["MasterRecordId"], row["IsDeleted"]) == (master, True)


@pytest.mark.parametrize("request_", [merge_request(UNKNOWN, UNKNOWN), merge_request("x", "y"), "<request/>"])
def test_merges_that_cannot_be(api: Api, request_: str) -> None:
    [refused] = results(call(api, "merge", request_))
    assert refused["success"] == ["false"]
    assert refused["statusCode"] != [""]


def test_too_many_at_once(api: Api) -> None:
    for operation, inner in (("undelete", f"<ids>{UNKNOWN}</ids>" * 201), ("merge", "<request/>" * 11)):
        response = call(api, operation, inner)
        assert response.status_code == 500
        assert "EXCEEDED_ID_LIMIT" in response.text


def test_soap_calls_count(fresh_api: Api) -> None:
    before = fresh_api.simulated.site.usage.used
    call(fresh_api, "undelete", f"<ids>{UNKNOWN}</ids>")
    assert fresh_api.simulated.site.usage.used == before + 1
