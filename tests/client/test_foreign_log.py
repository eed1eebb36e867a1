"""What urllib3 writes about calls of this client holds no value. Covers F88."""

import logging

import pytest

from sfsync.client import foreign_log
from sfsync.exceptions import SalesforceError

from .scripted import Reply

NAMES = {
    "query?q=marked": "/query",
    "query/01gmarked-2000": "/query/01gmarked-2000",  # a locator names no record
    "sobjects/Contact/Email__c/marked?fields=Id": "/sobjects/Contact/Email__c",
    "/services/apexrest/marked/marked": "/services/apexrest",
    "/services/data/": "/services/data",
}


@pytest.mark.parametrize(("resource", "name"), NAMES.items())
def test_paths_are_named_as_in_the_log_of_the_client(scripted, scripted_client, caplog, resource, name):
    """Covers F88."""
    caplog.set_level(logging.DEBUG, "urllib3")
    scripted.replies = [Reply()]
    scripted_client.call("GET", resource)
    lines = [each.getMessage() for each in caplog.records if '"GET ' in each.getMessage()]
    assert len(lines) == 1
    assert f'"GET {name} HTTP/1.1" 200' in lines[0]


def test_headers_that_cannot_be_parsed_are_not_quoted(scripted, scripted_client, caplog):
    """Covers F88."""
    caplog.set_level(logging.DEBUG, "urllib3")
    scripted.replies = [Reply(headers={"X-Odd": "1\r\nmarked-header"})] * 9
    try:
        scripted_client.call("GET", "query?q=marked-soql")
    except SalesforceError as error:  # what follows the odd line is lost with it
        assert "marked" not in str(error)
    assert "Failed to parse headers" in caplog.text
    assert "marked" not in caplog.text


def record(*arguments, exc_info=None):
    message = " ".join(["%s"] * len(arguments))
    return logging.LogRecord("urllib3.connectionpool", logging.DEBUG, "", 0, message, arguments, exc_info)


def test_other_hosts_are_left_alone():
    error = ValueError("kept")
    for arguments in [("/other/services?q=kept",), ("https://example.com/path?q=kept", error), (3, "kept")]:
        ours = record(*arguments, exc_info=(ValueError, error, None))
        assert foreign_log.without_values(ours) is True
        assert ours.args == arguments
        assert ours.exc_info[1] is error


def test_one_filter_is_enough(connect, scripted):
    connect(scripted)
    connect(scripted)
    assert logging.getLogger("urllib3.connectionpool").filters.count(foreign_log.without_values) == 1
