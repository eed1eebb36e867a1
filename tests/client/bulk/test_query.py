import csv
import io
from datetime import UTC, datetime, timedelta

import pytest

from sfsync import exceptions
from sfsync.client.bulk import Bookmark
from sfsync.testing import SimulatedOrg
from sfsync.testing.clock import Clock
from tests.client.scripted import Reply

SOQL = "SELECT Id, Name FROM Account ORDER BY Name"
JOB = "750000000000001AAA"
STRANGE = [
    'says "no", twice\n\nand\r\ngoes',
    "\ufeffstarts with a mark",
    "nothing\x00at all",
    "\U0001f600 \u202eright to left",
    "=1+1",
    "\u2028 a line, they say",
    "x" * 32_000,
    "a\rb",
]


def fill(client, number):
    created = client.create_many("Account", [{"Name": f"Account {place}"} for place in range(number)])
    return [[each.id, f"Account {place}"] for place, each in enumerate(created)]


def info(**changes):
    body = {
        "id": JOB,
        "operation": "query",
        "object": "Account",
        "state": "JobComplete",
        "apiVersion": 66.0,
        "columnDelimiter": "COMMA",
        "lineEnding": "LF",
        "numberRecordsProcessed": 2,
    }
    return Reply.json(body | changes)


def page(*rows, locator="null", number=None):
    text = "".join(",".join(f'"{value}"' for value in row) + "\n" for row in [("Id", "Name"), *rows])
    headers = {
        "Sforce-Locator": locator,
        "Sforce-NumberOfRecords": str(len(rows) if number is None else number),
    }
    return Reply(200, text.encode(), {name: value for name, value in headers.items() if value})


def read(client, bookmark=None):
    return [row for found in client.bulk.pages(bookmark or Bookmark(JOB)) for row in found]


def test_rows_come_page_by_page(simulated_org, client):
    rows = fill(client, 7)
    job = client.bulk.query(SOQL)
    simulated_org.reset_requests()
    pages = []
    for found in client.bulk.pages(Bookmark(job.id)):
        assert found.columns == ["Id", "Name"]
        pages.append((found.rows, list(found), found.next and found.next.rows))
    assert pages == [(3, rows[:3], 3), (3, rows[3:6], 6), (1, rows[6:], None)]
    assert simulated_org.api_calls == 4  # one look at the job, three pages


def test_a_page_is_asked_for_when_it_is_needed(simulated_org, client):
    fill(client, 7)
    pages = client.bulk.pages(Bookmark(client.bulk.query(SOQL).id))
    simulated_org.reset_requests()
    list(next(pages))
    assert [request.kind for request in simulated_org.requests].count("bulk_query_results") <= 1
    assert simulated_org.api_calls == 2
    pages.close()


def test_another_process_goes_on_at_the_bookmark(simulated_org, client, connect, waits):
    rows = fill(client, 7)
    pages = client.bulk.pages(Bookmark(client.bulk.query(SOQL).id))
    first = next(pages)
    assert list(first) == rows[:3]
    pages.close()
    other = connect(simulated_org, sleep=waits)
    place = Bookmark(first.next.job_id, first.next.locator, first.next.rows)
    assert read(other, place) == rows[3:]


def test_a_bookmark_is_read_with_the_version_of_its_job(simulated_org, client, connect):
    rows = fill(client, 2)
    job = client.bulk.query(SOQL)
    assert read(connect(simulated_org, api_version="65.0"), Bookmark(job.id)) == rows


def test_the_size_of_a_page_can_be_told(client):
    fill(client, 4)
    job = client.bulk.query(SOQL)
    sizes = [len(list(found)) for found in client.bulk.pages(Bookmark(job.id), page_size=2)]
    assert sizes == [2, 2]


def test_nothing_found_is_one_empty_page(client):
    pages = client.bulk.pages(Bookmark(client.bulk.query(SOQL).id))
    assert [(found.columns, list(found), found.next) for found in pages] == [(["Id", "Name"], [], None)]


def test_deleted_records_only_when_asked_for(client):
    ((id_, name),) = fill(client, 1)
    client.delete_many([id_])
    assert read(client, Bookmark(client.bulk.query(SOQL).id)) == []
    assert read(client, Bookmark(client.bulk.query(SOQL, all_rows=True).id)) == [[id_, name]]


def test_records_have_none_for_null_and_dotted_names_for_parents(client):
    ((account, _),) = fill(client, 1)
    client.create_many("Contact", [{"LastName": "Doe", "AccountId": account}])
    job = client.bulk.query("SELECT LastName, Email, Account.Name FROM Contact")
    ((record,),) = (list(found.records()) for found in client.bulk.pages(Bookmark(job.id)))
    assert record == {"LastName": "Doe", "Email": None, "Account.Name": "Account 0"}


@pytest.mark.parametrize("piece", [1, 7, 1000])
def test_values_are_those_of_the_rest_api_byte_for_byte(simulated_org, client, piece):
    """Covers F62: however the bytes are cut on their way."""
    client.create_many(
        "Account", [{"Name": f"A{place}", "Description": text} for place, text in enumerate(STRANGE)]
    )
    soql = "SELECT Name, Description FROM Account ORDER BY Name"
    job = client.bulk.query(soql)
    simulated_org.faults.add("trickle", path="*/results", piece=max(piece, 7), pause=0)
    rest = [[record["Name"], record["Description"]] for record in client.query(soql)]
    assert read(client, Bookmark(job.id)) == rest
    assert [text for _, text in rest] == STRANGE


def test_a_field_longer_than_pythons_csv_allows(scripted, scripted_client):
    """Covers F62."""
    assert csv.field_size_limit() >= 131_072
    long = "x" * 200_000
    scripted.replies = [info(numberRecordsProcessed=1), page((JOB, long))]
    assert read(scripted_client) == [[JOB, long]]
    assert next(csv.reader(io.StringIO("a,b"))) == ["a", "b"]


def test_a_mark_at_the_beginning_is_no_part_of_a_name(scripted, scripted_client):
    """Covers F62."""
    first = page(("1", "A"))
    scripted.replies = [
        info(numberRecordsProcessed=1),
        Reply(200, b"\xef\xbb\xbf" + first.body, first.headers),
    ]
    pages = scripted_client.bulk.pages(Bookmark(JOB))
    assert [(found.columns, list(found)) for found in pages] == [(["Id", "Name"], [["1", "A"]])]


@pytest.mark.parametrize("locator", ["", "x y", "MQ"])
def test_only_the_word_null_ends_the_pages(scripted, scripted_client, locator):
    """Covers F60: a locator that is absent, unusable, or that of a page before."""
    replies = [info(), page(("1", "A"), locator="MQ"), page(("2", "B"), locator=locator)]
    scripted.replies = replies
    with pytest.raises(exceptions.MalformedResponse):
        read(scripted_client)


def test_the_locator_is_sent_as_it_came(scripted, scripted_client):
    """Covers F60."""
    scripted.replies = [info(), page(("1", "A"), locator="a+/=&b"), page(("2", "B"))]
    assert read(scripted_client) == [["1", "A"], ["2", "B"]]
    assert scripted.seen[2].path.endswith("/results?locator=a%2B%2F%3D%26b")


@pytest.mark.parametrize("processed", [1, 3, None])
def test_the_pages_hold_as_many_rows_as_the_job_has_found(scripted, scripted_client, processed):
    """Covers F64."""
    scripted.replies = [info(numberRecordsProcessed=processed), page(("1", "A"), ("2", "B"))]
    with pytest.raises(exceptions.MalformedResponse, match="new job"):
        read(scripted_client)


def test_rows_before_the_bookmark_count(scripted, scripted_client):
    """Covers F64."""
    scripted.replies = [info(), page(("2", "B"))]
    assert read(scripted_client, Bookmark(JOB, "MQ", 1)) == [["2", "B"]]
    scripted.replies = [info(), page(("2", "B"))]
    with pytest.raises(exceptions.MalformedResponse):
        read(scripted_client, Bookmark(JOB, "MQ", 0))


@pytest.mark.parametrize("number", ["1", "3", "", "many"])
def test_a_page_holds_as_many_rows_as_it_says(scripted, scripted_client, number):
    """Covers F64."""
    scripted.replies = [
        info(numberRecordsProcessed=3),
        page(("1", "A"), ("2", "B"), locator="MQ", number=number),
    ]
    with pytest.raises(exceptions.MalformedResponse):
        read(scripted_client)


def test_a_page_that_was_cut_where_a_row_ends_is_noticed(simulated_org, client):
    """Covers F64: nothing but the number of rows tells."""
    fill(client, 3)
    job = client.bulk.query("SELECT Name FROM Account")
    simulated_org.faults.add("truncate", path="*/results", share=0.72)
    with pytest.raises(exceptions.MalformedResponse):
        read(client, Bookmark(job.id))


@pytest.mark.parametrize("fault", ["cut", "wrong_length", "broken_gzip"])
def test_a_page_that_breaks_off_is_no_page(simulated_org, client, fault):
    fill(client, 3)
    job = client.bulk.query(SOQL)
    simulated_org.faults.add(fault, path="*/results")
    with pytest.raises(exceptions.Unavailable):
        read(client, Bookmark(job.id))


def test_a_page_not_read_to_its_end_is_not_passed_over(client):
    fill(client, 4)
    pages = client.bulk.pages(Bookmark(client.bulk.query(SOQL).id))
    next(iter(next(pages)))
    with pytest.raises(RuntimeError, match="before the next page"):
        next(pages)


@pytest.mark.parametrize(
    "body",
    [
        b'"Id","Name"\n"1"\n',
        b'"Id","Name"\n"1","A","B"\n',
        b'"Id","Name"\n"1","\xff"\n',
        b'"Id","Name"\n"1","A',
    ],
    ids=["short", "long", "not UTF-8", "open quotes"],
)
def test_what_is_no_csv_is_malformed_and_shows_no_value(scripted, scripted_client, body):
    scripted.replies = [info(numberRecordsProcessed=1), Reply(200, body, page(("1", "A")).headers)]
    with pytest.raises(exceptions.MalformedResponse) as caught:
        read(scripted_client)
    assert caught.value.__context__ is None


def test_a_page_is_read_inside_of_the_loop(client):
    fill(client, 2)
    page = next(client.bulk.pages(Bookmark(client.bulk.query(SOQL).id)))
    with pytest.raises(RuntimeError, match="inside of the loop"):
        list(page)


@pytest.mark.parametrize("state", ["Failed", "Aborted"])
def test_a_job_that_ended_early_says_so(scripted, scripted_client, state):
    """Covers F61."""
    scripted.replies = [info(state=state, errorMessage="InvalidBatch : marked value")]
    with pytest.raises(
        exceptions.JobFailed, match=f"{JOB} of Account ended as {state} .InvalidBatch."
    ) as caught:
        read(scripted_client)
    assert caught.value.org_message == "InvalidBatch : marked value"
    assert "marked" not in str(caught.value) + repr(caught.value)


def test_results_are_gone_after_seven_days(connect):
    """Covers F61."""
    clock = Clock(datetime(2026, 11, 23, 12, tzinfo=UTC))
    with SimulatedOrg(clock=clock, bulk_runner="status") as org:
        client = connect(org)
        fill(client, 1)
        job = client.bulk.query(SOQL)
        assert len(read(client, Bookmark(job.id))) == 1
        clock.advance(8 * 86_400)
        with pytest.raises(exceptions.JobGone, match=f"{job.id}.* new job"):
            read(client, Bookmark(job.id))


def test_results_can_be_gone_where_the_job_is_not(simulated_org, client):
    """Covers F61."""
    fill(client, 1)
    job = client.bulk.query(SOQL)
    simulated_org.faults.add("status", status=404, code="NOT_FOUND", path="*/results")
    with pytest.raises(exceptions.JobGone):
        read(client, Bookmark(job.id))


def test_a_job_at_work_for_a_day_is_not_waited_for_any_longer(scripted, connect):
    """Covers F61."""
    moments = [datetime(2026, 11, 23, tzinfo=UTC)]
    client = connect(
        scripted, now=lambda: moments[-1], sleep=lambda s: moments.append(moments[-1] + timedelta(hours=9))
    )
    scripted.replies = [info(state="InProgress")] * 4
    with pytest.raises(exceptions.JobFailed, match="still InProgress"):
        read(client)
    assert scripted.replies == []


def test_a_session_that_ends_between_pages_is_renewed(simulated_org, client):
    """Covers F20: unlike a query's, the pages of a job outlive the session."""
    rows = fill(client, 7)
    job = client.bulk.query(SOQL)
    found = []
    for one in client.bulk.pages(Bookmark(job.id)):
        found += one
        simulated_org.expire_sessions()
    assert found == rows


def test_a_page_is_asked_for_again_after_a_passing_error(simulated_org, client, waits):
    rows = fill(client, 3)
    job = client.bulk.query(SOQL)
    simulated_org.faults.add("status", path="*/results", times=1)
    assert read(client, Bookmark(job.id)) == rows
    assert len(waits.seconds) == 1


def test_a_query_job_is_asked_for_again_after_a_passing_error(simulated_org, client):
    simulated_org.faults.add("status", method="POST", path="*/jobs/query", times=1)
    assert client.bulk.query(SOQL).kind == "query"


def test_a_load_job_is_not(simulated_org, client):
    simulated_org.faults.add("status", method="POST", path="*/jobs/ingest", times=1)
    with pytest.raises(exceptions.Unavailable):
        list(client.bulk.load("Account", "insert", ["Name"], [{"Name": "A"}], key="Name"))


def test_a_query_that_the_org_refuses_is_an_error_without_its_text(client):
    with pytest.raises(exceptions.SalesforceError) as caught:
        client.bulk.query("SELECT Marked__c FROM Account")
    assert "Marked__c" not in str(caught.value)


def test_only_an_id_goes_into_the_address(client):
    """Covers F86."""
    with pytest.raises(exceptions.ConversionError):
        read(client, Bookmark("../../query"))
    assert client.calls == 0
