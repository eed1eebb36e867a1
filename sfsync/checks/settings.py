"""The SF_* settings. Missing secrets are no error here: a machine that never calls the org needs none."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.core.checks import CheckMessage, Error, register

from sfsync import conf, orgs
from sfsync.client.hosts import auth_domain
from sfsync.client.resources import Tree
from sfsync.exceptions import ConfigurationError


@register("sfsync")
def check_settings(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Check the settings of every org."""
    try:
        return [message for name in conf.orgs() for message in org_messages(conf.org(name))]
    except ConfigurationError as error:
        return [Error(error.message, hint=error.hint, id=error.check)]


def org_messages(settings: conf.OrgSettings) -> Iterator[CheckMessage]:
    """Check where one org is, and what there is to ask for."""
    try:
        Tree(orgs.resource_tree(settings), settings.setting("resources"))
    except ConfigurationError as error:
        yield Error(error.message, hint=error.hint, id=error.check)
    if settings.auth_domain:
        try:
            auth_domain(settings.auth_domain, settings.trusted_hosts)
        except ConfigurationError as error:
            hint = f'Type {settings.setting("auth_domain")} = "https://acme.my.salesforce.com".'
            yield Error(error.message, hint=hint, id="sfsync.E023")
