from urllib.parse import parse_qs

import pytest

from sfsync.client import ClientCredentials
from sfsync.exceptions import SignInFailed
from sfsync.testing import SimulatedOrg


def test_credentials_travel_in_the_body(scripted, connect):
    connect(scripted, auth=ClientCredentials("key & more", "pass=word")).org_id
    (seen,) = scripted.signed_in
    assert parse_qs(seen.body.decode()) == {
        "grant_type": ["client_credentials"],
        "client_id": ["key & more"],
        "client_secret": ["pass=word"],
    }
    assert seen.headers["Content-Type"] == "application/x-www-form-urlencoded"


@pytest.mark.parametrize(
    ("settings", "said"),
    [({"my_domain": False}, "My Domain"), ({"client_credentials_flow": False}, "Run-As user")],
)
def test_what_the_org_lacks_is_said(connect, settings, said):
    """Covers F80."""
    with SimulatedOrg(**settings) as org, pytest.raises(SignInFailed, match=said):
        connect(org).org_id
