"""Every fault of schema, permissions, identity and security that an org can cause can be caused."""

import pytest
import requests

from sfsync.testing import SimulatedOrg
from sfsync.testing.access import Access
from sfsync.testing.schema.base import FieldSpec

from ..test_simple_salesforce import write_certificates
from .conftest import Api, sign_in


@pytest.fixture
def org(fresh_api):
    return fresh_api.simulated


def allow(org: SimulatedOrg, **access: object) -> None:
    org.org.permissions.table.set(org.org.settings.user_id, Access(**access))


def code(response: requests.Response) -> tuple[int, str]:
    return response.status_code, response.json()[0]["errorCode"]


def described(api: Api) -> dict[str, dict[str, object]]:
    return {field["name"]: field for field in api.get("/sobjects/Account/describe").json()["fields"]}


def test_a_field_disappears(fresh_api, org):
    """Causes F77: from describe, and from queries under way."""
    assert "Phone" in described(fresh_api)
    allow(org, fields={"Account.Phone": ""})
    assert "Phone" not in described(fresh_api)
    assert code(fresh_api.get("/query", q="SELECT Phone FROM Account")) == (400, "INVALID_FIELD")


def test_a_field_becomes_read_only(fresh_api, org):
    """Causes F53."""
    allow(org, fields={"Account.Phone": "r"})
    response = fresh_api("POST", "/sobjects/Account", json={"Name": "A", "Phone": "1"})
    assert code(response) == (400, "INVALID_FIELD_FOR_INSERT_UPDATE")


def test_a_field_changes_its_type(fresh_api, org):
    """Causes F78."""
    org.org.add_field("Account", FieldSpec(name="Code__c", type="string", label="Code", length=80))
    assert described(fresh_api)["Code__c"]["length"] == 80
    org.org.add_field("Account", FieldSpec(name="Code__c", type="string", label="Code", length=255))
    assert described(fresh_api)["Code__c"]["length"] == 255
    org.org.add_field("Account", FieldSpec(name="Code__c", type="double", label="Code", precision=18))
    assert described(fresh_api)["Code__c"]["type"] == "double"


def test_records_become_invisible(fresh_api, org):
    """Causes F79."""
    other = org.org.add_user("other@simulated-org.example")
    for number in range(10):
        owner = other if number < 4 else org.org.settings.user_id
        fresh_api.create("Account", Name=str(number), OwnerId=owner)
    allow(org, view_all=False, modify_all=False)
    assert fresh_api.query("SELECT Id FROM Account")["totalSize"] == 6


@pytest.mark.parametrize("access", [{"api_enabled": False}, {"frozen": True}])
def test_the_user_is_shut_out(fresh_api, org, access):
    """Causes F80."""
    allow(org, **access)
    assert fresh_api.get("/limits").status_code in (401, 403)


def test_an_object_is_no_longer_replicated_and_a_sign_in_fails(fresh_api, org):
    """Causes F80."""
    path = "/sobjects/ContentVersion/updated/?start=2026-11-23T10%3A00%3A00Z&end=2026-11-23T11%3A00%3A00Z"
    assert fresh_api.get(path).status_code >= 400
    assert sign_in(org, client_secret="expired")["error"] == "invalid_client"


def test_a_rotated_refresh_token_is_used_twice():
    """Causes F81."""
    with SimulatedOrg(refresh_token_rotation=True) as simulated:
        token = {"grant_type": "refresh_token", "refresh_token": simulated.org.settings.refresh_token}
        first = sign_in(simulated, **token)
        assert first["refresh_token"] != token["refresh_token"]
        assert sign_in(simulated, **token)["error"] == "invalid_grant"


def test_another_org_answers(fresh_api):
    """Causes F57 and F82: the same settings, another org id, other record ids."""
    with SimulatedOrg(org_id="00D000000000009EAA") as other:
        api = Api(other)
        with api.session:
            assert api.query("SELECT Id FROM Organization")["records"][0]["Id"] == "00D000000000009EAA"
    assert fresh_api.query("SELECT Id FROM Organization")["records"][0]["Id"] != "00D000000000009EAA"


def test_the_instance_moves(fresh_api, org):
    """Causes F83, and F87: any other address in the answer of the sign-in."""
    org.site.sessions.end_all()
    for url in (
        "https://new.my.salesforce.com",
        "http://169.254.169.254/",
        "https://a.salesforce.com.evil.example",
    ):
        org.faults.add("edit", kind="token", body={"instance_url": url}, times=1)
        assert sign_in(org)["instance_url"] == url
    assert fresh_api.get("/limits").status_code == 401


def test_a_version_is_retired(fresh_api, org):
    """Causes F84: for the old ones, and for one that is in use."""
    assert fresh_api.get("/services/data/v25.0/limits").status_code == 410
    org.faults.add("status", path="*/v66.0/*", status=410, code="GONE", message="retired")
    assert code(fresh_api.get("/limits")) == (410, "GONE")


def test_names_that_try_to_break_out(fresh_api):
    """Causes F86."""
    name = "x' OR Name != '"
    fresh_api.create("Account", Name=name)
    quoted = name.replace("'", "\\'")
    assert fresh_api.query(f"SELECT Name FROM Account WHERE Name = '{quoted}'")["totalSize"] == 1
    assert fresh_api.get("/sobjects/Account/..%2F..%2Fquery").status_code == 404


def test_answers_that_are_too_large(fresh_api, org):
    """Causes F93."""
    org.faults.add("flood", megabytes=5, gzip=True, times=1)
    response = fresh_api("GET", "/limits", stream=True)
    assert len(response.raw.read(decode_content=False)) < 50_000
    org.faults.add("flood", depth=10_000)
    assert fresh_api.get("/limits").text.startswith("[" * 10_000)


def test_a_password_in_every_error(fresh_api, org):
    """Causes F88: texts with marks, wherever an error can be."""
    org.faults.add("status", status=400, code="MARKED", message="mark-4711")
    assert fresh_api.get("/limits").json()[0]["message"] == "mark-4711"


def test_a_formula_changes_with_its_parent(fresh_api):
    """Causes F38: the child's own stamp stays."""
    contact = fresh_api.create("Contact", LastName="C", Phone="1")
    case = fresh_api.create("Case", ContactId=contact)
    before = fresh_api.get(f"/sobjects/Case/{case}").json()
    fresh_api("PATCH", f"/sobjects/Contact/{contact}", json={"Phone": "2"})
    after = fresh_api.get(f"/sobjects/Case/{case}").json()
    assert (before["ContactPhone"], after["ContactPhone"]) == ("1", "2")
    assert before["SystemModstamp"] == after["SystemModstamp"]


def test_a_certificate_that_nobody_knows(tmp_path):
    """Causes F89."""
    _, server, key = write_certificates(tmp_path)
    with SimulatedOrg(tls=(server, key)) as simulated, pytest.raises(requests.exceptions.SSLError):
        requests.get(simulated.url + "/services/data", timeout=20)
