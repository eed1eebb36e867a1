import json

import pytest

from sfsync.exceptions import MalformedResponse
from sfsync.values import FieldType
from sfsync.values.field_type import DESCRIBE_KEYS

ACCOUNT_ID = {
    "name": "AccountId",
    "type": "reference",
    "label": "Account ID",
    "length": 18,
    "precision": 0,
    "scale": 0,
    "digits": 0,
    "nillable": True,
    "createable": True,
    "updateable": True,
    "defaultedOnCreate": False,
    "unique": False,
    "externalId": False,
    "caseSensitive": False,
    "referenceTo": ["Account"],
    "soapType": "tns:ID",
}


def test_takes_what_is_needed_from_describe():
    field_type = FieldType.from_describe(ACCOUNT_ID)
    assert (field_type.name, field_type.type, field_type.length) == ("AccountId", "reference", 18)
    assert field_type.reference_to == ("Account",)
    assert field_type.scale == 0


@pytest.mark.parametrize("key", DESCRIBE_KEYS.values())
def test_a_missing_key_is_never_a_default(key):
    with pytest.raises(MalformedResponse, match=key):
        FieldType.from_describe({name: value for name, value in ACCOUNT_ID.items() if name != key})


def test_comes_back_from_json():
    field_type = FieldType.from_describe(ACCOUNT_ID)
    assert FieldType.from_json(json.loads(json.dumps(field_type.to_json()))) == field_type


@pytest.mark.parametrize(
    ("changes", "required"),
    [
        ({"nillable": False}, True),
        ({"nillable": False, "defaultedOnCreate": True}, False),
        ({"nillable": False, "createable": False}, False),
        ({}, False),
    ],
)
def test_required(changes, required):
    assert FieldType.from_describe({**ACCOUNT_ID, **changes}).required is required
