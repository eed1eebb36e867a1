from datetime import UTC, datetime

import pytest

from sfsync import exceptions
from sfsync.client.describes import Described
from sfsync.testing import SimulatedOrg
from sfsync.testing.clock import Clock

from .scripted import Reply


def test_the_list_of_sobjects(client):
    names = {item["name"] for item in client.describe_global()["sobjects"]}
    assert {"Account", "Contact", "Opportunity"} <= names


def test_one_sobject(client):
    description = client.describe("contact")
    assert description["name"] == "Contact"
    assert "LastName" in {field["name"] for field in description["fields"]}


def test_an_unknown_sobject_is_not_found(client):
    with pytest.raises(exceptions.NotFound):
        client.describe("Nothing__c")


@pytest.mark.parametrize("name", ["../limits", "Contact?x", ""])
def test_a_name_that_cannot_be_one_is_not_asked_for(client, name):
    """Covers F86."""
    with pytest.raises(exceptions.InvalidType):
        client.describe(name)
    assert client.calls == 0


def test_many_sobjects_are_one_call(simulated_org, client):
    found = client.describe_many(["Contact", "Nothing__c", "Account", "Contact"])
    assert list(found) == ["Contact", "Nothing__c", "Account"]
    assert found["Contact"]["name"] == "Contact"
    assert isinstance(found["Nothing__c"], exceptions.NotFound)
    assert simulated_org.api_calls == 1


def test_one_of_many_is_one_call(simulated_org, client):
    assert client.describe_many(["Contact"])["Contact"]["name"] == "Contact"
    assert isinstance(client.describe_many(["Nothing__c"])["Nothing__c"], exceptions.NotFound)
    assert simulated_org.api_calls == 2


@pytest.mark.parametrize(("number", "calls"), [(0, 0), (25, 1), (26, 2)])
def test_25_describes_to_a_call(simulated_org, client, number, calls):
    found = client.describe_many([f"Thing{position}__c" for position in range(number)])
    assert len(found) == number
    assert simulated_org.api_calls == calls


def test_an_unavailable_org_is_raised(scripted, scripted_client):
    scripted.replies = [Reply(503, b"")]
    with pytest.raises(exceptions.Unavailable):
        scripted_client.describe_many(["Contact"])


@pytest.mark.parametrize("body", [None, [], {}, {"fields": None}, {"fields": [{}]}, {"fields": ["Name"]}])
def test_a_describe_without_fields_is_malformed(scripted, scripted_client, body):
    scripted.replies = [Reply.json(body)]
    with pytest.raises(exceptions.MalformedResponse):
        scripted_client.describe("Contact")


LATER = "Mon, 23 Nov 2026 12:00:00 GMT"


def test_what_has_not_changed_is_not_sent_again(simulated_org, client):
    first = client.describe_changed({"Contact": "", "Account": "", "Nothing__c": ""})
    assert first["Contact"].description["name"] == "Contact"
    assert isinstance(first["Nothing__c"], exceptions.NotFound)
    stamps = {name: first[name].stamp for name in ("Contact", "Account")}
    assert all(stamps.values())
    assert client.describe_changed(stamps) == {name: Described(stamp) for name, stamp in stamps.items()}
    assert simulated_org.api_calls == 2


def test_what_has_changed_comes_with_a_new_stamp(connect):
    clock = Clock(datetime(2026, 11, 23, 12, tzinfo=UTC))
    with SimulatedOrg(clock=clock) as org:
        client = connect(org)
        before = client.describe_changed({"Contact": "", "Account": ""})
        clock.advance(60)
        org.set_access(org.org.settings.username, fields={"Contact.Email": ""})
        after = client.describe_changed({name: each.stamp for name, each in before.items()})
        names = {field["name"] for field in after["Contact"].description["fields"]}
        assert "Email" not in names
        assert after["Contact"].stamp != before["Contact"].stamp
        assert after["Account"] == Described(before["Account"].stamp)


def test_the_stamp_is_whatever_the_org_said(scripted, scripted_client):
    fields = {"fields": [{"name": "Id"}]}
    scripted.replies = [_composite(200, fields, {"last-modified": LATER}), _composite(304, None, {})]
    assert scripted_client.describe_changed({"Contact": ""})["Contact"] == Described(LATER, fields)
    assert scripted_client.describe_changed({"Contact": LATER})["Contact"] == Described(LATER)
    sent = scripted.seen[1].json()["compositeRequest"][0]
    assert sent["httpHeaders"] == {"If-Modified-Since": LATER}


def test_a_describe_without_a_stamp_is_asked_for_in_full_again(scripted, scripted_client):
    scripted.replies = [_composite(200, {"fields": [{"name": "Id"}]}, {})]
    assert scripted_client.describe_changed({"Contact": LATER})["Contact"].stamp == ""


def test_not_modified_is_no_answer_to_who_has_nothing(scripted, scripted_client):
    scripted.replies = [_composite(304, None, {})]
    with pytest.raises(exceptions.MalformedResponse):
        scripted_client.describe_changed({"Contact": ""})


def _composite(status, body, headers):
    answer = {"body": body, "httpHeaders": headers, "httpStatusCode": status, "referenceId": "r0"}
    return Reply.json({"compositeResponse": [answer]})
