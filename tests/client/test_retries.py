import logging
from datetime import UTC, datetime, timedelta

import pytest

from sfsync import exceptions
from sfsync.client import ClientCredentials, retries

from .scripted import Reply

DAILY = {"status": 403, "code": "REQUEST_LIMIT_EXCEEDED", "message": "TotalRequests Limit exceeded."}
CONCURRENT = {
    "status": 403,
    "code": "REQUEST_LIMIT_EXCEEDED",
    "message": "ConcurrentRequests (Concurrent API Requests) Limit exceeded.",
}
DESCRIBE = {"method": "GET", "path": "*/describe"}


def read(client):
    return client.call("GET", "sobjects/Account/describe").body["name"]


class Watch:
    """A clock of its own for a client that waits: `slept` are the seconds of each wait."""

    def __init__(self):
        self.slept = []

    def sleep(self, seconds):
        self.slept.append(seconds)


@pytest.fixture
def watch():
    return Watch()


@pytest.fixture
def waiting(simulated_org, connect, watch):
    """A client whose waits are the longest that its table allows, and take no time."""
    client = connect(simulated_org, sleep=watch.sleep, random=lambda: 1.0)
    assert client.org_id
    simulated_org.reset_requests()
    return client


@pytest.mark.parametrize(
    ("action", "options"),
    [
        ("drop", {}),
        ("cut", {}),
        ("wrong_length", {}),
        ("broken_gzip", {}),
        ("status", {"status": 500}),
        ("status", {"status": 502}),
        ("status", {"status": 503}),
        ("status", {"status": 503, "code": "SERVER_UNAVAILABLE", "message": "too busy"}),
        ("status", {"status": 406, "body": ""}),
        ("status", {"status": 420, "body": ""}),
        ("status", {"status": 429}),
        ("status", CONCURRENT),
    ],
)
def test_a_read_heals_after_passing_faults(simulated_org, waiting, watch, action, options):
    """Covers F21, F32."""
    simulated_org.faults.add(action, **options, **DESCRIBE, times=2)
    assert read(waiting) == "Account"
    assert len(simulated_org.requests) == waiting.calls == 3
    first, second = watch.slept
    assert 0 < first < second


@pytest.mark.parametrize(
    ("action", "options", "error"),
    [
        ("drop", {"when": "before"}, exceptions.Unavailable),
        ("status", {"status": 503}, exceptions.Unavailable),
        ("status", CONCURRENT, exceptions.ConcurrentLimit),
    ],
)
def test_a_write_is_never_repeated(simulated_org, waiting, watch, action, options, error):
    simulated_org.faults.add(action, **options, method="POST", times=1)
    with pytest.raises(error):
        waiting.call("POST", "sobjects/Account/", body={"Name": "Acme"})
    assert (len(simulated_org.requests), watch.slept) == (1, [])


def test_a_post_that_reads_is_repeated_when_it_says_so(simulated_org, waiting):
    simulated_org.faults.add("status", status=503, method="POST", times=1)
    body = {"ids": [simulated_org.org.settings.user_id], "fields": ["Id"]}
    (user,) = waiting.call("POST", "composite/sobjects/User", body=body, read=True).body
    assert user["Id"] == simulated_org.org.settings.user_id
    assert len(simulated_org.requests) == 2


def test_a_get_that_must_not_be_repeated_says_so(simulated_org, waiting):
    simulated_org.faults.add("status", status=503, times=1)
    with pytest.raises(exceptions.Unavailable):
        waiting.call("GET", "sobjects/", read=False)
    assert len(simulated_org.requests) == 1


@pytest.mark.parametrize(
    ("options", "error"),
    [
        (DAILY, exceptions.LimitExceeded),
        ({"status": 400, "code": "MALFORMED_QUERY", "message": "m"}, exceptions.SalesforceError),
        ({"status": 404, "code": "NOT_FOUND", "message": "m"}, exceptions.NotFound),
        (
            {"status": 403, "code": "API_CURRENTLY_DISABLED", "message": "API is disabled for this User"},
            exceptions.ApiDisabled,
        ),
    ],
)
def test_a_refusal_that_lasts_costs_one_call(simulated_org, waiting, watch, options, error):
    """Covers F50, F80."""
    simulated_org.faults.add("status", **options)
    with pytest.raises(error):
        read(waiting)
    assert (len(simulated_org.requests), watch.slept) == (1, [])


def test_half_a_minute_of_maintenance_is_waited_out(simulated_org, connect):
    """Covers F21."""
    client = connect(simulated_org, sleep=simulated_org.org.clock.advance, random=lambda: 0.5)
    assert client.org_id
    simulated_org.faults.add("status", status=503, lasting=30)
    assert read(client) == "Account"


def test_an_outage_of_half_an_hour_is_given_up_within_the_deadline(simulated_org, connect):
    """Covers F22."""
    client = connect(simulated_org, sleep=simulated_org.org.clock.advance, random=lambda: 1.0)
    client.call("GET", "/services/data/")
    began = simulated_org.org.clock.now()
    simulated_org.faults.add("status", status=503, lasting=1800)
    with pytest.raises(exceptions.Unavailable) as caught:
        read(client)
    assert caught.value.status == 503
    assert timedelta(minutes=1) < simulated_org.org.clock.now() - began < timedelta(seconds=client.deadline)


@pytest.mark.parametrize("status", [429, 503])
def test_a_longer_wait_that_the_answer_asks_for_is_honoured(simulated_org, waiting, watch, status):
    """Covers F21."""
    simulated_org.faults.add("status", status=status, retry_after=45, times=1)
    assert read(waiting) == "Account"
    assert watch.slept == [45]


def test_a_wait_beyond_the_deadline_is_not_begun(simulated_org, waiting, watch):
    simulated_org.faults.add("status", status=503, retry_after=3600)
    with pytest.raises(exceptions.Unavailable, match="wait 3600 seconds") as caught:
        read(waiting)
    assert (caught.value.retry_after, watch.slept, len(simulated_org.requests)) == (3600, [], 1)


def test_the_deadline_ends_the_repetitions(simulated_org, connect, watch):
    client = connect(simulated_org, sleep=watch.sleep, random=lambda: 1.0, deadline=3)
    assert client.org_id
    simulated_org.faults.add("status", status=503)
    with pytest.raises(exceptions.Unavailable):
        read(client)
    assert watch.slept == [2.0]


def test_an_expired_session_amid_the_repetitions_is_renewed_once(simulated_org, waiting):
    simulated_org.faults.add("status", status=503, path="*/describe", nth=1)
    simulated_org.faults.add("expire_token", path="*/describe", nth=2)
    assert read(waiting) == "Account"
    assert [request.kind for request in simulated_org.requests] == [
        "describe", "describe", "token", "describe",
    ]  # fmt: skip


def test_a_sign_in_waits_for_an_org_that_says_it_is_down(simulated_org, connect, watch):
    """Covers F21."""
    simulated_org.faults.add("status", status=503, kind="token", times=2)
    assert read(connect(simulated_org, sleep=watch.sleep)) == "Account"
    assert len(watch.slept) == 2


def test_a_sign_in_without_an_answer_is_not_tried_again(simulated_org, connect, watch):
    """Covers F81."""
    simulated_org.faults.add("drop", kind="token")
    with pytest.raises(exceptions.Unavailable):
        read(connect(simulated_org, sleep=watch.sleep))
    assert (len(simulated_org.requests), watch.slept) == (1, [])


def test_a_refused_sign_in_is_not_tried_again(simulated_org, connect, watch):
    """Covers F80."""
    with pytest.raises(exceptions.SignInFailed):
        read(connect(simulated_org, auth=ClientCredentials("wrong", "wrong"), sleep=watch.sleep))
    assert (len(simulated_org.requests), watch.slept) == (1, [])


def test_every_attempt_is_logged_with_its_number(simulated_org, waiting, caplog):
    caplog.set_level(logging.INFO, "sfsync.client")
    simulated_org.faults.add("status", status=503, **DESCRIBE, times=1)
    read(waiting)
    lines = [record.getMessage() for record in caplog.records]
    assert ["attempt 1" in lines[0], "attempt 2" in lines[1]] == [True, True]


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"Retry-After": "30"}, 30.0),
        ({"Retry-After": "0"}, 0.0),
        ({"Retry-After": "soon"}, None),
        ({"Retry-After": "-5"}, None),
        ({"Retry-After": "9" * 20}, None),
        ({"Retry-After": "Mon, 01 Jan 99999999999999999 00:00:00 GMT"}, None),
        ({"Retry-After": "Mon, 23 Nov 2026 12:01:30 GMT"}, None),
        ({"Retry-After": "Mon, 23 Nov 2026 12:01:30 GMT", "Date": "Mon, 23 Nov 2026 12:00:00 GMT"}, 90.0),
        ({"Retry-After": "Mon, 23 Nov 2026 11:00:00 GMT", "Date": "Mon, 23 Nov 2026 12:00:00 GMT"}, 0.0),
    ],
)
def test_an_answer_asks_for_a_wait_in_seconds_or_by_a_date(headers, seconds):
    assert retries.asked_wait(headers) == seconds


def test_a_date_to_wait_for_is_read_by_the_orgs_clock(scripted, connect, watch):
    client = connect(
        scripted, sleep=watch.sleep, random=lambda: 0.0, now=lambda: datetime(2001, 1, 1, tzinfo=UTC)
    )
    scripted.date = "Mon, 23 Nov 2026 12:00:00 GMT"
    scripted.replies = [Reply(503, b"", {"Retry-After": "Mon, 23 Nov 2026 12:00:20 GMT"}), Reply()]
    client.call("GET", "limits")
    assert watch.slept == [20.0]


@pytest.mark.parametrize("error", [rule.error for rule in retries.TABLE])
def test_waits_grow_up_to_a_cap_and_end(error):
    rule = retries.rule_for(error("x"))
    waits = [retries.wait_before(attempt, error("x"), lambda: 1.0) for attempt in range(2, 12)]
    allowed = [wait for wait in waits if wait is not None]
    assert len(allowed) == rule.attempts - 1
    assert allowed == sorted(allowed)
    assert all(wait <= rule.longest for wait in allowed)
    assert waits[rule.attempts - 1 :] == [None] * (11 - rule.attempts)


def test_every_wait_is_drawn_from_none_to_the_longest():
    error = exceptions.Unavailable("x")
    assert [retries.wait_before(4, error, lambda drawn=drawn: drawn) for drawn in (0.0, 0.25, 1.0)] == [
        0.0, 2.0, 8.0,
    ]  # fmt: skip


@pytest.mark.parametrize(
    "error", [exceptions.Untrusted, exceptions.Oversized, exceptions.LimitExceeded, exceptions.SignInFailed]
)
def test_what_would_fail_again_is_not_repeated(error):
    assert retries.wait_before(2, error("x"), lambda: 0.0) is None
