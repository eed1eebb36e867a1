import pytest

import sfsync
from crm.mappings import AccountMapping, ContactMapping, OpportunityMapping
from crm.models import Account, Contact
from sfsync import registry
from sfsync.exceptions import ConfigurationError

PATHS = [f"crm.mappings.{name}Mapping" for name in ("Opportunity", "Contact", "Account")]


class HenMapping(sfsync.Mapping):
    egg = sfsync.Reference("Egg__c", "tests.test_registry.EggMapping", attribute="keeper")

    class Meta:
        model = "zoo.Specimen"
        sobject = "Hen__c"


class EggMapping(sfsync.Mapping):
    hen = sfsync.Reference("Hen__c", "tests.test_registry.HenMapping", attribute="keeper")

    class Meta:
        model = "zoo.Enclosure"
        sobject = "Egg__c"


class EmeaMapping(sfsync.Mapping):
    class Meta:
        model = "crm.Account"
        sobject = "account"
        org = "emea"
        salesforce_id = "uid"


class CopyMapping(sfsync.Mapping):
    class Meta:
        model = "crm.Account"
        sobject = "Account"
        name = "accountmapping"


class BaseMapping(sfsync.Mapping):
    pass


@pytest.fixture(autouse=True)
def mapped(settings):
    settings.SF_MAPPINGS = PATHS
    return settings


def test_keeps_the_order_of_the_settings():
    assert registry.mappings() == [OpportunityMapping, ContactMapping, AccountMapping]


def test_follows_the_settings(mapped):
    mapped.SF_MAPPINGS = PATHS[:1]
    assert registry.mappings() == [OpportunityMapping]


def test_a_path_listed_twice_is_one_mapping(mapped):
    mapped.SF_MAPPINGS = [*PATHS, PATHS[0]]
    assert len(registry.mappings()) == 3


def test_what_it_returns_can_be_changed_by_the_caller():
    registry.mappings().clear()
    assert len(registry.mappings()) == 3


def test_get():
    assert registry.get("ContactMapping") is ContactMapping
    with pytest.raises(ConfigurationError, match=r"no mapping 'contact_mapping'.*mean 'ContactMapping'\?"):
        registry.get("contact_mapping")


def test_by_model_and_sobject(mapped):
    mapped.SF_MAPPINGS = [*PATHS, "tests.test_registry.EmeaMapping"]
    assert registry.for_model(Account) == [AccountMapping, EmeaMapping]
    assert registry.for_model(Contact) == [ContactMapping]
    assert registry.by_sobject("default", "ACCOUNT") == [AccountMapping]
    assert registry.by_sobject("emea", "Account") == [EmeaMapping]
    assert registry.by_sobject("default", "Lead") == []


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        ([], [AccountMapping, OpportunityMapping, ContactMapping]),
        (["ContactMapping", "AccountMapping"], [AccountMapping, ContactMapping]),
        (["ContactMapping", "ContactMapping"], [ContactMapping]),
        (["OpportunityMapping", "ContactMapping"], [OpportunityMapping, ContactMapping]),
    ],
)
def test_parents_come_before_children(names, expected):
    assert registry.select(names) == expected


def test_mappings_that_point_at_each_other_come_once_each(mapped):
    mapped.SF_MAPPINGS = ["tests.test_registry.HenMapping", "tests.test_registry.EggMapping"]
    assert sorted(mapping.__name__ for mapping in registry.select()) == ["EggMapping", "HenMapping"]


def test_an_unknown_name_is_not_passed_over():
    with pytest.raises(ConfigurationError):
        registry.select(["ContactMapping", "Nobody"])


@pytest.mark.parametrize(
    ("path", "check"),
    [
        ("crm.mappings.Nobody", "sfsync.E001"),
        ("crm.nowhere.ContactMapping", "sfsync.E001"),
        ("ContactMapping", "sfsync.E001"),
        ("crm.models.Contact", "sfsync.E002"),
        ("sfsync.Mapping", "sfsync.E002"),
        ("tests.test_registry.BaseMapping", "sfsync.E002"),
        ("tests.test_registry.PATHS", "sfsync.E002"),
    ],
)
def test_a_path_that_leads_to_no_mapping(mapped, path, check):
    mapped.SF_MAPPINGS = [path]
    with pytest.raises(ConfigurationError, match=f"SF_MAPPINGS: '{path}'") as caught:
        registry.mappings()
    assert caught.value.check == check
    assert caught.value.hint


def test_two_mappings_of_one_name_are_refused_whatever_the_case(mapped):
    mapped.SF_MAPPINGS = [*PATHS, "tests.test_registry.CopyMapping"]
    message = (
        "crm.mappings.AccountMapping and tests.test_registry.CopyMapping are both named 'accountmapping'"
    )
    with pytest.raises(ConfigurationError, match=message) as caught:
        registry.mappings()
    assert caught.value.check == "sfsync.E020"
