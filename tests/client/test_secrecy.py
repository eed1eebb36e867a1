"""No error holds a header or a secret, wherever a debugger or an error reporter looks."""

import logging
from types import TracebackType

import pytest

from sfsync import exceptions
from sfsync.client import ClientCredentials

from .scripted import Reply

SECRETS = ("00D!secret", "Bearer ", "marked-consumer")
VALUES = ("marked-soql", "marked-value", "marked-text")

TRANSPORT = {
    "reset": Reply(hang_up=True),
    "cut": Reply(headers={"Content-Length": "100"}, pieces=[b"{"]),
    "gzip": Reply(headers={"Content-Encoding": "gzip"}),
    "silent": Reply(headers={"Content-Length": "2"}, pieces=[b"{", b"}"], pause=5),
    "page": Reply(503, b"<html>marked-text</html>"),
    "json": Reply(body=b'{"marked-text"'),
    "refused": Reply.json([{"errorCode": "INVALID_FIELD", "message": "marked-text"}], 400),
    "redirect": Reply(302, b"", {"Location": "http://127.0.0.1:1/marked-text"}),
    "deep": Reply(body=b"[" * 1000 + b"]" * 1000),
    "twice": Reply(headers={"Content-Encoding": "gzip, gzip"}),
}


def chain(error):
    """Yield an error and all that led to it, whether it is shown or not."""
    seen, waiting = set(), [error]
    while waiting:
        found = waiting.pop()
        if found is not None and id(found) not in seen:
            seen.add(id(found))
            yield found
            waiting += [found.__cause__, found.__context__]


def frames(trace: TracebackType | None):
    while trace is not None:
        yield trace.tb_frame
        trace = trace.tb_next


def told(error):
    """Return what an error says of itself, but for the org's own text."""
    visible = {name: value for name, value in vars(error).items() if name != "org_message"}
    return f"{error} {error!r} {error.args} {visible}"


def local_variables(error):
    """Return what a report shows that quotes the local variables of each frame (not those of the test)."""
    ours = (frame for frame in frames(error.__traceback__) if frame.f_globals["__name__"] != __name__)
    return " ".join(repr(value) for frame in ours for value in frame.f_locals.values())


@pytest.fixture
def marked(scripted, connect):
    auth = ClientCredentials("marked-consumer-key", "marked-consumer-secret")
    return connect(scripted, auth=auth, timeout=(1, 0.2))


def assert_clean(error, caplog):
    errors = list(chain(error))
    # Those of requests and urllib3 hold the request with its headers, those of json the whole document.
    assert [type(each) for each in errors if not isinstance(each, exceptions.SfsyncError)] == []
    text = caplog.text + " ".join(map(told, errors))
    assert [mark for mark in SECRETS + VALUES if mark in text] == []
    inside = " ".join(map(local_variables, errors))
    assert [mark for mark in SECRETS if mark in inside] == []


@pytest.mark.parametrize("reply", TRANSPORT.values(), ids=TRANSPORT)
def test_a_failed_call_shows_no_secret(scripted, marked, caplog, reply):
    """Covers F88."""
    caplog.set_level(logging.DEBUG, "sfsync")
    scripted.replies = [reply]
    with pytest.raises(exceptions.SalesforceError) as caught:
        marked.call("POST", "composite?q=marked-soql", body={"Name": "marked-value"})
    assert len(scripted.seen) == 1
    assert_clean(caught.value, caplog)


@pytest.mark.parametrize("name", ["reset", "cut", "gzip", "silent", "page", "refused", "redirect"])
def test_a_failed_stream_shows_no_secret(scripted, marked, caplog, name):
    """Covers F88."""
    caplog.set_level(logging.DEBUG, "sfsync")
    scripted.replies = [TRANSPORT[name]] * 10
    with pytest.raises(exceptions.SalesforceError) as caught:
        list(marked.stream("GET", "query?q=marked-soql").chunks())
    assert_clean(caught.value, caplog)


@pytest.mark.parametrize("reply", TRANSPORT.values(), ids=TRANSPORT)
def test_a_failed_sign_in_shows_no_secret(scripted, marked, caplog, reply):
    """Covers F88."""
    caplog.set_level(logging.DEBUG, "sfsync")
    scripted.token = reply
    with pytest.raises(exceptions.SalesforceError) as caught:
        marked.call("GET", "limits")
    assert_clean(caught.value, caplog)
