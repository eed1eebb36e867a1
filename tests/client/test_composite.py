import pytest

from sfsync import exceptions
from sfsync.client import SubRequest, composite

from .scripted import Reply


def answer(reference, status=200, body=None):
    return {"body": body, "httpHeaders": {}, "httpStatusCode": status, "referenceId": reference}


def test_answers_come_in_the_order_of_the_requests(scripted, scripted_client):
    scripted.replies = [
        Reply.json({"compositeResponse": [answer("r1", body="second"), answer("r0", body="first")]})
    ]
    requests = [SubRequest("GET", "limits"), SubRequest("GET", "sobjects/")]
    assert [response.body for response in scripted_client.composite(requests)] == ["first", "second"]


def test_a_request_keeps_its_parts(scripted, scripted_client):
    scripted.replies = [Reply.json({"compositeResponse": [answer("mine")]})]
    headers = {"If-Unmodified-Since": "Mon, 23 Nov 2026 12:00:00 GMT"}
    request = SubRequest("PATCH", "sobjects/Account/001", {"Name": "A"}, headers, "mine")
    scripted_client.composite([request], all_or_none=True, collate=True)
    assert scripted.seen[0].json() == {
        "allOrNone": True,
        "collateSubrequests": True,
        "compositeRequest": [
            {
                "method": "PATCH",
                "url": "/services/data/v66.0/sobjects/Account/001",
                "referenceId": "mine",
                "httpHeaders": headers,
                "body": {"Name": "A"},
            }
        ],
    }


def test_one_call_for_25_requests(simulated_org, client):
    requests = [SubRequest("GET", "sobjects/Account")] * 25
    assert [response.status for response in client.composite(requests)] == [200] * 25
    assert client.calls == simulated_org.api_calls == 1


def test_nothing_to_ask_is_no_call(client):
    assert client.composite([]) == []
    assert client.calls == 0


def test_a_refused_request_has_its_own_error(client):
    good, bad = client.composite(
        [SubRequest("GET", "limits"), SubRequest("GET", "sobjects/Nothing/describe")]
    )
    assert good.error is None
    assert isinstance(bad.error, exceptions.NotFound)
    assert bad.error.resource == "sobjects/Nothing/describe"


def test_a_composite_refused_as_a_whole_raises_its_error(client):
    requests = [SubRequest("GET", "query?q=SELECT+Id+FROM+Account")] * 6
    with pytest.raises(exceptions.SalesforceError) as caught:
        client.composite(requests)
    assert not isinstance(caught.value, exceptions.MalformedResponse)


@pytest.mark.parametrize(
    "requests",
    [
        [SubRequest("GET", "limits")] * 26,
        [SubRequest("GET", "limits", reference="same"), SubRequest("GET", "limits", reference="same")],
    ],
    ids=["too many", "one name twice"],
)
def test_a_composite_that_cannot_work_is_not_sent(client, requests):
    with pytest.raises(ValueError):
        client.composite(requests)
    assert client.calls == 0


@pytest.mark.parametrize(
    "body",
    [
        {},
        [],
        {"compositeResponse": None},
        {"compositeResponse": []},
        {"compositeResponse": [answer("r1")]},
        {"compositeResponse": [answer("r0"), answer("r0")]},
        {"compositeResponse": [{"referenceId": "r0"}]},
        {"compositeResponse": [None]},
    ],
)
def test_answers_that_belong_to_no_request_are_malformed(scripted, scripted_client, body):
    """Covers F43."""
    scripted.replies = [Reply.json(body)]
    with pytest.raises(exceptions.MalformedResponse):
        scripted_client.composite([SubRequest("GET", "limits")])


@pytest.mark.parametrize("headers", [[], "text", 1, None])
def test_headers_that_are_none_are_left_out(scripted, scripted_client, headers):
    scripted.replies = [Reply.json({"compositeResponse": [answer("r0") | {"httpHeaders": headers}]})]
    (response,) = scripted_client.composite([SubRequest("GET", "limits")])
    assert response.headers == {}


def test_bodies_are_not_shown():
    request = SubRequest("PATCH", "sobjects/Account/001", {"Name": "marked"})
    response = composite.SubResponse(200, {"Name": "marked"}, {}, "sobjects/Account/001")
    assert "marked" not in repr(request) + repr(response)
