import pickle
import threading
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import parse_qs

import pytest
import requests

from sfsync.client import ClientCredentials, MemoryTokenStore, Token
from sfsync.client.auth import Bearer
from sfsync.exceptions import MalformedResponse, Unavailable

ACME = "https://acme.my.salesforce.com"
BODY = {
    "access_token": "00D!secret",
    "instance_url": ACME,
    "id": "https://login.salesforce.com/id/00D58000000JLKp/005000000000001AAA",
}
TOKEN = Token("00D!secret", ACME, "00D000000000001EAA")


def test_the_orgs_id_is_that_of_the_identity_url():
    token = Token.from_answer(BODY, signed_in_at=ACME)
    assert token.org_id == "00D58000000JLKpEAO"
    assert token.instance_url == ACME


@pytest.mark.parametrize(
    "changes",
    [
        {"access_token": None},
        {"access_token": ""},
        {"access_token": "two\r\nlines"},
        {"id": None},
        {"id": "https://login.salesforce.com/id/none"},
        {"id": "https://login.salesforce.com/id/00D000000000002AAA/005000000000001AAA"},
        {"id": "https://login.salesforce.com/id/001000000000001AAA/005000000000001AAA"},
    ],
)
def test_an_incomplete_token_answer_is_refused(changes):
    with pytest.raises(MalformedResponse):
        Token.from_answer(BODY | changes, signed_in_at=ACME)


@pytest.mark.parametrize("body", [None, [], "text"])
def test_a_token_answer_of_another_kind_is_refused(body):
    with pytest.raises(MalformedResponse):
        Token.from_answer(body, signed_in_at=ACME)


def test_a_token_hides_its_secret():
    assert "secret" not in repr(TOKEN)
    with pytest.raises(TypeError):
        pickle.dumps(TOKEN)


def test_credentials_travel_in_the_body(scripted, connect):
    connect(scripted, auth=ClientCredentials("key & more", "pass=word")).org_id
    (seen,) = scripted.signed_in
    assert parse_qs(seen.body.decode()) == {
        "grant_type": ["client_credentials"],
        "client_id": ["key & more"],
        "client_secret": ["pass=word"],
    }
    assert seen.headers["Content-Type"] == "application/x-www-form-urlencoded"


def test_a_bearer_sends_its_token():
    request = requests.Request("GET", ACME, auth=Bearer(TOKEN)).prepare()
    assert request.headers["Authorization"] == "Bearer 00D!secret"


def test_threads_share_one_sign_in_per_expiry():
    store = MemoryTokenStore()
    signed_in = []
    together = threading.Barrier(8)

    def sign_in() -> Token:
        signed_in.append(1)
        return Token(f"token {len(signed_in)}", ACME, "00D000000000001EAA")

    def work(number: int) -> Token:
        together.wait()
        stale = store.current(sign_in)
        together.wait()
        return store.renew(stale, sign_in)

    with ThreadPoolExecutor(8) as pool:
        tokens = list(pool.map(work, range(8)))
    assert len(signed_in) == 2
    assert {token.access_token for token in tokens} == {"token 2"}


def test_a_failed_renewal_leaves_no_stale_token():
    store = MemoryTokenStore()
    stale = store.current(lambda: TOKEN)

    def fail() -> Token:
        raise Unavailable("down")

    with pytest.raises(Unavailable):
        store.renew(stale, fail)
    fresh = Token("new", ACME, "00D000000000001EAA")
    assert store.current(lambda: fresh) is fresh
