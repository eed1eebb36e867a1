"""No way to sign in shows a secret when it fails, wherever a debugger or an error reporter looks."""

import logging

import pytest

from sfsync import exceptions
from sfsync.client import ClientCredentials, JWTBearer, Password, RefreshToken, Secret, SoapLogin
from sfsync.testing.assertions import new_key_pair

from ..scripted import Reply
from ..test_secrecy import chain, frames, told

KEY = new_key_pair()[0]
WAYS = {
    "client_credentials": ClientCredentials("key", "marked-secret"),
    "jwt": JWTBearer("key", "ada@acme.example", lambda: Secret(KEY)),
    "password": Password("key", "marked-secret", "ada@acme.example", "marked-password", "marked-security"),
    "refresh_token": RefreshToken("key", "marked-secret", lambda: Secret("marked-refresh")),
    "soap": SoapLogin("ada@acme.example", "marked-password", "marked-security"),
}
TOKEN = {
    "access_token": "marked-access",
    "refresh_token": "marked-rotated",
    "instance_url": "https://evil.example",
    "id": "https://login.salesforce.com/id/00D000000000001EAA/005000000000001AAA",
}
SOAP = (
    '<loginResponse xmlns="urn:partner.soap.sforce.com"><result><sessionId>marked-access</sessionId>'
    "<serverUrl>https://evil.example/x</serverUrl></result></loginResponse>"
)
REPLIES = {
    "reset": Reply(hang_up=True),
    "cut": Reply(headers={"Content-Length": "100"}, pieces=[b'{"access_token": "marked-access"']),
    "gzip": Reply(headers={"Content-Encoding": "gzip"}),
    "page": Reply(503, b"<html>marked-access</html>"),
    "broken": Reply(body=b'{"access_token": "marked-access"'),
    "refused": Reply.json({"error": "invalid_grant", "error_description": "marked-access"}, 400),
    "redirect": Reply(302, b"", {"Location": "http://127.0.0.1:1/marked-access"}),
    "hostile": Reply.json(TOKEN),
    "without org": Reply.json(TOKEN | {"id": None}),
    "hostile soap": Reply(200, SOAP.encode()),
}
MARKS = ("marked", "PRIVATE KEY", "assertion=eyJ")


def local_variables(error):
    ours = (frame for frame in frames(error.__traceback__) if frame.f_globals["__name__"] != __name__)
    return " ".join(repr(value) for frame in ours for value in frame.f_locals.values())


@pytest.mark.parametrize("reply", REPLIES.values(), ids=REPLIES)
@pytest.mark.parametrize("auth", WAYS.values(), ids=WAYS)
def test_a_failed_sign_in_shows_no_secret(scripted, connect, caplog, auth, reply):
    """Covers F88."""
    caplog.set_level(logging.DEBUG, "sfsync")
    scripted.token = reply
    scripted.replies = [reply] * 20
    client = connect(scripted, auth=auth, timeout=(1, 1), sleep=lambda seconds: None)
    with pytest.raises(exceptions.SalesforceError) as caught:
        client.call("GET", "limits/")
    errors = list(chain(caught.value))
    assert [type(each) for each in errors if not isinstance(each, exceptions.SfsyncError)] == []
    shown = caplog.text + " ".join(map(told, errors)) + " ".join(map(local_variables, errors))
    assert [mark for mark in MARKS if mark in shown] == []


@pytest.mark.parametrize("auth", WAYS.values(), ids=WAYS)
def test_no_way_shows_its_secrets(auth):
    """Covers F88."""
    shown = f"{auth} {auth!r} {vars(auth)}"
    assert [mark for mark in MARKS if mark in shown] == []
