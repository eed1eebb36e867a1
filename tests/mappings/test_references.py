import pytest

import sfsync
from crm.mappings import AccountMapping, ContactMapping
from crm.models import Account, Contact
from sfsync.exceptions import ConfigurationError, ConversionError, NotYet


def declare(target, name="account", **options):
    meta = type("Meta", (), {"model": "crm.Contact", "sobject": "Contact"})
    attributes = {name: sfsync.Reference("AccountId", target, **options), "Meta": meta}
    return type("AnyMapping", (sfsync.Mapping,), attributes).fields[0]


@pytest.mark.parametrize("target", [AccountMapping, "crm.mappings.AccountMapping"])
def test_finds_its_target(target):
    assert declare(target).target_mapping() is AccountMapping


def test_self_is_the_mapping_that_declares_it():
    assert AccountMapping.parent.target_mapping() is AccountMapping
    child = type("ChildMapping", (AccountMapping,), {"Meta": type("Meta", (AccountMapping.Meta,), {})})
    assert child.parent.target_mapping() is child


def test_reads_and_writes_keys_without_a_query():
    field = ContactMapping.account
    assert (field.attname, field.column) == ("account_id", "account_id")
    assert field.local_value(Contact(account=Account(pk=7))) == 7
    assert field.relation is Contact._meta.get_field("account")


def test_reads_salesforce_ids_with_eighteen_characters():
    assert ContactMapping.account.read("001D000000IqhSL") == "001D000000IqhSLIAZ"
    assert ContactMapping.account.read(None) is None
    with pytest.raises(ConversionError, match=r"ContactMapping\.account") as caught:
        ContactMapping.account.read("x' OR Name != '")
    assert caught.value.code == "MALFORMED_ID"
    assert caught.value.field == "account"


@pytest.mark.parametrize("target", ["AccountMapping", "", "crm"])
def test_a_target_that_is_no_dotted_path_is_refused_at_once(target):
    with pytest.raises(ConfigurationError, match=r"AnyMapping\.account") as caught:
        declare(target)
    assert caught.value.check == "sfsync.E017"


@pytest.mark.parametrize(
    "target",
    [
        "crm.mappings.AcountMapping",
        "crm.mapings.AccountMapping",
        "crm.models.Account",
        Account,
        5,
        sfsync.Mapping,
    ],
)
def test_a_target_that_is_no_mapping_is_refused_when_used(target):
    field = declare(target)
    with pytest.raises(ConfigurationError, match=r'AnyMapping\.account: .* "self"') as caught:
        field.target_mapping()
    assert caught.value.check == "sfsync.E017"


@pytest.mark.parametrize("option", ["to_local", "to_salesforce"])
def test_takes_no_conversions(option):
    with pytest.raises(ConfigurationError, match=f"a reference takes no {option}"):
        declare(AccountMapping, **{option: str})


def test_takes_the_other_options_of_a_field():
    assert declare(AccountMapping, pull_only=True).pull_only
    with pytest.raises(NotYet):
        declare(AccountMapping, depends_on="x")


def test_a_model_field_that_is_no_foreign_key():
    with pytest.raises(ConfigurationError, match="email is no foreign key") as caught:
        declare(AccountMapping, name="email").relation
    assert caught.value.check == "sfsync.E018"
