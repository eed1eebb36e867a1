import pytest

from sfsync.client import hosts
from sfsync.exceptions import ConfigurationError, MalformedResponse

ACME = "https://acme.my.salesforce.com"


@pytest.mark.parametrize(
    "url",
    [
        ACME,
        "https://acme--dev.sandbox.my.salesforce.com:443",
        "http://127.0.0.1:8799",
        "https://localhost:1",
        "http://[::1]:1",
    ],
)
def test_the_orgs_own_address_is_accepted(url):
    assert hosts.auth_domain(url + "/") == url


@pytest.mark.parametrize(
    "url",
    [
        "",
        "acme.my.salesforce.com",
        "http://acme.my.salesforce.com",
        "https://user:secret@acme.my.salesforce.com",
        "https://acme.my.salesforce.com/services",
        "https://acme.my.salesforce.com?x=y",
        "https://x.salesforce.com.evil.example",
        "https://evilsalesforce.com",
        "https://acme.my.salesforce.com:8443",
        "https://acme.my.salesforce.com:port",
        "https://169.254.169.254",
        "ftp://acme.my.salesforce.com",
    ],
)
def test_any_other_address_to_sign_in_at_is_refused(url):
    with pytest.raises(ConfigurationError, match="SF_AUTH_DOMAIN") as caught:
        hosts.auth_domain(url)
    assert "secret" not in str(caught.value)


def test_a_trusted_host_is_accepted_over_https_only():
    assert hosts.auth_domain("https://crm.acme.example", ["crm.acme.example"])
    with pytest.raises(ConfigurationError, match="https://"):
        hosts.auth_domain("http://crm.acme.example", ["crm.acme.example"])


@pytest.mark.parametrize("url", [ACME, "https://na1.salesforce.com", "https://acme.my.salesforce.com/"])
def test_calls_go_to_hosts_of_salesforce(url):
    assert hosts.instance_url(url, signed_in_at=ACME) == url.rstrip("/")


@pytest.mark.parametrize(
    "url",
    [
        None,
        "http://169.254.169.254/",
        "http://acme.my.salesforce.com",
        "https://evil.example",
        "https://x.salesforce.com.evil.example",
        "https://acme.my.salesforce.com@evil.example",
        "https://acme.my.salesforce.com:8443",
        "https://evil.example\\.salesforce.com",
        "https://evil.example#.salesforce.com",
        "http://127.0.0.1:9200",
        "https://localhost",
        "//acme.my.salesforce.com",
    ],
)
def test_a_token_answer_leads_nowhere_else(url):
    """Covers F87."""
    with pytest.raises(MalformedResponse, match="SF_TRUSTED_HOSTS") as caught:
        hosts.instance_url(url, signed_in_at=ACME)
    assert "evil" not in str(caught.value)


def test_a_sign_in_on_this_machine_may_stay_on_it():
    assert hosts.instance_url("http://localhost:2", signed_in_at="http://127.0.0.1:1") == "http://localhost:2"
