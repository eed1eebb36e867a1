"""Users as tests in other processes arrange them."""

from __future__ import annotations

import time
from typing import Any

import jwt
import pytest
import requests

from sfsync.testing import SimulatedOrg

from .conftest import Api, sign_in


def post(simulated: SimulatedOrg, path: str, body: Any) -> requests.Response:
    return requests.post(f"{simulated.url}/__org__/{path}", json=body, timeout=20)


def signed_in(simulated: SimulatedOrg, username: str) -> Api:
    """Sign in as somebody with a refresh token."""
    token = post(simulated, "refresh-tokens", {"username": username}).json()["refresh_token"]
    api = Api(simulated)
    body = sign_in(simulated, grant_type="refresh_token", refresh_token=token)
    api.session.headers["Authorization"] = f"Bearer {body['access_token']}"
    return api


def test_a_limited_user(simulated_org: SimulatedOrg) -> None:
    access = {"view_all": False, "fields": {"Account.Phone": ""}, "password": "secret"}
    body = {"Username": "rose@example.com", "FirstName": "Rose", "access": access}
    added = post(simulated_org, "users", body)
    assert added.status_code == 201
    listed = requests.get(f"{simulated_org.url}/__org__/users", timeout=20)
    [rose] = [user for user in listed.json()["users"] if user["id"] == added.json()["id"]]
    assert (rose["username"], rose["active"], rose["access"]["view_all"]) == ("rose@example.com", True, False)
    assert "secret" not in listed.text

    account = Api(simulated_org).create("Account", Name="A", Phone="1")
    api = signed_in(simulated_org, "ROSE@example.com")
    path = f"/sobjects/Account/{account}"
    assert api.get(path).status_code == 404
    sharing = {"user": rose["id"], "records": [account], "level": "read"}
    assert post(simulated_org, "shares", sharing).status_code == 204
    assert "Phone" not in api.get(path).json()
    assert api("PATCH", path, json={"Name": "B"}).status_code == 403
    post(simulated_org, "shares", sharing | {"level": "edit"})
    assert api("PATCH", path, json={"Name": "B"}).status_code == 204
    post(simulated_org, "shares", sharing | {"level": None})
    assert api.get(path).status_code == 404


def test_a_key_pair_for_assertions(simulated_org: SimulatedOrg) -> None:
    key = post(simulated_org, "certificate", {}).json()["private_key"]
    claims = {
        "iss": simulated_org.consumer_key,
        "sub": simulated_org.org.settings.username,
        "aud": "https://login.salesforce.com",
        "exp": int(time.time()) + 100,
    }
    form = {
        "grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer",
        "assertion": jwt.encode(claims, key, algorithm="RS256"),
    }
    assert (
        "access_token"
        in requests.post(simulated_org.url + "/services/oauth2/token", data=form, timeout=20).json()
    )
    public = simulated_org.site.certificate
    assert post(simulated_org, "certificate", {"certificate": public}).status_code == 204


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("users", {}),
        ("users", {"Username": 1}),
        ("users", {"Username": "a@b.example", "access": []}),
        ("users", {"Username": "a@b.example", "access": {"objects": 1}}),
        ("users", {"Username": "a@b.example", "access": {"admin": True}}),
        ("users", {"Username": "a@b.example", "access": {"fields": {"Account.Phone": "w"}}}),
        ("users", {"Username": "a@b.example", "access": {"fields": {"Nonsense.Phone": "r"}}}),
        ("users", {"Username": "a@b.example", "Nonsense": 1}),
        ("users", {"Username": "a@b.example", "user": "005000000000001"}),
        ("users", {"Username": "a@b.example", "username": "c@d.example"}),
        ("shares", {"user": "x", "records": []}),
        ("shares", {"user": "005000000000001", "records": [1]}),
        ("shares", {"user": "005000000000001", "records": [], "level": "own"}),
        ("refresh-tokens", {"username": "nobody"}),
        ("certificate", {"certificate": "no PEM"}),
        ("certificate", {"certificate": "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----"}),
    ],
)
def test_what_is_refused(served: SimulatedOrg, path: str, body: Any) -> None:
    assert post(served, path, body).status_code in (400, 404)
    assert served.org.user_named("a@b.example") is None


def test_a_reset_lets_in_whom_the_settings_let_in(simulated_org: SimulatedOrg) -> None:
    settings = simulated_org.org.settings
    issued = simulated_org.issue_refresh_token(settings.username)
    simulated_org.set_access(settings.username, objects={"Account": ""})
    assert simulated_org.private_key
    requests.post(
        simulated_org.url + "/services/oauth2/revoke", data={"token": settings.refresh_token}, timeout=20
    )
    assert post(simulated_org, "reset", {}).status_code == 204
    assert simulated_org.site.certificate is None
    assert "error" in sign_in(simulated_org, grant_type="refresh_token", refresh_token=issued)
    body = sign_in(simulated_org, grant_type="refresh_token", refresh_token=settings.refresh_token)
    assert "access_token" in body
    Api(simulated_org).create("Account", Name="A")
