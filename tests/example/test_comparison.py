"""What the demo calls different."""

from decimal import Decimal

import pytest

from example.demo.comparison import differences, local_records

ID = "003000000000001AAA"


def contact(**changes):
    """A row as dumpdata writes it, with Salesforce ids for keys."""
    row = dict.fromkeys(("first_name", "email", "phone", "title", "mailing_city"), "")
    return {
        **row,
        "pk": 1,
        "sf_id": ID,
        "last_name": "Carvalho",
        "birthdate": "1980-02-29",
        "do_not_call": False,
        "account": None,
        **changes,
    }


def record(**changes):
    """The org's record that equals `contact()`."""
    empty = dict.fromkeys(("FirstName", "Email", "Phone", "Title", "MailingCity", "AccountId"))
    return {
        **empty,
        "Id": ID,
        "LastName": "Carvalho",
        "Birthdate": "1980-02-29",
        "DoNotCall": False,
        **changes,
    }


def found(here, there, kept=()):
    return list(differences("Contact", here, there, kept))


def test_equal_records_do_not_differ():
    assert found([contact()], [record()]) == []


@pytest.mark.parametrize(
    "changes",
    [
        {"LastName": "carvalho"},
        {"Email": "x@example.org"},
        {"DoNotCall": True},
        {"Birthdate": None},
        {"AccountId": "001000000000001AAA"},
    ],
)
def test_an_unequal_field_is_named(changes):
    (line,) = found([contact()], [record(**changes)])
    assert line.startswith(f"Contact {ID}: ")
    assert next(iter(changes)) in line


def test_numbers_are_compared_as_numbers():
    here = {
        "name": "A",
        "account": None,
        "stage": "S",
        "close_date": "2027-01-01",
        "is_won": False,
        "sf_id": ID,
    }
    there = {
        "Name": "A",
        "AccountId": None,
        "StageName": "S",
        "CloseDate": "2027-01-01",
        "IsWon": False,
        "Id": ID,
    }
    equal = differences(
        "Opportunity",
        [{**here, "amount": "12500.50", "probability": "10.00"}],
        [{**there, "Amount": Decimal("12500.5"), "Probability": 10}],
    )
    assert list(equal) == []
    unequal = differences(
        "Opportunity",
        [{**here, "amount": "0.00", "probability": None}],
        [{**there, "Amount": None, "Probability": None}],
    )
    assert len(list(unequal)) == 1


def test_records_of_one_side_only_are_named():
    other = ID.replace("1", "2")
    assert found([contact()], [record(Id=other)]) == [
        f"Contact {ID}: only here",
        f"Contact {other}: only in Salesforce",
    ]


def test_unlinked_and_doubly_linked_rows_are_named():
    lines = found([contact(), contact(pk=2), contact(pk=3, sf_id=None)], [record()])
    assert lines == [
        f"Contact {ID}: more than one row here",
        "Contact: the row with key 3 has no Salesforce id",
    ]


def test_a_kept_record_is_there_and_not_here():
    assert found([], [record()], kept=[ID]) == []
    assert found([contact()], [record()], kept=[ID]) == [f"Contact {ID}: deleted here, and back again"]
    assert found([], [], kept=[ID]) == [f"Contact {ID}: was to stay in Salesforce"]


def test_local_keys_become_salesforce_ids():
    dump = [
        {"model": "crm.account", "pk": 7, "fields": {"sf_id": "001A", "parent": None}},
        {"model": "crm.account", "pk": 8, "fields": {"sf_id": "001B", "parent": 7}},
        {"model": "crm.contact", "pk": 7, "fields": {"sf_id": "003A", "account": 8}},
    ]
    records = local_records(dump)
    assert [row["parent"] for row in records["Account"]] == [None, "001A"]
    assert [row["account"] for row in records["Contact"]] == ["001B"]
    assert records["Opportunity"] == []
