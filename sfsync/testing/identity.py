"""The records that every org has: the organization, its administrator, its price book and its hours."""

from __future__ import annotations

from typing import Any

from .definitions import define
from .ids import make_id
from .records import Records
from .schema.setup import DAYS
from .settings import OrgSettings
from .storage.tables import quote

ADMINISTRATOR_PROFILE = make_id("00e", 1)
STANDARD_PRICE_BOOK = make_id("01s", 1)
PRICE_BOOK = {"Name": "Standard Price Book", "IsActive": 1, "IsStandard": 1}
DEFAULT_HOURS = make_id("01m", 1)
HOURS = {
    "Name": "Default",
    "IsActive": 1,
    "IsDefault": 1,
    "TimeZoneSidKey": "America/Los_Angeles",
    **{f"{day}{end}Time": "00:00:00.000Z" for day in DAYS for end in ("Start", "End")},
}


def ensure_identity(records: Records, settings: OrgSettings) -> None:
    """Create what is missing of them, under the ids that the settings fix."""
    with records.storage.transaction():
        _ensure(records, "User", settings.user_id, _administrator(settings), settings)
        _ensure(records, "Organization", settings.org_id, _organization(settings), settings)
        _ensure(records, "Pricebook2", STANDARD_PRICE_BOOK, PRICE_BOOK, settings)
        _ensure(records, "BusinessHours", DEFAULT_HOURS, HOURS, settings)
        records.record_types.introduce_all()
        define(records.storage, records.schema)


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
