from __future__ import annotations

from xml.etree import ElementTree
from xml.sax.saxutils import escape

import pytest
import requests

from sfsync.testing import SimulatedOrg

ENVELOPE = (
    '<?xml version="1.0" encoding="utf-8" ?><env:Envelope xmlns:env="http://schemas.xmlsoap.org/soap/envelope/">'
    '<env:Body><n1:{operation} xmlns:n1="urn:partner.soap.sforce.com"><n1:username>{username}</n1:username>'
    "<n1:password>{password}</n1:password></n1:{operation}></env:Body></env:Envelope>"
)


def post(
    simulated: SimulatedOrg, *, version: str = "59.0", operation: str = "login", **values: str
) -> requests.Response:
    settings = simulated.org.settings
    known = {"username": settings.username, "password": settings.password + settings.security_token}
    body = ENVELOPE.format(
        operation=operation, **{name: escape(value) for name, value in (known | values).items()}
    )
    url = f"{simulated.url}/services/Soap/u/{version}"
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


def test_a_wrong_password_is_a_fault(served: SimulatedOrg) -> None:
    response = post(served, password="<wrong>")
    assert response.status_code == 500
    message = "Invalid username, password, security token; or user locked out."
    assert text_of(response, "faultstring") == f"INVALID_LOGIN: {message}"
    assert text_of(response, "exceptionCode") == "INVALID_LOGIN"
    assert text_of(response, "exceptionMessage") == message


@pytest.mark.parametrize(
    ("options", "code"),
    [({"version": "65.0"}, "UNSUPPORTED_API_VERSION"), ({"operation": "merge"}, "INVALID_OPERATION")],
)
def test_other_calls_are_faults(served: SimulatedOrg, options: dict[str, str], code: str) -> None:
    response = post(served, **options)
    assert (response.status_code, text_of(response, "exceptionCode")) == (500, code)


@pytest.mark.parametrize("content", [b"no xml", b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'])
def test_what_is_no_xml_is_a_fault(served: SimulatedOrg, content: bytes) -> None:
    response = requests.post(f"{served.url}/services/Soap/u/59.0", data=content, timeout=20)
    assert response.status_code == 500
