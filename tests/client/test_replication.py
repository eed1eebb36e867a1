from datetime import UTC, datetime, timedelta, timezone

import pytest

from sfsync import exceptions
from sfsync.client import Window
from sfsync.client.replication import read_deleted, read_updated
from sfsync.testing import SimulatedOrg

from .scripted import Reply

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
UPDATED = {"ids": ["001000000000001AAA"], "latestDateCovered": "2026-11-23T12:00:00.000+0000"}
DELETED = {
    "deletedRecords": [{"id": "001000000000002", "deletedDate": "2026-11-23T11:30:00.000+0000"}],
    "earliestDateAvailable": "2026-11-01T00:00:00.000+0000",
    "latestDateCovered": "2026-11-23T11:59:00.000+0000",
}


@pytest.fixture
def span(client):
    """The last hour and the current minute of the org."""
    now = client.org_now()
    return now - timedelta(hours=1), now + timedelta(minutes=1)


@pytest.fixture
def accounts(client):
    """Two accounts, of which the second is deleted."""
    results = client.create_many("Account", [{"Name": "Kept"}, {"Name": "Deleted"}])
    client.delete_many([results[1].id])
    return [result.id for result in results]


def test_one_window_is_one_call(simulated_org, client, accounts, span):
    simulated_org.reset_requests()
    (result,) = client.poll([Window("Account", *span)])
    kept, deleted = accounts
    assert result.error is None
    assert (result.sobject, result.updated) == ("Account", [kept])
    assert [id_ for id_, _ in result.deleted] == [deleted]
    assert span[0] < result.deleted[0][1] <= client.org_now() + timedelta(seconds=1)
    assert result.updated_covered == result.deleted_covered <= span[1]
    assert result.earliest_available is not None
    assert simulated_org.api_calls == 1


@pytest.mark.parametrize(("number", "calls"), [(12, 1), (13, 2), (25, 2), (26, 3)])
def test_25_questions_are_one_call(simulated_org, client, accounts, span, number, calls):
    simulated_org.reset_requests()
    names = ["Account", "Contact", "Opportunity"]
    windows = [Window(names[position % 3], *span) for position in range(number)]
    results = client.poll(windows)
    assert [result.sobject for result in results] == [window.sobject for window in windows]
    for result in results:
        assert result.updated == (accounts[:1] if result.sobject == "Account" else [])
    assert simulated_org.api_calls == calls


def test_no_window_is_no_call(client):
    assert client.poll([]) == []
    assert client.calls == 0


def test_the_error_of_one_window_leaves_the_others(client, accounts, span):
    old = span[0] - timedelta(days=40)
    bad, good = client.poll([Window("Account", old, span[1]), Window("Account", *span)])
    assert isinstance(bad.error, exceptions.InvalidReplicationDate)
    assert bad.updated_covered is None
    assert good.error is None
    assert good.updated == accounts[:1]


def test_an_unknown_sobject_has_an_error(client, span):
    (result,) = client.poll([Window("Nothing__c", *span)])
    assert isinstance(result.error, exceptions.NotFound | exceptions.InvalidType)


def test_single_calls_where_the_org_refuses_a_composite(connect):
    with SimulatedOrg(composite_replication=False) as simulated_org:
        client = connect(simulated_org)
        client.create_many("Account", [{"Name": "A"}])
        window = Window(
            "Account", client.org_now() - timedelta(hours=1), client.org_now() + timedelta(minutes=1)
        )
        for calls in (3, 2):  # the second time the composite is not tried any more
            simulated_org.reset_requests()
            (result,) = client.poll([window])
            assert result.error is None
            assert len(result.updated) == 1
            assert simulated_org.api_calls == calls


def test_the_single_calls(client, accounts, span):
    assert client.updated("Account", *span).ids == accounts[:1]
    assert [id_ for id_, _ in client.deleted("Account", *span).records] == accounts[1:]


def test_the_session_may_expire_between_two_polls(simulated_org, client, accounts, span):
    simulated_org.site.sessions.end_all()
    (result,) = client.poll([Window("Account", *span)])
    assert result.updated == accounts[:1]


def test_an_unavailable_org_is_raised(scripted, scripted_client):
    scripted.replies = [Reply(503, b"<html>")] * 10
    with pytest.raises(exceptions.Unavailable):
        scripted_client.poll([Window("Account", NOON - timedelta(hours=1), NOON)])
    assert {seen.path for seen in scripted.seen} == {"/services/data/v66.0/composite"}


def test_ends_travel_as_utc(scripted, scripted_client):
    scripted.replies = [Reply.json(UPDATED)]
    new_york = timezone(timedelta(hours=-5))
    scripted_client.updated("Account", NOON.astimezone(new_york), NOON + timedelta(minutes=5, seconds=7))
    assert scripted.seen[0].path == (
        "/services/data/v66.0/sobjects/Account/updated/"
        "?start=2026-11-23T12%3A00%3A00Z&end=2026-11-23T12%3A05%3A07Z"
    )


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (NOON, NOON),
        (NOON, NOON - timedelta(minutes=1)),
        (NOON.replace(tzinfo=None), NOON),
        ("2026-11-23T12:00:00Z", NOON),
        (NOON.date(), NOON),
    ],
)
def test_a_window_has_aware_ends_in_order(start, end):
    """Covers F13."""
    with pytest.raises(ValueError, match="window"):
        Window("Account", start, end)


def test_answers_become_ids_of_18_characters_and_aware_times():
    assert read_updated(UPDATED) == (["001000000000001AAA"], NOON)
    assert read_deleted(DELETED) == (
        [("001000000000002AAA", NOON - timedelta(minutes=30))],
        NOON - timedelta(minutes=1),
        datetime(2026, 11, 1, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    "body",
    [
        None,
        [],
        {"ids": []},
        {"latestDateCovered": UPDATED["latestDateCovered"]},
        UPDATED | {"ids": ["x' OR Name != '"]},
        UPDATED | {"ids": [None]},
        UPDATED | {"ids": None},
        UPDATED | {"latestDateCovered": "soon"},
    ],
)
def test_an_answer_without_ids_or_dates_is_malformed(body):
    with pytest.raises(exceptions.MalformedResponse):
        read_updated(body)


@pytest.mark.parametrize("key", DELETED)
def test_a_missing_key_is_never_taken_for_nothing_deleted(key):
    with pytest.raises(exceptions.MalformedResponse):
        read_deleted({name: value for name, value in DELETED.items() if name != key})
