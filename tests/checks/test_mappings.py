"""The checks of the mappings, each mistake as a newcomer would make it."""

import importlib
import sys
import textwrap

import pytest
from django.core.checks import run_checks
from django.core.management import call_command
from django.core.management.base import SystemCheckError

from sfsync.checks import check_mappings

HEAD = """
import sfsync
from sfsync import Direction
from crm.mappings import AccountMapping, ContactMapping
from crm.models import Account, Contact

class Keyed:
    model = "crm.Contact"
    sobject = "Contact"
    external_id = sfsync.ExternalId("Django_Id__c", "uid")
"""
GOOD = ["crm.mappings.AccountMapping", "crm.mappings.ContactMapping", "crm.mappings.OpportunityMapping"]


@pytest.fixture
def declare(tmp_path, monkeypatch, settings):
    """Write a module of mappings, list them in the settings, and return what the checks say."""

    def write(code, *names, also=()):
        (tmp_path / "declared.py").write_text(HEAD + textwrap.dedent(code))
        importlib.invalidate_caches()
        settings.SF_MAPPINGS = [*also, *(f"declared.{name}" for name in names)]
        return check_mappings(None)

    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    monkeypatch.delitem(sys.modules, "declared", raising=False)
    yield write
    sys.modules.pop("declared", None)


def ids(messages):
    return [message.id.removeprefix("sfsync.") for message in messages]


def test_the_example_has_no_mistakes(settings):
    settings.SF_MAPPINGS = GOOD
    assert check_mappings(None) == []


def test_they_are_registered(settings):
    settings.SF_MAPPINGS = ["crm.nowhere.ContactMapping"]
    assert "sfsync.E001" in [message.id for message in run_checks(tags=["sfsync"])]
    with pytest.raises(SystemCheckError, match=r"crm\.nowhere\.ContactMapping"):
        call_command("check")


# What is declared as M, and the id of what is wrong with it.
MISTAKES = [
    ("E002", "class M(sfsync.Mapping): pass"),
    ("E002", "class M: pass"),
    (
        "E003",
        """
    class M(sfsync.Mapping):
        class Meta(Keyed): salesforceid = "sf_id"
    """,
    ),
    (
        "E004",
        """
    class M(sfsync.Mapping):
        class Meta(Keyed): where = "Name != null"
    """,
    ),
    (
        "E005",
        """
    class M(sfsync.Mapping):
        class Meta(Keyed): model = "crm.Contcat"
    """,
    ),
    (
        "E006",
        """
    class M(sfsync.Mapping):
        frist_name = sfsync.Field("FirstName")
        class Meta(Keyed): pass
    """,
    ),
    (
        "E007",
        """
    class M(sfsync.Mapping):
        email = sfsync.Field("Email", pullonly=True)
        class Meta(Keyed): pass
    """,
    ),
    (
        "E008",
        """
    class M(sfsync.Mapping):
        email = sfsync.Field("Email")
        class Meta(Keyed): fields_map = {"Email": "title"}
    """,
    ),
    (
        "E009",
        """
    class M(sfsync.Mapping):
        model = sfsync.Field("Model__c")
        class Meta(Keyed): pass
    """,
    ),
    (
        "E016",
        """
    class M(sfsync.Mapping):
        class Meta(Keyed): schedule = "every minute"
    """,
    ),
    (
        "E017",
        """
    class M(sfsync.Mapping):
        account = sfsync.Reference("AccountId", "crm.mappings.AcountMapping")
        class Meta(Keyed): pass
    """,
    ),
    (
        "E017",
        """
    class M(sfsync.Mapping):
        account = sfsync.Reference("AccountId", AccountMapping)
        class Meta(Keyed): pass
    """,
    ),
    (
        "E022",
        """
    class M(sfsync.Mapping):
        class Meta(Keyed): org = "emea"
    """,
    ),
]


@pytest.mark.parametrize(("expected", "code"), MISTAKES)
def test_a_mistake_has_its_id_its_place_and_a_hint(declare, expected, code):
    messages = declare(code, "M")
    assert ids(messages) == [expected]
    assert messages[0].obj == "declared.M"
    assert messages[0].hint


def test_one_mistake_does_not_hide_the_others(declare):
    code = """
    class One(sfsync.Mapping):
        frist_name = sfsync.Field("FirstName")
        lsat_name = sfsync.Field("LastName")
        class Meta(Keyed): schedule = "* * * * *"
    """
    messages = declare(code, "One", "Nobody", also=["crm.nowhere.M", *GOOD])
    assert ids(messages) == ["E001", "E001", "E006", "E006", "E026", "W003"]


def test_a_module_that_fails_is_told_once(declare):
    code = """
    class One(sfsync.Mapping):
        class Meta(Keyed): schedule = "never"
    """
    assert ids(declare(code, "One", "Other", "Third")) == ["E016"]


def test_settings_that_are_no_list(settings):
    settings.SF_MAPPINGS = "crm.mappings.AccountMapping"
    assert ids(check_mappings(None)) == ["E001"]


def test_two_mappings_of_one_name(declare):
    code = """
    class One(sfsync.Mapping):
        class Meta(Keyed): name = "contactmapping"
    """
    assert ids(declare(code, "One", also=GOOD)) == ["E020", "E026", "W003"]


@pytest.mark.parametrize(
    ("meta", "expected"),
    [
        ("sobject = 'Lead'", ["E026"]),
        ("org = 'emea'", ["E026"]),  # both would keep their ids in sf_id
        ("org = 'emea'; salesforce_id = 'other_id'", ["E010"]),
        ("direction = Direction.PUSH", ["E026"]),
        ("sobject = 'contact'", ["E026", "W003"]),
    ],
)
def test_two_mappings_of_one_model(declare, settings, meta, expected):
    settings.SF_ORGS = {"emea": {}}
    settings.SF_AUTH_DOMAIN = "https://acme.my.salesforce.com"
    code = f"""
    class One(sfsync.Mapping):
        class Meta(Keyed): {meta}
    """
    assert ids(declare(code, "One", also=GOOD)) == expected
