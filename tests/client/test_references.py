import pytest

from sfsync import exceptions
from sfsync.client import SubRequest
from sfsync.client.collections import create_request
from sfsync.client.references import has_strays, referred_to

LEAK = "@{r0.records[0].Phone}"


@pytest.mark.parametrize(
    ("value", "meant", "strays"),
    [
        ("plain", set(), False),
        ("@{acme.id}", {"acme"}, False),
        ("@{acme[0].id} and @{other.id}", {"acme", "other"}, False),
        ("@{Acme.id}", set(), True),
        ("@{acme}", set(), True),
        ("@{", set(), True),
        ("@{unknown.id}", set(), True),
        ("@{acme.id} @{unknown.id}", {"acme"}, True),
        ("@{r1.id}", set(), True),
        ({"records": [{"Name": "A"}, {"Account": {"Name": "@{x.y}"}}]}, set(), True),
        ([1, None, True, ("@{acme.id}",)], {"acme"}, False),
    ],
)
def test_what_a_text_refers_to(value, meant, strays):
    names = ["acme", "other", "r1"]
    assert referred_to(names, value) == meant
    assert has_strays(names, value) == strays


def test_a_text_that_looks_like_a_reference_reaches_nobody_elses_record(simulated_org, client):
    """Covers F86."""
    client.create_many("Account", [{"Name": "Other", "Phone": "555-secret"}])
    simulated_org.reset_requests()
    requests = [
        SubRequest("GET", "query?q=SELECT+Phone+FROM+Account"),
        create_request("Account", [{"Name": "A"}]),
        create_request("Account", [{"Name": LEAK}, {"Name": "B"}]),
        create_request("Account", [{"Name": "C"}]),
    ]
    answers = client.composite(requests)
    assert [answer.reference for answer in answers] == ["r0", "r1", "r2", "r3"]
    assert [answer.status for answer in answers] == [200, 200, 200, 200]
    assert [record["Name"] for record in simulated_org.records("Account")] == ["Other", "A", LEAK, "B", "C"]
    kinds = [request.kind for request in simulated_org.requests]
    assert kinds == ["composite", "collections", "composite"]


def test_a_request_on_its_own_has_its_own_error_and_headers(client):
    (created,) = client.create_many("Account", [{"Name": "A"}])
    headers = {"If-Unmodified-Since": "Mon, 01 Jan 2001 12:00:00 GMT"}
    requests = [
        SubRequest("PATCH", f"sobjects/Account/{created.id}", {"Name": LEAK}, headers),
        SubRequest("PATCH", "sobjects/Account/001000000000001AAA", {"Name": LEAK}),
        SubRequest("PATCH", f"sobjects/Account/{created.id}", {"Phone": "1", "Nothing__c": LEAK}),
        SubRequest("PATCH", f"sobjects/Account/{created.id}", {"Name": LEAK}),
    ]
    late, missing, unknown, good = client.composite(requests)
    assert isinstance(late.error, exceptions.PreconditionFailed)
    assert missing.error is not None
    assert isinstance(unknown.error, exceptions.InvalidField)
    assert (good.error, good.status, good.body) == (None, 204, None)


def test_an_org_that_is_down_is_no_answer_to_one_request(simulated_org, client):
    simulated_org.faults.add("status", status=503, kind="collections")
    with pytest.raises(exceptions.Unavailable):
        client.composite([create_request("Account", [{"Name": LEAK}])])


@pytest.mark.parametrize("budget", [1, 2])
def test_what_ends_a_later_call_takes_no_answer_of_an_earlier_one(simulated_org, client, budget):
    """Who would take these for refused would send them twice. Covers F50."""
    requests = [create_request("Account", [{"Name": name}]) for name in ("A", LEAK, LEAK + "2", "B")]
    with client.spending.run(budget):
        answers = client.composite(requests)
    assert [answer.reference for answer in answers] == ["r0", "r1", "r2", "r3"]
    assert [answer.error is None for answer in answers] == [number < budget for number in range(4)]
    assert all(isinstance(answer.error, exceptions.BudgetSpent) for answer in answers[budget:])
    assert all(answer.status >= 400 for answer in answers[budget:])
    assert len(simulated_org.records("Account")) == budget


@pytest.mark.parametrize(
    ("body", "options"),
    [({"Name": LEAK}, {"all_or_none": True}), ({"Name": LEAK, "ParentId": "@{parent.id}"}, {})],
    ids=["all or none", "with a reference that is meant"],
)
def test_what_cannot_be_parted_is_not_sent(client, body, options):
    requests = [
        SubRequest("POST", "sobjects/Account", {"Name": "Parent"}, reference="parent"),
        SubRequest("POST", "sobjects/Account", body),
    ]
    with pytest.raises(exceptions.ConversionError) as caught:
        client.composite(requests, **options)
    assert caught.value.code == "LOOKS_LIKE_REFERENCE"
    assert client.calls == 0


def test_references_that_are_meant_work_beside_others_that_are_not(client):
    requests = [
        SubRequest("POST", "sobjects/Account", {"Name": "Parent"}, reference="parent"),
        SubRequest(
            "POST", "sobjects/Account", {"Name": "Child", "ParentId": "@{parent.id}"}, reference="child"
        ),
        SubRequest("POST", "sobjects/Account", {"Name": "@{parent}"}),
    ]
    parent, child, other = client.composite_many(requests)
    ids = [child.body["id"], other.body["id"]]
    found = client.retrieve("Account", ids, ["Name", "ParentId"])
    assert found[ids[0]]["ParentId"] == parent.body["id"]
    assert found[ids[1]]["Name"] == "@{parent}"
