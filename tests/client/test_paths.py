import pytest

from sfsync.client import paths
from sfsync.exceptions import InvalidType

from .scripted import Reply


@pytest.mark.parametrize("name", ["Contact", "Invoice__c", "acme__Thing__c"])
def test_an_api_name_goes_into_a_path(name):
    assert paths.api_name(name) == name


@pytest.mark.parametrize(
    "name", ["", "..", "../query", "Account/x", "Account?q=", "Kontö", "1Account", "A" * 300, "A\n", None, 7]
)
def test_what_cannot_be_an_api_name_is_refused(name):
    """Covers F86."""
    with pytest.raises(InvalidType):
        paths.api_name(name)


@pytest.mark.parametrize(
    ("path", "label"),
    [
        ("/services/data/v66.0/query?q=SELECT+Id", "query"),
        ("/services/data/", "services/data"),
        ("/services/oauth2/token", "services/oauth2/token"),
        ("sobjects/Account/updated/?start=x", "sobjects/Account/updated"),
        ("/services/data/v66.0/sobjects/Account/Email__c/a@b.example", "sobjects/Account/Email__c"),
    ],
)
def test_a_label_holds_neither_query_nor_value(path, label):
    assert paths.label(path) == label


@pytest.mark.parametrize(
    "path",
    [
        "sobjects/Account/001000000000001AAA/../../../query?q=SELECT+Id+FROM+User",
        "sobjects/Account/%2e%2e/%2E%2E/query",
        "sobjects/Account/..",
        "sobjects/./Account",
        "/services/data/v66.0/../../../secur/logout.jsp",
        "sobjects/Account\\..\\x",
        "sobjects/Account#x",
        "sobjects/Account x",
        "sobjects/Account\r\nX-Evil: 1",
    ],
)
def test_a_path_that_leads_elsewhere_is_not_sent(scripted, scripted_client, path):
    """Covers F86."""
    with pytest.raises(ValueError, match="no part of a resource"):
        scripted_client.call("GET", path)
    assert scripted.seen == []


@pytest.mark.parametrize(
    "path", ["query?q=..%20%23", "sobjects/A/Ext__c/a%2Fb", "sobjects/A/Ext__c/..%2Fx%20%0A", "x/%25"]
)
def test_a_path_that_stays_in_its_place_is_sent_as_it_is(scripted, scripted_client, path):
    scripted.replies = [Reply()]
    scripted_client.call("GET", path)
    assert scripted.seen[0].path == f"/services/data/v66.0/{path}"
