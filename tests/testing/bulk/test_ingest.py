from __future__ import annotations

import pytest

from sfsync.testing.clock import Clock
from sfsync.testing.errors import OrgError
from sfsync.testing.ids import to_18

from .conftest import Loader, make_loader


def create(loader: Loader, **values: str) -> str:
    return loader.org.create("Account", {"Name": "A", **values}, loader.user)


def read(loader: Loader, record_id: str, *fields: str, sobject: str = "Account") -> list[object]:
    record = loader.org.read(sobject, record_id, fields, loader.user)
    return [record[name] for name in fields]


def test_insert(loader: Loader) -> None:
    job = loader.load("name,ANNUALREVENUE,NumberOfEmployees,Phone\nA,912260031,7, 123 \n")
    assert (job.state, job.processed, job.failed) == ("JobComplete", 1, 0)
    text = loader.text(job, "successfulresults")
    row = loader.successful(job)[1]
    assert text.startswith('"sf__Id","sf__Created",name,ANNUALREVENUE,NumberOfEmployees,Phone\n"')
    assert row[1:] == ["true", "A", "9.12260031E8", "7", " 123 "]
    assert read(loader, row[0], "Name", "AnnualRevenue", "Phone") == ["A", 912260031.0, "123"]
    assert loader.text(job, "failedresults") == (
        '"sf__Id","sf__Error",name,ANNUALREVENUE,NumberOfEmployees,Phone\n'
    )
    assert loader.text(job, "unprocessedrecords") == "name,ANNUALREVENUE,NumberOfEmployees,Phone\n"


def test_a_row_that_fails_stands_alone(loader: Loader) -> None:
    job = loader.load("Name,Phone\nA,1\n,2\nB,3\n")
    assert (job.state, job.processed, job.failed) == ("JobComplete", 3, 1)
    assert loader.failed(job)[1:] == [
        ["", "REQUIRED_FIELD_MISSING:Required fields are missing: [Name]:Name --", "", "2"]
    ]
    assert [row[2] for row in loader.successful(job)[1:]] == ["A", "B"]


@pytest.mark.parametrize(
    ("header", "row", "error"),
    [
        ("Name,AnnualRevenue", "A,many", "INVALID_TYPE_ON_FIELD_IN_RECORD:Annual Revenue: value not of "
         "required type: many:AnnualRevenue --"),
        ("Name,Id", "A,001Sm0000000009IAA", "INVALID_FIELD_FOR_INSERT_UPDATE:cannot specify Id in an insert "
         "call:Id --"),
        ("Name,ParentId", "A,001Sm0000000ZZZ", "INVALID_CROSS_REFERENCE_KEY:invalid cross reference id:--"),
        ("Name,Parent.Django_Id__c", "A,none", "INVALID_FIELD:Foreign key external ID: none not found for "
         "field Django_Id__c in entity Account:--"),
        ("Name,IsDeleted", "A,true", "INVALID_FIELD_FOR_INSERT_UPDATE:Unable to create/update fields: "
         "IsDeleted. Please check the security settings of this field and verify that it is read/write for "
         "your profile or permission set.:IsDeleted --"),
    ],
)  # fmt: skip
def test_the_texts_of_errors(loader: Loader, header: str, row: str, error: str) -> None:
    assert loader.errors(loader.load(f"{header}\n{row}\n")) == [error]


def test_update_leaves_empty_values_alone_and_clears_by_a_mark(loader: Loader) -> None:
    record = create(loader, Phone="1", Fax="2", Website="3")
    job = loader.load(f"Id,Phone,Fax,Website\n{record[:15]},,#N/A,4\n", "update")
    assert loader.successful(job)[1:] == [[record, "false", record[:15], "", "#N/A", "4"]]
    assert read(loader, record, "Phone", "Fax", "Website") == ["1", None, "4"]


def test_update_without_a_known_record(loader: Loader) -> None:
    contact = loader.org.create("Contact", {"LastName": "B"}, loader.user)
    job = loader.load(f"Id,Phone\n001Sm0000000ZZZ,1\n,2\n{contact},3\nnothing,4\n", "update")
    assert loader.failed(job)[1][0] == to_18("001Sm0000000ZZZ")
    assert [error.partition(":")[0] for error in loader.errors(job)] == [
        "INVALID_CROSS_REFERENCE_KEY", "MISSING_ARGUMENT", "MALFORMED_ID", "MALFORMED_ID",
    ]  # fmt: skip


def test_the_same_record_more_than_twelve_times_in_a_chunk(loader: Loader) -> None:
    record = create(loader)
    lines = "".join(f"{record},{number}\n" for number in range(14))
    job = loader.load(f"Id,Phone\n{lines}", "update")
    assert (job.processed, job.failed) == (14, 2)
    assert "Maximum number of duplicate updates in one batch (12 allowed)" in loader.errors(job)[0]
    assert read(loader, record, "Phone") == ["11"]


def test_upsert_by_external_id(loader: Loader) -> None:
    record = create(loader, Django_Id__c="1")
    data = "Django_Id__c,Name,Phone\n1,,5\n2,B,6\n,C,7\n"
    job = loader.load(data, "upsert", externalIdFieldName="django_id__c")
    assert (job.external_id_field, job.failed) == ("Django_Id__c", 1)
    assert [row[1] for row in loader.successful(job)[1:]] == ["false", "true"]
    assert loader.errors(job) == ["MISSING_ARGUMENT:Django_Id__c not specified:--"]
    assert read(loader, record, "Name", "Phone") == ["A", "5"]


def test_an_external_id_twice_in_a_chunk_is_not_written_at_all(loader: Loader) -> None:
    job = loader.load("Django_Id__c,Name\n1,A\n1,B\n2,C\n", "upsert", externalIdFieldName="Django_Id__c")
    assert loader.errors(job) == ["DUPLICATE_VALUE:Duplicate external id specified: 1:Django_Id__c --"] * 2
    assert loader.org.find_by_external_id("Account", "Django_Id__c", "1", loader.user) == []


def test_upsert_by_id_creates_where_the_id_is_empty(loader: Loader) -> None:
    record = create(loader)
    job = loader.load(f"Id,Name\n{record},B\n,C\n", "upsert", externalIdFieldName="Id")
    assert [row[1:3] for row in loader.successful(job)[1:]] == [["false", record], ["true", ""]]
    assert read(loader, record, "Name") == ["B"]


def test_upsert_by_external_id_with_an_empty_id_column(loader: Loader) -> None:
    job = loader.load("Id,Django_Id__c,Name\n,1,A\n", "upsert", externalIdFieldName="Django_Id__c")
    assert loader.successful(job)[1][1:] == ["true", "", "1", "A"]


def test_a_parent_by_external_id(loader: Loader) -> None:
    parent = create(loader, Django_Id__c="7")
    job = loader.load("LastName,Account.Django_Id__c\nB,7\nC,#N/A\n", sobject="Contact")
    first, second = (row[0] for row in loader.successful(job)[1:])
    assert read(loader, first, "AccountId", sobject="Contact") == [parent]
    assert read(loader, second, "AccountId", sobject="Contact") == [None]


def test_delete_takes_children_along(loader: Loader) -> None:
    record = create(loader)
    contact = loader.org.create("Contact", {"LastName": "B", "AccountId": record}, loader.user)
    job = loader.load(f"Id\n{record}\n{record}\n", "delete")
    assert loader.successful(job)[1:] == [[record, "false", record]]
    assert loader.errors(job) == ["ENTITY_IS_DELETED:entity is deleted:--"]
    with pytest.raises(OrgError):
        loader.org.read("Contact", contact, None, loader.user)


def test_hard_delete_leaves_nothing_in_the_recycle_bin(loader: Loader) -> None:
    record, kept = create(loader), create(loader)
    loader.org.delete("Account", kept, loader.user)
    job = loader.load(f"Id\n{record}\n", "hardDelete")
    assert loader.successful(job)[1:] == [[record, "false", record]]
    assert loader.answer("SELECT Id FROM Account", "queryAll") == f'"Id"\n"{kept}"\n'


@pytest.mark.parametrize(
    ("operation", "header", "message"),
    [
        ("insert", "Name,Missing__c", "InvalidBatch : Field name not found : Missing__c"),
        ("update", "Name", "InvalidBatch : Field name not found : Id"),
        ("delete", "Id,Name", "InvalidBatch : The header of a delete job must hold Id only"),
        ("upsert", "Name", "InvalidBatch : Field name not found : Django_Id__c"),
    ],
)
def test_headers_that_end_a_job(loader: Loader, operation: str, header: str, message: str) -> None:
    job = loader.load(f"{header}\nA,B\n", operation, externalIdFieldName="Django_Id__c")
    assert (job.state, job.error, job.processed) == ("Failed", message, 0)


def test_data_that_cannot_be_read_to_its_end_leaves_nothing_behind(loader: Loader) -> None:
    job = loader.load("Name\n" + "A\n" * 500 + "B\r\n")
    assert (job.state, job.processed) == ("Failed", 0)
    assert "LineEnding is invalid on user data" in job.error
    assert loader.answer("SELECT Id FROM Account") == '"Id"\n'
    assert len(loader.unprocessed(job)) == 501


def test_results_keep_delimiter_and_line_ending(loader: Loader) -> None:
    dialect = {"columnDelimiter": "CARET", "lineEnding": "CRLF"}
    job = loader.load('"Name"^Phone\r\nA^1\r\n^2\r\n', **dialect)
    assert loader.text(job, "successfulresults").startswith('"sf__Id"^"sf__Created"^"Name"^Phone\r\n"001')
    assert loader.text(job, "failedresults").endswith('Name --"^""^"2"\r\n')
    assert loader.text(job, "unprocessedrecords") == '"Name"^Phone\r\n'


def test_chunks_of_200_are_transactions_of_their_own(stepping: Loader, clock: Clock) -> None:
    data = "Name\n" + "".join(f"A{number}\n" for number in range(450))
    job = stepping.fill(data)
    seen = []
    while job.state not in ("JobComplete", "Failed"):
        clock.advance(1)
        job = stepping.look(job)
        seen.append((job.state, job.processed))
    assert seen == [("InProgress", 200), ("InProgress", 400), ("JobComplete", 450)]
    written = stepping.org.storage.read(
        'SELECT COUNT(*), MIN("record_id") FROM "_history" WHERE "sobject" = \'Account\' GROUP BY "committed"'
    )
    assert sorted(row[0] for row in written) == [50, 200, 200]


def test_an_aborted_job_shows_what_was_done_and_what_was_not(stepping: Loader) -> None:
    data = "Name\n" + "".join(f"A{number}\n" for number in range(450))
    job = stepping.look(stepping.fill(data))
    stepping.org.bulk.change_state("V2Ingest", job.id, "Aborted", stepping.user)
    job = stepping.look(job)
    assert (job.state, job.processed) == ("Aborted", 200)
    assert len(stepping.successful(job)) == 201
    assert [row[0] for row in stepping.unprocessed(job)[1:]] == [f"A{number}" for number in range(200, 450)]


def test_the_daily_limit_of_records(clock: Clock) -> None:
    loader = make_loader(clock, bulk_daily_records=250)
    job = loader.load("Name\n" + "A\n" * 300)
    assert (job.state, job.processed) == ("Failed", 200)
    assert job.error == "ExceededQuota : Max records (250) per 24 hrs has been reached"
    assert len(loader.unprocessed(job)) == 101
    clock.advance(24 * 3600)
    assert loader.load("Name\n" + "A\n" * 100).state == "JobComplete"
    loader.org.close()


def test_results_in_another_order_than_the_upload(clock: Clock) -> None:
    loader = make_loader(clock, bulk_results_reversed=True)
    job = loader.load("Name\nA\nB\nC\n")
    assert [row[2] for row in loader.successful(job)[1:]] == ["C", "B", "A"]
    loader.org.close()
