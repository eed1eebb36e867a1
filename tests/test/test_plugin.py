"""The fixture `salesforce_org`, which the entry point of the package brings to pytest."""

from __future__ import annotations

import pytest

from crm.models import Contact
from sfsync.test import SalesforceOrg, pull


def test_the_fixture_leads_to_an_org_of_this_test(db: None, salesforce_org: SalesforceOrg) -> None:
    sf_id = salesforce_org.create("Contact", LastName="Lovelace")
    pull()
    assert Contact.objects.get().sf_id == sf_id


@pytest.mark.salesforce(socket=True, seed={"accounts": 0, "contacts": 2, "opportunities": 0})
def test_the_marker_has_the_options(transactional_db: None, salesforce_org: SalesforceOrg) -> None:
    assert salesforce_org.url.startswith("http://127.0.0.1:")
    pull()
    assert Contact.objects.count() == 2
