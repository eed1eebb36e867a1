"""An org that moves to another address: a new sign-in tells where it is. Covers F83."""

import pytest

from sfsync import exceptions

from ..scripted import Reply, ScriptedOrg

EXPIRED = Reply.json([{"message": "Session expired or invalid", "errorCode": "INVALID_SESSION_ID"}], 401)
GONE = Reply(404, b"<html>This address is no longer in use</html>")
ELSEWHERE = Reply(301, b"", {"Location": "https://evil.example/services/data/v66.0/sobjects/"})


@pytest.fixture
def new_home():
    with ScriptedOrg() as org:
        yield org


@pytest.fixture
def moved(scripted, scripted_client):
    """Return a function that lets the org move to an address while a client is signed in."""

    def move(reply, address):
        scripted_client.instance_url
        scripted.replies = [reply]
        scripted.token = Reply.json(scripted.token_body(instance_url=address))
        return scripted_client

    return move


@pytest.mark.parametrize("reply", [EXPIRED, GONE, ELSEWHERE], ids=["session", "page", "redirect"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_the_call_goes_to_the_new_address(scripted, moved, new_home, method, reply):
    """Covers F83."""
    new_home.replies = [Reply.json({"at": "home"}), Reply.json({"at": "home"})]
    client = moved(reply, new_home.url)
    assert client.call(method, "sobjects/").body == {"at": "home"}
    assert client.instance_url == new_home.url
    client.call("GET", "sobjects/")
    assert (len(scripted.seen), len(new_home.seen), scripted.sign_ins) == (1, 2, 2)


@pytest.mark.parametrize("reply", [EXPIRED, GONE, ELSEWHERE], ids=["session", "page", "redirect"])
def test_nothing_is_sent_to_an_address_that_is_not_trusted(scripted, moved, reply):
    """Covers F83, F87."""
    client = moved(reply, "https://evil.example")
    with pytest.raises(exceptions.MalformedResponse, match="does not trust"):
        client.call("GET", "sobjects/")
    assert len(scripted.seen) == 1


@pytest.mark.parametrize(
    ("reply", "kind"), [(GONE, exceptions.Unavailable), (ELSEWHERE, exceptions.SalesforceError)]
)
def test_without_another_address_the_answer_is_an_error(scripted, moved, reply, kind):
    """Covers F83."""
    client = moved(reply, scripted.url)
    with pytest.raises(kind) as caught:
        client.call("GET", "sobjects/")
    assert caught.value.status == reply.status
    assert (len(scripted.seen), scripted.sign_ins) == (1, 2)
