"""The clients of the orgs in the settings: `sfsync.connections["default"]`."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from random import random
from typing import Any

import requests
from django.core.cache import cache
from django.core.signals import setting_changed
from django.utils.crypto import salted_hmac
from django.utils.module_loading import import_string

from sfsync import conf
from sfsync.client import Client
from sfsync.client.session import new_session
from sfsync.client.usage import Usage
from sfsync.conf import OrgSettings
from sfsync.exceptions import ConfigurationError
from sfsync.sign_ins import auth_domain, sign_in, token_store


class Connections:
    """One client per org, made when first asked for and shared by all threads of the process.

    `new_session` makes the session of each; a test may put another transport in its place. `random` chooses
    the waits between the repetitions of a call: a test that lets it return 0.0 does not wait.
    """

    def __init__(self) -> None:
        self.new_session: Callable[[], requests.Session] = new_session
        self.random: Callable[[], float] = random
        self._clients: dict[str, Client] = {}
        self._lock = threading.Lock()

    def __getitem__(self, org: str) -> Client:
        """Return the client of an org. Raises ConfigurationError naming what is missing or wrong."""
        with self._lock:
            if org not in self._clients:
                self._clients[org] = connect(conf.org(org), self.new_session(), random=lambda: self.random())
            return self._clients[org]

    def __iter__(self) -> Iterator[str]:
        """Yield the names of the orgs in the settings."""
        return iter(conf.orgs())

    def close(self) -> None:
        """Close all clients; the next use of an org makes a new one from the settings as they are then."""
        with self._lock:
            clients, self._clients = self._clients, {}
        for client in clients.values():
            client.close()


def connect(
    settings: OrgSettings,
    session: requests.Session | None = None,
    *,
    random: Callable[[], float] = random,
) -> Client:
    """Return a new client for an org; it signs in at its first call."""
    store = token_store(settings)
    return Client(
        auth_domain=auth_domain(settings),
        auth=sign_in(settings, store),
        token_store=store,
        api_version=settings.api_version,
        session=session,
        random=random,
        timeout=settings.timeout,
        deadline=settings.deadline,
        trusted_hosts=settings.trusted_hosts,
        resources=resource_tree(settings),
        whitelist=settings.sobjects_whitelist,
        cache=cache,
        user=signed_in_by(settings),
        usage=Usage(settings.api_budget, setting=settings.setting("api_budget")),
        writes=settings.writes,
    )


def signed_in_by(settings: OrgSettings) -> str:
    """Return a text that differs for settings that may sign in different users, and tells nothing of them."""
    names = (settings.auth, settings.auth_domain, settings.consumer_key, settings.user, settings.cli_org)
    return salted_hmac("sfsync.orgs", json.dumps([settings.org, *names]), algorithm="sha256").hexdigest()[:16]


def resource_tree(settings: OrgSettings) -> Any:
    """Return what SF_RESOURCES names, {} if it names nothing. Raises ConfigurationError."""
    if not settings.resources:
        return {}
    try:
        return import_string(settings.resources)
    except ImportError as error:
        reason = str(error)
    raise ConfigurationError(
        f"{settings.setting('resources')} = {settings.resources!r} cannot be imported ({reason}).",
        hint='Type the dotted path of a dict, such as "crm.resources.TREE".',
        check="sfsync.E028",
    )


connections = Connections()


def forget(*, setting: str, **kwargs: Any) -> None:
    """Follow the settings when they change (in tests)."""
    if setting.startswith("SF_") and setting != "SF_MAPPINGS":
        connections.close()


setting_changed.connect(forget, dispatch_uid="sfsync.orgs")
