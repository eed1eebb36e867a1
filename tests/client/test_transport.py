import logging
import tracemalloc

import pytest

from sfsync import exceptions
from sfsync.client.session import LARGEST

from .scripted import Reply

BUSY = [{"message": "marked text", "errorCode": "UNABLE_TO_LOCK_ROW"}]


@pytest.fixture
def peak():
    """Return a function that says how many bytes were in use at most since the test began."""
    tracemalloc.start()
    yield lambda: tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()


@pytest.mark.parametrize("gzip", [False, True], ids=["plain", "bomb"])
def test_an_answer_without_end_is_left_at_the_cap(simulated_org, client, peak, gzip):
    """Covers F93."""
    simulated_org.faults.add("flood", megabytes=300, gzip=gzip, path="*/limits")
    with pytest.raises(exceptions.Oversized, match="limits with more than 128 MiB"):
        client.call("GET", "limits")
    assert peak() < 1.5 * LARGEST
    assert client.calls == 1


def test_the_cap_holds_for_raw_bodies_and_for_errors(scripted, scripted_client, monkeypatch):
    """Covers F93."""
    monkeypatch.setattr("sfsync.client.session.LARGEST", 1000)
    scripted.replies = [Reply(body=b"x" * 1001), Reply(503, b"x" * 1001), Reply(body=b"x" * 1000)]
    for _ in range(2):
        with pytest.raises(exceptions.Oversized):
            scripted_client.call("GET", "limits", parse=False)
    assert len(scripted_client.call("GET", "limits", parse=False).body) == 1000


def test_compression_within_compression_is_not_unpacked(scripted, scripted_client):
    """Covers F93."""
    scripted.replies = [Reply(headers={"Content-Encoding": "gzip, gzip"})]
    with pytest.raises(exceptions.Oversized):
        scripted_client.call("GET", "limits")


@pytest.mark.parametrize("depth", [101, 10_000])
def test_bottomless_json_is_refused(simulated_org, client, depth):
    """Covers F93."""
    simulated_org.faults.add("flood", megabytes=0, depth=depth, path="*/limits")
    with pytest.raises(exceptions.Oversized, match="100 levels"):
        client.call("GET", "limits")
    assert client.calls == 1


def test_a_field_of_a_gigabyte_is_streamed_in_little_memory(scripted, scripted_client, peak):
    """Covers F93."""
    piece, count = b"x" * 2**20, 64
    scripted.replies = [
        Reply(headers={"Content-Length": str(count * len(piece))}, pieces=(piece for _ in range(count)))
    ]
    with scripted_client.stream("GET", "sobjects/ContentVersion/068000000000001AAA/VersionData") as stream:
        assert sum(map(len, stream.chunks())) == count * len(piece)
    assert peak() < 8 * 2**20


def test_an_error_carries_the_id_of_its_request(scripted, scripted_client):
    scripted.replies = [Reply.json(BUSY, 400, **{"X-Sfdc-Request-Id": "8a3f-01"})]
    with pytest.raises(exceptions.RowLocked) as caught:
        scripted_client.call("PATCH", "sobjects/Account/x", body={})
    assert caught.value.request_id == "8a3f-01"


def test_an_id_of_another_form_is_left_out(scripted, scripted_client, caplog):
    caplog.set_level(logging.INFO, "sfsync.client")
    scripted.replies = [Reply.json(BUSY, 400, **{"X-Sfdc-Request-Id": "<script> marked"})]
    with pytest.raises(exceptions.RowLocked) as caught:
        scripted_client.call("PATCH", "sobjects/Account/x", body={})
    assert caught.value.request_id == ""
    assert "marked" not in caplog.text


def test_a_call_is_one_line_of_the_log(scripted, scripted_client, caplog):
    caplog.set_level(logging.INFO, "sfsync.client")
    scripted.replies = [Reply(headers={"X-Sfdc-Request-Id": "8a3f-01"})]
    scripted_client.call("POST", "sobjects/Account?q=marked", body={"Name": "marked"})
    _, record = caplog.records
    assert record.levelno == logging.INFO
    before, _, after = record.getMessage().partition(" ms")
    assert before.rpartition(" ")[0] == "POST sobjects/Account 200 in"
    assert after == ", attempt 1, request 8a3f-01, 1 calls used"


def test_debugging_adds_sizes(scripted, scripted_client, caplog):
    caplog.set_level(logging.DEBUG, "sfsync.client")
    scripted.replies = [Reply(body=b'{"a": 1}'), Reply()]
    scripted_client.call("POST", "sobjects/Account", body={"Name": "marked"})
    scripted_client.call("PUT", "jobs", content=lambda: [b"marked"], content_type="text/csv")
    _, known, streamed = (record.getMessage() for record in caplog.records)
    assert known.endswith("1 calls used, 17 bytes sent, 8 received")
    assert streamed.endswith("2 calls used, streamed bytes sent, 2 received")


def test_a_call_without_an_answer_is_logged_all_the_same(scripted, scripted_client, caplog):
    caplog.set_level(logging.INFO, "sfsync.client")
    scripted.replies = [Reply(hang_up=True)]
    with pytest.raises(exceptions.Unavailable):
        scripted_client.call("POST", "sobjects/Account", body={})
    assert "POST sobjects/Account without an answer in " in caplog.records[-1].getMessage()


def test_content_is_sent_as_it_is(scripted, scripted_client):
    scripted.replies = [Reply(), Reply()]
    scripted_client.call("PUT", "x", content=b"a,b\n", content_type="text/csv")
    scripted_client.call("PUT", "x", content=lambda: iter([b"a,", b"b\n"]), content_type="text/csv")
    assert [seen.body for seen in scripted.seen] == [b"a,b\n", b"a,b\n"]
    assert [seen.headers["Content-Type"] for seen in scripted.seen] == ["text/csv"] * 2


def test_streamed_content_can_be_sent_again_after_a_renewal(simulated_org, client):
    client.call("GET", "limits")
    simulated_org.site.sessions.end_all()
    answer = client.call(
        "POST",
        "sobjects/Account/",
        content=lambda: iter([b'{"Name":', b'"Acme"}']),
        content_type="application/json",
    )
    assert answer.status == 201
    assert [request.kind for request in simulated_org.requests][2:] == ["sobject", "token", "sobject"]


def test_what_is_accepted_can_be_said(scripted, scripted_client):
    scripted.replies = [Reply(body=b"a,b\n"), Reply()]
    assert scripted_client.call("GET", "x", accept="text/csv", parse=False).body == b"a,b\n"
    scripted_client.call("GET", "x")
    assert [seen.headers["Accept"] for seen in scripted.seen] == ["text/csv", "application/json"]


def test_an_unparsed_answer_that_is_an_error_is_raised(scripted, scripted_client):
    scripted.replies = [Reply.json(BUSY, 400)]
    with pytest.raises(exceptions.RowLocked):
        scripted_client.call("GET", "x", parse=False)


def test_a_call_has_a_timeout_of_its_own(scripted, scripted_client):
    scripted.replies = [Reply(headers={"Content-Length": "2"}, pieces=[b"{", b"}"], pause=30)]
    with pytest.raises(exceptions.Unavailable):
        scripted_client.call("GET", "x", timeout=(5, 0.1), read=False)
