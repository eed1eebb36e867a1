from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import UTC, datetime

import pytest
import requests

from sfsync.testing import SimulatedOrg
from sfsync.testing.clock import Clock

from .conftest import Api, sign_in


def test_a_token_answer_is_what_clients_verify(served: SimulatedOrg) -> None:
    body = sign_in(served)
    assert list(body) == [
        "access_token",
        "instance_url",
        "id",
        "token_type",
        "issued_at",
        "signature",
        "scope",
    ]
    settings = served.org.settings
    assert body["instance_url"] == served.url
    assert body["id"] == f"{served.url}/id/{settings.org_id}/{settings.user_id}"
    assert body["token_type"] == "Bearer"
    assert datetime.fromtimestamp(int(body["issued_at"]) / 1000, UTC).year >= 2026
    signed = (body["id"] + body["issued_at"]).encode()
    expected = hmac.new(served.consumer_secret.encode(), signed, hashlib.sha256).digest()
    assert body["signature"] == base64.b64encode(expected).decode()


def test_basic_credentials(served: SimulatedOrg) -> None:
    url = served.url + "/services/oauth2/token"
    form = {"grant_type": "client_credentials"}
    response = requests.post(url, data=form, auth=(served.consumer_key, served.consumer_secret), timeout=20)
    assert response.status_code == 200
    response = requests.post(url, data=form, auth=(served.consumer_key, "wrong"), timeout=20)
    assert response.json()["error"] == "invalid_client"
    response = requests.post(url, data=form, headers={"Authorization": "Basic ???"}, timeout=20)
    assert response.json()["error"] == "invalid_client"


def test_username_and_password(served: SimulatedOrg) -> None:
    settings = served.org.settings
    password = settings.password + settings.security_token
    assert "access_token" in sign_in(
        served, grant_type="password", username=settings.username, password=password
    )
    refused = sign_in(served, grant_type="password", username=settings.username, password=settings.password)
    assert refused == {"error": "invalid_grant", "error_description": "authentication failure"}


@pytest.mark.parametrize(
    ("form", "error", "description"),
    [
        ({"client_id": "wrong"}, "invalid_client_id", "client identifier invalid"),
        ({"client_secret": "wrong"}, "invalid_client", "invalid client credentials"),
        ({"grant_type": "device"}, "unsupported_grant_type", "grant type not supported"),
    ],
)
def test_refusals(served: SimulatedOrg, form: dict[str, str], error: str, description: str) -> None:
    assert sign_in(served, **form) == {"error": error, "error_description": description}


def test_instance_url_comes_from_the_settings() -> None:
    with SimulatedOrg(base_url="https://acme.my.salesforce.com") as simulated:
        body = sign_in(simulated)
        api = Api(simulated)
        with api.session:
            identity = api.get("/services/data/v66.0").json()["identity"]
    assert body["instance_url"] == "https://acme.my.salesforce.com"
    assert identity.startswith("https://acme.my.salesforce.com/id/00D")


def test_behind_a_proxy_addresses_are_https(served: SimulatedOrg) -> None:
    response = requests.post(
        served.url + "/services/oauth2/token",
        data={"grant_type": "client_credentials"},
        auth=(served.consumer_key, served.consumer_secret),
        headers={"X-Forwarded-Proto": "https", "Host": "elsewhere.example"},
        timeout=20,
    )
    assert response.json()["instance_url"] == served.url.replace("http://", "https://")


def test_a_revoked_token_is_of_no_use(api: Api) -> None:
    token = str(api.session.headers["Authorization"]).partition(" ")[2]
    assert api("POST", "/services/oauth2/revoke", data={"token": token}).status_code == 200
    assert api.get("/limits").status_code == 401
    again = api("POST", "/services/oauth2/revoke", data={"token": token})
    assert (again.status_code, again.json()["error"]) == (400, "invalid_token")


def test_a_session_ends_when_it_is_not_used() -> None:
    clock = Clock(datetime(2026, 1, 1, tzinfo=UTC))
    with SimulatedOrg(clock=clock, session_seconds=60) as simulated:
        api = Api(simulated)
        with api.session:
            clock.advance(59)
            assert api.get("/limits").status_code == 200
            clock.advance(59)
            assert api.get("/limits").status_code == 200
            clock.advance(60)
            assert api.get("/limits").status_code == 401


def introspect(simulated: SimulatedOrg, token: str, **credentials: str) -> requests.Response:
    known = {"client_id": simulated.consumer_key, "client_secret": simulated.consumer_secret}
    form = known | credentials | {"token": token}
    return requests.post(simulated.url + "/services/oauth2/introspect", data=form, timeout=20)


def test_introspection(served: SimulatedOrg) -> None:
    token = sign_in(served)["access_token"]
    body = introspect(served, token).json()
    assert (body["active"], body["token_type"]) == (True, "access_token")
    assert body["username"] == served.org.settings.username
    assert body["client_id"] == served.consumer_key
    assert body["exp"] - body["iat"] == 7200
    assert introspect(served, served.org.settings.refresh_token).json()["token_type"] == "refresh_token"
    served.site.sessions.end(token)
    assert introspect(served, token).json() == {"active": False}
    refused = introspect(served, token, client_secret="wrong")
    assert (refused.status_code, refused.json()["error"]) == (401, "invalid_client")


def test_tokens_are_posted_for(served: SimulatedOrg) -> None:
    response = requests.get(served.url + "/services/oauth2/token", timeout=20)
    assert response.status_code == 400
    assert response.json() == {"error": "invalid_request", "error_description": "must use HTTP POST"}
