"""The way to sign in, as far as it can be judged without asking the org, and without secrets."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings as django_settings
from django.core.checks import CheckMessage, Error, Warning, register

from sfsync import conf, sign_ins
from sfsync.client.auth import read_key_file
from sfsync.exceptions import ConfigurationError

OTHER_WAYS = '"client_credentials" or "jwt", with an External Client App'

# Help, "SOAP API login() Retirement"; Help, "Block the OAuth 2.0 Username-Password Flow".
ENDING = {
    "soap": "Salesforce retires SOAP login() with Summer '27 (June 2027); orgs made of late have it turned off",
    "password": "Orgs made since Summer '23 block the username-password flow, and External Client Apps do not "
    "have it; Salesforce names no day on which it ends for the others",
}


@register("sfsync")
def check_sign_in(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Check how sfsync signs in to every org."""
    try:
        every = [conf.org(name) for name in conf.orgs()]
    except ConfigurationError:
        return []  # check_settings says what is wrong
    return [message for settings in every for message in org_messages(settings)]


def org_messages(settings: conf.OrgSettings) -> Iterator[CheckMessage]:
    """Check one org: what is named exists, the key is nobody else's, and the way has a future."""
    try:
        require_usable(settings)
    except ConfigurationError as error:
        yield Error(error.message, hint=error.hint, id=error.check)
    setting = settings.setting("auth")
    if settings.auth in ENDING:
        yield Warning(f"{ENDING[settings.auth]}.", hint=f"Type {setting} = {OTHER_WAYS}.", id="sfsync.W004")
    if settings.auth == "sf_cli" and not django_settings.DEBUG:
        yield Warning(
            f'{setting} = "sf_cli" uses the session of a person at this machine, and is for development.',
            hint=f"On a server, type {setting} = {OTHER_WAYS}.",
            id="sfsync.W005",
        )


def require_usable(settings: conf.OrgSettings) -> None:
    """Raise ConfigurationError for what would fail at the first call on any machine."""
    if settings.auth not in sign_ins.WAYS:
        sign_ins.imported(settings, "auth")
    if settings.token_store:
        sign_ins.imported(settings, "token_store")
    if settings.auth == "jwt" and settings.private_key_file and Path(settings.private_key_file).exists():
        sign_ins.private_key(settings)
        read_key_file(settings.private_key_file)
