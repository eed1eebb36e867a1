from decimal import Decimal

import pytest
import requests

from sfsync import exceptions
from sfsync.client import answers


def test_a_body_is_parsed():
    assert answers.parse(200, b'{"Amount": 564.0}', "x") == {"Amount": Decimal("564.0")}


@pytest.mark.parametrize("status", [200, 204, 304])
def test_an_empty_body_is_none(status):
    assert answers.parse(status, b"", "x") is None


@pytest.mark.parametrize("content", [b'{"records": [{"Id"', b"[1, 2", b' {"a": NaN}'])
def test_cut_json_is_malformed(content):
    """Covers F32."""
    with pytest.raises(exceptions.MalformedResponse, match="broken JSON"):
        answers.parse(200, content, "query")


@pytest.mark.parametrize("status", [200, 403, 404, 406, 420, 500, 502, 503])
def test_a_page_instead_of_data_means_unavailable(status):
    """Covers F21."""
    with pytest.raises(exceptions.Unavailable, match="page instead of data") as caught:
        answers.parse(status, b"<html>We are down for maintenance</html>", "query")
    assert caught.value.status == status
    assert caught.value.__context__ is None or caught.value.__suppress_context__


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (401, exceptions.SessionExpired),
        (412, exceptions.PreconditionFailed),
        (414, exceptions.SalesforceError),
        (503, exceptions.Unavailable),
    ],
)
def test_an_error_without_a_body_is_known_by_its_status(status, kind):
    with pytest.raises(exceptions.SalesforceError) as caught:
        answers.parse(status, b"", "x")
    assert type(caught.value) is kind


def test_several_records_with_one_external_id_are_an_error():
    with pytest.raises(exceptions.SalesforceError) as caught:
        answers.parse(300, b'["/services/data/v66.0/sobjects/A/1"]', "sobjects/A/Ext__c")
    assert caught.value.code == "MULTIPLE_CHOICES"


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (requests.exceptions.SSLError, "encrypted connection"),
        (requests.exceptions.ProxyError, "proxy"),
        (requests.exceptions.ConnectTimeout, "no connection in time"),
        (requests.exceptions.ReadTimeout, "no answer in time"),
        (requests.exceptions.ChunkedEncodingError, "cut off"),
        (requests.exceptions.ContentDecodingError, "decompressed"),
        (requests.exceptions.ConnectionError, "connection failed"),
        (requests.exceptions.InvalidURL, "could not be sent"),
    ],
)
def test_every_failure_of_the_network_has_a_reason_and_no_detail(error, text):
    found = answers.unanswered(error("https://acme.example/?secret"), "query")
    assert isinstance(found, exceptions.Unavailable)
    assert text in str(found)
    assert "secret" not in str(found)
