from decimal import Decimal
from typing import Any

import pytest

from sfsync.testing.errors import OrgError
from sfsync.testing.normalise import normalise
from sfsync.testing.schema import FieldSpec, columns
from sfsync.testing.settings import OrgSettings

DEFAULTS = OrgSettings()
NAME = columns.text("Name", "Account Name", 10)
EMAIL = columns.email("Email", "Email")
AMOUNT = columns.currency("Amount", "Amount", 2)
EMPLOYEES = columns.integer("NumberOfEmployees", "Employees")
DO_NOT_CALL = columns.boolean("DoNotCall", "Do Not Call")
CLOSE_DATE = columns.date("CloseDate", "Close Date")
BOUNCED = columns.moment("EmailBouncedDate", "Email Bounced Date")
RATING = columns.picklist("Rating", "Account Rating", "Hot|Warm|Cold")
CLEAN = columns.clean_status()
ACCOUNT_ID = columns.lookup("AccountId", "Account ID", "Account")
STREET = columns.textarea("BillingStreet", "Billing Street")
TAGS = FieldSpec(
    name="Tags__c", type="multipicklist", label="Tags", length=4099, picklist_values=RATING.picklist_values
)


@pytest.mark.parametrize(
    ("field", "value", "stored"),
    [
        (NAME, " ABC\t\n", "ABC"),
        (NAME, "", None),
        (NAME, " \n ", None),
        (NAME, None, None),
        (NAME, "\u00a0x", "\u00a0x"),
        (NAME, "a\ud800b", "a?b"),
        (EMAIL, " GOB.Bluth@Example.com", "gob.bluth@example.com"),
        (EMAIL, "o'neill+x@mail.example", "o'neill+x@mail.example"),
        (AMOUNT, 5, 500),
        (AMOUNT, "1", 100),
        (AMOUNT, "-1e-999999999", 0),
        (AMOUNT, "0." + "9" * 100, 99),
        (AMOUNT, 564.5, 56450),
        (AMOUNT, Decimal("9999999999999999.99"), 999999999999999999),
        (AMOUNT, Decimal("4.986"), 498),
        (AMOUNT, Decimal("-4.986"), -498),
        (AMOUNT, Decimal("1e-400"), 0),
        (AMOUNT, Decimal("0e999999"), 0),
        (EMPLOYEES, 12, 12),
        (EMPLOYEES, "1000", 1000),
        (EMPLOYEES, 12.0, 12),
        (DO_NOT_CALL, True, 1),
        (DO_NOT_CALL, "false", 0),
        (CLOSE_DATE, "2024-02-29", "2024-02-29"),
        (BOUNCED, "2026-01-01T10:00:00.789Z", "2026-01-01T10:00:00.000+0000"),
        (BOUNCED, "2026-01-01T10:00:00+02:00", "2026-01-01T08:00:00.000+0000"),
        (BOUNCED, "2026-01-01T10:00:00.000+0000", "2026-01-01T10:00:00.000+0000"),
        (RATING, "hot", "Hot"),
        (RATING, "Lukewarm", "Lukewarm"),
        (CLEAN, "pending", "Pending"),
        (TAGS, "Cold; hot;Cold;", "Hot;Cold"),
        (ACCOUNT_ID, "001dM00003jU9Gx", "001dM00003jU9GxQAK"),
        (STREET, "a\r\nb", "a\r\nb"),
    ],
)
def test_stored_form(field: FieldSpec, value: Any, stored: Any) -> None:
    assert normalise(field, value, DEFAULTS) == stored


@pytest.mark.parametrize(
    ("field", "value", "code", "message"),
    [
        (
            NAME,
            "x" * 11,
            "STRING_TOO_LONG",
            "Account Name: data value too large: xxxxxxxxxxx (max length=10)",
        ),
        (EMAIL, "not an email", "INVALID_EMAIL_ADDRESS", "Email: invalid email address: not an email"),
        (EMAIL, "a@b", "INVALID_EMAIL_ADDRESS", "Email: invalid email address: a@b"),
        (DO_NOT_CALL, None, "INVALID_TYPE_ON_FIELD_IN_RECORD", "Do Not Call: value not of required type: "),
        (AMOUNT, 10**16, "NUMBER_OUTSIDE_VALID_RANGE", "value outside of valid range on numeric field: 1"),
        (AMOUNT, "1e999999999", "NUMBER_OUTSIDE_VALID_RANGE", "Amount: value outside"),
        pytest.param(
            AMOUNT, 10**5000, "NUMBER_OUTSIDE_VALID_RANGE", "Amount: value outside", id="5,000 digits"
        ),
        (AMOUNT, Decimal("1e999999999"), "NUMBER_OUTSIDE_VALID_RANGE", "Amount: value outside"),
        (EMPLOYEES, 123456789, "NUMBER_OUTSIDE_VALID_RANGE", "Employees: value outside of valid range"),
        (
            CLEAN,
            "Odd",
            "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
            "bad value for restricted picklist field: Odd",
        ),
        (ACCOUNT_ID, "001", "MALFORMED_ID", "Account ID: id value of incorrect type: 001"),
        (ACCOUNT_ID, "001DM00003jU9GxQAK", "MALFORMED_ID", "Account ID: id value of incorrect type"),
    ],
)
def test_refused_by_the_field(field: FieldSpec, value: Any, code: str, message: str) -> None:
    with pytest.raises(OrgError) as caught:
        normalise(field, value, DEFAULTS)
    assert (caught.value.status, caught.value.code, caught.value.fields) == (400, code, [field.name])
    assert message in caught.value.message


@pytest.mark.parametrize(
    ("field", "value", "found"),
    [
        (NAME, 7, "string from VALUE_NUMBER_INT value 7 at"),
        (NAME, ["x"], "string from START_ARRAY"),
        (AMOUNT, "abc", 'double from VALUE_STRING value "abc" at [line:1, column:'),
        (AMOUNT, True, "double from VALUE_TRUE value true at"),
        (AMOUNT, "NaN", "double from VALUE_STRING"),
        (AMOUNT, "1e999999999999999999999", "double from VALUE_STRING"),
        (AMOUNT, "1_000", "double from VALUE_STRING"),
        (AMOUNT, "\u0661", "double from VALUE_STRING"),
        (AMOUNT, "", 'double from VALUE_STRING value "" at'),
        (EMPLOYEES, Decimal("0.5"), "int from VALUE_NUMBER_FLOAT value 0.5 at"),
        (AMOUNT, float("inf"), "double from VALUE_NUMBER_FLOAT"),
        (EMPLOYEES, 12.5, "int from VALUE_NUMBER_FLOAT value 12.5 at"),
        (DO_NOT_CALL, "maybe", "boolean from VALUE_STRING"),
        (CLOSE_DATE, "2026-02-30", "date from VALUE_STRING"),
        (CLOSE_DATE, "2026-01-01T00:00:00Z", "date from VALUE_STRING"),
        (CLOSE_DATE, "1699-12-31", "date from VALUE_STRING"),
        (BOUNCED, "2013-08-12T15:20:00+0000", "datetime from VALUE_STRING"),
        (BOUNCED, "2013-08-12T25:20:00Z", "datetime from VALUE_STRING"),
        (BOUNCED, "4001-01-01T00:00:00Z", "datetime from VALUE_STRING"),
        (ACCOUNT_ID, {"a": 1}, "reference from START_OBJECT"),
    ],
)
def test_refused_by_the_parser(field: FieldSpec, value: Any, found: str) -> None:
    with pytest.raises(OrgError) as caught:
        normalise(field, value, DEFAULTS)
    assert caught.value.code == "JSON_PARSER_ERROR"
    assert caught.value.message.startswith(f"Cannot deserialize instance of {found}")


def test_more_than_100_values_of_a_multipicklist() -> None:
    with pytest.raises(OrgError) as caught:
        normalise(TAGS, ";".join(map(str, range(101))), DEFAULTS)
    assert caught.value.code == "TOO_MANY_ENUM_VALUE"


def test_switches() -> None:
    rounding = OrgSettings(extra_digits="half_up", newlines="lf")
    assert normalise(AMOUNT, Decimal("4.985"), rounding) == 499
    assert normalise(AMOUNT, Decimal("0.005"), rounding) == 1
    assert normalise(STREET, "a\r\nb\rc", rounding) == "a\nb\nc"


def test_a_rounded_number_may_get_too_big() -> None:
    with pytest.raises(OrgError) as caught:
        normalise(AMOUNT, Decimal("9999999999999999.995"), OrgSettings(extra_digits="half_up"))
    assert caught.value.code == "NUMBER_OUTSIDE_VALID_RANGE"
