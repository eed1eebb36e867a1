"""The bulk handler of a public client against the simulated org, as it comes from PyPI."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from simple_salesforce import Salesforce
from simple_salesforce.bulk2 import ColumnDelimiter, LineEnding
from simple_salesforce.exceptions import SalesforceMalformedRequest, SalesforceOperationError

from sfsync.testing import SimulatedOrg

from .test_simple_salesforce import write_certificates

WAIT = 0.01


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[SimulatedOrg, Path]]:
    authority, server, key = write_certificates(tmp_path_factory.mktemp("tls"))
    with SimulatedOrg(tls=(server, key)) as simulated:
        yield simulated, authority


@pytest.fixture
def client(served: tuple[SimulatedOrg, Path]) -> Iterator[Salesforce]:
    simulated, authority = served
    token = simulated.site.sessions.open(simulated.org.settings.user_id).token
    with requests.Session() as session:
        session.trust_env = False
        session.verify = str(authority)
        yield Salesforce(session_id=token, instance_url=simulated.url, session=session, version="59.0")


@pytest.fixture
def accounts(client: Salesforce) -> Any:
    """Give the handler of accounts; other tests' accounts are gone."""
    for record in client.query_all_iter("SELECT Id FROM Account"):
        client.Account.delete(record["Id"])
    return client.bulk2.Account


def read(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


def names(client: Salesforce) -> list[str]:
    return [
        record["Name"] for record in client.query_all("SELECT Name FROM Account ORDER BY Name")["records"]
    ]


def test_insert_and_its_results(client: Salesforce, accounts: Any) -> None:
    records = [
        {"Name": "Ä", "Phone": "1"},
        {"Name": "", "Phone": "2"},
        {"Name": 'B "quoted"\nline', "Phone": ""},
    ]
    [result] = accounts.insert(records=records, wait=WAIT)
    assert {name: result[name] for name in result if name != "job_id"} == {
        "numberRecordsFailed": 1,
        "numberRecordsProcessed": 3,
        "numberRecordsTotal": 3,
    }
    assert names(client) == ['B "quoted"\nline', "Ä"]
    everything = accounts.get_all_ingest_records(result["job_id"])
    assert [len(rows) for rows in everything.values()] == [2, 1, 0]
    [failed] = everything["failedRecords"]
    assert failed["sf__Error"] == "REQUIRED_FIELD_MISSING:Required fields are missing: [Name]:Name --"
    assert failed["Phone"] == "2"
    assert [row["Name"] for row in read(accounts.get_successful_records(result["job_id"]))] == [
        "Ä", 'B "quoted"\nline',
    ]  # fmt: skip


@pytest.mark.parametrize("delimiter", list(ColumnDelimiter))
@pytest.mark.parametrize("line_ending", list(LineEnding))
def test_every_dialect_there_and_back(
    client: Salesforce, accounts: Any, delimiter: ColumnDelimiter, line_ending: LineEnding
) -> None:
    name = 'a`b^c,d|e;f\tg"h'
    dialect = {"column_delimiter": delimiter, "line_ending": line_ending, "wait": WAIT}
    [result] = accounts.insert(records=[{"Name": name, "Phone": "1"}], **dialect)
    assert result["numberRecordsFailed"] == 0
    [page] = accounts.query("SELECT Name, Phone FROM Account", **dialect)
    mark = {"BACKQUOTE": "`", "CARET": "^", "COMMA": ",", "PIPE": "|", "SEMICOLON": ";", "TAB": "\t"}
    end = "\n" if line_ending == LineEnding.LF else "\r\n"
    quoted = name.replace('"', '""')
    assert (
        page
        == mark[delimiter.value].join(['"Name"', '"Phone"'])
        + end
        + mark[delimiter.value].join([f'"{quoted}"', '"1"'])
        + end
    )


def test_files_in_several_jobs_side_by_side(client: Salesforce, accounts: Any, tmp_path: Path) -> None:
    file = tmp_path / "accounts.csv"
    file.write_text("Name\n" + "".join(f"A{number:03}\n" for number in range(450)))
    results = accounts.insert(str(file), batch_size=100, concurrency=4, wait=WAIT)
    assert sorted(result["numberRecordsProcessed"] for result in results) == [50, 100, 100, 100, 100]
    assert names(client) == [f"A{number:03}" for number in range(450)]


def test_update_upsert_and_delete(client: Salesforce, accounts: Any) -> None:
    created = [client.Account.create({"Name": name})["id"] for name in ("A", "B")]
    accounts.update(records=[{"Id": created[0], "Phone": "5"}], wait=WAIT)
    assert client.Account.get(created[0])["Phone"] == "5"
    records = [{"Id": created[1], "Name": "C"}, {"Id": "", "Name": "D"}]
    [result] = accounts.upsert(records=records, wait=WAIT)
    assert result["numberRecordsFailed"] == 0
    assert names(client) == ["A", "C", "D"]
    accounts.delete(records=[{"Id": created[0]}], wait=WAIT)
    accounts.hard_delete(records=[{"Id": created[1]}], wait=WAIT)
    assert names(client) == ["D"]
    [page] = accounts.query_all("SELECT Id FROM Account WHERE IsDeleted = TRUE", wait=WAIT)
    assert created[0] in page
    assert created[1] not in page


def test_upsert_by_external_id(client: Salesforce, accounts: Any) -> None:
    for name in ("A", "B"):
        records = [{"Django_Id__c": "1", "Name": name}]
        [result] = accounts.upsert(records=records, external_id_field="Django_Id__c", wait=WAIT)
        [row] = read(accounts.get_successful_records(result["job_id"]))
        assert row["sf__Created"] == ("true" if name == "A" else "false")
    assert names(client) == ["B"]


def test_a_query_in_pages(client: Salesforce, accounts: Any, tmp_path: Path) -> None:
    accounts.insert(records=[{"Name": f"A{number}"} for number in range(25)], wait=WAIT)
    pages = list(accounts.query("SELECT Id FROM Account", max_records=10, wait=WAIT))
    assert [len(read(page)) for page in pages] == [10, 10, 5]
    files = accounts.download("SELECT Id FROM Account", str(tmp_path), max_records=20, wait=WAIT)
    assert [file["number_of_records"] for file in files] == [20, 5]
    assert read(Path(files[1]["file"]).read_text()) == read(pages[2])


def test_a_job_that_fails(accounts: Any) -> None:
    with pytest.raises(SalesforceOperationError, match="Field name not found : Missing__c"):
        accounts.insert(records=[{"Missing__c": "A"}], wait=WAIT)


def test_a_query_that_is_refused(accounts: Any) -> None:
    with pytest.raises(SalesforceMalformedRequest) as caught:
        list(accounts.query("SELECT BillingAddress FROM Account", wait=WAIT))
    assert caught.value.content[0]["errorCode"] == "API_ERROR"
