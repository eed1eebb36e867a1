from __future__ import annotations

import pytest

from .conftest import Api


def test_every_address_of_a_describe_answers(api: Api) -> None:
    for described in api.get("/sobjects").json()["sobjects"]:
        for name, url in described["urls"].items():
            if "{" not in url and not name.lower().endswith("suggestions"):
                assert api.get(url).status_code == 200, url
                assert api("HEAD", url).status_code == 200, url


def test_a_layout_shows_the_fields_of_the_object(api: Api) -> None:
    body = api.get("/sobjects/contact/describe/layouts").json()
    [layout] = body["layouts"]
    [section] = layout["detailLayoutSections"]
    items = [item for row in section["layoutRows"] for item in row["layoutItems"]]
    shown = {item["layoutComponents"][0]["value"]: item for item in items}
    assert {"Name", "Email", "MailingAddress", "AccountId"} <= shown.keys()
    assert not {"Id", "LastName", "MailingStreet"} & shown.keys()
    [edit] = layout["editLayoutSections"]
    edited = {
        item["layoutComponents"][0]["value"]: item
        for row in edit["layoutRows"]
        for item in row["layoutItems"]
    }
    assert edited["LastName"]["required"] and not edited["FirstName"]["required"]
    assert "Name" not in edited and "CreatedDate" not in edited
    assert edited["LastName"]["layoutComponents"][0]["details"] == next(
        field
        for field in api.get("/sobjects/Contact/describe").json()["fields"]
        if field["name"] == "LastName"
    )
    assert body["recordTypeMappings"][0]["layoutId"] == layout["id"]


def test_a_layout_lists_the_children(api: Api) -> None:
    [layout] = api.get("/sobjects/Account/describe/layouts").json()["layouts"]
    contacts = next(one for one in layout["relatedLists"] if one["name"] == "Contacts")
    assert (contacts["sobject"], contacts["field"]) == ("Contact", "AccountId")


def test_what_the_user_does_not_see_is_in_no_layout(fresh_api: Api) -> None:
    simulated = fresh_api.simulated
    simulated.set_access(
        simulated.org.settings.username, fields={"Account.Phone": ""}, objects={"Contact": ""}
    )
    text = fresh_api.get("/sobjects/Account/describe/layouts").text
    assert '"Phone"' not in text
    assert '"Contact"' not in text
    assert '"Site"' in text


def test_each_of_several_record_types_has_an_address_of_its_own(fresh_api: Api) -> None:
    ids = [
        fresh_api.create("RecordType", Name=name, DeveloperName=name, SobjectType="Account", IsActive=True)
        for name in ("Customer", "Partner")
    ]
    body = fresh_api.get("/sobjects/Account/describe/layouts").json()
    assert (body["layouts"], body["recordTypeSelectorRequired"]) == (None, [True])
    assert [one["recordTypeId"] for one in body["recordTypeMappings"]][:2] == ids
    layout = fresh_api.get(body["recordTypeMappings"][0]["urls"]["layout"]).json()
    assert layout["id"] == body["recordTypeMappings"][0]["layoutId"]
    assert fresh_api.get("/sobjects/Account/describe/layouts/012000000000999AAA").status_code == 404


def test_there_are_no_compact_layouts_but_the_system_s(api: Api) -> None:
    assert api.get("/sobjects/Account/describe/compactLayouts").json() == {
        "compactLayouts": [],
        "defaultCompactLayoutId": None,
        "recordTypeCompactLayoutMappings": [{"compactLayoutId": None, "recordTypeId": "012000000000000AAA"}],
    }


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("describe/approvalLayouts", {"approvalLayouts": []}),
        ("quickActions", []),
        (
            "listviews",
            {"done": True, "listviews": [], "nextRecordsUrl": None, "size": 0, "sobjectType": "Account"},
        ),
    ],
)
def test_nobody_has_defined_any(api: Api, path: str, body: object) -> None:
    assert api.get(f"/sobjects/Account/{path}").json() == body


def test_an_object_without_layouts_has_no_address_for_them(api: Api) -> None:
    assert "layouts" not in api.get("/sobjects/EntityDefinition/describe").json()["urls"]
    assert api.get("/sobjects/EntityDefinition/describe/layouts").status_code == 404


def test_what_the_org_lacks_is_named(api: Api) -> None:
    response = api.get("/sobjects/Case/suggestedArticles")
    assert (response.status_code, response.json()[0]["message"]) == (
        404,
        "suggestedArticles is not supported by this simulated org yet",
    )
