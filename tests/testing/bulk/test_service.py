from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from sfsync.testing.access import Access
from sfsync.testing.bulk import Job
from sfsync.testing.clock import Clock
from sfsync.testing.errors import OrgError
from sfsync.testing.org import Org
from sfsync.testing.settings import OrgSettings

from .conftest import Loader, make_loader


def refusal(action: object, *arguments: object) -> OrgError:
    with pytest.raises(OrgError) as caught:
        action(*arguments)
    return caught.value


def wait(loader: Loader, job: Job) -> Job:
    """Wait for a job of an org that works on a thread."""
    waiting = threading.Event()
    for _ in range(2_000):
        job = loader.look(job)
        if job.is_finished:
            return job
        waiting.wait(0.005)
    raise AssertionError("the job does not end")


@pytest.fixture
def threaded(clock: Clock) -> Iterator[Loader]:
    loader = Loader(Org(clock=clock, settings=OrgSettings()))
    yield loader
    loader.org.close()


def test_a_thread_works_without_being_asked(threaded: Loader) -> None:
    done = wait(threaded, threaded.fill("Name\n" + "A\n" * 450))
    assert (done.state, done.processed) == ("JobComplete", 450)
    assert wait(threaded, threaded.ask("SELECT Id FROM Account")).processed == 450


def test_an_error_of_the_org_itself_fails_the_job_and_is_told(
    loader: Loader, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[BaseException] = []
    loader.org.bulk.on_failure.append(told.append)
    error = ZeroDivisionError()
    monkeypatch.setattr(loader.org, "create", lambda *_: (_ for _ in ()).throw(error))
    job = loader.load("Name\nA\n")
    assert (job.state, job.error, told) == (
        "Failed",
        "InternalServerError : An unexpected error occurred.",
        [error],
    )


@pytest.mark.parametrize("data", ["Name\n" + "A\n" * 450, None])
def test_what_was_begun_is_finished_when_the_same_data_is_served_again(
    tmp_path: Path, data: str | None
) -> None:
    settings = OrgSettings(bulk_runner="status", bulk_steps_per_status=1)
    loader = Loader(Org(tmp_path / "org.db", settings=settings))
    with loader.org.transaction():
        for number in range(0 if data else 1_500):
            loader.org.create("Account", {"Name": f"{number}"}, loader.user)
    begun = loader.look(loader.fill(data) if data else loader.ask("SELECT Id FROM Account"))
    assert begun.state == "InProgress"
    loader.org.close()

    served = Loader(Org(tmp_path / "org.db", settings=OrgSettings()))
    done = wait(served, begun)
    assert (done.state, done.processed) == ("JobComplete", 450 if data else 1_500)
    assert wait(served, served.ask("SELECT Id FROM Account")).processed == done.processed
    served.org.close()


def test_a_job_that_is_set_back_does_its_records_again(stepping: Loader) -> None:
    """Restore, as a snapshot does, the rows of a job that has gone on since."""
    job = stepping.look(stepping.fill("Name\n" + "".join(f"A{number}\n" for number in range(700))))
    data = stepping.org.storage.copy()
    assert stepping.look(job).processed == 400
    stepping.org.storage.replace(data)
    while not job.is_finished:
        job = stepping.look(job)
    assert job.processed == 700
    found = stepping.org.storage.read('SELECT COUNT(*), COUNT(DISTINCT "Name") FROM "Account"')
    assert [tuple(row) for row in found] == [(700, 700)]


def test_a_waiting_job_that_the_thread_never_heard_of(threaded: Loader) -> None:
    job = threaded.fill("Name\nA\n")
    done = wait(threaded, job)
    with threaded.org.transaction():
        threaded.org.bulk.store.save(replace(done, state="UploadComplete", processed=0))
        threaded.org.storage.write('DELETE FROM "_bulk_result"')
    assert wait(threaded, job).state == "JobComplete"


def test_only_one_upload(loader: Loader) -> None:
    job = loader.open()
    loader.org.bulk.upload(job.id, iter([b"Name\n"]))
    error = refusal(loader.org.bulk.upload, job.id, iter([b"A\n"]))
    assert error.message.startswith("Found multiple contents for job")


def test_a_second_upload_replaces_the_first_where_it_may(clock: Clock) -> None:
    loader = make_loader(clock, bulk_one_upload=False)
    job = loader.open()
    for name in ("A", "B"):
        loader.org.bulk.upload(job.id, iter([f"Name\n{name}\n".encode()]))
    loader.org.bulk.change_state("V2Ingest", job.id, "UploadComplete", loader.user)
    assert loader.successful(loader.look(job))[1][2] == "B"
    loader.org.close()


def test_an_upload_that_breaks_off_is_forgotten(loader: Loader) -> None:
    def broken() -> Iterator[bytes]:
        yield b"Name\nA\n"
        raise ConnectionError

    job = loader.open()
    with pytest.raises(ConnectionError):
        loader.org.bulk.upload(job.id, broken())
    loader.org.bulk.upload(job.id, iter([b"Name\nB\n"]))
    loader.org.bulk.change_state("V2Ingest", job.id, "UploadComplete", loader.user)
    assert [row[2] for row in loader.successful(loader.look(job))[1:]] == ["B"]


def test_an_upload_in_progress_can_be_neither_closed_nor_doubled(loader: Loader) -> None:
    job = loader.open()

    def slow() -> Iterator[bytes]:
        yield b"Name\n"
        assert (
            refusal(loader.org.bulk.change_state, "V2Ingest", job.id, "UploadComplete", loader.user).status
            == 400
        )
        assert refusal(loader.org.bulk.upload, job.id, iter([b"B"])).status == 400
        yield b"A\n"

    loader.org.bulk.upload(job.id, slow())
    loader.org.bulk.change_state("V2Ingest", job.id, "UploadComplete", loader.user)
    assert loader.look(job).processed == 1


def test_too_much_data(clock: Clock) -> None:
    loader = make_loader(clock, bulk_upload_bytes=10)
    job = loader.open()
    assert refusal(loader.org.bulk.upload, job.id, iter([b"Name\n", b"123456"])).status == 413
    loader.org.bulk.upload(job.id, iter([b"Name\n", b"12345"]))
    loader.org.close()


def test_transitions_that_are_refused(loader: Loader) -> None:
    change = loader.org.bulk.change_state
    job = loader.load("Name\nA\n")
    assert refusal(change, "V2Ingest", job.id, "Aborted", loader.user).message == (
        "Aborting already Completed Job not allowed"
    )
    assert refusal(change, "V2Ingest", job.id, "UploadComplete", loader.user).message == (
        "Closing already Completed Job not allowed"
    )
    query = loader.ask("SELECT Id FROM Account")
    for wanted in ("UploadComplete", "JobComplete", None, 5):
        assert refusal(change, "V2Query", query.id, wanted, loader.user).code == "INVALIDJOBSTATE"
    assert refusal(loader.org.bulk.upload, job.id, iter([b""])).code == "INVALIDJOBSTATE"
    assert change("V2Query", query.id, "Aborted", loader.user).state == "Aborted"
    assert loader.look(query).state == "Aborted"


def test_deleting(loader: Loader) -> None:
    bulk = loader.org.bulk
    open_job = loader.open()
    assert refusal(bulk.delete, "V2Ingest", open_job.id, loader.user).code == "INVALIDJOBSTATE"
    done = loader.load("Name\nA\n")
    bulk.delete("V2Ingest", done.id, loader.user)
    assert refusal(bulk.get, "V2Ingest", done.id).code == "NOT_FOUND"
    tables = ("_bulk_upload", "_bulk_result")
    assert [next(loader.org.storage.read(f'SELECT COUNT(*) FROM "{name}"'))[0] for name in tables] == [0, 0]


def test_a_job_is_known_by_either_form_of_its_id_and_by_its_kind(loader: Loader) -> None:
    job = loader.open()
    assert loader.org.bulk.get("V2Ingest", job.id[:15]) == job
    for kind, job_id in (("V2Query", job.id), ("V2Ingest", "nothing"), ("V2Ingest", job.id.lower())):
        assert refusal(loader.org.bulk.get, kind, job_id).code == "NOT_FOUND"


def test_a_job_left_open_for_a_day_is_aborted(loader: Loader, clock: Clock) -> None:
    job = loader.open()
    clock.advance(24 * 3600)
    assert loader.look(job).state == "Aborted"


def test_results_are_kept_for_seven_days(loader: Loader, clock: Clock) -> None:
    job = loader.load("Name\nA\n")
    clock.set(datetime(2026, 11, 23, 12, 0, 30, tzinfo=UTC) + timedelta(days=7))
    assert loader.org.bulk.page("V2Ingest", "", 5) == [job]
    clock.advance(1)
    assert refusal(loader.org.bulk.get, "V2Ingest", job.id).code == "NOT_FOUND"
    later = loader.open()
    assert loader.org.bulk.page("V2Ingest", "", 5) == [later]
    assert loader.org.bulk.store.find(job.id) is None


def test_the_daily_limit_of_query_jobs(clock: Clock) -> None:
    loader = make_loader(clock, bulk_daily_query_jobs=1)
    loader.ask("SELECT Id FROM Account")
    error = refusal(loader.ask, "SELECT Id FROM Account")
    assert (error.code, error.message) == (
        "LIMIT_EXCEEDED", "Max bulk v2 query jobs (1) per 24 hrs has been reached",
    )  # fmt: skip
    clock.advance(24 * 3600 + 1)
    loader.ask("SELECT Id FROM Account")
    loader.org.close()


def test_jobs_that_cannot_be_made(clock: Clock) -> None:
    loader = make_loader(clock, bulk_hard_delete=False)
    message = "Entity 'Missing__c' is not supported by the Bulk API."
    error = refusal(loader.open, "insert", "Missing__c")
    assert (error.status, error.body()) == (400, [{"errorCode": "INVALIDENTITY", "message": message}])
    assert list(error.body()[0]) == [
        "errorCode",
        "message",
    ]  # the other way round than elsewhere, as recorded
    assert refusal(loader.open, "insert", "Organization").code == "INVALIDENTITY"
    assert refusal(loader.open, "hardDelete").code == "FEATURENOTENABLED"
    assert refusal(loader.open, "upsert").message == (
        "InvalidJob : External ID was blank for Account. An External ID must be specified for upsert."
    )
    assert refusal(loader.open, "explode").code == "INVALIDJOB"
    for field in ("Phone", "Missing__c"):
        with pytest.raises(OrgError) as caught:
            loader.open("upsert", externalIdFieldName=field)
        assert "does not match an External ID, Salesforce Id, or indexed field" in caught.value.message
    for name, value in (("columnDelimiter", "COLON"), ("lineEnding", "CR"), ("columnDelimiter", 5)):
        with pytest.raises(OrgError) as caught:
            loader.open(**{name: value})
        assert caught.value.code == "INVALIDJOB"
    loader.org.close()


def test_jobs_of_others(loader: Loader) -> None:
    """The running user may end any job only with Modify All Data."""
    other = loader.org.add_user("other@simulated-org.example", access=Access(modify_all=False))
    job = loader.open()
    bulk = loader.org.bulk
    assert refusal(bulk.change_state, "V2Ingest", job.id, "Aborted", other).status == 403
    assert bulk.change_state("V2Ingest", job.id, "Aborted", loader.user).state == "Aborted"
    assert refusal(bulk.delete, "V2Ingest", job.id, other).status == 403


def test_paused_jobs_stay_as_they_are(threaded: Loader) -> None:
    bulk = threaded.org.bulk
    bulk.paused = True
    job = threaded.fill("Name\nA\n")
    assert threaded.look(job).state == "UploadComplete"
    bulk.paused = False
    assert wait(threaded, job).state == "JobComplete"


def test_a_job_that_a_test_fails(loader: Loader) -> None:
    job = loader.fill("Name\nA\n")
    loader.org.bulk.fail(job.id, "TooManyLockFailure : Too many lock failures.")
    job = loader.look(job)
    assert (job.state, job.error) == ("Failed", "TooManyLockFailure : Too many lock failures.")
    assert len(loader.unprocessed(job)) == 2


def test_the_limit_counts_what_is_left(loader: Loader) -> None:
    loader.ask("SELECT Id FROM Account")
    assert loader.org.bulk.query_jobs_left() == {"Max": 10_000, "Remaining": 9_999}


def test_an_upload_that_ended_with_the_process_can_be_made_again(tmp_path: Path) -> None:
    loader = Loader(Org(tmp_path / "org.db"))
    job = loader.open()
    with loader.org.transaction():  # what a killed process leaves
        loader.org.bulk.store.save(replace(job, upload="running"))
        loader.org.bulk.store.add_upload(job.id, 0, b"Na")
    loader.org.close()

    served = Loader(Org(tmp_path / "org.db"))
    served.org.bulk.upload(job.id, iter([b"Name\nB\n"]))
    served.org.bulk.change_state("V2Ingest", job.id, "UploadComplete", served.user)
    assert [row[2] for row in served.successful(wait(served, job))[1:]] == ["B"]
    served.org.close()


def test_a_job_that_is_deleted_during_its_upload_leaves_nothing(loader: Loader) -> None:
    job = loader.open()

    def deleting() -> Iterator[bytes]:
        yield b"Name\n"
        loader.org.bulk.change_state("V2Ingest", job.id, "Aborted", loader.user)
        loader.org.bulk.delete("V2Ingest", job.id, loader.user)
        yield b"A\n"

    loader.org.bulk.upload(job.id, deleting())
    assert next(loader.org.storage.read('SELECT COUNT(*) FROM "_bulk_upload"'))[0] == 0
    assert refusal(loader.org.bulk.get, "V2Ingest", job.id).code == "NOT_FOUND"
