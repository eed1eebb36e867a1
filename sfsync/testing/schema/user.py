"""The table of User."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .base import sobject
from .columns import (
    READ_ONLY,
    address,
    boolean,
    email,
    full_name,
    integer,
    last_seen,
    lookup,
    moment,
    phone,
    picklist,
    record_id,
    stamps,
    text,
    textarea,
    url,
)

LANGUAGES = "en_US=English|de=German|es=Spanish|fr=French|it=Italian|sv=Swedish|ja=Japanese|pt_BR=Portuguese"
LOCALES = "en_US|en_GB|en_AU|en_CA|de_DE|de_CH|de_AT|fr_FR|fr_CA|es_ES|es_MX|it_IT|sv_SE|ja_JP|pt_BR|nl_NL"
TIME_ZONES = (
    "Pacific/Auckland|Australia/Sydney|Asia/Tokyo|Asia/Shanghai|Asia/Kolkata|Asia/Dubai|Europe/Athens"
    "|Europe/Berlin|Europe/Paris|Europe/Stockholm|Europe/London|GMT|America/Sao_Paulo|America/New_York"
    "|America/Chicago|America/Denver|America/Los_Angeles|Pacific/Honolulu"
)
ENCODINGS = "UTF-8=Unicode (UTF-8)|ISO-8859-1=General US & Western Europe (ISO-8859-1, ISO-LATIN-1)|Shift_JIS"
USER_TYPES = (
    "Standard|PowerPartner=Partner|PowerCustomerSuccess=Customer Portal Manager"
    "|CustomerSuccess=Customer Portal User|Guest|CspLitePortal=High Volume Portal|CSNOnly=CSN Only"
)


def derive(values: Mapping[str, Any], before: Mapping[str, Any], sent: Mapping[str, Any]) -> dict[str, Any]:
    name = " ".join(filter(None, (values["FirstName"], values["LastName"])))
    return {"Name": name, "CommunityNickname": values["CommunityNickname"] or f"User{values['Id'][6:15]}"}


PART: dict[str, Any] = {"compound": "Name", "describe": {"extraTypeInfo": "personname"}}
REQUIRED: dict[str, Any] = {"nillable": False}
PHOTO: dict[str, Any] = {"describe": {"extraTypeInfo": "imageurl"}, **READ_ONLY}
FIELDS = (  # in the order of its describe
    record_id("User ID"),
    text("Username", "Username", 80, id_lookup=True, unique=True, **REQUIRED),
    text("LastName", "Last Name", 80, nillable=False, **PART),
    text("FirstName", "First Name", 40, **PART),
    full_name(),
    text("CompanyName", "Company Name", 80),
    text("Division", "Division", 80),
    text("Department", "Department", 80),
    text("Title", "Title", 80),
    *address(""),
    email("Email", "Email", 128, id_lookup=True, **REQUIRED),
    boolean("EmailPreferencesAutoBcc", "AutoBcc", default=True),
    email("SenderEmail", "Email Sender Address"),
    text("SenderName", "Email Sender Name", 80),
    textarea("Signature", "Email Signature", 1333),
    phone("Phone", "Phone"),
    phone("Fax", "Fax"),
    phone("MobilePhone", "Mobile"),
    text("Alias", "Alias", 8, **REQUIRED),
    text("CommunityNickname", "Nickname", 40, unique=True, nillable=False, defaulted_on_create=True),
    boolean("IsActive", "Active", default=True),
    picklist("TimeZoneSidKey", "Time Zone", TIME_ZONES, 40, restricted=True, **REQUIRED),
    lookup("UserRoleId", "Role ID", "UserRole"),
    picklist("LocaleSidKey", "Locale", LOCALES, 40, restricted=True, **REQUIRED),
    boolean("ReceivesInfoEmails", "Info Emails", default=True),
    boolean("ReceivesAdminInfoEmails", "Admin Info Emails", default=True),
    picklist("EmailEncodingKey", "Email Encoding", ENCODINGS, 40, restricted=True, **REQUIRED),
    lookup("ProfileId", "Profile ID", "Profile", **REQUIRED),
    picklist("UserType", "User Type", USER_TYPES, 40, restricted=True, default="Standard", **READ_ONLY),
    picklist("LanguageLocaleKey", "Language", LANGUAGES, 40, restricted=True, **REQUIRED),
    text("EmployeeNumber", "Employee Number", 20),
    lookup("ManagerId", "Manager ID", "User", child_relationship="ManagedUsers"),
    moment("LastLoginDate", "Last Login", **READ_ONLY),
    moment("LastPasswordChangeDate", "Last Password Change or Reset", **READ_ONLY),
    *stamps(),
    integer("NumberOfFailedLogins", "Failed Login Attempts", **READ_ONLY),
    boolean("ForecastEnabled", "Allow Forecasting"),
    text("FederationIdentifier", "SAML Federation ID", 512, unique=True, case_sensitive=True),
    url("FullPhotoUrl", "Url for full-sized Photo", 1024, **PHOTO),
    url("SmallPhotoUrl", "Photo", 1024, **PHOTO),
    *last_seen(),
)
USER = sobject(
    name="User",
    label="User",
    label_plural="Users",
    key_prefix="005",
    fields=FIELDS,
    deletable=False,
    undeletable=False,
    derive=derive,
    urls=(
        "compactLayouts",
        "rowTemplate",
        "namedLayouts",
        "passwordUtilities",
        "describe",
        "quickActions",
        "layouts",
        "sobject",
    ),
)
