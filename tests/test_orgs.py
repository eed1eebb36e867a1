import pytest
from django.core.cache import cache
from django.test import override_settings

import sfsync
from sfsync import conf
from sfsync.exceptions import ConfigurationError, ResourceError, SignInFailed, WritesDisabled
from sfsync.orgs import connections, signed_in_by
from sfsync.testing import SimulatedOrg
from sfsync.testing.access import Access


def test_it_is_what_users_import():
    assert sfsync.connections is connections


def test_a_client_of_the_settings(org):
    client = connections["default"]
    assert client.org_id == org.org.settings.org_id
    assert connections["default"] is client


def test_it_follows_the_settings(org, settings):
    before = connections["default"]
    settings.SF_CONSUMER_SECRET = "another"
    assert connections["default"] is not before
    with pytest.raises(SignInFailed):
        connections["default"].org_id


def test_mappings_change_no_connection(org, settings):
    before = connections["default"]
    settings.SF_MAPPINGS = ["crm.mappings.AccountMapping"]
    assert connections["default"] is before


def test_each_org_has_a_client(org, settings):
    with SimulatedOrg(org_id="00D000000000002EAA") as other:
        settings.SF_ORGS = {
            "emea": {
                "AUTH_DOMAIN": other.url,
                "CONSUMER_KEY": other.consumer_key,
                "CONSUMER_SECRET": other.consumer_secret,
            }
        }
        assert list(connections) == ["default", "emea"]
        assert connections["emea"].org_id == "00D000000000002EAA"
        assert connections["default"].org_id != "00D000000000002EAA"
        connections.close()


def test_the_settings_reach_the_client(org, settings):
    settings.SF_API_VERSION = "61.0"
    settings.SF_TIMEOUT = (3, 7)
    settings.SF_DEADLINE = 90
    client = connections["default"]
    assert client.path("limits") == "/services/data/v61.0/limits"
    assert (client.timeout, client.deadline) == ((3.0, 7.0), 90.0)


def test_a_client_that_may_not_write_does_not(org, settings):
    other = {
        "AUTH_DOMAIN": org.url,
        "CONSUMER_KEY": org.consumer_key,
        "CONSUMER_SECRET": org.consumer_secret,
    }
    data = {"Name": "New"}
    settings.SF_ORGS = {"other": {**other, "WRITES": False}}
    with pytest.raises(WritesDisabled, match="SF_WRITES"):
        connections["other"].post("Account", data=data)
    assert connections["default"].post("Account", data=data)["success"] is True
    settings.SF_WRITES = False
    settings.SF_ORGS = {"other": other}
    for name in connections:
        with pytest.raises(WritesDisabled, match="SF_WRITES"):
            connections[name].post("Account", data=data)
    settings.SF_WRITES = True
    assert connections["other"].post("Account", data=data)["success"] is True


TREE = {"counts": {"path": "limits/recordCount"}}


def test_your_own_resources_reach_the_client(org, settings):
    cache.clear()
    settings.SF_RESOURCES = f"{__name__}.TREE"
    settings.SF_SOBJECTS_WHITELIST = ["Account"]
    client = connections["default"]
    assert client.get("counts", params={"sObjects": "Account"})["sObjects"][0]["name"] == "Account"
    assert client.get("Account.describe")["name"] == "Account"
    with pytest.raises(ResourceError, match="SF_SOBJECTS_WHITELIST"):
        client.get("Contact")


def test_the_list_of_sobjects_is_kept_in_the_cache_of_django(org):
    cache.clear()
    connections["default"].get("Account")
    connections.close()
    connections["default"].get("Account")
    assert [request.kind for request in org.requests].count("describe_global") == 1
    cache.clear()
    connections.close()
    connections["default"].get("Account")
    assert [request.kind for request in org.requests].count("describe_global") == 2


def test_users_of_one_org_share_no_list_of_sobjects(org, settings):
    """The org shows each user what that user may see."""
    cache.clear()
    org.add_user("limited@acme.example", access=Access(objects={"Case": ""}))
    common = {"AUTH": "password", "AUTH_DOMAIN": org.url, "PASSWORD": org.org.settings.password}
    common |= {"SECURITY_TOKEN": org.org.settings.security_token}
    common |= {"CONSUMER_KEY": org.consumer_key, "CONSUMER_SECRET": org.consumer_secret}
    settings.SF_ORGS = {"limited": {**common, "USER": "limited@acme.example"}}
    first, second = ("default", "limited"), ("limited", "default")
    for names in (first, second):
        connections.close()
        seen = {name: "Case" in connections[name].resources.names() for name in names}
        assert seen == {"default": True, "limited": False}
    assert [request.kind for request in org.requests].count("describe_global") == 2


def test_the_key_of_a_list_follows_the_user_and_shows_nothing(org, settings):
    keys = {signed_in_by(conf.org())}
    for setting, value in (
        ("SF_AUTH", "password"),
        ("SF_USER", "ada@acme.example"),
        ("SF_CONSUMER_KEY", "k"),
        ("SF_CLI_ORG", "a"),
    ):
        setattr(settings, setting, value)
        keys.add(signed_in_by(conf.org()))
    assert len(keys) == 5
    assert not any("ada" in key for key in keys)


def test_closing_makes_room_for_a_new_client(org):
    before = connections["default"]
    connections.close()
    assert connections["default"] is not before


@pytest.mark.parametrize("name", ["SF_AUTH_DOMAIN", "SF_CONSUMER_KEY", "SF_CONSUMER_SECRET"])
def test_a_missing_setting_is_named(name):
    with override_settings(**{name: ""}), pytest.raises(ConfigurationError, match=name):
        connections["default"]


def test_an_unknown_org_is_named():
    with pytest.raises(ConfigurationError, match="'apac'"):
        connections["apac"]


def test_plain_http_is_for_this_machine_only(settings):
    settings.SF_AUTH_DOMAIN = "http://acme.my.salesforce.com"
    with pytest.raises(ConfigurationError, match="https://"):
        connections["default"]
