"""The SF_* settings, read when used.

The flat settings (`SF_AUTH_DOMAIN`, ...) are those of the org `default`; `SF_ORGS` holds the same names
without `SF_` for every other org.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, fields
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from django.conf import settings

from sfsync.exceptions import ConfigurationError

P = ParamSpec("P")
T = TypeVar("T")

DEFAULT_ORG = "default"
ORG_NAME = re.compile(r"[A-Za-z0-9_.-]{1,40}", re.ASCII)
LONGEST_DEADLINE = 300.0
API_VERSION = re.compile(r"[1-9]\d\.0", re.ASCII)

# What a person has to type for a setting that is needed and missing.
EXAMPLES = {
    "AUTH_DOMAIN": '"https://acme.my.salesforce.com" (the My Domain of the org)',
    "CONSUMER_KEY": "the Consumer Key of the External Client App",
    "CONSUMER_SECRET": "the Consumer Secret of the External Client App, from the environment",
    "USER": "the name of the user that signs in",
    "PASSWORD": "the password of that user, from the environment",
    "SECURITY_TOKEN": "the security token of that user, from the environment",
    "REFRESH_TOKEN": "the refresh token that approving the app gave, from the environment",
}


@dataclass(frozen=True, kw_only=True)
class OrgSettings:
    """The settings of one org. Missing texts are ""; `require` says what to type for those needed."""

    org: str
    auth: str = "client_credentials"
    auth_domain: str = ""
    consumer_key: str = field(default="", repr=False)
    consumer_secret: str = field(default="", repr=False)
    user: str = ""
    password: str = field(default="", repr=False)
    security_token: str = field(default="", repr=False)
    private_key_file: str = ""
    private_key: str = field(default="", repr=False)  # PEM
    jwt_audience: str = ""  # told by the sign-in host unless set
    refresh_token: str = field(default="", repr=False)  # the first one; later ones are stored
    cli_org: str = ""  # alias or user name; the default org of the Salesforce CLI unless set
    token_store: str = ""  # dotted path
    # Spring '26, which every org has (REST API guide, API End-of-Life Policy).
    api_version: str = "66.0"
    timeout: tuple[float, float] = (10.0, 60.0)  # seconds to connect, seconds between two bytes of the answer
    deadline: float = (
        LONGEST_DEADLINE  # seconds for one call, with its repetitions and the waits between them
    )
    trusted_hosts: tuple[str, ...] = ()
    sobjects_whitelist: tuple[str, ...] = ()  # API names; all sObjects if there are none
    resources: str = ""  # dotted path of a tree of resources
    # The share of the org's API calls at which sfsync stops; the rest is for other programs.
    api_budget: float | None = 0.9
    run_budget: int | None = None  # API calls of one run
    writes: bool = True

    def setting(self, name: str) -> str:
        """Return how a person spells one of these settings: `SF_USER`, or `SF_ORGS["emea"]["USER"]`."""
        return spelled(self.org, name.upper())

    def require(self, *names: str) -> None:
        """Raise ConfigurationError naming every one of `names` that is missing, and what to type."""
        missing = [name for name in names if not getattr(self, name)]
        if missing:
            hints = (f"{self.setting(name)} = {EXAMPLES.get(name.upper(), '...')}" for name in missing)
            raise ConfigurationError(
                f"Not set: {', '.join(self.setting(name) for name in missing)}.",
                hint=f"Type in your settings: {'; '.join(hints)}.",
                check="sfsync.E022",
            )


def discreet(read: Callable[P, T]) -> Callable[P, T]:
    """Raise errors of `read` without its frames: error reporters quote variables, which hold secrets there."""

    @wraps(read)
    def reading(*args: P.args, **options: P.kwargs) -> T:
        try:
            return read(*args, **options)
        except ConfigurationError as error:
            failure = error.with_traceback(None)
        raise failure

    return reading


@discreet
def org(name: str = DEFAULT_ORG) -> OrgSettings:
    """Return the settings of an org as they are now.

    Raises ConfigurationError for an org that is not in the settings, and for a value of the wrong type.
    """
    given = given_for(name)
    values = {
        option.name: given[option.name.upper()]
        for option in fields(OrgSettings)
        if option.name.upper() in given
    }
    for option, value in values.items():
        values[option] = READERS.get(option, text)(value, spelled(name, option.upper()))
    # One switch makes a laptop with a copy of production harmless, for every org.
    values["writes"] = values.get("writes", True) and flag(getattr(settings, "SF_WRITES", True), "SF_WRITES")
    return OrgSettings(org=name, **values)


def orgs() -> list[str]:
    """Return the names of the orgs in the settings, `default` first when it is one of them."""
    others = list(other_orgs())
    flat = any(hasattr(settings, f"SF_{name}") for name in EXAMPLES)
    return [DEFAULT_ORG, *others] if flat or not others else others


def mapping_paths() -> list[str]:
    """Return the dotted paths in SF_MAPPINGS. Raises ConfigurationError when it is no list of them."""
    paths = getattr(settings, "SF_MAPPINGS", [])
    if not isinstance(paths, (list, tuple)) or not all(isinstance(path, str) for path in paths):
        raise ConfigurationError(
            "SF_MAPPINGS is no list of dotted paths.",
            hint='Type SF_MAPPINGS = ["crm.mappings.ContactMapping"].',
            check="sfsync.E001",
        )
    return list(paths)


def given_for(org_name: str) -> dict[str, Any]:
    """Return the settings of an org without their prefix."""
    if org_name == DEFAULT_ORG:
        names = [option.name.upper() for option in fields(OrgSettings) if option.name != "org"]
        return {name: getattr(settings, f"SF_{name}") for name in names if hasattr(settings, f"SF_{name}")}
    others = other_orgs()
    if org_name not in others:
        raise ConfigurationError(
            f"There is no org {org_name!r} in the settings.",
            hint=f"There are: {', '.join(orgs())}. Type SF_ORGS = {{{org_name!r}: {{'AUTH_DOMAIN': ...}}}}.",
            check="sfsync.E022",
        )
    return others[org_name]


@discreet
def other_orgs() -> dict[str, dict[str, Any]]:
    """Return SF_ORGS. Raises ConfigurationError unless it is a dict of names and settings of OrgSettings."""
    others = getattr(settings, "SF_ORGS", {})
    example = 'Type SF_ORGS = {"emea": {"AUTH_DOMAIN": "https://..."}}.'
    if not isinstance(others, dict) or not all(isinstance(given, dict) for given in others.values()):
        raise ConfigurationError("SF_ORGS is no dict of dicts.", hint=example, check="sfsync.E022")
    known = {option.name.upper() for option in fields(OrgSettings)} - {"ORG"}
    for name, given in others.items():
        if name == DEFAULT_ORG or not (isinstance(name, str) and ORG_NAME.fullmatch(name)):
            raise ConfigurationError(
                f"SF_ORGS cannot hold an org named {name!r}.",
                hint="The flat SF_* settings are those of `default`; others are up to 40 letters and digits.",
                check="sfsync.E022",
            )
        for key in set(given) - known:
            raise ConfigurationError(
                f"SF_ORGS[{name!r}] has no setting {key!r}.",
                hint=f"There are: {', '.join(sorted(known))}.",
                check="sfsync.E022",
            )
    return others


def spelled(org_name: str, name: str) -> str:
    return f"SF_{name}" if org_name == DEFAULT_ORG else f'SF_ORGS["{org_name}"]["{name}"]'


def wrong(setting: str, hint: str) -> ConfigurationError:
    """Return an error that names the setting, and never its value: it may be a secret."""
    return ConfigurationError(f"{setting} has a value of the wrong kind.", hint=hint, check="sfsync.E022")


def text(value: Any, setting: str) -> str:
    if value is None or isinstance(value, str):
        return value or ""
    raise wrong(setting, "Type a text.")


def flag(value: Any, setting: str) -> bool:
    if isinstance(value, bool):
        return value
    raise wrong(setting, "Type True or False.")


def version(value: Any, setting: str) -> str:
    if isinstance(value, str) and API_VERSION.fullmatch(value):
        return value
    raise wrong(setting, 'Type a version such as "66.0".')


def seconds(value: Any, setting: str) -> tuple[float, float]:
    pair = value if isinstance(value, (list, tuple)) else (value, value)
    if len(pair) == 2 and all(isinstance(part, (int, float)) and part > 0 for part in pair):
        return float(pair[0]), float(pair[1])
    raise wrong(setting, "Type seconds: one number, or (to connect, to read).")


def duration(value: Any, setting: str) -> float:
    # The lease of a run outlasts this by a minute and a half, so that nobody else begins while a write is on its way.
    if isinstance(value, (int, float)) and not isinstance(value, bool) and 0 < value <= LONGEST_DEADLINE:
        return float(value)
    raise wrong(setting, f"Type seconds: a number above 0, and up to {LONGEST_DEADLINE}.")


def share(value: Any, setting: str) -> float | None:
    if value is None or (isinstance(value, (int, float)) and not isinstance(value, bool) and 0 < value <= 1):
        return value
    raise wrong(setting, "Type a share above 0 and up to 1, such as 0.9, or None for no limit.")


def number(value: Any, setting: str) -> int | None:
    if value is None or (isinstance(value, int) and not isinstance(value, bool) and value > 0):
        return value
    raise wrong(setting, "Type a whole number of 1 or more, or None for no limit.")


def hosts(value: Any, setting: str) -> tuple[str, ...]:
    if isinstance(value, (list, tuple)) and all(isinstance(host, str) and host for host in value):
        return tuple(host.lower() for host in value)
    raise wrong(setting, 'Type a list of host names, such as ["acme.my.salesforce.com"].')


def names(value: Any, setting: str) -> tuple[str, ...]:
    if isinstance(value, (list, tuple)) and all(
        isinstance(each, str) and each.isidentifier() for each in value
    ):
        return tuple(value)
    raise wrong(setting, 'Type a list of API names, such as ["Account", "Invoice__c"].')


READERS = {
    "writes": flag,
    "api_version": version,
    "timeout": seconds,
    "deadline": duration,
    "trusted_hosts": hosts,
    "sobjects_whitelist": names,
    "api_budget": share,
    "run_budget": number,
}
