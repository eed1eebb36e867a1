"""The two records that every org has: the organization and the user who signs in."""

from __future__ import annotations

from typing import Any

from .ids import make_id
from .records import Records
from .settings import OrgSettings
from .storage.tables import quote

ADMINISTRATOR_PROFILE = make_id("00e", 1)


def ensure_identity(records: Records, settings: OrgSettings) -> None:
    """Create what is missing of the two, under the ids that the settings fix."""
    with records.storage.transaction():
        _ensure(records, "User", settings.user_id, _administrator(settings), settings)
        _ensure(records, "Organization", settings.org_id, _organization(settings), settings)


def _ensure(
    records: Records, sobject: str, record_id: str, values: dict[str, Any], settings: OrgSettings
) -> None:
    spec = records.schema.find(sobject)
    if spec is None:
        return
    sql = f'SELECT 1 FROM {quote(spec.name)} WHERE "Id" = ?'
    if next(records.storage.read(sql, (record_id,)), None) is None:
        fresh = records.new(spec, settings.user_id)
        records.insert(spec, fresh | values | {"Id": record_id}, values)


def new_user(username: str, settings: OrgSettings) -> dict[str, Any]:
    """Return the values that make a user, where only the username is given."""
    name = username.partition("@")[0]
    return {
        "Username": username,
        "LastName": name,
        "Email": username,
        "Alias": name[:8],
        "CompanyName": settings.organization_name,
        "TimeZoneSidKey": "America/Los_Angeles",
        "LocaleSidKey": "en_US",
        "LanguageLocaleKey": "en_US",
        "EmailEncodingKey": "UTF-8",
        "ProfileId": ADMINISTRATOR_PROFILE,
        "Country": "US",
    }


def _administrator(settings: OrgSettings) -> dict[str, Any]:
    name = {"LastName": "Admin", "FirstName": "Simulated", "Alias": "admin"}
    return new_user(settings.username, settings) | name


def _organization(settings: OrgSettings) -> dict[str, Any]:
    return {
        "Name": settings.organization_name,
        "PrimaryContact": "Simulated Admin",
        "Country": "US",
        "DefaultLocaleSidKey": "en_US",
        "LanguageLocaleKey": "en_US",
        "TimeZoneSidKey": "America/Los_Angeles",
        "SignupCountryIsoCode": "US",
        "IsSandbox": int(settings.is_sandbox),
    }
