import pytest

import sfsync
from crm.mappings import AccountMapping, ContactMapping, OpportunityMapping
from crm.models import Account, Contact
from sfsync import Direction
from sfsync.exceptions import ConfigurationError, NotYet
from sfsync.mappings.mapping import RESERVED


def declare(meta=None, bases=(sfsync.Mapping,), **attributes):
    """Declare a mapping of Contact; `meta` adds options."""
    meta = {"model": "crm.Contact", "sobject": "Contact", **(meta or {})}
    return type("AnyMapping", bases, {"Meta": type("Meta", (), meta), **attributes})


def named(mapping):
    return [field.name for field in mapping.fields]


def test_collects_fields_in_order_of_declaration():
    assert named(ContactMapping) == [
        "first_name",
        "last_name",
        "email",
        "birthdate",
        "do_not_call",
        "account",
        "phone",
        "title",
        "mailing_city",
    ]
    assert ContactMapping.email is ContactMapping.fields[2]
    assert ContactMapping.email.mapping is ContactMapping


def test_knows_its_target_model_and_database():
    assert ContactMapping.target() == ("default", "ContactMapping")
    assert ContactMapping.model() is Contact
    assert ContactMapping.using() == "default"
    assert declare({"model": Contact}).model() is Contact


def test_names_of_the_org_include_the_external_id():
    assert AccountMapping.salesforce_names() == (
        "Name",
        "Industry",
        "AnnualRevenue",
        "NumberOfEmployees",
        "ParentId",
        "Website",
        "Phone",
        "BillingCity",
        "Django_Id__c",
    )
    assert declare(email=sfsync.Field("Email")).salesforce_names() == ("Email",)


def test_directions():
    fields = {
        "email": sfsync.Field("Email"),
        "title": sfsync.Field("Title", create_only=True),
        "phone": sfsync.Field("Phone", push_only=True),
        "first_name": sfsync.Field("FirstName", pull_only=True),
    }
    both = declare(**fields)
    assert [field.name for field in both.pulled_fields()] == ["email", "title", "first_name"]
    assert [field.name for field in both.pushed_fields()] == ["email", "title", "phone"]
    pull = declare({"direction": Direction.PULL}, email=sfsync.Field("Email"))
    assert (pull.pulled_fields(), pull.pushed_fields()) == (pull.fields, ())
    push = declare({"direction": Direction.PUSH}, email=sfsync.Field("Email"))
    assert (push.pulled_fields(), push.pushed_fields()) == ((), push.fields)


def test_references():
    assert [field.name for field in OpportunityMapping.references()] == ["account"]
    assert OpportunityMapping.account.target_mapping() is AccountMapping


def test_is_never_instantiated():
    with pytest.raises(TypeError, match="ContactMapping is a declaration"):
        ContactMapping()


def test_fields_are_inherited_as_copies():
    class Named(sfsync.Mapping):
        first_name = sfsync.Field("FirstName")
        last_name = sfsync.Field("LastName")

    one = declare(bases=(Named,), email=sfsync.Field("Email"))
    other = declare(bases=(one,), last_name=sfsync.Field("Nickname__c"))
    assert named(one) == ["first_name", "last_name", "email"]
    assert [field.salesforce for field in other.fields] == ["FirstName", "Nickname__c", "Email"]
    assert {field.mapping for field in one.fields} == {one}
    assert {field.mapping for field in other.fields} == {other}
    assert not hasattr(Named, "options")


def test_what_a_copy_found_in_the_model_is_its_own():
    one = declare({"model": "crm.Account"}, name=sfsync.Field("Name"), phone=sfsync.Field("Phone"))
    assert one.phone.model_field.model is Account
    other = declare(bases=(one,), name=None)
    assert other.phone.model_field.model is Contact
    assert named(other) == ["phone"]


def test_methods_and_constants_are_no_fields():
    mapping = declare(
        CODES=("a", "b"), _note="private", clean=staticmethod(str.strip), email=sfsync.Field("Email")
    )
    assert named(mapping) == ["email"]


@pytest.mark.parametrize("value", ["Email", (sfsync.Field("Email"),), sfsync.Field])
def test_a_forgotten_field_is_told(value):
    with pytest.raises(ConfigurationError, match=r"AnyMapping\.email is no Field\.") as caught:
        declare(email=value)
    assert caught.value.check == "sfsync.E007"


@pytest.mark.parametrize("name", ["model", "fields", "options", "using", "target", "_email"])
def test_reserved_names(name):
    with pytest.raises(ConfigurationError, match=rf'AnyMapping\.{name}: .* attribute="{name}"') as caught:
        declare(**{name: sfsync.Field("Email")})
    assert caught.value.check == "sfsync.E009"


def test_every_public_name_of_the_class_is_reserved():
    assert {name for name in dir(sfsync.Mapping) if not name.startswith("_")} <= RESERVED


def test_a_model_field_of_a_reserved_name_can_still_be_mapped():
    mapping = declare({"fields_map": {"Model__c": "model"}}, car=sfsync.Field("Car__c", attribute="fields"))
    assert [(field.name, field.attribute) for field in mapping.fields] == [
        ("car", "fields"),
        ("model", "model"),
    ]
    assert mapping.model() is Contact


@pytest.mark.parametrize(
    ("meta", "fields", "twice"),
    [
        ({}, {"email": sfsync.Field("Email"), "phone": sfsync.Field("EMAIL")}, "email"),
        ({}, {"email": sfsync.Field("Email"), "mail": sfsync.Field("Mail__c", attribute="email")}, "email"),
        ({"fields_map": {"Email": "phone"}}, {"email": sfsync.Field("Email")}, "email"),
        ({"fields_map": {"Mail__c": "email"}}, {"email": sfsync.Field("Email")}, "email"),
        ({"external_id": sfsync.ExternalId("Uid__c", "uid")}, {"email": sfsync.Field("uid__c")}, "uid__c"),
        ({"external_id": sfsync.ExternalId("Uid__c", "uid")}, {"uid": sfsync.Field("Other__c")}, "uid"),
        ({}, {"sf_id": sfsync.Field("Other__c")}, "sf_id"),
    ],
)
def test_naming_a_field_twice_is_refused(meta, fields, twice):
    with pytest.raises(
        ConfigurationError, match=rf"AnyMapping\.\w+: the .*'{twice}' is already that of "
    ) as caught:
        declare(meta, **fields)
    assert caught.value.check == "sfsync.E008"


def test_unknown_model():
    mapping = declare({"model": "crm.Contcat"})
    with pytest.raises(ConfigurationError, match=r"AnyMapping: .* no model 'crm\.Contcat'") as caught:
        mapping.model()
    assert caught.value.hint == "Did you mean 'crm.Contact'?"
    assert caught.value.check == "sfsync.E005"


@pytest.mark.parametrize("name", ["emial", "opportunities", "pk"])
def test_unknown_model_field(name):
    mapping = declare({"model": "crm.Account" if name == "opportunities" else "crm.Contact"})
    with pytest.raises(ConfigurationError, match=f"has no field '{name}'") as caught:
        mapping.model_field(name)
    assert caught.value.check == "sfsync.E006"


def test_a_misspelt_model_field_names_the_nearest():
    with pytest.raises(ConfigurationError, match=r"Did you mean 'email'\?"):
        ContactMapping.model_field("emial")


def test_errors_of_options_stop_the_declaration():
    with pytest.raises(NotYet, match=r"AnyMapping: Meta\.where"):
        declare({"where": "Name != null"})
