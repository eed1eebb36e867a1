from decimal import Decimal

import pytest

from sfsync import exceptions
from sfsync.client.bulk import Load
from sfsync.testing import SimulatedOrg
from tests.client.scripted import Reply

JOB = "750000000000001AAA"
NAMES = ["Name", "Phone"]


def accounts(*names):
    return [{"Name": name, "Phone": f"555-{place}"} for place, name in enumerate(names)]


def load(client, operation, columns, records, key="Name", sobject="Account", **options):
    """Load everything, and return the outcomes by key and the jobs."""
    loads = list(client.bulk.load(sobject, operation, columns, records, key=key, **options))
    found = {each.key: each.result for one in loads for each in client.bulk.outcomes(one)}
    return found, loads


def stored(org, sobject, *names):
    return [[record[name] for name in names] for record in org.records(sobject) if not record["IsDeleted"]]


def test_every_record_has_its_outcome_by_key(simulated_org, client):
    """Covers F42: the refused ones are known by their keys, too."""
    records = [*accounts("A", "B"), {"Name": "C", "Phone": "5" * 50}]
    found, (one,) = load(client, "insert", NAMES, records)
    assert {key: result.success for key, result in found.items()} == {"A": True, "B": True, "C": False}
    assert (found["A"].created, found["C"].id) == (True, None)
    assert found["C"].errors[0].code == "STRING_TOO_LONG"
    assert found["C"].errors[0].fields == ("Phone",)
    assert stored(simulated_org, "Account", "Id", "Name") == [[found["A"].id, "A"], [found["B"].id, "B"]]
    assert (one.rows, one.key, one.job.sobject, one.job.operation) == (3, "Name", "Account", "insert")


def test_the_order_of_results_says_nothing(connect, waits):
    """Covers F43."""
    with SimulatedOrg(bulk_runner="status", bulk_results_reversed=True) as org:
        found, _ = load(connect(org, sleep=waits), "insert", NAMES, accounts(*"ABCDE"))
        names = {record["Id"]: record["Name"] for record in org.records("Account")}
        assert [names[result.id] for result in found.values()] == ["E", "D", "C", "B", "A"]
        assert list(found) == ["E", "D", "C", "B", "A"]


def test_updates_empty_what_is_none_and_leave_what_is_missing(simulated_org, client):
    created, _ = load(client, "insert", NAMES, accounts("A", "B", "C"))
    ids = [created[name].id for name in "ABC"]
    records = [{"Id": ids[0], "Phone": None}, {"Id": ids[1], "Phone": ""}, {"Id": ids[2], "Name": "Renamed"}]
    found, _ = load(client, "update", ["Id", *NAMES], records, key="Id")
    assert {key: result.id for key, result in found.items()} == {id_: id_ for id_ in ids}
    assert not any(result.created for result in found.values())
    assert stored(simulated_org, "Account", "Name", "Phone") == [
        ["A", None],
        ["B", None],
        ["Renamed", "555-2"],
    ]


def test_an_upsert_says_what_is_new(client):
    (known,) = client.create_many("Contact", [{"LastName": "A", "Email": "a@example.com"}])
    records = [{"Email": f"{name}@example.com", "LastName": name.upper()} for name in "ab"]
    found, _ = load(
        client, "upsert", ["Email", "LastName"], records, "Email", "Contact", external_id_field="Email"
    )
    assert found["a@example.com"].id == known.id
    assert [result.created for result in found.values()] == [False, True]


@pytest.mark.parametrize("operation", ["delete", "hardDelete"])
def test_deletes(simulated_org, client, operation):
    created, _ = load(client, "insert", NAMES, accounts("A", "B"))
    found, _ = load(client, operation, ["Id"], [{"Id": created["A"].id}], key="Id")
    assert found[created["A"].id].success
    assert stored(simulated_org, "Account", "Name") == [["B"]]


def test_parents_are_named_by_external_id(client):
    client.create_many("Contact", [{"LastName": "Boss", "Email": "boss@example.com"}])
    record = {"LastName": "Other", "Email": "other@example.com", "ReportsTo": {"Email": "boss@example.com"}}
    columns = ["LastName", "Email", "ReportsTo.Email"]
    found, _ = load(client, "insert", columns, [record], key="Email", sobject="Contact")
    assert found["other@example.com"].success, found
    (name,) = client.query("SELECT ReportsTo.LastName FROM Contact WHERE LastName = 'Other'")
    assert name["ReportsTo"]["LastName"] == "Boss"


def test_values_arrive_as_they_were(simulated_org, client):
    """Covers F62."""
    strange = ['says "no"', "a\nb", "a\r\nb", "a\rb", "\U0001f600 \u202ertl", "=1+1", "x,y;z|", "x" * 32_000]
    records = [{"Name": f"A{place}", "Description": text} for place, text in enumerate(strange)]
    found, _ = load(client, "insert", ["Name", "Description"], records)
    assert all(result.success for result in found.values()), found
    assert [text for (text,) in stored(simulated_org, "Account", "Description")] == strange


def test_numbers_lose_no_digit(simulated_org, client):
    record = {"Name": "A", "AnnualRevenue": Decimal("123456789012345678"), "NumberOfEmployees": 7}
    load(client, "insert", ["Name", "AnnualRevenue", "NumberOfEmployees"], [record])
    (found,) = client.query("SELECT AnnualRevenue, NumberOfEmployees FROM Account")
    assert (found["AnnualRevenue"], found["NumberOfEmployees"]) == (Decimal("123456789012345678"), 7)


def test_more_than_one_job_takes_becomes_several(simulated_org, client):
    names = [f"Account {number:03}" for number in range(100)]
    found, loads = load(client, "insert", NAMES, accounts(*names), largest=1_000)
    assert len(loads) > 2
    assert sum(each.rows for each in loads) == 100
    assert list(found) == names
    assert stored(simulated_org, "Account", "Name") == [[name] for name in names]


def test_records_are_taken_as_they_are_needed(client):
    taken = []

    def records():
        for record in accounts(*(f"Account {number:03}" for number in range(100))):
            taken.append(record)
            yield record

    loads = client.bulk.load("Account", "insert", NAMES, records(), key="Name", largest=1_000)
    assert taken == []
    assert next(loads).rows < len(taken) < 100
    loads.close()


def test_nothing_to_load_is_no_job(simulated_org, client):
    assert list(client.bulk.load("Account", "insert", NAMES, [], key="Name")) == []
    assert client.calls == 0


def test_what_no_load_can_carry_is_refused_and_stops_no_other(simulated_org, client):
    refused = []
    records = [*accounts("A"), {"Name": "B", "Phone": "#N/A"}, {"Phone": "no key"}, *accounts("C")]
    found, _ = load(client, "insert", NAMES, records, refuse=lambda record, error: refused.append(error.code))
    assert refused == ["MEANS_NULL", "NO_KEY"]
    assert list(found) == ["A", "C"]
    with pytest.raises(exceptions.ConversionError):
        load(client, "insert", NAMES, records)


def test_a_job_that_fails_says_which_records_nobody_worked_on(connect, waits):
    """Covers F61."""
    with SimulatedOrg(bulk_runner="status", bulk_steps_per_status=1) as org:
        client = connect(org, sleep=waits)
        names = [f"Account {number}" for number in range(500)]
        (one,) = client.bulk.load("Account", "insert", NAMES, accounts(*names), key="Name")
        client.bulk.find("ingest", one.job.id)  # which lets it work on 200 records
        org.org.bulk.fail(one.job.id, "TooManyLockFailure : marked")
        results = {each.key: each.result for each in client.bulk.outcomes(one)}
        written = {record["Name"] for record in org.records("Account")}
        assert 0 < len(written) < 500
        assert {key for key, result in results.items() if result is None} == set(names) - written
        failure = client.bulk.find("ingest", one.job.id).failure
        assert (failure.code, "marked" in str(failure)) == ("TooManyLockFailure", False)


def test_locked_rows_are_errors_of_their_own(simulated_org, client):
    simulated_org.faults.add("lock_rows", rows=[1], contains="UploadComplete")
    found, _ = load(client, "insert", NAMES, accounts("A", "B", "C"))
    assert [result.success for result in found.values()].count(False) == 1
    assert isinstance(found["B"].error("jobs/ingest"), exceptions.RowLocked)


def test_an_upload_that_fails_has_written_nothing(simulated_org, client):
    simulated_org.faults.add("drop", path="*/batches")
    with pytest.raises(exceptions.Unavailable):
        load(client, "insert", NAMES, accounts("A"))
    (job,) = simulated_org.org.bulk.page("V2Ingest", "", 10)
    assert job.state == "Aborted"
    assert simulated_org.records("Account") == []


@pytest.mark.parametrize("when", ["before", "after"])
def test_an_answer_lost_when_a_job_was_closed_does_no_harm(simulated_org, client, when):
    """Closed or not, the job works once."""
    simulated_org.faults.add("drop", method="PATCH", contains="UploadComplete", times=1, when=when)
    found, (one,) = load(client, "insert", NAMES, accounts("A", "B"))
    assert [result.success for result in found.values()] == [True, True]
    assert stored(simulated_org, "Account", "Name") == [["A"], ["B"]]
    assert one.job.state == "Open"


def test_a_job_is_known_from_the_moment_it_can_begin(connect, simulated_org, waits):
    """No call comes between the closing of a job and its load, which could fail and hide it."""
    client = connect(simulated_org, sleep=waits)
    next(client.bulk.load("Account", "insert", NAMES, accounts("A"), key="Name"))
    assert [request.method for request in simulated_org.requests if request.kind != "token"] == [
        "POST",
        "PUT",
        "PATCH",
    ]


def test_data_is_sent_again_after_the_session_has_expired(simulated_org, client):
    """Covers F20."""
    simulated_org.faults.add("expire_token", path="*/batches", times=1)
    found, _ = load(client, "insert", NAMES, accounts("A", "B"))
    assert [result.success for result in found.values()] == [True, True]


def test_outcomes_are_as_many_as_the_rows(simulated_org, client):
    """Covers F43, F64: results that were cut are noticed, as far as nothing but their number tells."""
    (one,) = client.bulk.load("Account", "insert", NAMES, accounts("A", "B"), key="Name")
    assert len(list(client.bulk.outcomes(one))) == 2
    with pytest.raises(exceptions.MalformedResponse, match="2 rows, where 3 were loaded"):
        list(client.bulk.outcomes(Load(one.job, 3, "Name")))


def test_results_are_gone_clearly(simulated_org, client):
    """Covers F61."""
    (one,) = client.bulk.load("Account", "insert", NAMES, accounts("A"), key="Name")
    simulated_org.faults.add("status", status=404, code="NOT_FOUND", path="*Results*")
    with pytest.raises(exceptions.JobGone, match=one.job.id):
        list(client.bulk.outcomes(one))


def test_results_without_the_key_are_malformed(simulated_org, client):
    """Covers F43."""
    (one,) = client.bulk.load("Account", "insert", NAMES, accounts("A"), key="Name")
    with pytest.raises(exceptions.MalformedResponse, match="other columns"):
        list(client.bulk.outcomes(Load(one.job, 1, "Email")))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("INVALID_CROSS_REFERENCE_KEY:invalid cross reference id:--", ("INVALID_CROSS_REFERENCE_KEY", ())),
        (
            "REQUIRED_FIELD_MISSING:Required fields are missing: [Name]:Name --",
            ("REQUIRED_FIELD_MISSING", ("Name",)),
        ),
        ("STRING_TOO_LONG:A, B: too\nlong:A__c, B --", ("STRING_TOO_LONG", ("A__c", "B"))),
        ("something else", ("", ())),
    ],
)
def test_errors_are_read_as_recorded(scripted, scripted_client, text, expected):
    info = {"id": JOB, "operation": "insert", "object": "Account", "state": "JobComplete", "apiVersion": 66.0}
    counts = {"numberRecordsProcessed": 1, "numberRecordsFailed": 1}
    failed = f'"sf__Id","sf__Error",Name\n"","{text}","A"\n'
    scripted.replies = [
        Reply.json(info | counts),
        Reply.json(info | counts),
        Reply(200, b'"sf__Id","sf__Created",Name\n'),
        Reply(200, failed.encode()),
    ]
    job = scripted_client.bulk.find("ingest", JOB)
    (found,) = scripted_client.bulk.outcomes(Load(job, 1, "Name"))
    (error,) = found.result.errors
    assert (error.code, error.fields) == expected
    assert found.key == "A"
    assert "too" not in repr(found)


@pytest.mark.parametrize(
    ("operation", "options"),
    [
        ("replace", {}),
        ("upsert", {}),
        ("insert", {"external_id_field": "Email"}),
        ("insert", {"key": "Email"}),
    ],
)
def test_an_order_that_makes_no_sense_costs_no_call(client, operation, options):
    with pytest.raises(ValueError):
        load(client, operation, NAMES, accounts("A"), **options)
    assert client.calls == 0
