import pytest

from sfsync.client import paths
from sfsync.exceptions import InvalidType


@pytest.mark.parametrize("name", ["Contact", "Invoice__c", "acme__Thing__c"])
def test_an_api_name_goes_into_a_path(name):
    assert paths.api_name(name) == name


@pytest.mark.parametrize(
    "name", ["", "..", "../query", "Account/x", "Account?q=", "Kontö", "1Account", "A" * 300, "A\n"]
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
