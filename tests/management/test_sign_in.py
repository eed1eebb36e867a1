"""What the commands do when signing in works in another way, or not at all: the three mappings of the example."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from crm.models import Account
from sfsync.models import Run
from tests.engine.conftest import Org
from tests.management.conftest import Shell

if TYPE_CHECKING:
    from pytest_django.fixtures import Settings

BOTH = pytest.mark.parametrize("name", ["sf_pull", "sf_push"])
TOKEN_PATHS = ("/services/oauth2/token", "/services/Soap/u/64.0")


def sign_ins(crm: Org) -> int:
    return sum(request.path in TOKEN_PATHS for request in crm.served.requests)


def configure(crm: Org, settings: Settings, auth: str) -> None:
    """Give the settings all that the simulated org needs for one of the ways."""
    given = crm.served.org.settings
    settings.SF_AUTH = auth
    settings.SF_USER, settings.SF_PASSWORD = given.username, given.password
    settings.SF_SECURITY_TOKEN = given.security_token
    settings.SF_REFRESH_TOKEN = given.refresh_token
    settings.SF_PRIVATE_KEY = crm.served.private_key
    settings.SILENCED_SYSTEM_CHECKS = ["sfsync.W004"]  # two of the ways have no future
    crm.served.reset_requests()


@pytest.mark.parametrize("auth", ["client_credentials", "jwt", "refresh_token", "password", "soap"])
@BOTH
def test_a_run_with_any_way_to_sign_in(
    crm: Org, shell: Shell, settings: Settings, name: str, auth: str
) -> None:
    configure(crm, settings, auth)
    Account.objects.create(name="Acme")
    ended = shell(name)
    assert (ended.code, ended.errors) == (0, ""), ended
    assert sign_ins(crm) == 1


@pytest.mark.parametrize("auth", ["client_credentials", "jwt", "refresh_token", "password", "soap"])
@BOTH
def test_a_refused_sign_in_is_tried_once_and_told_in_one_line(
    crm: Org, shell: Shell, settings: Settings, name: str, auth: str
) -> None:
    """Covers F80."""
    configure(crm, settings, auth)
    crm.served.set_access(crm.served.org.settings.username, frozen=True)
    Account.objects.create(name="Acme")
    ended = shell(name)
    assert ended.code == 1
    assert len(ended.errors.splitlines()) == 1, ended.errors
    assert "frozen or locked" in ended.errors
    assert sign_ins(crm) == 1
    assert set(Run.objects.values_list("status", flat=True)) == {"failed"}


@BOTH
def test_a_user_without_the_api_is_told_in_one_line(
    crm: Org, shell: Shell, settings: Settings, name: str
) -> None:
    """Covers F80."""
    crm.served.reset_requests()
    crm.served.set_access(crm.served.org.settings.username, api_enabled=False)
    Account.objects.create(name="Acme")
    ended = shell(name)
    assert ended.code == 1
    assert len(ended.errors.splitlines()) == 1, ended.errors
    assert "API" in ended.errors
    assert sign_ins(crm) <= 1
    assert len(crm.served.requests) <= 2
