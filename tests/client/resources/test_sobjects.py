"""The list of sObjects: kept, renewed, and never trusted."""

import pickle
from datetime import timedelta

import pytest

from sfsync import exceptions
from sfsync.client.connection import utcnow
from tests.testing.schema.recordings import GLOBAL, recorded

from ..scripted import ORG_ID, Reply

BASE = "/services/data/v66.0/sobjects"


class Shelf(dict):
    """A cache as the client sees one."""

    def set(self, key, value, timeout):
        self[key] = value


class OddNames(Shelf):
    """A cache that gives back something else than what was put into it."""

    kept = {
        "Account": {"describe": "/describe", "x": "/../x", "y": "https://evil.example/", "z": 7, "a.b": "/c"}
    }

    def get(self, key):
        return self.kept


def listing(*names, **urls):
    found = [{"name": name, "urls": urls or {"sobject": f"{BASE}/{name}"}} for name in names]
    return Reply.json({"sobjects": found})


def test_the_list_is_kept_in_the_cache_of_its_org(scripted, connect):
    shelf = Shelf()
    scripted.replies = [listing("Account"), Reply.json({"a": 1}), Reply.json({"b": 2})]
    connect(scripted, cache=shelf).get("Account")
    (key,) = shelf
    assert ORG_ID in key
    assert "66.0" in key
    assert connect(scripted, cache=shelf).get("Account") == {"b": 2}
    assert [seen.path for seen in scripted.seen] == [f"{BASE}/", f"{BASE}/Account", f"{BASE}/Account"]


def test_another_org_has_another_list(scripted, connect):
    shelf = Shelf()
    scripted.replies = [listing("Account"), Reply.json({}), listing("Contact"), Reply.json({})]
    connect(scripted, cache=shelf).get("Account")
    scripted.token = Reply.json(
        scripted.token_body(id="https://login.salesforce.com/id/00D000000000002EAA/005000000000001AAA")
    )
    with pytest.raises(exceptions.ResourceError, match="Contact"):
        connect(scripted, cache=shelf).get("Account")
    assert len(shelf) == 2


def test_an_sobject_that_is_new_is_found_by_one_more_call(scripted, connect):
    moment = [utcnow()]
    client = connect(scripted, now=lambda: moment[0])
    scripted.replies = [listing("Account"), Reply.json({})]
    client.get("Account")
    with pytest.raises(exceptions.ResourceError):  # asked a moment ago
        client.get("New__c")
    moment[0] += timedelta(minutes=2)
    scripted.replies = [listing("Account", "New__c"), Reply.json({"new": 1})]
    assert client.get("New__c") == {"new": 1}


def test_another_user_of_the_org_has_another_list(scripted, connect):
    shelf = Shelf()
    scripted.replies = [listing("Account", "Secret__c"), Reply.json({}), listing("Account")]
    connect(scripted, cache=shelf, user="admin").get("Account")
    limited = connect(scripted, cache=shelf, user="limited").resources.names()
    assert "Account" in limited
    assert "Secret__c" not in limited
    assert len(shelf) == 2


def test_a_list_from_the_cache_is_renewed_for_an_unknown_name(scripted, connect):
    shelf = Shelf()
    scripted.replies = [listing("Account"), Reply.json({})]
    connect(scripted, cache=shelf).get("Account")
    scripted.replies = [listing("Account", "New__c"), Reply.json({"new": 1})]
    assert connect(scripted, cache=shelf).get("New__c") == {"new": 1}
    (kept,) = shelf.values()
    assert set(kept) == {"Account", "New__c"}


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/services/data/v66.0/sobjects/Account/describe",
        "//evil.example/services/data/v66.0/sobjects/Account/describe",
        "/services/data/v66.0/sobjects/Account/../../../../secur/logout.jsp",
        "/services/data/v66.0/sobjects/Account/./x",
        "/services/data/v66.0/sobjects/Contact/describe",
        "/services/data/v66.0/query?q=SELECT",
        "/services/data/v66.0/sobjects/Account/describe?x=1",
        "/services/data/v66.0/sobjects/Account/describe#x",
        "/services/data/v66.0/sobjects/Account/%2e%2e/describe",
        "/services/data/v66.0/sobjects/Account/a b",
        "/services/data/v66.0/sobjects/AccountX",
        "/services/oauth2/token",
        "sobjects/Account/describe",
        "@evil.example/",
        7,
        None,
        {"x": 1},
    ],
)
@pytest.mark.parametrize("from_cache", [False, True])
def test_only_relative_paths_of_the_sobject_become_resources(scripted, connect, url, from_cache):
    """Covers F36."""
    shelf = Shelf()
    scripted.replies = [listing("Account", describe=url)] * 2
    client = connect(scripted, cache=shelf)
    if from_cache:
        client.resources.names()
        client = connect(scripted, cache=shelf)
    with pytest.raises(exceptions.ResourceError):
        client.get("Account.describe")
    assert {seen.path for seen in scripted.seen} == {f"{BASE}/"}


@pytest.mark.parametrize("kept", [7, "text", ["Account"], {"Account": 7}, {"Account": ["describe"]}])
def test_a_cache_with_something_else_in_it_is_no_list(scripted, connect, kept):
    class Full(Shelf):
        def get(self, key):
            return kept

    scripted.replies = [listing("Account"), Reply.json({"found": 1})]
    assert connect(scripted, cache=Full()).get("Account") == {"found": 1}


def test_what_is_kept_is_looked_at_as_well(scripted, connect):
    """Covers F36."""
    scripted.replies = [listing("Account")]
    names = connect(scripted, cache=OddNames()).resources.names()
    assert [name for name in names if name.startswith("Account")] == [
        "Account",
        "Account.describe",
        "Account.external",
    ]


def test_every_url_of_a_live_org_becomes_a_resource(scripted, scripted_client):
    body = recorded(GLOBAL)
    scripted.replies = [Reply.json(body)]
    listed = {each["name"]: each["urls"] for each in body["sobjects"]}
    assert len(listed) > 1_000
    for sobject, urls in listed.items():
        for name, url in urls.items():
            known = {"sobject": sobject, "rowTemplate": f"{sobject}.instance"}.get(name, f"{sobject}.{name}")
            assert url.endswith(f".0/{scripted_client.resources.find(known).template}")
    assert len(scripted.seen) == 1


def test_what_is_kept_fits_into_any_cache(scripted, connect):
    names = [f"A_name_as_long_as_they_come_{number:05}__c" for number in range(3_000)]
    tails = ["/{ID}", "/describe", "/describe/layouts", "/describe/compactLayouts", "/quickActions"]
    listed = [
        {"name": name, "urls": {tail[-9:].strip("/{}"): f"{BASE}/{name}{tail}" for tail in tails}}
        for name in names
    ]
    shelf = Shelf()
    scripted.replies = [Reply.json({"sobjects": listed})]
    assert len(connect(scripted, cache=shelf).resources.names()) > 3_000 * len(tails)
    (kept,) = shelf.values()
    assert len(pickle.dumps(kept)) < 1_000_000  # what memcached takes


def test_names_of_urls_and_sobjects_are_names(scripted, scripted_client):
    odd = {"../x": f"{BASE}/Account/x", "a.b": f"{BASE}/Account/y", "listviews": f"{BASE}/Account/listviews"}
    scripted.replies = [listing("Account", "Not a name", ["Account"], None, **odd)]
    below = [name for name in scripted_client.resources.names() if name.startswith(("Account", "Not"))]
    assert below == ["Account", "Account.external", "Account.listviews"]


def test_what_salesforce_may_not_be_asked_for_changes_has_no_changes(simulated_org, client):
    listed = {each["name"]: each["replicateable"] for each in client.describe_global()["sobjects"]}
    assert set(listed.values()) == {True, False}
    names = set(client.resources.names())
    assert {name for name in listed if f"{name}.updated" in names} == {n for n, yes in listed.items() if yes}
