"""Each kind of model field against the org's values, by way of a mapping's field."""

from datetime import UTC, date, datetime, time
from decimal import Decimal
from uuid import UUID

import pytest
from django.db import models

import sfsync
from sfsync.exceptions import ConversionError
from sfsync.mappings.conversion import conversion_for, empty_value
from sfsync.values import FieldType, canonical
from tests.zoo.models import Specimen

UID = UUID("0a8e3ee4-1cb0-4a1f-8c6e-2c2c1c3b4d5e")


class SpecimenMapping(sfsync.Mapping):
    name = sfsync.Field("Name")
    note = sfsync.Field("Note__c")
    price = sfsync.Field("Price__c")
    population = sfsync.Field("Population__c")
    born = sfsync.Field("Born__c")
    seen = sfsync.Field("Seen__c")
    fed = sfsync.Field("Fed__c")
    alive = sfsync.Field("Alive__c")
    chip = sfsync.Field("Chip__c")
    ratio = sfsync.Field("Ratio__c")
    legs = sfsync.Field("Legs__c")
    cells = sfsync.Field("Cells__c")

    class Meta:
        model = Specimen
        sobject = "Specimen__c"


FIELDS = {field.name: field for field in SpecimenMapping.fields}

# attribute, the org's value, the attribute's
PAIRS = [
    ("name", "Zoë 🦒", "Zoë 🦒"),
    ("note", "two\nlines", "two\nlines"),
    ("price", Decimal("564.0"), Decimal("564.00")),
    ("price", Decimal("-9999999999999999.99"), Decimal("-9999999999999999.99")),
    ("population", Decimal("999999999999999999"), Decimal("999999999999999999")),
    ("population", Decimal("1E+3"), Decimal(1000)),
    ("born", "2026-05-24", date(2026, 5, 24)),
    ("seen", "2026-05-01T07:25:37.000+0000", datetime(2026, 5, 1, 7, 25, 37, tzinfo=UTC)),
    ("fed", "09:30:00.000Z", time(9, 30)),
    ("alive", True, True),
    ("alive", "false", False),
    ("chip", str(UID), UID),
    ("ratio", Decimal("0.1"), 0.1),
    ("legs", Decimal("4.0"), 4),
    ("cells", Decimal("9223372036854775807"), 9223372036854775807),
]
TYPES = {
    "price": FieldType(name="Any__c", type="currency", scale=2),
    "population": FieldType(name="Any__c", type="double", scale=0),
    "born": FieldType(name="Any__c", type="date"),
    "seen": FieldType(name="Any__c", type="datetime"),
    "fed": FieldType(name="Any__c", type="time"),
    "alive": FieldType(name="Any__c", type="boolean"),
    "ratio": FieldType(name="Any__c", type="double"),
    "legs": FieldType(name="Any__c", type="double", scale=0),
    "cells": FieldType(name="Any__c", type="double", scale=0),
}


@pytest.mark.parametrize(("name", "of_the_org", "of_the_row"), PAIRS)
def test_reads(name, of_the_org, of_the_row):
    """Covers F72."""
    read = FIELDS[name].read(of_the_org)
    assert read == of_the_row
    assert type(read) is type(of_the_row)


@pytest.mark.parametrize(("name", "of_the_org", "of_the_row"), PAIRS)
def test_what_was_read_equals_the_orgs_value_in_canonical_form(name, of_the_org, of_the_row):
    """Covers F39."""
    field_type = TYPES.get(name, FieldType(name="Any__c", type="textarea"))
    written = FIELDS[name].local_value(Specimen(**{name: of_the_row}))
    assert canonical(written, field_type) == canonical(of_the_org, field_type)


@pytest.mark.parametrize("name", FIELDS)
def test_no_value(name):
    field = FIELDS[name]
    expected = None if field.model_field.null else ""
    assert field.read(None) == expected
    assert field.read("") == expected
    assert field.local_value(Specimen(**{name: expected})) is None


# attribute, the org's value, the code of the problem
UNREADABLE = [
    ("name", "x" * 81, "STRING_TOO_LONG"),
    ("name", "a\x00b", "INVALID_CHARACTER"),
    ("note", "half a pair \ud83d", "INVALID_CHARACTER"),
    ("name", True, "WRONG_TYPE"),
    ("name", {"city": "Berlin"}, "WRONG_TYPE"),
    ("price", Decimal("0.001"), "NUMBER_OUTSIDE_VALID_RANGE"),
    ("price", Decimal("10000000000000000"), "NUMBER_OUTSIDE_VALID_RANGE"),
    ("price", Decimal("1E+400"), "NUMBER_OUTSIDE_VALID_RANGE"),
    ("price", "NaN", "WRONG_TYPE"),
    ("price", True, "WRONG_TYPE"),
    ("born", "2026-05-01T07:25:37.000+0000", "WRONG_TYPE"),
    ("seen", "2026-05-24", "WRONG_TYPE"),
    ("seen", "2026-05-01T07:25:37", "WRONG_TYPE"),
    ("fed", "noon", "WRONG_TYPE"),
    ("alive", "yes", "WRONG_TYPE"),
    ("chip", "x' OR 1=1", "WRONG_TYPE"),
    ("chip", Decimal(5), "WRONG_TYPE"),
    ("legs", Decimal("4.5"), "WRONG_TYPE"),
    ("legs", Decimal(2**31), "NUMBER_OUTSIDE_VALID_RANGE"),
    ("cells", Decimal(2**63), "NUMBER_OUTSIDE_VALID_RANGE"),
]


@pytest.mark.parametrize(("name", "value", "code"), UNREADABLE)
def test_what_the_column_could_not_hold_is_refused_before_the_database_sees_it(name, value, code):
    """Covers F67. Covers F68."""
    with pytest.raises(ConversionError) as caught:
        FIELDS[name].read(value)
    assert (caught.value.code, caught.value.field) == (code, name)
    assert str(value) not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [("ratio", float("nan")), ("ratio", float("inf")), ("price", Decimal("NaN")), ("legs", True)],
)
def test_local_values_without_a_form_in_the_org_are_refused(name, value):
    with pytest.raises(ConversionError):
        FIELDS[name].org_value(value)


def test_text_that_holds_a_number_reads_plain_digits():
    assert FIELDS["name"].read(Decimal("1E+3")) == "1000"


@pytest.mark.parametrize(
    ("model_field", "empty"),
    [
        (models.CharField(max_length=5), ""),
        (models.CharField(max_length=5, null=True), None),
        (models.TextField(), ""),
        (models.URLField(), ""),
        (models.BooleanField(), False),
        (models.BooleanField(null=True), None),
        (models.IntegerField(null=True), None),
    ],
)
def test_no_value_in_every_kind_of_column(model_field, empty):
    assert empty_value(model_field, conversion_for(model_field)) == empty


@pytest.mark.parametrize(
    "model_field",
    [
        models.IntegerField(default=0),
        models.DateField(),
        models.DecimalField(max_digits=5, decimal_places=2),
        models.UUIDField(),
        models.GenericIPAddressField(),
        models.JSONField(),
    ],
)
def test_a_column_that_needs_a_value_refuses_none(model_field):
    with pytest.raises(ConversionError) as caught:
        empty_value(model_field, conversion_for(model_field))
    assert caught.value.code == "NULL_NOT_ALLOWED"


@pytest.mark.parametrize(
    ("model_field", "low", "high"),
    [
        (models.PositiveSmallIntegerField(), 0, 32767),
        (models.SmallIntegerField(), -32768, 32767),
        (models.PositiveIntegerField(), 0, 2**31 - 1),
    ],
)
def test_whole_numbers_keep_to_the_narrowest_range_of_the_databases(model_field, low, high):
    whole = conversion_for(model_field)
    assert [whole.fit(number, model_field) for number in (low, high)] == [low, high]
    for number in (low - 1, high + 1):
        with pytest.raises(ConversionError):
            whole.fit(number, model_field)


def test_a_decimal_without_limits_keeps_all_digits():
    number = Decimal("123456789.123456789")
    field = models.DecimalField()
    assert conversion_for(field).fit(number, field) == number


@pytest.mark.parametrize(
    "model_field", [models.JSONField(), models.FileField(), models.DurationField(), models.BinaryField()]
)
def test_kinds_without_a_form_in_salesforce(model_field):
    assert conversion_for(model_field) is None


def test_times_made_by_a_person_must_be_aware():
    """Covers F13."""
    field = models.DateTimeField()
    with pytest.raises(ConversionError):
        conversion_for(field).fit(datetime(2026, 5, 1), field)
    with pytest.raises(ConversionError):
        conversion_for(models.DateField()).fit(datetime(2026, 5, 1, tzinfo=UTC), models.DateField())
