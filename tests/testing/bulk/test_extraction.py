from __future__ import annotations

import pytest

from sfsync.testing.bulk.creation import QueryRequest
from sfsync.testing.bulk.results import query_page
from sfsync.testing.clock import Clock
from sfsync.testing.errors import OrgError

from .conftest import Loader, make_loader, rows


def create(loader: Loader, sobject: str = "Account", **values: object) -> str:
    return loader.org.create(sobject, values, loader.user)


def refusal(loader: Loader, soql: str) -> OrgError:
    with pytest.raises(OrgError) as caught:
        loader.ask(soql)
    return caught.value


def test_values_as_csv(loader: Loader) -> None:
    record = create(loader, Name='A "b"', AnnualRevenue=912260031, NumberOfEmployees=5, Phone=None)
    soql = "select id, name, AnnualRevenue, NumberOfEmployees, IsDeleted, CreatedDate, Phone from account"
    assert loader.answer(soql) == (
        '"Id","Name","AnnualRevenue","NumberOfEmployees","IsDeleted","CreatedDate","Phone"\n'
        f'"{record}","A ""b""","9.12260031E8","5","false","2026-11-23T12:00:30.000Z",""\n'
    )


def test_values_in_the_forms_of_rest(clock: Clock) -> None:
    loader = make_loader(clock, bulk_doubles="plain", bulk_datetimes="+0000")
    create(loader, Name="A", AnnualRevenue=912260031)
    assert rows(loader.answer("SELECT AnnualRevenue, CreatedDate FROM Account"))[1] == [
        "912260031.0", "2026-11-23T12:00:30.000+0000",
    ]  # fmt: skip
    loader.org.close()


def test_parents_in_the_order_of_the_select(loader: Loader) -> None:
    account = create(loader, Name="A")
    create(loader, "Contact", LastName="B", AccountId=account)
    create(loader, "Contact", LastName="C")
    soql = "SELECT account.owner.username, LastName, Account.Name FROM Contact ORDER BY LastName"
    assert rows(loader.answer(soql)) == [
        ["Account.Owner.Username", "LastName", "Account.Name"],
        [loader.org.settings.username, "B", "A"],
        ["", "C", ""],
    ]


def test_an_empty_answer_is_a_header(loader: Loader) -> None:
    job = loader.look(loader.ask("SELECT Id FROM Account"))
    assert (job.state, job.processed) == ("JobComplete", 0)
    assert loader.answer("SELECT Id FROM Account") == '"Id"\n'


def test_order_limit_and_dialect(loader: Loader) -> None:
    for name in ("B", "A", "C"):
        create(loader, Name=name)
    soql = "SELECT Name FROM Account ORDER BY Name DESC LIMIT 2"
    answer = loader.answer(soql, columnDelimiter="TAB", lineEnding="CRLF")
    assert answer == '"Name"\r\n"C"\r\n"B"\r\n'


def test_query_all_has_deleted_records(loader: Loader) -> None:
    loader.org.delete("Account", create(loader, Name="A"), loader.user)
    assert loader.answer("SELECT Name FROM Account") == '"Name"\n'
    assert loader.answer("SELECT Name FROM Account", "queryAll") == '"Name"\n"A"\n'


def test_what_is_deleted_while_the_job_runs_is_missing(stepping: Loader) -> None:
    ids = []
    with stepping.org.transaction():
        ids = [create(stepping, Name=f"A{number}") for number in range(1_005)]
    job = stepping.look(stepping.ask("SELECT Id FROM Account ORDER BY Id"))
    assert (job.state, job.processed) == ("InProgress", 1_000)
    stepping.org.delete("Account", ids[-1], stepping.user)
    create(stepping, Name="late")
    job = stepping.look(job)
    assert (job.state, job.processed) == ("JobComplete", 1_004)


@pytest.mark.parametrize(
    ("soql", "code", "message"),
    [
        ("SELECT Id, (SELECT Id FROM Contacts) FROM Account", "API_ERROR",
         "Aggregate Relationships not supported in Bulk Query"),
        ("SELECT Id, BillingAddress FROM Account", "API_ERROR",
         "Selecting compound data not supported in Bulk Query"),
        ("SELECT Name FROM Account GROUP  BY Name", "API_ERROR", "GROUP BY is not supported in Bulk Query"),
        ("SELECT Id FROM Account LIMIT 1 OFFSET 5", "API_ERROR", "OFFSET is not supported in Bulk Query"),
        ("SELECT count() FROM Account", "API_ERROR", "COUNT is not supported in Bulk Query"),
        ("SELECT MAX(Name) FROM Account", "API_ERROR", "MAX is not supported in Bulk Query"),
        ("SELECT FIELDS(STANDARD) FROM Account", "API_ERROR", "FIELDS is not supported in Bulk Query"),
    ],
)  # fmt: skip
def test_what_bulk_queries_cannot_do(loader: Loader, soql: str, code: str, message: str) -> None:
    error = refusal(loader, soql)
    assert (error.status, error.code, error.message) == (400, code, message)


@pytest.mark.parametrize(
    ("soql", "code"),
    [
        ("SELECT Id FROM", "MALFORMED_QUERY"),
        ("SELECT Missing__c FROM Account", "INVALID_FIELD"),
        ("SELECT Id FROM Missing__c", "INVALID_TYPE"),
    ],
)
def test_what_no_query_can_do(loader: Loader, soql: str, code: str) -> None:
    assert refusal(loader, soql).code == code


def test_words_inside_strings_and_semi_joins_are_harmless(loader: Loader) -> None:
    account = create(loader, Name="x' GROUP BY (SELECT")
    create(loader, "Contact", LastName="B", AccountId=account)
    soql = (
        "SELECT Name FROM Account WHERE Name = 'x\\' GROUP BY (SELECT' "
        "AND Id IN (SELECT AccountId FROM Contact)"
    )
    assert loader.answer(soql) == '"Name"\n"x\' GROUP BY (SELECT"\n'


@pytest.mark.parametrize(("ordered", "names"), [(False, "AccountId,LastName"), (True, "LastName,AccountId")])
def test_columns_below_version_50(clock: Clock, ordered: bool, names: str) -> None:
    loader = make_loader(clock, bulk_columns_ordered_before_50=ordered)
    create(loader, "Contact", LastName="B")
    request = QueryRequest.read({"operation": "query", "query": "SELECT LastName, AccountId FROM Contact"})
    job = loader.look(loader.org.bulk.create_query(request, loader.user, "49.0"))
    text = b"".join(query_page(loader.org.bulk.store, job, "49.0", "", 5).content).decode()
    assert [",".join(rows(text)[0]), sorted(rows(text)[1])] == [names, ["", "B"]]
    assert rows(text)[1][names.split(",").index("LastName")] == "B"
    loader.org.close()
