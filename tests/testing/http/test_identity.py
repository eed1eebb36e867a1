from __future__ import annotations

import requests

from sfsync.testing import SimulatedOrg

from .conftest import Api, sign_in


def test_userinfo(api: Api) -> None:
    settings = api.simulated.org.settings
    body = api.get("/services/oauth2/userinfo").json()
    assert list(body)[:4] == ["sub", "user_id", "organization_id", "preferred_username"]
    assert body["sub"] == f"{api.simulated.url}/id/{settings.org_id}/{settings.user_id}"
    assert body["preferred_username"] == settings.username
    assert body["urls"]["rest"] == api.simulated.url + "/services/data/v{version}/"
    for name in ("zoneinfo", "locale", "language", "photos", "profile", "picture", "utcOffset", "updated_at"):
        assert body[name] is not None


def test_the_identity_url_takes_the_token_either_way(served: SimulatedOrg) -> None:
    body = sign_in(served)
    by_header = requests.get(
        body["id"], headers={"Authorization": f"Bearer {body['access_token']}"}, timeout=20
    )
    parameters = {"format": "json", "oauth_token": body["access_token"]}
    by_parameter = requests.get(body["id"], params=parameters, timeout=20)
    assert by_header.json() == by_parameter.json()
    assert by_header.json()["username"] == served.org.settings.username


def test_the_identity_url_needs_a_token(served: SimulatedOrg) -> None:
    body = sign_in(served)
    missing = requests.get(body["id"], timeout=20)
    assert (missing.status_code, missing.text) == (403, "Missing_OAuth_Token")
    bad = requests.get(body["id"], params={"oauth_token": "x"}, timeout=20)
    assert (bad.status_code, bad.text) == (403, "Bad_OAuth_Token")
    other = body["id"][:-18] + "005000000000000AAA"
    headers = {"Authorization": f"Bearer {body['access_token']}"}
    assert requests.get(other, headers=headers, timeout=20).status_code == 404


def test_userinfo_needs_a_token(served: SimulatedOrg) -> None:
    url = served.url + "/services/oauth2/userinfo"
    missing = requests.get(url, timeout=20)
    assert (missing.status_code, missing.text) == (403, "Missing_OAuth_Token")
    bad = requests.get(url, headers={"Authorization": "Bearer x"}, timeout=20)
    assert (bad.status_code, bad.text) == (403, "Bad_OAuth_Token")


def test_the_identity_of_another_user(served: SimulatedOrg) -> None:
    user = served.add_user("identity@example.com", FirstName="Rose")
    token = served.issue_refresh_token("identity@example.com")
    body = sign_in(served, grant_type="refresh_token", refresh_token=token)
    headers = {"Authorization": f"Bearer {body['access_token']}"}
    identity = requests.get(body["id"], headers=headers, timeout=20).json()
    assert (identity["user_id"], identity["first_name"]) == (user, "Rose")
    served.org.update("User", user, {"IsActive": False}, served.org.settings.user_id)
    assert requests.get(body["id"], headers=headers, timeout=20).status_code == 403
