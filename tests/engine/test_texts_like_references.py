"""Texts that look like references between requests of a composite call are texts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from crm.models import Account, Contact
from tests.engine.conftest import Command, Org

if TYPE_CHECKING:
    from pytest_django.fixtures import Settings

LEAK = "@{r0[0].Phone}"
"""In a composite call this stands for the phone number of the first record that the call has read."""


@pytest.mark.parametrize("text", [LEAK, "@{acme.id}", "@{"])
def test_a_text_that_looks_like_a_reference_is_pushed_as_it_is(
    crm: Org, pull: Command, push: Command, text: str
) -> None:
    """Covers F86: nobody reads other records by what they write into their own."""
    for name in ("First", "Second", "Third"):
        crm.create("Account", Name=name, Phone="555-secret")
    pull()
    Account.objects.filter(name="Second").update(industry=text)
    Account.objects.exclude(name="Second").update(industry="Banking")
    line = push()["AccountMapping"]
    assert (line["seen"], line["updated"]) == (3, 3)
    found = {
        account.name: crm.read("Account", account.sf_id, "Industry") for account in Account.objects.all()
    }
    assert found == {"First": "Banking", "Second": text, "Third": "Banking"}


@pytest.mark.parametrize("text", [LEAK, "@{acme.id}"])
def test_and_created_as_it_is(crm: Org, push: Command, text: str) -> None:
    """Covers F86."""
    Account.objects.create(name=text)
    Account.objects.create(name="Other")
    assert push()["AccountMapping"]["created"] == 2
    assert sorted(crm.read("Account", each.sf_id, "Name") for each in Account.objects.all()) == [
        text,
        "Other",
    ]


@pytest.mark.databases
def test_what_went_into_the_org_before_the_budget_ended_is_not_sent_again(
    crm: Org, push: Command, settings: Settings
) -> None:
    """A record that travels in a call of its own may be the one that the budget stops. Covers F50 and F86."""
    Contact.objects.bulk_create(Contact(last_name=f"Contact {number}") for number in range(200))
    Contact.objects.create(last_name=LEAK)
    settings.SF_RUN_BUDGET = 2
    assert push()["total"]["code"] == 3
    assert (crm.count("Contact"), Contact.objects.exclude(sf_id=None).count()) == (200, 200)
    settings.SF_RUN_BUDGET = None
    assert push()["total"]["code"] == 0
    assert crm.count("Contact") == 201
