"""Each way of SF_AUTH, from the settings to an answer of the simulated org."""

import pytest

from sfsync import sign_ins
from sfsync.client import ClientCredentials, MemoryTokenStore, SfCli
from sfsync.exceptions import ConfigurationError
from sfsync.orgs import connections

NO_FUNCTION = "text"


def of_ones_own(settings):
    return ClientCredentials(settings.consumer_key, settings.consumer_secret)


STORES: list[str] = []


def own_store(settings):
    STORES.append(settings.org)
    return MemoryTokenStore()


@pytest.fixture
def values(org, tmp_path):
    """What a project would put into its settings for the simulated org."""
    given = org.org.settings
    file = tmp_path / "salesforce.key"
    file.write_text(org.private_key)
    file.chmod(0o600)
    return {
        "SF_USER": given.username,
        "SF_PASSWORD": given.password,
        "SF_SECURITY_TOKEN": given.security_token,
        "SF_REFRESH_TOKEN": given.refresh_token,
        "SF_PRIVATE_KEY_FILE": str(file),
    }


@pytest.fixture
def configure(settings, values):
    def put(auth, **changes):
        for name, value in (values | changes).items():
            setattr(settings, name, value)
        settings.SF_AUTH = auth

    return put


@pytest.mark.parametrize(
    "auth",
    ["client_credentials", "jwt", "password", "soap", "refresh_token", "tests.test_sign_ins.of_ones_own"],
)
def test_a_way_from_the_settings_to_an_answer(org, configure, auth, db):
    configure(auth)
    assert connections["default"].describe("Account")["name"] == "Account"
    assert connections["default"].org_id == org.org.settings.org_id


@pytest.mark.parametrize("line_break", ["\n", "\\n"])
def test_a_key_from_the_environment(org, configure, line_break):
    configure("jwt", SF_PRIVATE_KEY_FILE="", SF_PRIVATE_KEY=org.private_key.replace("\n", line_break))
    assert connections["default"].org_id == org.org.settings.org_id


@pytest.mark.parametrize(
    ("auth", "needed"),
    [
        ("client_credentials", ["SF_AUTH_DOMAIN", "SF_CONSUMER_KEY", "SF_CONSUMER_SECRET"]),
        ("jwt", ["SF_AUTH_DOMAIN", "SF_CONSUMER_KEY", "SF_USER", "SF_PRIVATE_KEY_FILE"]),
        ("refresh_token", ["SF_AUTH_DOMAIN", "SF_CONSUMER_KEY", "SF_REFRESH_TOKEN"]),
        ("password", ["SF_AUTH_DOMAIN", "SF_CONSUMER_KEY", "SF_CONSUMER_SECRET", "SF_USER", "SF_PASSWORD"]),
        ("soap", ["SF_AUTH_DOMAIN", "SF_USER", "SF_PASSWORD"]),
    ],
)
def test_every_missing_setting_is_named(org, configure, auth, needed):
    for name in needed:
        configure(
            auth, **{"SF_AUTH_DOMAIN": org.url, "SF_CONSUMER_KEY": "key", "SF_CONSUMER_SECRET": "x", name: ""}
        )
        with pytest.raises(ConfigurationError, match=rf"Not set: .*{name}.* Type .*{name} = ") as caught:
            connections["default"]
        assert caught.value.check == "sfsync.E022"


def test_all_missing_settings_are_named_at_once(configure):
    configure("password", SF_CONSUMER_KEY="", SF_USER="", SF_PASSWORD="")
    with pytest.raises(ConfigurationError, match="SF_CONSUMER_KEY, SF_USER, SF_PASSWORD"):
        connections["default"]


def test_one_key_is_enough(configure):
    configure("jwt", SF_PRIVATE_KEY="marked-key")
    with pytest.raises(ConfigurationError, match="are both set") as caught:
        connections["default"]
    assert "marked" not in str(caught.value)


def test_the_command_line_tool_needs_no_address(settings):
    settings.SF_AUTH = "sf_cli"
    settings.SF_AUTH_DOMAIN = ""
    assert isinstance(connections["default"]._auth, SfCli)


def test_an_alias_is_no_option(settings):
    settings.SF_AUTH = "sf_cli"
    settings.SF_CLI_ORG = "--api-version"
    with pytest.raises(ConfigurationError, match="SF_CLI_ORG"):
        connections["default"]


def test_an_unknown_way_names_the_nearest(settings):
    settings.SF_AUTH = "client_credential"
    with pytest.raises(ConfigurationError, match="Did you mean 'client_credentials'"):
        connections["default"]


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("tests.test_sign_ins.nothing", "nothing"),
        ("nowhere.at.all", "nowhere"),
        ("tests.test_sign_ins.NO_FUNCTION", "cannot be called"),
    ],
)
def test_a_path_that_leads_nowhere(settings, path, reason):
    settings.SF_AUTH = path
    with pytest.raises(ConfigurationError, match=rf"SF_AUTH = '{path}' cannot be used: .*{reason}"):
        connections["default"]


def test_a_store_of_ones_own(org, settings):
    settings.SF_TOKEN_STORE = "tests.test_sign_ins.own_store"
    STORES.clear()
    assert connections["default"].org_id == org.org.settings.org_id
    assert STORES == ["default"]


def test_a_store_of_ones_own_must_keep_refresh_tokens_too(configure):
    configure("refresh_token", SF_TOKEN_STORE="tests.test_sign_ins.forgetful")
    with pytest.raises(ConfigurationError, match=r"SF_TOKEN_STORE keeps no refresh token"):
        connections["default"]


def forgetful(settings):
    return object()


def test_tokens_stay_in_the_process_unless_they_are_replaced(settings):
    assert isinstance(sign_ins.token_store(sign_ins.OrgSettings(org="default")), MemoryTokenStore)
