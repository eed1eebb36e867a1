"""Sign-ins by assertion and by refresh token, and of users who may not sign in."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509.oid import NameOID

from sfsync.testing import SimulatedOrg
from sfsync.testing.access import Access
from sfsync.testing.assertions import new_key_pair
from sfsync.testing.clock import Clock

from .conftest import sign_in

JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
EXPIRED = {"error": "invalid_grant", "error_description": "expired access/refresh token"}


@pytest.fixture(scope="module")
def private_key(served: SimulatedOrg) -> str:
    return served.private_key


@pytest.fixture
def rotating() -> Iterator[SimulatedOrg]:
    with SimulatedOrg(refresh_token_rotation=True) as simulated:
        yield simulated


def assertion(simulated: SimulatedOrg, key: str, algorithm: str = "RS256", **claims: Any) -> str:
    known = {
        "iss": simulated.consumer_key,
        "sub": simulated.org.settings.username,
        "aud": "https://login.salesforce.com",
        "exp": int(time.time()) + 180,
    }
    return jwt.encode(known | claims, key, algorithm=algorithm)


def by_assertion(simulated: SimulatedOrg, token: str) -> dict[str, Any]:
    form = {"grant_type": JWT_BEARER, "assertion": token}
    return requests.post(simulated.url + "/services/oauth2/token", data=form, timeout=20).json()


def works(simulated: SimulatedOrg, token: str) -> int:
    headers = {"Authorization": f"Bearer {token}"}
    return requests.get(
        f"{simulated.url}/services/data/v66.0/limits", headers=headers, timeout=20
    ).status_code


def refresh(simulated: SimulatedOrg, token: str, **form: str) -> dict[str, Any]:
    return sign_in(simulated, grant_type="refresh_token", refresh_token=token, **form)


def test_an_assertion_signs_in(served: SimulatedOrg, private_key: str) -> None:
    body = by_assertion(served, assertion(served, private_key))
    assert works(served, body["access_token"]) == 200
    assert "refresh_token" not in body


@pytest.mark.parametrize("write", [lambda exp: f"{exp:.0f}", lambda exp: exp + 0.5])
def test_exp_may_be_text_or_a_fraction(
    served: SimulatedOrg, private_key: str, write: Callable[[float], object]
) -> None:
    exp = write(int(time.time()) + 180)
    assert "access_token" in by_assertion(served, assertion(served, private_key, exp=exp))


def test_the_orgs_own_address_is_an_audience(served: SimulatedOrg, private_key: str) -> None:
    assert "access_token" in by_assertion(served, assertion(served, private_key, aud=served.url + "/"))


@pytest.mark.parametrize(
    ("claims", "error", "description"),
    [
        ({"iss": "stranger"}, "invalid_client_id", "client identifier invalid"),
        ({"sub": "stranger@example.com"}, "invalid_grant", "user hasn't approved this consumer"),
        ({"aud": "https://test.salesforce.com"}, "invalid_grant", "Audience validation failed"),
        ({"aud": "https://evil.example"}, "invalid_grant", "Audience validation failed"),
        ({"exp": 0}, "invalid_grant", "expired authorization code"),
        ({"exp": 4_000_000_000}, "invalid_grant", "expired authorization code"),
        ({"exp": None}, "invalid_grant", "invalid assertion"),
        ({"aud": 7}, "invalid_grant", "invalid assertion"),
    ],
)
def test_claims_are_checked(
    served: SimulatedOrg, private_key: str, claims: dict[str, Any], error: str, description: str
) -> None:
    body = by_assertion(served, assertion(served, private_key, **claims))
    assert body == {"error": error, "error_description": description}


def test_only_the_signature_of_the_consumer_counts(served: SimulatedOrg, private_key: str) -> None:
    stranger, _ = new_key_pair()
    symmetric = assertion(served, "x" * 64, algorithm="HS256")
    unsigned = jwt.encode({"iss": served.consumer_key}, None, algorithm="none")
    changed = assertion(served, private_key).rpartition(".")
    for token in (assertion(served, stranger), symmetric, unsigned, f"{changed[0]}.AAAA", "no token", ""):
        body = by_assertion(served, token)
        assert body == {"error": "invalid_grant", "error_description": "invalid assertion"}


def test_the_org_may_know_the_consumer_by_a_certificate() -> None:
    private, _ = new_key_pair()
    key: Any = serialization.load_pem_private_key(private.encode(), None)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "consumer")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    pem = certificate.public_bytes(serialization.Encoding.PEM).decode()
    with SimulatedOrg(certificate=pem) as simulated:
        assert "access_token" in by_assertion(simulated, assertion(simulated, private))
    with SimulatedOrg() as simulated:
        assert by_assertion(simulated, assertion(simulated, private))["error"] == "invalid_grant"


def test_the_clock_of_the_org_decides(private_key: str) -> None:
    clock = Clock(datetime(2026, 1, 1, tzinfo=UTC))
    with SimulatedOrg(clock=clock, is_sandbox=True) as simulated:
        exp = int(clock.now().timestamp()) + 300
        claims = {"aud": "https://test.salesforce.com", "exp": exp}
        token = assertion(simulated, simulated.private_key, **claims)
        assert "access_token" in by_assertion(simulated, token)
        clock.advance(300)
        assert by_assertion(simulated, token)["error_description"] == "expired authorization code"


def test_a_user_who_is_not_pre_authorized(served: SimulatedOrg, private_key: str) -> None:
    served.add_user("unapproved@example.com", access=Access(pre_authorized=False))
    body = by_assertion(served, assertion(served, private_key, sub="unapproved@example.com"))
    assert body["error_description"] == "user hasn't approved this consumer"


def test_a_refresh_token_is_good_many_times(served: SimulatedOrg) -> None:
    first, second = (refresh(served, served.org.settings.refresh_token) for _ in range(2))
    assert first["access_token"] != second["access_token"]
    assert "refresh_token" not in first
    assert works(served, first["access_token"]) == works(served, second["access_token"]) == 200


def test_refresh_tokens_are_of_the_client(served: SimulatedOrg) -> None:
    token = served.org.settings.refresh_token
    assert refresh(served, token, client_secret="wrong")["error"] == "invalid_client"
    assert refresh(served, "unknown") == EXPIRED


def test_rotation_gives_a_new_token_each_time(rotating: SimulatedOrg) -> None:
    first = refresh(rotating, rotating.org.settings.refresh_token)
    second = refresh(rotating, first["refresh_token"])
    assert second["refresh_token"] != first["refresh_token"]
    assert works(rotating, second["access_token"]) == 200


def test_a_reused_token_ends_the_family(rotating: SimulatedOrg) -> None:
    other = refresh(rotating, rotating.issue_refresh_token(rotating.org.settings.username))
    first = refresh(rotating, rotating.org.settings.refresh_token)
    assert refresh(rotating, rotating.org.settings.refresh_token) == EXPIRED
    assert refresh(rotating, first["refresh_token"]) == EXPIRED
    assert works(rotating, first["access_token"]) == 401
    assert works(rotating, other["access_token"]) == 200


def test_revoking_a_refresh_token_ends_its_sessions(rotating: SimulatedOrg) -> None:
    body = refresh(rotating, rotating.org.settings.refresh_token)
    url = rotating.url + "/services/oauth2/revoke"
    assert requests.post(url, data={"token": body["refresh_token"]}, timeout=20).status_code == 200
    assert works(rotating, body["access_token"]) == 401
    assert refresh(rotating, body["refresh_token"]) == EXPIRED


@pytest.mark.parametrize(
    ("settings", "grant", "description"),
    [
        ({"client_credentials_flow": False}, "client_credentials", "no client credentials user enabled"),
        ({"my_domain": False}, "client_credentials", "request not supported on this domain"),
        ({"password_flow": False}, "password", "authentication failure"),
    ],
)
def test_flows_that_an_org_does_not_allow(settings: dict[str, Any], grant: str, description: str) -> None:
    with SimulatedOrg(**settings) as simulated:
        known = simulated.org.settings
        password = known.password + known.security_token
        body = sign_in(simulated, grant_type=grant, username=known.username, password=password)
    assert body == {"error": "invalid_grant", "error_description": description}


def test_users_sign_in_with_passwords_of_their_own(served: SimulatedOrg) -> None:
    served.add_user("Rose@example.com", access=Access(password="own"))
    token = served.org.settings.security_token
    form = {"grant_type": "password", "username": "rose@EXAMPLE.com"}
    body = sign_in(served, **form, password="own" + token)
    assert body["id"].endswith(served.org.user_named("rose@example.com") or "-")
    assert sign_in(served, **form, password=served.org.settings.password + token)["error"] == "invalid_grant"


def test_frozen_and_inactive_users_do_not_sign_in(served: SimulatedOrg, private_key: str) -> None:
    user = served.add_user("frozen@example.com")
    token = assertion(served, private_key, sub="frozen@example.com")
    session = by_assertion(served, token)["access_token"]
    served.set_access("frozen@example.com", frozen=True)
    assert by_assertion(served, token)["error"] == "invalid_grant"
    assert works(served, session) == 401
    served.org.update("User", user, {"IsActive": False}, served.org.settings.user_id)
    assert by_assertion(served, token) == {"error": "inactive_user", "error_description": "user is inactive"}


def test_a_user_without_the_api(served: SimulatedOrg, private_key: str) -> None:
    served.add_user("ui@example.com", access=Access(api_enabled=False))
    session = by_assertion(served, assertion(served, private_key, sub="ui@example.com"))["access_token"]
    assert works(served, session) == 403


def test_sessions_end_on_demand(served: SimulatedOrg, private_key: str) -> None:
    served.add_user("short@example.com")
    session = by_assertion(served, assertion(served, private_key, sub="short@example.com"))["access_token"]
    other = sign_in(served)["access_token"]
    served.expire_sessions("short@example.com")
    assert (works(served, session), works(served, other)) == (401, 200)
    with pytest.raises(LookupError):
        served.expire_sessions("nobody@example.com")
