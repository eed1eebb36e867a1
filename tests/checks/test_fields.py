"""The checks of a mapping's fields against its model."""

import pytest
from django.db import models
from django.test.utils import isolate_apps

import sfsync
from crm.mappings import AccountMapping
from sfsync import Direction
from sfsync.checks.fields import field_messages
from tests.zoo.models import Specimen


def found(model="crm.Contact", meta=None, loaded=(AccountMapping,), **fields):
    """Return the ids of what the checks say about a mapping with these fields."""
    meta = {"model": model, "sobject": "Any__c", **(meta or {})}
    mapping = type("AnyMapping", (sfsync.Mapping,), {"Meta": type("Meta", (), meta), **fields})
    messages = list(field_messages(mapping, "declared.AnyMapping", [*loaded, mapping]))
    assert all(message.hint and message.obj == "declared.AnyMapping" for message in messages)
    return [message.id.removeprefix("sfsync.") for message in messages]


def same(value):
    return value


@pytest.mark.parametrize(
    ("expected", "fields"),
    [
        ([], {"email": sfsync.Field("Email"), "account": sfsync.Reference("AccountId", AccountMapping)}),
        (["E006"], {"emial": sfsync.Field("Email")}),
        (["E006"], {"mail": sfsync.Field("Email", attribute="emial")}),
        (["E019"], {"account": sfsync.Field("AccountId")}),
        (["E018"], {"email": sfsync.Reference("AccountId", AccountMapping)}),
        (["E018"], {"account": sfsync.Reference("AccountId", "self")}),
        (["E017"], {"account": sfsync.Reference("AccountId", "crm.mappings.AcountMapping")}),
        (["E027"], {"id": sfsync.Field("Key__c", attribute="id")}),
        ([], {"id": sfsync.Field("Key__c", push_only=True)}),
    ],
)
def test_fields(expected, fields):
    assert found(**fields) == expected


def test_a_target_has_to_be_listed_and_of_the_same_org():
    field = {"account": sfsync.Reference("AccountId", AccountMapping)}
    assert found(loaded=(), **field) == ["E017"]
    assert found(meta={"org": "emea"}, **field) == ["E017"]


@pytest.mark.parametrize("name", ["facts", "photo", "gestation"])
@pytest.mark.parametrize(
    ("direction", "options", "expected"),
    [
        (Direction.BOTH, {}, ["E021"]),
        (Direction.BOTH, {"to_local": same}, ["E021"]),
        (Direction.BOTH, {"to_salesforce": same}, ["E021"]),
        (Direction.BOTH, {"to_local": same, "to_salesforce": same}, []),
        (Direction.PULL, {"to_local": same}, []),
        (Direction.PUSH, {"to_salesforce": same}, []),
        (Direction.BOTH, {"pull_only": True, "to_local": same}, []),
        (Direction.BOTH, {"push_only": True, "to_salesforce": same}, []),
    ],
)
def test_kinds_without_a_form_in_salesforce(name, direction, options, expected):
    assert found(Specimen, {"direction": direction}, **{name: sfsync.Field("Any__c", **options)}) == expected


def test_what_every_save_changes_cannot_be_pushed():
    assert found(Specimen, touched_at=sfsync.Field("Touched__c")) == ["E024"]
    assert found(Specimen, touched_at=sfsync.Field("Touched__c", pull_only=True)) == []
    assert found(Specimen, entered_at=sfsync.Field("Entered__c")) == []


def test_times_need_time_zones(settings):
    settings.USE_TZ = False
    assert found(Specimen, seen=sfsync.Field("Seen__c"), born=sfsync.Field("Born__c")) == ["E025"]


def test_columns_that_nothing_fills():
    name = sfsync.Field("Name")
    assert found("crm.Opportunity", name=name) == ["W002"]
    assert found("crm.Opportunity", {"direction": Direction.PUSH}, name=name) == []
    assert found("crm.Opportunity", name=name, close_date=sfsync.Field("CloseDate")) == []
    assert found("zoo.Keeper", name=name) == ["W002"]  # its key is a text: "" would not stay unique
    assert found(Specimen, name=name) == []
    assert found("zoo.Bird", ring=sfsync.Field("Ring__c")) == []


@isolate_apps("tests.zoo")
def test_columns_that_the_database_fills():
    class Counter(models.Model):
        sf_id = models.CharField(max_length=18, unique=True, null=True)
        count = models.IntegerField(db_default=0)
        twice = models.GeneratedField(
            expression=models.F("count") * 2, output_field=models.IntegerField(), db_persist=True
        )
        need = models.IntegerField()

        class Meta:
            app_label = "zoo"

        def __str__(self):
            return str(self.count)

    assert found(Counter, need=sfsync.Field("Need__c")) == []
    assert found(Counter, count=sfsync.Field("Count__c")) == ["W002"]
    assert found(Counter, need=sfsync.Field("Need__c"), twice=sfsync.Field("Twice__c")) == ["E027"]
    assert found(Counter, need=sfsync.Field("Need__c"), twice=sfsync.Field("Twice__c", push_only=True)) == []
