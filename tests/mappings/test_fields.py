from decimal import Decimal

import pytest

import sfsync
from crm.models import Contact
from sfsync import ConflictPolicy, Direction
from sfsync.exceptions import ConfigurationError, ConversionError, NotYet


def declare(name="email", salesforce="Email", meta=None, **options):
    """Declare a mapping of Contact with one field, and return the field."""
    meta = {"model": "crm.Contact", "sobject": "Contact", **(meta or {})}
    attributes = {name: sfsync.Field(salesforce, **options), "Meta": type("Meta", (), meta)}
    return type("AnyMapping", (sfsync.Mapping,), attributes).fields[0]


def test_finds_its_model_field():
    field = declare("mail", attribute="email")
    assert (field.name, field.attribute, field.attname, field.column) == ("mail", "email", "email", "email")
    assert field.model_field is Contact._meta.get_field("email")
    assert repr(field) == "<Field AnyMapping.mail>"


def test_the_policy_of_a_field():
    assert declare().conflict is None
    assert declare(conflict="local").conflict is ConflictPolicy.LOCAL


@pytest.mark.parametrize("option", ["depends_on", "too_long", "values"])
def test_planned_options_are_refused_as_such(option):
    with pytest.raises(NotYet, match=rf"^AnyMapping\.email: {option} is not supported yet"):
        declare(**{option: "x"})


def test_planned_policies_are_refused_as_such():
    with pytest.raises(NotYet, match=r"^AnyMapping\.email: ConflictPolicy\.MANUAL is not supported yet"):
        declare(conflict=ConflictPolicy.MANUAL)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"pullonly": True}, "no option 'pullonly'. Did you mean 'pull_only'?"),
        ({"pull_only": True, "push_only": True}, "pull_only and push_only exclude each other"),
        ({"pull_only": True, "create_only": True}, "pull_only and create_only exclude each other"),
        ({"meta": {"direction": Direction.PULL}, "push_only": True}, "push_only contradicts"),
        ({"meta": {"direction": Direction.PULL}, "create_only": True}, "create_only contradicts"),
        ({"meta": {"direction": Direction.PUSH}, "pull_only": True}, "pull_only contradicts"),
        ({"conflict": "ours"}, "'ours' is no ConflictPolicy"),
        ({"salesforce": "Account.Name"}, "'Account.Name' is not the API name"),
        ({"salesforce": "Name' OR Id != '"}, "is not the API name"),
        ({"salesforce": 5}, "5 is not the API name"),
        ({"salesforce": "id"}, "Meta.salesforce_id"),
        ({"attribute": "e-mail"}, "'e-mail' is not the name of a model field"),
    ],
)
def test_wrong_options_name_mapping_and_field(options, message):
    with pytest.raises(ConfigurationError) as caught:
        declare(**options)
    assert str(caught.value).startswith("AnyMapping.email: ")
    assert message in str(caught.value)
    assert caught.value.check == "sfsync.E007"


def test_values_travel_by_the_type_of_the_model_field():
    field = declare()
    assert field.local_value(Contact(email="a@example.com")) == "a@example.com"
    assert field.local_value(Contact(email="")) is None
    assert field.read("a@example.com") == "a@example.com"
    assert field.read(None) == ""


def test_a_person_can_convert_both_ways():
    field = declare(
        "title", "Rank__c", to_local=lambda rank: f"No. {rank}", to_salesforce=lambda text: Decimal(text[4:])
    )
    assert field.read(Decimal(3)) == "No. 3"
    assert field.local_value(Contact(title="No. 4")) == 4


def test_what_a_person_converted_is_validated_too():
    field = declare("first_name", to_local=lambda value: value * 41)
    with pytest.raises(ConversionError) as caught:
        field.read("x")
    assert caught.value.code == "STRING_TOO_LONG"
    assert declare("first_name", to_local=lambda value: None).read("x") == ""
    with pytest.raises(ConversionError, match="no str"):
        declare("first_name", to_local=lambda value: 5).read("x")


@pytest.mark.parametrize("error", [ValueError, KeyError, TypeError, ZeroDivisionError, AttributeError])
def test_a_conversion_that_fails_tells_its_kind_and_not_the_value(error):
    def fail(value):
        raise error(f"cannot convert {value}")

    for convert in (declare(to_local=fail).read, declare(to_salesforce=fail).org_value):
        with pytest.raises(ConversionError, match=rf"^AnyMapping\.email: .* {error.__name__}") as caught:
            convert("secret@example.com")
        assert "secret" not in str(caught.value)
        assert caught.value.__suppress_context__
        assert caught.value.field == "email"


def test_a_mistake_in_the_conversion_itself_is_not_taken_for_a_bad_value():
    def fail(value):
        raise RuntimeError("a mistake")

    with pytest.raises(RuntimeError):
        declare(to_local=fail).read("x")


def test_errors_name_mapping_and_field_and_not_the_value():
    with pytest.raises(ConversionError) as caught:
        declare("first_name", "FirstName").read("secret" * 10)
    assert str(caught.value) == "AnyMapping.first_name: The text has 60 characters, the model field holds 40."
    assert (caught.value.code, caught.value.field) == ("STRING_TOO_LONG", "first_name")


def test_a_kind_without_conversion_says_what_to_type():
    field = declare("facts", "Facts__c", meta={"model": "zoo.Specimen"})
    for convert in (field.read, field.org_value):
        with pytest.raises(ConfigurationError, match="to_local= and to_salesforce=") as caught:
            convert("{}")
        assert caught.value.check == "sfsync.E021"


def test_a_kind_without_conversion_can_be_converted_by_a_person():
    field = declare("facts", "Facts__c", meta={"model": "zoo.Specimen"}, to_local=lambda text: {"text": text})
    assert field.read("x") == {"text": "x"}
    assert declare("facts", meta={"model": "zoo.Specimen"}, to_local=lambda text: None).read("x") is None
