"""Names of resources: which there are, and what is said about those that are not."""

import pytest

from sfsync import exceptions
from sfsync.client import Client
from sfsync.client.resources import Resource


def describes(org):
    return [request.kind for request in org.requests].count("describe_global")


def test_the_tree_is_built_once_and_when_it_is_needed(simulated_org, client):
    client.resources.find("query")
    assert describes(simulated_org) == 0
    for name in ("Account", "Contact.describe", "sobjects.Lead.layouts"):
        client.resources.find(name)
    assert describes(simulated_org) == 1


def test_both_names_of_an_sobject_are_the_same(client):
    for below in ("", ".describe", ".instance", ".updated"):
        short, long = (
            client.resources.find(f"Account{below}"),
            client.resources.find(f"sobjects.Account{below}"),
        )
        assert (
            (short.name, short.template) == (long.name, long.template) == (f"Account{below}", short.template)
        )


def test_the_resources_of_an_sobject_are_its_urls_and_what_no_url_names(client):
    urls = next(each for each in client.describe_global()["sobjects"] if each["name"] == "Account")["urls"]
    below = {name.partition(".")[2] for name in client.resources.names() if name.startswith("Account.")}
    assert below == (set(urls) - {"sobject", "rowTemplate"}) | {"instance", "external", "updated", "deleted"}


@pytest.mark.parametrize(
    ("name", "advice"),
    [
        ("Acount", "There is no resource 'Acount'. Did you mean 'Account'?"),
        ("account", "Did you mean 'Account'?"),
        ("Account.descrbe", "Did you mean 'Account.describe'?"),
        ("Acount.describe", "Did you mean 'Account.describe'?"),
        ("sobjects.Acount", "Did you mean 'Account'?"),
        ("qery", "Did you mean 'query'?"),
        ("Account.instnace", "Did you mean 'Account.instance'?"),
        ("Account.describe.fields", "Did you mean 'Account.describe'?"),
        ("zzzzzzzzz", "There are: "),
        ("", "There are: "),
        ("Account/../query", "There is no resource"),
    ],
)
def test_an_unknown_name_is_told_the_nearest(client, name, advice):
    with pytest.raises(exceptions.ResourceError) as caught:
        client.resources.find(name)
    assert repr(name) in str(caught.value)
    assert advice in str(caught.value)


def test_the_whitelist_limits_the_tree(simulated_org, connect):
    client = connect(simulated_org, whitelist=["Account", "Lead"])
    names = client.resources.names()
    assert {name.partition(".")[0] for name in names} - {"Account", "Lead"} == {
        "query", "queryAll", "search", "parameterizedSearch", "limits", "recent", "sobjects",
    }  # fmt: skip
    assert client.get("Account")["objectDescribe"]["name"] == "Account"
    calls = client.calls
    for name in ("Contact", "sobjects.Contact.describe"):
        with pytest.raises(exceptions.ResourceError, match="SF_SOBJECTS_WHITELIST"):
            client.get(name)
    assert client.calls == calls


OWN = {
    "invoices": {"path": "apexrest/invoices/{id}", "resources": {"lines": {"resources": {"tax": {}}}}},
    "limits": {"path": "limits/recordCount"},
    "Account": {"resources": {"pdf": {"path": "apexrest/pdf/{id}"}}},
    "recent": {"path": "/services/data/v60.0/recent"},
}


def test_your_own_tree_extends_that_of_salesforce(simulated_org, connect):
    client = connect(simulated_org, resources=OWN)
    assert client.resources.find("invoices").template == "/services/apexrest/invoices/{id}"
    assert client.resources.find("invoices.lines.tax").template == "/services/apexrest/invoices/{id}/tax"
    assert client.get("limits", params={"sObjects": "Account"}) == {
        "sObjects": [{"count": 0, "name": "Account"}]
    }
    assert client.resources.find("Account.pdf").template == "/services/apexrest/pdf/{id}"
    assert client.get("Account.describe")["name"] == "Account"
    assert client.get("Account")["objectDescribe"]["name"] == "Account"
    assert client.get("recent") == []
    assert simulated_org.requests[-1].path == "/services/data/v60.0/recent"


def test_your_own_tree_replaces_that_of_salesforce(simulated_org, connect):
    client = connect(simulated_org, resources={"replace": True, "accounts": {"path": "sobjects/Account"}})
    assert client.resources.names() == ["accounts"]
    assert client.get("accounts")["objectDescribe"]["name"] == "Account"
    for name in ("Account", "query"):
        with pytest.raises(exceptions.ResourceError, match="accounts"):
            client.get(name)
    assert describes(simulated_org) == 0


def test_a_client_without_settings_has_the_tree_of_salesforce(client):
    assert isinstance(client, Client)
    assert type(client.resources.find("limits")) is Resource
