from datetime import timedelta
from itertools import islice

import pytest

from sfsync import exceptions
from sfsync.client.bulk import Bookmark, jobs
from sfsync.testing import SimulatedOrg
from tests.client.scripted import Reply

JOB = "750000000000001AAA"
BODY = {"id": JOB, "operation": "query", "object": "Account", "state": "InProgress", "apiVersion": 66.0}


def test_waits_grow_up_to_a_minute():
    seconds = list(islice(jobs.waits(), 30))
    assert seconds[:3] == [1, 1.5, 2.25]
    assert seconds == sorted(seconds)
    assert seconds[-1] == 60


def test_a_job_is_looked_at_ever_more_seldom(connect, waits):
    with SimulatedOrg(bulk_runner="status", bulk_steps_per_status=1) as org:
        client = connect(org, sleep=waits)
        for _ in range(13):
            client.create_many("Account", [{"Name": "A"}] * 200)
        job = client.bulk.wait(client.bulk.query("SELECT Id FROM Account"))
        assert (job.state, job.processed, job.failure) == ("JobComplete", 2_600, None)
        assert waits.seconds == [1, 1.5, 2.25]


def test_patience_has_an_end(scripted, connect, waits):
    client = connect(scripted, sleep=waits)
    scripted.replies = [Reply.json(BODY)]
    job = client.bulk.find("query", JOB)
    with pytest.raises(exceptions.JobFailed, match=f"{JOB} of Account is still InProgress"):
        client.bulk.wait(job, timedelta())
    assert waits.seconds == []


def test_an_aborted_job_has_no_results(client):
    job = client.bulk.query("SELECT Id FROM Account")
    client.bulk.abort(job)
    assert client.bulk.find("query", job.id).state == "Aborted"
    with pytest.raises(exceptions.JobFailed, match="ended as Aborted"):
        list(client.bulk.pages(Bookmark(job.id)))


def test_a_deleted_job_is_gone(client):
    """Covers F61."""
    job = client.bulk.wait(client.bulk.query("SELECT Id FROM Account"))
    client.bulk.delete(job)
    client.bulk.delete(job)
    with pytest.raises(exceptions.JobGone):
        client.bulk.find("query", job.id)


def test_an_open_job_is_aborted_and_deleted(simulated_org, client):
    (load,) = client.bulk.load("Account", "insert", ["Name"], [{"Name": "A"}], key="Name")
    client.bulk.abort(load.job)
    client.bulk.delete(load.job)
    assert list(simulated_org.org.bulk.page("V2Ingest", "", 10)) == []


@pytest.mark.parametrize(
    "body",
    [
        None,
        [],
        {},
        BODY | {"id": "../../limits"},
        BODY | {"state": "Sleeping"},
        BODY | {"apiVersion": "latest"},
        BODY | {"columnDelimiter": "COLON"},
        BODY | {"numberRecordsProcessed": "many"},
        BODY | {"numberRecordsProcessed": -1},
    ],
)
def test_what_is_no_job_is_malformed(scripted, scripted_client, body):
    scripted.replies = [Reply.json(body)]
    with pytest.raises(exceptions.MalformedResponse):
        scripted_client.bulk.find("query", JOB)


def test_results_are_read_in_the_form_that_the_job_has(scripted, scripted_client):
    """A job that somebody else has started, say."""
    info = BODY | {"state": "JobComplete", "columnDelimiter": "TAB", "numberRecordsProcessed": 1}
    headers = {"Sforce-Locator": "null", "Sforce-NumberOfRecords": "1"}
    scripted.replies = [Reply.json(info), Reply(200, b'"Id"\t"Name"\r\n"1"\t"A, B"\r\n', headers)]
    rows = [row for page in scripted_client.bulk.pages(Bookmark(JOB)) for row in page]
    assert rows == [["1", "A, B"]]


def test_a_job_shows_no_text_of_the_org(scripted, scripted_client):
    scripted.replies = [Reply.json(BODY | {"state": "Failed", "errorMessage": "marked value"})]
    job = scripted_client.bulk.find("query", JOB)
    assert "marked" not in repr(job) + str(job.failure)
    assert job.failure.org_message == "marked value"
