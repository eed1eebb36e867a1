import uuid

import pytest

import sfsync
from crm.mappings import AccountMapping
from crm.models import Account, Contact
from sfsync.exceptions import ConfigurationError, ConversionError

UID = uuid.UUID("0a8e3ee4-1cb0-4a1f-8c6e-2c2c1c3b4d5e")


def external_id(model, attribute):
    meta = {"model": model, "sobject": "Any__c", "external_id": sfsync.ExternalId("Key__c", attribute)}
    return type("AnyMapping", (sfsync.Mapping,), {"Meta": type("Meta", (), meta)}).options.external_id


def test_a_uuid_is_text_with_hyphens():
    found = AccountMapping.options.external_id
    assert found.value(Account(uid=UID)) == "0a8e3ee4-1cb0-4a1f-8c6e-2c2c1c3b4d5e"
    assert found.parse("0A8E3EE41CB04A1F8C6E2C2C1C3B4D5E") == UID
    assert found.model_field is Account._meta.get_field("uid")


def test_text_is_trimmed_as_the_org_trims_it():
    assert (
        external_id("zoo.Keeper", "code").value(Contact._meta.apps.get_model("zoo.Keeper")(code=" K7 "))
        == "K7"
    )
    assert external_id("zoo.Keeper", "code").parse("K7") == "K7"


def test_whole_numbers():
    found = external_id("crm.Contact", "loyalty_points")
    assert found.value(Contact(loyalty_points=0)) == "0"
    assert found.parse("12") == 12


@pytest.mark.parametrize("value", [None, "", "  "])
def test_a_row_without_one_is_refused(value):
    with pytest.raises(ConversionError) as caught:
        external_id("crm.Contact", "first_name").value(Contact(first_name=value))
    assert (caught.value.code, caught.value.field) == ("NO_EXTERNAL_ID", "first_name")


@pytest.mark.parametrize(("model", "attribute"), [("crm.Contact", "uid"), ("crm.Contact", "loyalty_points")])
def test_text_of_another_kind_is_refused_without_telling_it(model, attribute):
    with pytest.raises(ConversionError) as caught:
        external_id(model, attribute).parse("x' OR 1=1")
    assert "OR" not in str(caught.value)
    assert caught.value.__suppress_context__


def test_one_declaration_can_serve_several_mappings():
    shared = sfsync.ExternalId("Key__c", "uid")
    found = [external_id(model, shared.attribute) for model in ("crm.Contact", "crm.Account")]
    assert found[0] == found[1] == shared
    assert [each.model_field.model for each in found] == [Contact, Account]
    with pytest.raises(ConfigurationError, match="belongs to no mapping"):
        shared.model_field
