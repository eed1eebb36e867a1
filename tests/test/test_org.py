"""The org of a test: its verbs, and the settings that lead to it."""

from __future__ import annotations

import pytest
from django.conf import settings

from sfsync.orgs import connections
from sfsync.test import SalesforceOrg, simulated_salesforce
from sfsync.testing.errors import OrgError


@pytest.mark.parametrize("socket", [False, True])
def test_the_settings_lead_to_the_org_inside_the_block_only(socket: bool) -> None:
    before = settings.SF_AUTH_DOMAIN
    with simulated_salesforce(socket=socket) as org:
        assert org.url == settings.SF_AUTH_DOMAIN
        assert connections["default"].describe("Account")["name"] == "Account"
        assert org.api_calls == 1
    assert before == settings.SF_AUTH_DOMAIN


def test_two_orgs_are_two() -> None:
    with simulated_salesforce() as one, simulated_salesforce("emea") as two:
        one.create("Account", Name="One")
        assert connections["emea"].describe("Contact")["name"] == "Contact"
        assert connections["default"].describe("Contact")["name"] == "Contact"
        assert (one.api_calls, two.api_calls) == (1, 1)
        assert two.ids("Account") == []


def test_the_verbs() -> None:
    with SalesforceOrg() as org:
        sf_id = org.create("Account", Name="Acme")
        org.update("Account", sf_id, Name="Acme Ltd")
        assert org.read("Account", sf_id, "Name") == {"Name": "Acme Ltd", "Id": sf_id}
        assert org.read("Account", sf_id)["IsDeleted"] is False
        org.delete("Account", sf_id)
        assert org.ids("account") == []
        with pytest.raises(OrgError, match="REQUIRED_FIELD_MISSING"):
            org.create("Account")


def test_time_passes_for_the_org() -> None:
    with SalesforceOrg() as org:
        before = org.org.clock.now()
        org.pass_time(minutes=5)
        assert 300 <= (org.org.clock.now() - before).total_seconds() < 310


def test_what_fails_inside_the_org_fails_the_test() -> None:
    with pytest.raises(RuntimeError, match="the simulated org failed"), SalesforceOrg() as org:
        org.site.failures.append(ZeroDivisionError())
