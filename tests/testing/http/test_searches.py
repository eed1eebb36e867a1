from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree

import pytest

from sfsync.testing import SimulatedOrg

from .conftest import Api


@pytest.fixture(scope="module")
def served() -> Iterator[SimulatedOrg]:
    with SimulatedOrg() as simulated:
        org, user = simulated.org, simulated.org.settings.user_id
        acme = org.create("Account", {"Name": "Acme", "Site": "Berlin", "Phone": "(415) 555-1212"}, user)
        org.create("Account", {"Name": "Umbrella", "Description": "no friend of Acme"}, user)
        for number in range(3):
            values = {
                "LastName": f"Acmeson {number}",
                "FirstName": "Joe",
                "Email": f"joe{number}@acme.example",
            }
            org.create("Contact", values | {"AccountId": acme}, user)
        org.create("Lead", {"LastName": "Joe", "Company": "Acme", "MobilePhone": "415"}, user)
        gone = org.create("Account", {"Name": "Acme deleted"}, user)
        org.delete("Account", gone, user)
        yield simulated


def names(api: Api, sosl: str) -> list[str]:
    response = api.get("/search", q=sosl)
    assert response.status_code == 200, response.text
    return [
        f"{one['attributes']['type']} {one.get('Name', '')}".strip()
        for one in response.json()["searchRecords"]
    ]


def test_a_search_returns_what_was_asked_for(api: Api) -> None:
    response = api.get("/search/", q="FIND {Umbrella} RETURNING Account(id, name, Owner.Name)")
    [record] = response.json()["searchRecords"]
    assert list(record) == ["attributes", "Id", "Name", "Owner"]
    assert record["attributes"] == {"type": "Account", "url": f"{api.base}/sobjects/Account/{record['Id']}"}
    assert record["Owner"]["attributes"]["type"] == "User"


def test_without_returning_every_object_is_searched(api: Api) -> None:
    records = api.get("/search", q="FIND {acme}").json()["searchRecords"]
    assert [one["attributes"]["type"] for one in records] == ["Account"] * 2 + ["Contact"] * 3 + ["Lead"]
    assert all(list(one) == ["attributes", "Id"] for one in records)


@pytest.mark.parametrize(
    ("sosl", "expected"),
    [
        ("FIND {acme} IN ALL FIELDS RETURNING Account(Name)", ["Account Acme", "Account Umbrella"]),
        ("FIND {acme} IN NAME FIELDS RETURNING Account(Name)", ["Account Acme"]),
        ("FIND {berlin} IN Name Fields RETURNING Account(Name)", ["Account Acme"]),
        ("FIND {acme} IN NAME FIELDS RETURNING Lead(Name), Account(Name)", ["Lead Joe", "Account Acme"]),
        ("FIND {415} IN PHONE FIELDS RETURNING Account(Name), Lead(Name)", ["Account Acme", "Lead Joe"]),
        ("FIND {joe1} IN EMAIL FIELDS RETURNING Contact(Name)", ["Contact Joe Acmeson 1"]),
        ("FIND {joe} IN EMAIL FIELDS RETURNING Contact(Name)", []),
        ("FIND {acme} RETURNING Account(Name WHERE Name LIKE 'U%')", ["Account Umbrella"]),
        (
            "FIND {joe} RETURNING Contact(Name WHERE Account.Name = 'Acme' ORDER BY LastName DESC LIMIT 2)",
            ["Contact Joe Acmeson 2", "Contact Joe Acmeson 1"],
        ),
        (
            "FIND {joe} RETURNING Contact(Name ORDER BY LastName LIMIT 2 OFFSET 2)",
            ["Contact Joe Acmeson 2"],
        ),
        ("FIND {acme} RETURNING Account(Name LIMIT 0), Lead(Name)", ["Lead Joe"]),
        ("FIND {zebra}", []),
    ],
)
def test_what_is_found(api: Api, sosl: str, expected: list[str]) -> None:
    assert names(api, sosl) == expected


@pytest.mark.parametrize(
    ("limits", "expected"),
    [
        (("", "", "LIMIT 2"), (1, 1)),
        (("", "", "LIMIT 3"), (2, 1)),
        (("", "", "LIMIT 4"), (2, 2)),
        (("LIMIT 1", "", "LIMIT 4"), (1, 3)),
        (("", "LIMIT 1", ""), (2, 1)),
        (("", "", "LIMIT 0"), (0, 0)),
        (("", "", "LIMIT 5000"), (2, 3)),
    ],
)
def test_a_limit_is_shared_evenly(api: Api, limits: tuple[str, str, str], expected: tuple[int, int]) -> None:
    accounts, contacts, overall = limits
    found = names(api, f"FIND {{acme}} RETURNING Account(Id {accounts}), Contact(Id {contacts}) {overall}")
    assert (found.count("Account"), found.count("Contact")) == expected


@pytest.mark.parametrize(
    ("sosl", "code"),
    [
        ("FIND {a}", "MALFORMED_SEARCH"),
        ("FIND acme", "MALFORMED_SEARCH"),
        ("FIND {a-b}", "MALFORMED_SEARCH"),
        ("FIND {acme} RETURNING Xyzzy", "INVALID_TYPE"),
        ("FIND {acme} RETURNING Account(Foo)", "INVALID_FIELD"),
        ("FIND {acme} RETURNING Account(Name WHERE Foo = 1)", "INVALID_FIELD"),
        ("FIND {acme} RETURNING CampaignMember", "INVALID_SEARCH_SCOPE"),
        ("FIND {acme} RETURNING Account(toLabel(Name))", "MALFORMED_QUERY"),
        ("FIND {acme} RETURNING Account(Id OFFSET 2001)", "NUMBER_OUTSIDE_VALID_RANGE"),
    ],
)
def test_refusals(api: Api, sosl: str, code: str) -> None:
    response = api.get("/search", q=sosl)
    assert (response.status_code, response.json()[0]["errorCode"]) == (400, code)


def test_errors_point_into_the_search(api: Api) -> None:
    sosl = "FIND {acme} RETURNING Account(Foo)"
    [error] = api.get("/search", q=sosl).json()
    assert error["message"].split("\n")[1:4] == [sosl, " " * 30 + "^", "ERROR at Row:1:Column:31"]


def test_what_the_user_does_not_see_is_not_found(fresh_api: Api) -> None:
    simulated = fresh_api.simulated
    other = simulated.add_user("other@example.com")
    org = simulated.org
    mine = org.create("Account", {"Name": "Acme mine"}, org.settings.user_id)
    org.create("Account", {"Name": "Acme of others", "OwnerId": other}, org.settings.user_id)
    org.create("Account", {"Name": "Plain", "Site": "Acme"}, org.settings.user_id)
    org.create("Contact", {"LastName": "Acme"}, org.settings.user_id)
    access: dict[str, Any] = {"fields": {"Account.Site": ""}, "objects": {"Contact": ""}, "view_all": False}
    simulated.set_access(org.settings.username, **access)
    assert [one["Id"] for one in fresh_api.get("/search", q="FIND {acme}").json()["searchRecords"]] == [mine]
    response = fresh_api.get("/search", q="FIND {acme} RETURNING Contact")
    assert response.json()[0]["errorCode"] == "INVALID_TYPE"


def test_up_to_version_36_the_answer_is_a_list(served: SimulatedOrg) -> None:
    for version, kind in (("36.0", list), ("37.0", dict)):
        api = Api(served, version)
        assert isinstance(api.get("/search", q="FIND {acme}").json(), kind)
        api.session.close()


def test_words_follow_the_switch() -> None:
    with SimulatedOrg(search_words="any") as simulated:
        api = Api(simulated)
        api.create("Account", Name="Acme")
        assert names(api, "FIND {acme umbrella} RETURNING Account(Name)") == ["Account Acme"]
        api.session.close()


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("q=Acme&sobject=Account", ["Account", "Account"]),
        (
            "q=Acme&sObject=Account&sObject=Lead&Account.fields=id,name",
            ["Account Acme", "Account Umbrella", "Lead"],
        ),
        ("q=acme&in=NAME&sobject=account&fields=Name", ["Account Acme"]),
        ("q=acme&sobject=Account&Account.where=Name+LIKE+'U%25'&Account.fields=Name", ["Account Umbrella"]),
        ("q=joe&sobject=Contact&fields=Name&Contact.limit=1&defaultLimit=2", ["Contact Joe Acmeson 0"]),
        ("q=joe&sobject=Contact&defaultLimit=2", ["Contact"] * 2),
        ("q=acme&overallLimit=1", ["Account"]),
        ("q=(415)+555-1212&in=phone", ["Account"]),
        ("q=acme&spellCorrection=true&sobject=Lead", ["Lead"]),
    ],
)
def test_a_search_by_parameters(api: Api, query: str, expected: list[str]) -> None:
    response = api.get(f"/parameterizedSearch/?{query}")
    assert response.status_code == 200, response.text
    found = response.json()["searchRecords"]
    assert [f"{one['attributes']['type']} {one.get('Name', '')}".strip() for one in found] == expected


def test_a_search_by_a_body(api: Api) -> None:
    body = {
        "q": "joe",
        "fields": ["Id", "Name"],
        "sobjects": [
            {
                "name": "Contact",
                "where": "Account.Name = 'Acme'",
                "orderBy": [{"field": "LastName", "direction": "DESC", "nulls": "LAST"}],
                "limit": 1,
                "offset": 1,
            },
            {"name": "Lead", "fields": ["Company"]},
        ],
        "in": "NAME",
        "overallLimit": 100,
        "defaultLimit": 10,
    }
    response = api("POST", "/parameterizedSearch", json=body)
    contact, lead = response.json()["searchRecords"]
    assert contact["Name"] == "Joe Acmeson 1"
    assert (list(lead), lead["Company"]) == (["attributes", "Company"], "Acme")


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("sobject=Account", "MALFORMED_SEARCH"),
        ("q=a", "MALFORMED_SEARCH"),
        ("q=acme&in=SIDEBAR", "INVALID_SEARCH"),
        ("q=acme&fields=Name", "INVALID_SEARCH"),
        ("q=acme&Account.limit=1", "INVALID_SEARCH"),
        ("q=acme&sobject=Account&Account.limit=x", "INVALID_SEARCH"),
        ("q=acme&overallLimit=2001", "INVALID_SEARCH"),
        ("q=acme&sobject=Account&fields=(SELECT+Id+FROM+Contacts)", "INVALID_SEARCH"),
        ("q=acme&sobject=Account&Account.where=Name!=null+LIMIT+1", "MALFORMED_SEARCH"),
        ("q=acme&sobject=Account&Account.where=Name!=null+GROUP+BY+Name", "MALFORMED_SEARCH"),
        ("q=acme&sobject=Account+WHERE", "INVALID_TYPE"),
        ("q=acme&sobject=Xyzzy", "INVALID_TYPE"),
        ("q=acme&sobject=Account&fields=Foo", "INVALID_FIELD"),
    ],
)
def test_refusals_of_parameters(api: Api, query: str, code: str) -> None:
    response = api.get(f"/parameterizedSearch?{query}")
    assert (response.status_code, response.json()[0]["errorCode"]) == (400, code)


@pytest.mark.parametrize("name", ["metadata", "dataCategory", "netWorkIds", "snippet"])
def test_a_parameter_that_the_org_lacks_is_named(api: Api, name: str) -> None:
    [error] = api.get(f"/parameterizedSearch?q=acme&{name}=x").json()
    assert error["message"] == f"The parameter {name.lower()} is not supported by this simulated org yet"


@pytest.mark.parametrize(
    "body", [[], {"q": "acme", "sobjects": ["Account"]}, {"q": "acme", "sobjects": "Account"}]
)
def test_bodies_that_are_no_search(api: Api, body: Any) -> None:
    assert api("POST", "/parameterizedSearch", json=body).status_code == 400


def test_what_the_org_lacks_is_refused_by_name(api: Api) -> None:
    response = api.get("/search/suggestions")
    assert response.status_code == 404
    assert response.json()[0]["message"] == "search/suggestions is not supported by this simulated org yet"


def test_the_columns_of_results(api: Api) -> None:
    account, user = api.get("/search/layout", q="account, User").json()
    assert (account["label"], account["limitRows"]) == ("Search Results", 25)
    assert account["searchColumns"][0] == {
        "field": "Account.Name",
        "format": None,
        "label": "Account Name",
        "name": "Name",
    }
    assert {"Name", "Email"} <= {column["name"] for column in user["searchColumns"]}
    assert api.get("/search/layout", q="Xyzzy").json()[0]["errorCode"] == "INVALID_TYPE"


def test_the_objects_that_are_searched(api: Api) -> None:
    found = api.get("/search/scopeOrder").json()
    assert {"type": "Account", "url": f"{api.base}/sobjects/Account/describe"} in found
    assert "CampaignMember" not in [one["type"] for one in found]


def test_searches_are_among_the_resources(api: Api) -> None:
    resources = api.get(api.base).json()
    assert resources["search"] == f"{api.base}/search"
    assert resources["parameterizedSearch"] == f"{api.base}/parameterizedSearch"
    assert "parameterizedSearch" not in api.get("/services/data/v35.0").json()


def test_a_search_answers_in_xml(api: Api) -> None:
    response = api(
        "GET",
        "/search",
        params={"q": "FIND {umbrella} RETURNING Account(Name)"},
        headers={"Accept": "application/xml"},
    )
    [record] = ElementTree.fromstring(response.content)
    assert (record.tag, record.get("type"), record.findtext("Name")) == (
        "searchRecords",
        "Account",
        "Umbrella",
    )


def test_a_search_is_a_subrequest(api: Api) -> None:
    [result] = api.composite(
        {
            "method": "GET",
            "url": f"{api.base}/search?q=FIND {{umbrella}} RETURNING Account(Name)",
            "referenceId": "s",
        },
        {"method": "GET", "url": f"{api.base}/parameterizedSearch?q=umbrella", "referenceId": "p"},
    )[:1]
    assert [one["Name"] for one in result["body"]["searchRecords"]] == ["Umbrella"]
