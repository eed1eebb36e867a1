import pytest

import sfsync
from crm.mappings import AccountMapping, ContactMapping, OpportunityMapping
from sfsync import exceptions
from sfsync.engine import describe
from sfsync.engine.describe import Drift
from sfsync.orgs import connections
from sfsync.values import FieldType


class GhostMapping(sfsync.Mapping):
    name = sfsync.Field("Name")

    class Meta:
        model = "crm.Account"
        sobject = "Ghost__c"


class MistypedMapping(sfsync.Mapping):
    name = sfsync.Field("Name")
    website = sfsync.Field("Websit")
    industry = sfsync.Field("INDUSTRY")

    class Meta:
        model = "crm.Account"
        sobject = "Account"


def types(*names, **options):
    return {name: FieldType(name=name, type="string", **options) for name in names}


def test_all_mappings_are_described_by_one_call(org):
    described = describe.load_described(
        connections["default"], [AccountMapping, ContactMapping, OpportunityMapping, AccountMapping]
    )
    assert list(described) == ["Account", "Contact", "Opportunity"]
    assert described["Contact"]["LastName"].length == 80
    assert described["Opportunity"]["Amount"].scale == 2
    assert org.api_calls == 1


def test_the_example_is_complete_in_the_simulated_org(org):
    mappings = [AccountMapping, ContactMapping, OpportunityMapping]
    described = describe.load_described(connections["default"], mappings)
    for mapping in mappings:
        assert describe.missing_fields(mapping, described[mapping.options.sobject]) == {}


def test_an_unknown_sobject_is_raised(org):
    with pytest.raises(exceptions.NotFound):
        describe.load_described(connections["default"], [AccountMapping, GhostMapping])


def test_an_unknown_sobject_leaves_the_others(org):
    described = describe.describe_each(connections["default"], [AccountMapping, GhostMapping])
    assert isinstance(described["Ghost__c"], exceptions.NotFound)
    assert "Name" in described["Account"]


def test_missing_fields_say_what_to_do():
    missing = describe.missing_fields(MistypedMapping, types("Name", "Website", "Industry"))
    assert list(missing) == ["Websit", "INDUSTRY"]
    assert "Did you mean 'Website'?" in missing["Websit"]
    assert "Did you mean 'Industry'?" in missing["INDUSTRY"]


def test_a_hint_stays_legible():
    known = [f"Thing_number_{number}__c" for number in range(1_000)]
    assert describe.suggest("Quite_different", known, "sf_describe") == "'manage.py sf_describe' lists them."


def test_the_external_id_is_needed_too():
    names = [field.salesforce for field in ContactMapping.fields]
    assert list(describe.missing_fields(ContactMapping, types(*names))) == ["Django_Id__c"]


def test_drift_is_about_the_fields_of_the_mapping():
    cached = types("Name", "Websit", "Other__c")
    current = types("Name", length=5) | types("INDUSTRY", "Another__c")
    found = describe.drift(MistypedMapping, cached, current)
    assert found == Drift(vanished=("Websit",), appeared=("INDUSTRY",), changed=("Name",))
    assert found


def test_nothing_changed_is_no_drift():
    current = types("Name", "Websit")
    cached = {name: FieldType.from_json(each.to_json()) for name, each in current.items()}
    assert not describe.drift(MistypedMapping, cached, current)
