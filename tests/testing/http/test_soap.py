from __future__ import annotations

from xml.etree import ElementTree
from xml.sax.saxutils import escape

import pytest
import requests

from sfsync.testing import SimulatedOrg
from sfsync.testing.access import Access

from .conftest import sign_in

ENVELOPE = (
    '<?xml version="1.0" encoding="utf-8" ?><env:Envelope xmlns:env="http://schemas.xmlsoap.org/soap/envelope/">'
    '<env:Body><n1:{operation} xmlns:n1="urn:partner.soap.sforce.com"><n1:username>{username}</n1:username>'
    "<n1:password>{password}</n1:password></n1:{operation}></env:Body></env:Envelope>"
)


def post(
    simulated: SimulatedOrg,
    *,
    wsdl: str = "u",
    version: str = "59.0",
    operation: str = "login",
    **values: str,
) -> requests.Response:
    settings = simulated.org.settings
    known = {"username": settings.username, "password": settings.password + settings.security_token}
    body = ENVELOPE.format(
        operation=operation, **{name: escape(value) for name, value in (known | values).items()}
    )
    url = f"{simulated.url}/services/Soap/{wsdl}/{version}"
    return requests.post(
        url, data=body, headers={"SOAPAction": "login", "Content-Type": "text/xml"}, timeout=20
    )


def text_of(response: requests.Response, name: str) -> str | None:
    return next(
        element.text
        for element in ElementTree.fromstring(response.content).iter()
        if element.tag.endswith(name)
    )


def test_login_opens_a_session(served: SimulatedOrg) -> None:
    response = post(served)
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "text/xml; charset=utf-8"
    settings = served.org.settings
    assert text_of(response, "serverUrl") == f"{served.url}/services/Soap/u/59.0/{settings.org_id[:15]}"
    assert text_of(response, "organizationId") == settings.org_id
    headers = {"Authorization": f"Bearer {text_of(response, 'sessionId')}"}
    limits = requests.get(f"{served.url}/services/data/v59.0/limits", headers=headers, timeout=20)
    assert limits.status_code == 200


def test_the_enterprise_wsdl_signs_in_too(served: SimulatedOrg) -> None:
    response = post(served, wsdl="c")
    session = ElementTree.fromstring(response.content).find(".//{urn:enterprise.soap.sforce.com}sessionId")
    assert session is not None
    org_id = served.org.settings.org_id[:15]
    assert text_of(response, "serverUrl") == f"{served.url}/services/Soap/c/59.0/{org_id}"
    limits = requests.get(
        f"{served.url}/services/data/v59.0/limits",
        headers={"Authorization": f"Bearer {session.text}"},
        timeout=20,
    )
    assert limits.status_code == 200
    refused = post(served, wsdl="c", password="wrong")
    assert (refused.status_code, text_of(refused, "exceptionCode")) == (500, "INVALID_LOGIN")
    assert "urn:fault.enterprise.soap.sforce.com" in refused.text


@pytest.mark.parametrize(("letter", "name"), [("m", "Metadata API"), ("s", "Apex API"), ("T", "Tooling API")])
def test_other_soap_apis_are_refused_by_name(served: SimulatedOrg, letter: str, name: str) -> None:
    response = post(served, wsdl=letter)
    assert (response.status_code, text_of(response, "faultcode")) == (500, "sf:INVALID_OPERATION")
    message = f"The {name} is not supported by this simulated org yet"
    assert text_of(response, "exceptionMessage") == message


def test_an_operation_that_the_org_lacks_is_named(served: SimulatedOrg) -> None:
    message = text_of(post(served, operation="convertLead"), "exceptionMessage")
    assert message == "convertLead() is not supported by this simulated org yet"


def test_a_wrong_password_is_a_fault(served: SimulatedOrg) -> None:
    response = post(served, password="<wrong>")
    assert response.status_code == 500
    message = "Invalid username, password, security token; or user locked out."
    assert text_of(response, "faultstring") == f"INVALID_LOGIN: {message}"
    assert text_of(response, "exceptionCode") == "INVALID_LOGIN"
    assert text_of(response, "exceptionMessage") == message


@pytest.mark.parametrize(
    ("options", "code"),
    [({"version": "65.0"}, "UNSUPPORTED_API_VERSION"), ({"operation": "convertLead"}, "INVALID_OPERATION")],
)
def test_other_calls_are_faults(served: SimulatedOrg, options: dict[str, str], code: str) -> None:
    response = post(served, **options)
    assert (response.status_code, text_of(response, "exceptionCode")) == (500, code)


def call(simulated: SimulatedOrg, operation: str, session: str, version: str = "66.0") -> requests.Response:
    body = (
        '<env:Envelope xmlns:env="http://schemas.xmlsoap.org/soap/envelope/" '
        'xmlns:p="urn:partner.soap.sforce.com"><env:Header><p:SessionHeader><p:sessionId>'
        f"{session}</p:sessionId></p:SessionHeader></env:Header><env:Body><p:{operation}/></env:Body></env:Envelope>"
    )
    return requests.post(f"{simulated.url}/services/Soap/u/{version}", data=body, timeout=20)


def test_who_is_signed_in(served: SimulatedOrg) -> None:
    response = call(served, "getUserInfo", sign_in(served)["access_token"])
    assert response.status_code == 200
    settings = served.org.settings
    assert text_of(response, "userName") == settings.username
    assert text_of(response, "userId") == settings.user_id
    assert (
        text_of(response, "profileId")
        == served.org.read("User", settings.user_id, ["ProfileId"], settings.user_id)["ProfileId"]
    )
    assert 'roleId xsi:nil="true"' in response.text


def test_logout_ends_the_session(served: SimulatedOrg) -> None:
    token = sign_in(served)["access_token"]
    assert text_of(call(served, "getServerTimestamp", token), "timestamp") is not None
    assert call(served, "logout", token).status_code == 200
    response = call(served, "getUserInfo", token)
    assert response.status_code == 500
    assert text_of(response, "faultcode") == "sf:INVALID_SESSION_ID"
    message = "INVALID_SESSION_ID: Invalid Session ID found in SessionHeader: Illegal Session"
    assert text_of(response, "faultstring") == message


@pytest.mark.parametrize("version", ["30.0", "69.0", "x"])
def test_versions_that_there_are_not(served: SimulatedOrg, version: str) -> None:
    response = call(served, "getUserInfo", "", version)
    assert (response.status_code, text_of(response, "exceptionCode")) == (500, "UNSUPPORTED_API_VERSION")


def test_users_who_may_not_log_in(served: SimulatedOrg) -> None:
    served.add_user("soap@example.com", access=Access(api_enabled=False))
    assert text_of(post(served, username="soap@example.com"), "exceptionCode") == "API_CURRENTLY_DISABLED"
    served.set_access("soap@example.com", frozen=True)
    assert text_of(post(served, username="soap@example.com"), "exceptionCode") == "INVALID_LOGIN"


@pytest.mark.parametrize("content", [b"no xml", b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'])
def test_what_is_no_xml_is_a_fault(served: SimulatedOrg, content: bytes) -> None:
    response = requests.post(f"{served.url}/services/Soap/u/59.0", data=content, timeout=20)
    assert response.status_code == 500
