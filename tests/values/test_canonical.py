"""The canonical form: equal on both sides, stable, and fit for JSON."""

import json
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfsync.exceptions import ConversionError
from sfsync.values import FieldType, canonical, check_fits, wire
from sfsync.values.ids import checksum


def of(kind, **facts):
    return FieldType(name="Any__c", type=kind, **facts)


IDS = st.text("abcXYZ059", min_size=15, max_size=15).map(lambda text: text + checksum(text))
NUMBERS = st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**18), max_value=10**18)
MOMENTS = st.datetimes(datetime(1700, 1, 1), datetime(4000, 12, 31), timezones=st.just(UTC))
ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"]))
VALUES = {
    "string": ANY_TEXT | NUMBERS | MOMENTS | st.dates() | st.booleans() | st.uuids(),
    "textarea": ANY_TEXT,
    "picklist": ANY_TEXT,
    "email": ANY_TEXT,
    "multipicklist": st.lists(st.text("abc ;\r\n")).map(";".join),
    "boolean": st.booleans() | st.sampled_from(["true", "false", "TRUE", ""]),
    "int": NUMBERS | st.integers(-(10**9), 10**9) | st.integers(0, 99).map(str),
    "double": NUMBERS | st.floats(1e-50, 1e15),
    "currency": NUMBERS,
    "date": st.dates() | st.dates().map(str),
    "datetime": MOMENTS,
    "time": st.times(),
    "reference": IDS | IDS.map(lambda text: text[:15]),
}
TYPES = [of(kind, scale=scale) for kind in VALUES for scale in (None, 0, 2, 18)]
CASES = st.sampled_from(TYPES).flatmap(lambda kind: st.tuples(VALUES[kind.type] | st.none(), st.just(kind)))


@given(CASES)
def test_is_idempotent(case):
    value, field_type = case
    once = canonical(value, field_type)
    assert canonical(once, field_type) == once


@given(CASES)
def test_survives_json(case):
    value, field_type = case
    once = canonical(value, field_type)
    assert json.loads(json.dumps(once)) == once
    assert isinstance(once, str | bool | None)


@given(CASES)
def test_what_is_sent_comes_back_equal(case):
    value, field_type = case
    once = canonical(value, field_type)
    assert canonical(wire(once, field_type), field_type) == once


@given(NUMBERS, st.integers(0, 18))
def test_numbers_move_by_half_a_unit_at_most(number, scale):
    text = canonical(number, of("currency", scale=scale))
    assert abs(Decimal(text) - number) <= Decimal(5).scaleb(-scale - 1)
    assert len(text.partition(".")[2]) == scale
    assert "E" not in text


@given(MOMENTS, st.integers(-14 * 60, 14 * 60))
def test_a_moment_is_the_same_in_every_time_zone(moment, minutes):
    elsewhere = moment.astimezone(timezone(timedelta(minutes=minutes)))
    assert canonical(elsewhere, of("datetime")) == canonical(moment, of("datetime"))


@pytest.mark.parametrize(
    ("value", "field_type", "expected"),
    [
        ("  ABC Company\u00a0 ", of("string"), "ABC Company"),
        (" \r\n\t", of("string"), None),
        ("a\r\nb\rc\n", of("textarea"), "a\nb\nc"),
        ("GOB.Bluth@Example.com ", of("email"), "gob.bluth@example.com"),
        ("Name", of("picklist"), "Name"),
        (UUID("0A8E3EE4-1CB0-4A1F-8C6E-2C2C1C3B4D5E"), of("string"), "0a8e3ee4-1cb0-4a1f-8c6e-2c2c1c3b4d5e"),
        (Decimal("564.0"), of("currency", scale=0), "564"),
        (Decimal("564"), of("currency", scale=2), "564.00"),
        (Decimal("4.985"), of("currency", scale=2), "4.99"),
        (Decimal("-4.985"), of("currency", scale=2), "-4.99"),
        (Decimal("-0.001"), of("currency", scale=2), "0.00"),
        (Decimal("-0"), of("double"), "0"),
        (Decimal("1E+3"), of("double"), "1000"),
        (Decimal("1.500"), of("double"), "1.5"),
        (Decimal("999999999999999999"), of("currency", scale=0), "999999999999999999"),
        (Decimal("0.123456789012345678"), of("double", scale=18), "0.123456789012345678"),
        (0.1, of("double"), "0.1"),
        ("1", of("double", scale=1), "1.0"),
        (1000, of("int"), "1000"),
        (Decimal("1000.0"), of("int"), "1000"),
        (None, of("boolean"), False),
        ("true", of("boolean"), True),
        (date(2026, 5, 24), of("date"), "2026-05-24"),
        ("2026-05-01T07:25:37.999+0000", of("datetime"), "2026-05-01T07:25:37Z"),
        ("2026-05-01T09:25:37+02:00", of("datetime"), "2026-05-01T07:25:37Z"),
        (datetime(26, 5, 1, tzinfo=UTC), of("datetime"), "0026-05-01T00:00:00Z"),
        ("09:30:00.000Z", of("time"), "09:30:00.000Z"),
        (time(9, 30), of("time"), "09:30:00.000Z"),
        ("B; A;B;;", of("multipicklist"), "A;B"),
        (";", of("multipicklist"), None),
        ("001D000000IqhSL", of("reference"), "001D000000IqhSLIAZ"),
        ("000000000000000AAA", of("reference"), None),
        ("", of("reference"), None),
    ],
)
def test_examples(value, field_type, expected):
    assert canonical(value, field_type) == expected


@pytest.mark.parametrize(
    ("value", "field_type"),
    [
        (True, of("double")),
        ("1_000", of("double")),
        ("\u0661", of("double")),
        ("NaN", of("double")),
        (Decimal("NaN"), of("double")),
        (Decimal("Infinity"), of("currency", scale=2)),
        (Decimal("1E+400"), of("currency", scale=2)),
        (Decimal("1E-400"), of("double")),
        ("yes", of("boolean")),
        (Decimal(1), of("boolean")),
        (datetime(2026, 5, 1, tzinfo=UTC), of("date")),
        ("2026-02-30", of("date")),
        ("20260501", of("date")),
        (date(2026, 5, 1), of("datetime")),
        (datetime(2026, 5, 1), of("datetime")),
        ("2026-05-01T07:25:37", of("datetime")),
        (datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=5))), of("datetime")),
        ("25:00:00", of("time")),
        ("001D000000IqhSl" + "IAZ", of("reference")),
        ("../../query", of("reference")),
        ({"city": "Berlin"}, of("address")),
        (["a"], of("string")),
        ("blob", of("base64")),
    ],
)
def test_what_a_type_cannot_hold_is_refused_without_telling_the_value(value, field_type):
    with pytest.raises(ConversionError) as caught:
        canonical(value, field_type)
    assert caught.value.code
    assert str(value) not in str(caught.value)


@pytest.mark.parametrize(
    ("value", "field_type", "expected"),
    [
        ("564.00", of("currency", scale=2), Decimal("564.00")),
        ("1000", of("int"), Decimal(1000)),
        ("2026-05-01T07:25:37Z", of("datetime"), "2026-05-01T07:25:37.000Z"),
        ("2026-05-01", of("date"), "2026-05-01"),
        (False, of("boolean"), False),
        (None, of("string"), None),
    ],
)
def test_wire(value, field_type, expected):
    sent = wire(value, field_type)
    assert sent == expected
    assert type(sent) is type(expected)


FITS = [
    ("x" * 40, of("string", length=40)),
    ("x" * 400, of("string", length=0)),
    ("😀" * 40, of("string", length=40)),
    ("-9999999999999999.99", of("currency", precision=18, scale=2)),
    ("0.99", of("percent", precision=2, scale=2)),
    ("99999999", of("int", digits=8)),
    ("1700-01-01", of("date")),
    ("4000-12-31T23:59:59Z", of("datetime")),
    (None, of("string", length=1)),
    (True, of("boolean")),
]
FITS_NOT = [
    ("x" * 41, of("string", length=40), "STRING_TOO_LONG"),
    ("10000000000000000.00", of("currency", precision=18, scale=2), "NUMBER_OUTSIDE_VALID_RANGE"),
    ("-1000", of("percent", precision=3, scale=0), "NUMBER_OUTSIDE_VALID_RANGE"),
    ("100000000", of("int", digits=8), "NUMBER_OUTSIDE_VALID_RANGE"),
    ("1699-12-31", of("date"), "NUMBER_OUTSIDE_VALID_RANGE"),
    ("4001-01-01T00:00:00Z", of("datetime"), "NUMBER_OUTSIDE_VALID_RANGE"),
]


@pytest.mark.parametrize(("value", "field_type"), FITS)
def test_what_fits_the_org_passes(value, field_type):
    assert check_fits(value, field_type) is None


@pytest.mark.parametrize(("value", "field_type", "code"), FITS_NOT)
def test_what_the_org_would_refuse_is_refused_first(value, field_type, code):
    """Covers F51."""
    with pytest.raises(ConversionError) as caught:
        check_fits(value, field_type)
    assert caught.value.code == code
    assert value not in str(caught.value)
