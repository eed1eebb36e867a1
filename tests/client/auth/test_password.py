import pytest

from sfsync.client import Password
from sfsync.exceptions import SignInFailed
from sfsync.testing import SimulatedOrg


def password(org, **changes):
    values = {"username": org.username, "password": org.password, "security_token": org.security_token}
    return Password(org.consumer_key, org.consumer_secret, **(values | changes))


def test_a_user_signs_in_with_password_and_security_token(simulated_org, connect):
    client = connect(simulated_org, auth=password(simulated_org.org.settings))
    assert client.describe("Account")["name"] == "Account"
    assert client.org_id == simulated_org.org.settings.org_id


@pytest.mark.parametrize("changes", [{"password": "wrong"}, {"security_token": ""}, {"username": "nobody"}])
def test_a_wrong_name_or_password_says_what_to_check(simulated_org, connect, changes):
    """Covers F80."""
    client = connect(simulated_org, auth=password(simulated_org.org.settings, **changes))
    with pytest.raises(SignInFailed, match="SF_PASSWORD"):
        client.org_id


def test_an_org_may_block_the_flow(connect):
    with SimulatedOrg(password_flow=False) as org, pytest.raises(SignInFailed, match="does not allow"):
        connect(org, auth=password(org.org.settings)).org_id
