"""The checks of the SF_* settings."""

import pytest

from sfsync.checks import check_settings

TREE = {"invoices": {"path": "apexrest/invoices/{id}"}}
WRONG = {"invoices": {"path": "https://elsewhere.example/"}}


def found():
    messages = check_settings(None)
    assert all(message.hint for message in messages)
    return [message.id.removeprefix("sfsync.") for message in messages]


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("SF_AUTH_DOMAIN", "https://acme.my.salesforce.com", []),
        ("SF_AUTH_DOMAIN", "http://127.0.0.1:8799", []),
        ("SF_AUTH_DOMAIN", "", []),
        ("SF_AUTH_DOMAIN", "http://acme.my.salesforce.com", ["E023"]),
        ("SF_AUTH_DOMAIN", "acme.my.salesforce.com", ["E023"]),
        ("SF_AUTH_DOMAIN", "https://x.salesforce.com.evil.example", ["E023"]),
        ("SF_AUTH_DOMAIN", "https://user:secret@acme.my.salesforce.com", ["E023"]),
        ("SF_API_VERSION", "latest", ["E022"]),
        ("SF_ORGS", {"emea": {"AUTH_DOMAIN": "http://emea.my.salesforce.com"}}, ["E023"]),
        ("SF_ORGS", {"emea": {"AUTH_DOMIAN": "https://emea.my.salesforce.com"}}, ["E022"]),
        ("SF_ORGS", [], ["E022"]),
        ("SF_SOBJECTS_WHITELIST", ["Account", "Invoice__c"], []),
        ("SF_SOBJECTS_WHITELIST", "Account", ["E022"]),
        ("SF_SOBJECTS_WHITELIST", ["Account/../x"], ["E022"]),
        ("SF_RESOURCES", f"{__name__}.TREE", []),
        ("SF_RESOURCES", f"{__name__}.WRONG", ["E028"]),
        ("SF_RESOURCES", f"{__name__}.NOWHERE", ["E028"]),
        ("SF_RESOURCES", "nowhere", ["E028"]),
        ("SF_ORGS", {"emea": {"RESOURCES": f"{__name__}.WRONG"}}, ["E028"]),
    ],
)
def test_settings(settings, name, value, expected):
    """Covers F87."""
    setattr(settings, name, value)
    assert found() == expected


def test_a_host_of_ones_own_can_be_trusted(settings):
    settings.SF_AUTH_DOMAIN = "https://gateway.example"
    assert found() == ["E023"]
    settings.SF_TRUSTED_HOSTS = ["gateway.example"]
    assert found() == []


def test_missing_secrets_are_no_error_of_the_check(settings):
    for name in ("SF_AUTH_DOMAIN", "SF_CONSUMER_KEY", "SF_CONSUMER_SECRET"):
        setattr(settings, name, "")
    assert found() == []
