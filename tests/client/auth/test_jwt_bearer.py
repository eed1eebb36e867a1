import sys
from datetime import timedelta

import jwt
import pytest

from sfsync.client import JWTBearer, Secret
from sfsync.client.auth.jwt_bearer import audience_of
from sfsync.exceptions import ConfigurationError, SignInFailed
from sfsync.testing import SimulatedOrg
from sfsync.testing.assertions import new_key_pair

from ..scripted import Reply


def bearer(org, **changes):
    key = Secret(org.private_key)
    values = {"username": org.org.settings.username, "private_key": lambda: key, "audience": ""} | changes
    return JWTBearer(org.consumer_key, **values)


def token_requests(org):
    return [request for request in org.requests if request.path == "/services/oauth2/token"]


def test_an_assertion_signs_in(simulated_org, connect):
    client = connect(simulated_org, auth=bearer(simulated_org))
    assert client.describe("Account")["name"] == "Account"
    assert len(token_requests(simulated_org)) == 1


def test_the_user_is_the_one_of_the_assertion(simulated_org, connect):
    simulated_org.add_user("ada@acme.example")
    client = connect(simulated_org, auth=bearer(simulated_org, username="ada@acme.example"))
    assert client.org_id == simulated_org.org.settings.org_id


def test_a_sandbox_has_an_audience_of_its_own(connect):
    with SimulatedOrg(is_sandbox=True) as org:
        with pytest.raises(SignInFailed, match="SF_JWT_AUDIENCE"):
            connect(org, auth=bearer(org)).org_id
        assert connect(org, auth=bearer(org, audience="https://test.salesforce.com")).org_id


@pytest.mark.parametrize(
    ("host", "kind"),
    [
        ("login.salesforce.com", "login"),
        ("test.salesforce.com", "test"),
        ("acme.my.salesforce.com", "login"),
        ("acme-dev-ed.develop.my.salesforce.com", "login"),
        ("acme--uat.sandbox.my.salesforce.com", "test"),
        ("acme--uat.my.salesforce.com", "test"),
        ("force-speed-1234.scratch.my.salesforce.com", "test"),
        ("localhost", "login"),
    ],
)
def test_the_audience_is_told_by_the_host(host, kind):
    assert audience_of(f"https://{host}") == f"https://{kind}.salesforce.com"


@pytest.mark.parametrize("minutes", [-60, -10, 10, 60])
def test_a_wrong_clock_of_this_machine_costs_one_more_request(simulated_org, connect, minutes):
    """Covers F12."""
    now = simulated_org.org.clock.now
    client = connect(
        simulated_org, auth=bearer(simulated_org), now=lambda: now() + timedelta(minutes=minutes)
    )
    assert client.org_id == simulated_org.org.settings.org_id
    assert len(token_requests(simulated_org)) == 2
    simulated_org.expire_sessions()
    client.describe("Account")
    assert len(token_requests(simulated_org)) == 3


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"username": "nobody@acme.example"}, "pre-authorise"),
        ({"private_key": lambda: Secret(new_key_pair()[0])}, "certificate"),
        ({"audience": "https://acme.example"}, "SF_JWT_AUDIENCE"),
    ],
)
def test_a_refusal_says_what_to_check_and_is_not_repeated(simulated_org, connect, changes, said):
    """Covers F80."""
    client = connect(simulated_org, auth=bearer(simulated_org, **changes))
    for _ in range(2):
        with pytest.raises(SignInFailed, match=said):
            client.org_id
    assert len(token_requests(simulated_org)) == 1


def test_the_claims(scripted, connect):
    private, public = new_key_pair()
    connect(scripted, auth=JWTBearer("the key", "ada@acme.example", lambda: Secret(private))).org_id
    (seen,) = scripted.signed_in
    assertion = seen.body.decode().partition("assertion=")[2]
    claims = jwt.decode(assertion, public, algorithms=["RS256"], audience="https://login.salesforce.com")
    assert (claims["iss"], claims["sub"]) == ("the key", "ada@acme.example")
    assert b"client_secret" not in seen.body


@pytest.mark.parametrize(
    "key", ["", "marked-key", "-----BEGIN PRIVATE KEY-----\nmarked-key\n-----END PRIVATE KEY-----"]
)
def test_a_key_that_cannot_sign_is_refused_before_anything_is_sent(scripted, connect, key):
    """Covers F88."""
    scripted.token = Reply(500)
    with pytest.raises(ConfigurationError, match="SF_PRIVATE_KEY_FILE") as caught:
        connect(scripted, auth=JWTBearer("the key", "ada", lambda: Secret(key))).org_id
    assert scripted.signed_in == []
    assert caught.value.__context__ is None
    assert "marked" not in str(caught.value)


def test_without_its_library_it_says_what_to_install(scripted, connect, monkeypatch):
    monkeypatch.setitem(sys.modules, "jwt", None)
    with pytest.raises(ConfigurationError, match=r"pip install 'sfsync\[jwt\]'"):
        connect(scripted, auth=JWTBearer("the key", "ada", lambda: Secret("key"))).org_id
