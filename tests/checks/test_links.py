"""The checks of the model fields that link a row with its record."""

import uuid

import pytest
from django.db import models
from django.test.utils import isolate_apps

import sfsync
from sfsync import Direction
from sfsync.checks.links import link_messages

GOOD_ID = {"max_length": 18, "unique": True, "null": True}
GOOD_UID = models.UUIDField(default=uuid.uuid4, unique=True)


def found(sf_id=None, uid=GOOD_UID, constraints=(), **meta):
    """Return the ids of what the checks say about a model with these two fields."""
    with isolate_apps("tests.zoo"):
        inner = type("Meta", (), {"app_label": "zoo", "constraints": list(constraints)})
        attributes = {"__module__": __name__, "Meta": inner, "sf_id": sf_id, "uid": uid}
        model = type("Linked", (models.Model,), {name: value for name, value in attributes.items() if value})
        meta = {
            "model": model,
            "sobject": "Any__c",
            "external_id": sfsync.ExternalId("Key__c", "uid"),
            **meta,
        }
        mapping = type("LinkedMapping", (sfsync.Mapping,), {"Meta": type("Meta", (), meta)})
        messages = list(link_messages(mapping, "declared.LinkedMapping"))
    assert all(message.hint and message.obj == "declared.LinkedMapping" for message in messages)
    return [message.id.removeprefix("sfsync.") for message in messages]


def text(**changes):
    return models.CharField(**{**GOOD_ID, **changes})


UNIQUE = models.UniqueConstraint(fields=["sf_id"], name="one")
UNIQUE_WHERE = models.UniqueConstraint(fields=["sf_id"], name="one", condition=models.Q(uid__isnull=False))
UNIQUE_TOGETHER = models.UniqueConstraint(fields=["sf_id", "uid"], name="one")


@pytest.mark.parametrize(
    ("sf_id", "constraints", "expected"),
    [
        (text(), (), []),
        (text(max_length=40), (), []),
        (None, (), ["E010"]),
        (text(unique=False), (), ["E011"]),
        (text(unique=False), (UNIQUE,), []),
        (text(unique=False), (UNIQUE_WHERE,), ["E011"]),
        (text(unique=False), (UNIQUE_TOGETHER,), ["E011"]),
        (text(null=False), (), ["E012"]),
        (text(max_length=15), (), ["E013"]),
        (models.IntegerField(unique=True, null=True), (), ["E013"]),
        (models.CharField(max_length=15), (), ["E011", "E012", "E013"]),
    ],
)
def test_the_salesforce_id(sf_id, constraints, expected):
    assert found(sf_id, constraints=constraints) == expected


def test_another_field_can_be_named():
    assert found(text(), salesforce_id="record_id") == ["E010"]


@pytest.mark.parametrize(
    ("uid", "expected"),
    [
        (models.CharField(max_length=36, unique=True), []),
        (models.BigIntegerField(unique=True), []),
        (None, ["E014"]),
        (models.DateTimeField(unique=True), ["E014"]),
        (models.UUIDField(default=uuid.uuid4), ["E015"]),
    ],
)
def test_the_external_id(uid, expected):
    assert found(text(), uid) == expected


@pytest.mark.parametrize(
    ("direction", "expected"), [(Direction.BOTH, ["W001"]), (Direction.PUSH, ["W001"]), (Direction.PULL, [])]
)
def test_pushing_without_an_external_id_is_warned_of(direction, expected):
    assert found(text(), external_id=None, direction=direction) == expected
