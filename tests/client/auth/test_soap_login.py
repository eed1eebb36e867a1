from xml.etree import ElementTree

import pytest

from sfsync.client import SoapLogin
from sfsync.exceptions import MalformedResponse, SignInFailed
from sfsync.testing import SimulatedOrg

from ..scripted import Reply

PARTNER = "{urn:partner.soap.sforce.com}"


def login(org, **changes):
    values = {"username": org.username, "password": org.password, "security_token": org.security_token}
    return SoapLogin(**(values | changes))


def result(**changes):
    """Return the answer to login()."""
    values = {
        "passwordExpired": "false",
        "serverUrl": "https://acme.my.salesforce.com/services/Soap/u/64.0/00D000000000001",
        "sessionId": "00D!secret",
        "userInfo": "<organizationId>00D000000000001EAA</organizationId>",
    } | changes
    inner = "".join(f"<{name}>{value}</{name}>" for name, value in values.items())
    body = f'<loginResponse xmlns="urn:partner.soap.sforce.com"><result>{inner}</result></loginResponse>'
    return Reply(200, f"<Envelope><Body>{body}</Body></Envelope>".encode())


@pytest.fixture
def answered(scripted, connect):
    """Return a function that signs in at an org that gives this answer."""

    def sign_in(reply):
        scripted.replies = [reply]
        return connect(scripted, auth=SoapLogin("a user", "a password")).org_id

    return sign_in


def test_it_signs_in_at_64_and_calls_at_the_version_of_the_settings(simulated_org, connect):
    client = connect(simulated_org, auth=login(simulated_org.org.settings), api_version="66.0")
    assert client.describe("Account")["name"] == "Account"
    assert client.org_id == simulated_org.org.settings.org_id
    paths = [request.path for request in simulated_org.requests]
    assert paths == ["/services/Soap/u/64.0", "/services/data/v66.0/sobjects/Account/describe"]


def test_names_and_passwords_are_escaped(scripted, connect):
    with pytest.raises(MalformedResponse):
        scripted.replies = [Reply(200, b"<a/>")]
        connect(scripted, auth=SoapLogin("a<b>", "x</password>&y", "token")).org_id
    (seen,) = scripted.seen
    body = ElementTree.fromstring(seen.body)
    assert body.findtext(f".//{PARTNER}username") == "a<b>"
    assert body.findtext(f".//{PARTNER}password") == "x</password>&ytoken"


@pytest.mark.parametrize("changes", [{"password": "wrong"}, {"security_token": ""}, {"username": "nobody"}])
def test_a_wrong_name_or_password_says_what_to_check(simulated_org, connect, changes):
    """Covers F80."""
    client = connect(simulated_org, auth=login(simulated_org.org.settings, **changes))
    with pytest.raises(SignInFailed, match="SF_PASSWORD") as caught:
        client.org_id
    assert caught.value.code == "INVALID_LOGIN"


def test_a_password_that_has_expired(answered):
    """Covers F80."""
    with pytest.raises(SignInFailed, match="password of the user has expired"):
        answered(result(passwordExpired="true"))


@pytest.mark.parametrize(
    "changes",
    [
        {"serverUrl": "http://169.254.169.254/services/Soap/u/64.0"},
        {"serverUrl": "https://evil.example/services/Soap/u/64.0"},
        {"serverUrl": "https://acme.my.salesforce.com.evil.example/"},
        {"serverUrl": "https://acme.my.salesforce.com@evil.example/"},
        {"serverUrl": "https://acme.my.salesforce.com:8443/"},
        {"serverUrl": "https://[broken/"},
        {"serverUrl": ""},
        {"sessionId": ""},
        {"userInfo": ""},
    ],
)
def test_a_session_without_its_parts_or_for_another_host_is_refused(answered, scripted, changes):
    """Covers F87."""
    with pytest.raises(MalformedResponse):
        answered(result(**changes))
    assert len(scripted.seen) == 1


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{}",
        b"<html><body>Welcome</body></html>",
        b'<!DOCTYPE a [<!ENTITY b "bb"><!ENTITY c "&b;&b;">]><a>&c;</a>',
    ],
)
def test_an_answer_that_is_no_login_is_refused(answered, content):
    with pytest.raises(MalformedResponse, match=r"result of login\(\)"):
        answered(Reply(200, content))


def test_an_org_without_it_says_so(answered):
    fault = (
        b'<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body><e:Fault>'
        b"<faultcode>sf:INVALID_OPERATION</faultcode><faultstring>INVALID_OPERATION: SOAP API login() is "
        b"disabled by default in this org.</faultstring></e:Fault></e:Body></e:Envelope>"
    )
    with pytest.raises(SignInFailed, match="another SF_AUTH"):
        answered(Reply(500, fault))


def test_a_user_without_the_api_is_refused(connect):
    """Covers F80."""
    with SimulatedOrg() as org:
        org.set_access(org.org.settings.username, api_enabled=False)
        with pytest.raises(Exception, match="API") as caught:
            connect(org, auth=login(org.org.settings)).org_id
        assert len(org.requests) == 1
        assert "API" in str(caught.value)
