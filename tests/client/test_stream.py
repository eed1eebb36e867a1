import pytest

from sfsync import exceptions

from .scripted import Reply

ROWS = b"".join(b'"%d"\n' % number for number in range(100_000))


def test_an_answer_arrives_in_pieces(scripted, scripted_client):
    scripted.replies = [Reply(body=ROWS, headers={"Sforce-Locator": "null"})]
    with scripted_client.stream("GET", "jobs/query/1/results", accept="text/csv") as stream:
        assert (stream.status, stream.headers["sforce-locator"]) == (200, "null")
        pieces = list(stream.chunks())
    assert len(pieces) > 5
    assert b"".join(pieces) == ROWS
    assert scripted.seen[0].headers["Accept"] == "text/csv"


def test_compressed_pieces_arrive_decoded(simulated_org, client):
    with client.stream("GET", "sobjects/") as stream:
        assert stream.headers["Content-Encoding"] == "gzip"
        assert b"".join(stream.chunks()).startswith(b'{"encoding":"UTF-8"')


@pytest.mark.parametrize("action", ["cut", "wrong_length"])
def test_a_stream_cut_off_is_unavailable_and_not_the_end(simulated_org, client, action):
    """Covers F32."""
    simulated_org.faults.add(action, path="*/sobjects/")
    with pytest.raises(exceptions.Unavailable) as caught, client.stream("GET", "sobjects/") as stream:
        list(stream.chunks())
    assert caught.value.__context__ is None


def test_a_stream_is_opened_again_until_its_first_byte(simulated_org, client):
    """Covers F21."""
    simulated_org.faults.add("status", status=503, path="*/sobjects/", nth=1)
    simulated_org.faults.add("drop", path="*/sobjects/", nth=2)
    simulated_org.faults.add("expire_token", path="*/sobjects/", nth=3)
    with client.stream("GET", "sobjects/") as stream:
        assert b"".join(stream.chunks()).endswith(b"}")
    assert [request.kind for request in simulated_org.requests] == [
        "token", *["describe_global"] * 3, "token", "describe_global",
    ]  # fmt: skip


def test_an_error_is_raised_when_the_stream_is_opened(client):
    with pytest.raises(exceptions.NotFound):
        client.stream("GET", "sobjects/Nothing/describe")


def test_an_empty_answer_has_no_pieces(scripted, scripted_client):
    scripted.replies = [Reply(204, b""), Reply(304, b"")]
    for status in (204, 304):
        with scripted_client.stream("GET", "x") as stream:
            assert (stream.status, list(stream.chunks())) == (status, [])


def test_a_stream_lasts_longer_than_the_deadline(scripted, connect):
    scripted.replies = [Reply(headers={"Content-Length": "10"}, pieces=[b"x"] * 10, pause=0.03)]
    client = connect(scripted, deadline=0.1)
    assert client.org_id
    with client.stream("GET", "x") as stream:
        assert b"".join(stream.chunks()) == b"x" * 10


def test_a_stream_that_falls_silent_ends_with_the_read_timeout(scripted, scripted_client):
    scripted.replies = [Reply(headers={"Content-Length": "2"}, pieces=[b"x", b"y"], pause=30)]
    with (
        pytest.raises(exceptions.Unavailable),
        scripted_client.stream("GET", "x", timeout=(5, 0.2)) as stream,
    ):
        list(stream.chunks())
