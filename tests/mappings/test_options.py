import dataclasses

import pytest

import sfsync
from sfsync import ConflictPolicy, DeletePolicy, Direction
from sfsync.exceptions import ConfigurationError, NotYet
from sfsync.mappings.options import NOT_YET, Options


def load(**meta):
    return Options.load(
        type("Meta", (), {"model": "crm.Contact", "sobject": "Contact", **meta}), "ContactMapping"
    )


def test_defaults():
    options = load()
    assert (options.name, options.org, options.salesforce_id) == ("ContactMapping", "default", "sf_id")
    assert (options.direction, options.conflict) == (Direction.BOTH, ConflictPolicy.SALESFORCE)
    assert (options.deleted_in_salesforce, options.deleted_locally) == (DeletePolicy.KEEP, DeletePolicy.KEEP)
    assert options.schedule == {"pull": None, "push": None}
    assert options.external_id is None


def test_is_frozen():
    options = load(fields_map={"Phone": "phone"})
    with pytest.raises(dataclasses.FrozenInstanceError):
        options.name = "Other"
    with pytest.raises(TypeError):
        options.fields_map["Title"] = "title"


def test_a_text_stands_for_the_member_of_the_same_value():
    assert load(direction="pull").direction is Direction.PULL


def test_options_can_be_inherited_from_another_meta():
    class Shared:
        org = "emea"

    class Meta(Shared):
        model = "crm.Contact"
        sobject = "Contact"

    assert Options.load(Meta, "ContactMapping").org == "emea"


@pytest.mark.parametrize("name", sorted(NOT_YET))
def test_planned_options_are_refused_as_such(name):
    with pytest.raises(NotYet, match=rf"^ContactMapping: Meta\.{name} is not supported yet\.") as caught:
        load(**{name: None})
    assert caught.value.check == "sfsync.E004"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("conflict", ConflictPolicy.NEWEST),
        ("conflict", ConflictPolicy.MANUAL),
        ("conflict", "manual"),
        ("conflict", lambda conflict: None),
        ("deleted_in_salesforce", sfsync.Mark("gone")),
        ("deleted_locally", sfsync.Mark("gone")),
    ],
)
def test_planned_values_are_refused_as_such(name, value):
    with pytest.raises(NotYet, match=rf"^ContactMapping: Meta\.{name}: .* not supported yet"):
        load(**{name: value})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("sobject", "Contact__c; DELETE"),
        ("sobject", "Account.Name"),
        ("sobject", None),
        ("name", "two words"),
        ("name", "x" * 101),
        ("name", ""),
        ("org", "x" * 41),
        ("salesforce_id", "not an identifier"),
        ("salesforce_id", None),
        ("external_id", ("Django_Id__c", "uid")),
        ("fields_map", [("Phone", "phone")]),
        ("fields_map", {"Phone": sfsync.Field("Phone")}),
        ("direction", "sideways"),
        ("direction", None),
        ("conflict", "ours"),
        ("deleted_in_salesforce", True),
        ("schedule", 5),
        ("schedule", {"both": "* * * * *"}),
    ],
)
def test_a_value_that_cannot_be_names_the_mapping_and_the_option(name, value):
    with pytest.raises(ConfigurationError, match=rf"^ContactMapping: Meta\.{name}: ") as caught:
        load(**{name: value})
    assert caught.value.check == "sfsync.E003"
    assert caught.value.hint


def test_a_misspelt_option_names_the_nearest():
    with pytest.raises(
        ConfigurationError, match="ContactMapping: Meta has no option 'salesforceid'"
    ) as caught:
        load(salesforceid="sf_id")
    assert caught.value.hint == "Did you mean 'salesforce_id'?"


@pytest.mark.parametrize("name", ["model", "sobject"])
def test_a_required_option_says_what_to_type(name):
    meta = {"model": "crm.Contact", "sobject": "Contact"}
    del meta[name]
    with pytest.raises(ConfigurationError, match=rf"Meta\.{name} is missing\. Type {name} = "):
        Options.load(type("Meta", (), meta), "ContactMapping")


@pytest.mark.parametrize("model", ["Contact", "crm.models.Contact", 5, Options])
def test_a_model_that_is_neither_label_nor_class(model):
    with pytest.raises(ConfigurationError) as caught:
        load(model=model)
    assert caught.value.check == "sfsync.E005"


@pytest.mark.parametrize(
    ("direction", "schedule", "expected"),
    [
        (Direction.BOTH, "*/5 * * * *", {"pull": "*/5 * * * *", "push": "*/5 * * * *"}),
        (Direction.PULL, "*/5 * * * *", {"pull": "*/5 * * * *", "push": None}),
        (Direction.PUSH, "@hourly", {"pull": None, "push": "@hourly"}),
        (Direction.BOTH, {"push": "* * * * *"}, {"pull": None, "push": "* * * * *"}),
        (Direction.PULL, None, {"pull": None, "push": None}),
    ],
)
def test_schedules(direction, schedule, expected):
    assert load(direction=direction, schedule=schedule).schedule == expected


def test_a_direction_that_the_mapping_does_not_have_cannot_be_scheduled():
    with pytest.raises(ConfigurationError, match="only pull can be scheduled here"):
        load(direction=Direction.PULL, schedule={"push": "* * * * *"})


def test_a_bad_cron_expression_names_the_mapping():
    with pytest.raises(
        ConfigurationError, match=r"^ContactMapping: Meta\.schedule: '61 \* \* \* \*'"
    ) as caught:
        load(schedule="61 * * * *")
    assert caught.value.check == "sfsync.E016"
