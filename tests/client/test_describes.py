import pytest

from sfsync import exceptions

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
