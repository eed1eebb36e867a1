from base64 import b64encode

import pytest

from .conftest import Api

CONTENT = bytes(range(256)) * 3


@pytest.mark.parametrize(
    ("sobject", "field", "size"),
    [("Attachment", "Body", "BodyLength"), ("ContentVersion", "VersionData", "ContentSize")],
)
def test_bytes_come_back(api: Api, sobject: str, field: str, size: str) -> None:
    content = b64encode(CONTENT).decode()
    values = {"PathOnClient": "photo.jpg"}
    if sobject == "Attachment":
        values = {"Name": "photo.jpg", "ParentId": api.create("Account", Name="A")}
    made = api.create(sobject, **values, **{field: content})
    record = api.get(f"/sobjects/{sobject}/{made}").json()
    address = f"{api.base}/sobjects/{sobject}/{made}/{field}"
    assert (record[field], record[size]) == (address, len(CONTENT))
    assert api("GET", address).content == CONTENT
    [found] = api.query(f"SELECT {field} FROM {sobject} WHERE Id = '{made}'")["records"]
    assert found[field] == address


def test_a_version_names_itself(api: Api) -> None:
    made = api.create("ContentVersion", PathOnClient="dir/photo.jpg", VersionData="QUJD")
    record = api.get(f"/sobjects/ContentVersion/{made}").json()
    assert (record["Title"], record["FileExtension"], record["FileType"]) == ("photo", "jpg", "JPG")
    assert record["ContentDocumentId"].startswith("069")


def test_bytes_of_no_record(api: Api) -> None:
    assert api.get("/sobjects/Attachment/00P000000000001AAA/Body").status_code == 404


@pytest.mark.parametrize("body", ["", "x", "####", 5, "QUJ=D==="])
def test_what_is_no_base64(api: Api, body: object) -> None:
    parent = api.create("Account", Name="A")
    values = {"Name": "x", "ParentId": parent, "Body": body}
    assert api("POST", "/sobjects/Attachment", json=values).status_code == 400


def test_versions_are_not_replicated(api: Api) -> None:
    window = {"start": "2026-01-01T00:00:00Z", "end": "2026-01-02T00:00:00Z"}
    assert api.get("/sobjects/ContentVersion/updated", **window).status_code == 400
