"""Tokens, and how they hide."""

import copy
import pickle
import pprint
from dataclasses import asdict
from datetime import UTC, datetime

import pytest
import requests

from sfsync.client import Secret, Token
from sfsync.client.answers import Answer
from sfsync.client.auth import Bearer
from sfsync.client.exchange import Exchange
from sfsync.exceptions import MalformedResponse

ACME = "https://acme.my.salesforce.com"
ORG = "00D000000000001EAA"
NOW = datetime(2026, 11, 23, tzinfo=UTC)
BODY = {
    "access_token": "00D!secret",
    "instance_url": ACME,
    "id": "https://login.salesforce.com/id/00D58000000JLKp/005000000000001AAA",
}
TOKEN = Token(Secret("00D!secret"), ACME, ORG)


def read(body):
    def send(*args):
        raise AssertionError("a token answer is read without another request")

    exchange = Exchange(send, auth_domain=ACME, trusted=(), api_version="66.0", now=lambda: NOW)
    return Token.from_answer(Answer(200, {}, body, NOW), exchange)


def test_the_orgs_id_is_that_of_the_identity_url():
    token = read(BODY)
    assert token.org_id == "00D58000000JLKpEAO"
    assert token.instance_url == ACME
    assert token.access_token.reveal() == "00D!secret"
    assert token.refresh_token is None


def test_an_answer_may_bring_another_refresh_token():
    assert read(BODY | {"refresh_token": "5Aep!next"}).refresh_token.reveal() == "5Aep!next"


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
        read(BODY | changes)


@pytest.mark.parametrize("body", [None, [], "text"])
def test_a_token_answer_of_another_kind_is_refused(body):
    with pytest.raises(MalformedResponse):
        read(body)


@pytest.mark.parametrize("changes", [{"id": None}, {"instance_url": "https://evil.example"}])
def test_a_refused_answer_leaves_no_secret_in_the_variables_of_its_traceback(changes):
    """Covers F88."""
    marked = "-".join(("marked", "token"))
    with pytest.raises(MalformedResponse) as caught:
        read(BODY | {"access_token": marked, "refresh_token": marked} | changes)
    frames = [entry.frame for entry in caught.traceback if "sfsync" in str(entry.path.parent)]
    ours = [frame for frame in frames if "/sfsync/client/" in str(frame.code.path)]
    assert ours
    assert marked not in str([frame.f_locals for frame in ours])


@pytest.mark.parametrize(
    "show",
    [
        repr,
        str,
        vars,
        asdict,
        copy.copy,
        copy.deepcopy,
        pprint.pformat,
        lambda token: f"{token.access_token}",
    ],
)
def test_a_token_hides_its_secret(show):
    """Covers F88."""
    assert "!secret" not in repr(show(TOKEN))
    assert "!secret" not in str(show(TOKEN))


@pytest.mark.parametrize("value", [TOKEN, TOKEN.access_token])
def test_a_token_is_not_pickled(value):
    """Covers F88."""
    with pytest.raises(TypeError, match="secret is not to be pickled"):
        pickle.dumps(value)


def test_a_copy_is_as_good_as_the_token():
    assert copy.deepcopy(TOKEN).access_token.reveal() == "00D!secret"


def test_a_secret_is_true_if_there_is_one():
    assert Secret("x")
    assert not Secret("")


def test_a_bearer_sends_its_token():
    request = requests.Request("GET", ACME, auth=Bearer(TOKEN)).prepare()
    assert request.headers["Authorization"] == "Bearer 00D!secret"
