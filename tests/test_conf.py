import pytest
from django.conf import settings as django_settings

from sfsync import conf
from sfsync.exceptions import ConfigurationError


@pytest.fixture
def bare(settings):
    """Settings without any of ours."""
    for name in [name for name in dir(django_settings) if name.startswith("SF_")]:
        delattr(settings, name)
    return settings


def test_defaults(bare):
    found = conf.org()
    assert (found.org, found.auth, found.api_version) == ("default", "client_credentials", "66.0")
    assert found.timeout == (10, 60)
    assert found.writes is True
    assert (found.api_budget, found.run_budget) == (0.9, None)
    assert conf.orgs() == ["default"]
    assert conf.mapping_paths() == []


def test_flat_settings_are_those_of_the_default_org(bare):
    bare.SF_AUTH_DOMAIN = "https://acme.my.salesforce.com"
    bare.SF_TIMEOUT = 5
    bare.SF_DEADLINE = 90
    bare.SF_TRUSTED_HOSTS = ["Proxy.Example"]
    bare.SF_SECURITY_TOKEN = None
    found = conf.org("default")
    assert found.auth_domain == "https://acme.my.salesforce.com"
    assert (found.timeout, found.deadline) == ((5.0, 5.0), 90.0)
    assert found.trusted_hosts == ("proxy.example",)
    assert found.security_token == ""


def test_settings_are_read_when_used(bare):
    bare.SF_USER = "one"
    assert conf.org().user == "one"
    bare.SF_USER = "other"
    assert conf.org().user == "other"


def test_other_orgs_have_settings_of_their_own(bare):
    bare.SF_AUTH_DOMAIN = "https://acme.my.salesforce.com"
    bare.SF_ORGS = {"emea": {"AUTH_DOMAIN": "https://emea.my.salesforce.com", "TIMEOUT": (1, 2)}}
    assert conf.orgs() == ["default", "emea"]
    assert conf.org("emea").auth_domain == "https://emea.my.salesforce.com"
    assert conf.org("emea").timeout == (1, 2)
    assert conf.org("default").auth_domain == "https://acme.my.salesforce.com"


def test_each_org_has_budgets_of_its_own(bare):
    bare.SF_API_BUDGET, bare.SF_RUN_BUDGET = None, 500
    bare.SF_ORGS = {"emea": {"API_BUDGET": 1}}
    assert (conf.org().api_budget, conf.org().run_budget) == (None, 500)
    assert (conf.org("emea").api_budget, conf.org("emea").run_budget) == (1, None)


def test_the_default_org_needs_no_settings_when_there_are_others(bare):
    bare.SF_ORGS = {"emea": {}}
    assert conf.orgs() == ["emea"]


@pytest.mark.parametrize(
    ("flat", "own", "writes"), [(True, True, True), (False, True, False), (True, False, False)]
)
def test_one_switch_stops_the_writes_to_every_org(bare, flat, own, writes):
    bare.SF_WRITES = flat
    bare.SF_ORGS = {"emea": {"WRITES": own}}
    assert conf.org("emea").writes is writes
    assert conf.org("default").writes is flat


def test_missing_settings_are_told_when_needed_and_all_at_once(bare):
    bare.SF_ORGS = {"emea": {"AUTH_DOMAIN": "https://emea.my.salesforce.com"}}
    with pytest.raises(ConfigurationError) as caught:
        conf.org().require("auth_domain", "consumer_key")
    assert "SF_AUTH_DOMAIN, SF_CONSUMER_KEY" in caught.value.message
    assert 'SF_AUTH_DOMAIN = "https://acme.my.salesforce.com"' in caught.value.hint
    with pytest.raises(ConfigurationError, match=r'SF_ORGS\["emea"\]\["CONSUMER_SECRET"\]'):
        conf.org("emea").require("auth_domain", "consumer_secret")
    conf.org("emea").require("auth_domain")


def test_an_unknown_org_says_which_there_are(bare):
    bare.SF_ORGS = {"emea": {}}
    with pytest.raises(ConfigurationError, match=r"no org 'apac'.* There are: emea"):
        conf.org("apac")


def test_the_repr_hides_secrets(bare):
    """Covers F88."""
    for name in ("CONSUMER_KEY", "CONSUMER_SECRET", "PASSWORD", "SECURITY_TOKEN"):
        setattr(bare, f"SF_{name}", "marked")
    assert "marked" not in repr(conf.org())


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SF_CONSUMER_SECRET", b"marked"),
        ("SF_AUTH_DOMAIN", 5),
        ("SF_API_VERSION", "v66.0"),
        ("SF_API_VERSION", 66.0),
        ("SF_TIMEOUT", 0),
        ("SF_TIMEOUT", "10"),
        ("SF_TIMEOUT", (1, 2, 3)),
        ("SF_DEADLINE", 0),
        ("SF_DEADLINE", True),
        ("SF_DEADLINE", 301),
        ("SF_DEADLINE", None),
        ("SF_TRUSTED_HOSTS", "acme.my.salesforce.com"),
        ("SF_WRITES", "no"),
        ("SF_API_BUDGET", 0),
        ("SF_API_BUDGET", 1.1),
        ("SF_API_BUDGET", float("nan")),
        ("SF_API_BUDGET", "0.9"),
        ("SF_API_BUDGET", True),
        ("SF_RUN_BUDGET", 0),
        ("SF_RUN_BUDGET", 10.0),
        ("SF_RUN_BUDGET", True),
    ],
)
def test_a_value_of_the_wrong_kind_names_the_setting_and_not_the_value(bare, name, value):
    setattr(bare, name, value)
    with pytest.raises(ConfigurationError, match=rf"^{name} ") as caught:
        conf.org()
    assert caught.value.hint
    assert "marked" not in str(caught.value)


@pytest.mark.parametrize(
    ("orgs", "message"),
    [
        (["emea"], "SF_ORGS is no dict of dicts"),
        ({"emea": "https://..."}, "SF_ORGS is no dict of dicts"),
        ({"default": {}}, "cannot hold an org named 'default'"),
        ({"x" * 41: {}}, "cannot hold an org named"),
        ({"two words": {}}, "cannot hold an org named"),
        ({"emea": {"SF_USER": "x"}}, "has no setting 'SF_USER'"),
        ({"emea": {"ORG": "x"}}, "has no setting 'ORG'"),
    ],
)
def test_other_orgs_that_cannot_be(bare, orgs, message):
    bare.SF_ORGS = orgs
    with pytest.raises(ConfigurationError, match=message):
        conf.orgs()


@pytest.mark.parametrize("paths", ["crm.mappings.ContactMapping", [5], None])
def test_mapping_paths_that_cannot_be(bare, paths):
    bare.SF_MAPPINGS = paths
    with pytest.raises(ConfigurationError, match="SF_MAPPINGS is no list"):
        conf.mapping_paths()
