from urllib.parse import parse_qs

import pytest

from sfsync.client import MemoryTokenStore, RefreshToken, Secret
from sfsync.exceptions import SignInFailed
from sfsync.testing import SimulatedOrg


def options(org, seed=None):
    store = MemoryTokenStore(org.org.settings.refresh_token if seed is None else seed)
    auth = RefreshToken(org.consumer_key, org.consumer_secret, store.refresh_token)
    return {"auth": auth, "token_store": store}


def test_a_refresh_token_signs_in_again_and_again(simulated_org, connect):
    client = connect(simulated_org, **options(simulated_org))
    for _ in range(3):
        assert client.describe("Account")["name"] == "Account"
        simulated_org.expire_sessions()


def test_each_sign_in_uses_the_token_that_the_one_before_brought(connect):
    with SimulatedOrg(refresh_token_rotation=True) as org:
        client = connect(org, **options(org))
        for _ in range(3):
            assert client.describe("Account")["name"] == "Account"
            org.expire_sessions()


def test_a_token_that_was_withdrawn_says_what_to_type(simulated_org, connect):
    """Covers F80."""
    client = connect(simulated_org, **options(simulated_org, seed="5Aep!withdrawn"))
    with pytest.raises(SignInFailed, match="SF_REFRESH_TOKEN"):
        client.org_id


def test_an_app_without_a_secret_sends_none(scripted, connect):
    connect(scripted, auth=RefreshToken("the key", "", lambda: Secret("5Aep!x"))).org_id
    (seen,) = scripted.signed_in
    assert parse_qs(seen.body.decode()) == {
        "grant_type": ["refresh_token"],
        "client_id": ["the key"],
        "refresh_token": ["5Aep!x"],
    }
