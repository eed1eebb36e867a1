import pytest

from sfsync import exceptions
from sfsync.client import SubRequest, packing

from .scripted import Reply

LIGHT = SubRequest("GET", "sobjects/Account")
QUERY = SubRequest("GET", "query?q=SELECT+Id+FROM+Account")


def refers_to(*names):
    return SubRequest(
        "PATCH", "sobjects/Contact/1", {"Description": "".join(f"@{{{name}.id}}" for name in names)}
    )


def named(name, request=LIGHT):
    return SubRequest(request.method, request.path, reference=name)


@pytest.mark.parametrize(
    ("requests", "sizes"),
    [
        ([], []),
        ([LIGHT] * 25, [25]),
        ([LIGHT] * 26, [25, 1]),
        ([QUERY] * 11, [5, 5, 1]),
        ([QUERY] * 5 + [LIGHT] * 20, [25]),
        ([LIGHT, QUERY] * 6, [11, 1]),
        ([LIGHT] * 24 + [named("a"), refers_to("a")], [24, 2]),
        ([named("a"), *[LIGHT] * 24, refers_to("b"), named("b")], [25, 2]),
        ([LIGHT] * 20 + [named("a"), *[LIGHT] * 3, named("b"), refers_to("a"), refers_to("b")], [20, 7]),
    ],
    ids=[
        "none",
        "a full call",
        "one more",
        "five queries to a call",
        "queries leave room for others",
        "the sixth query",
        "what refers to another goes with it",
        "what refers to nothing before it goes anywhere",
        "references that overlap",
    ],
)
def test_calls_are_as_full_as_limits_and_references_allow(requests, sizes):
    calls = packing.pack(requests)
    assert [len(call) for call in calls] == sizes
    assert [request.path for call in calls for request in call] == [request.path for request in requests]
    assert len({request.reference for call in calls for request in call}) == len(requests)


@pytest.mark.parametrize(
    ("path", "heavy"),
    [
        ("query?q=x", True),
        ("/services/data/v66.0/query/0r8000000000001AAA-2000", True),
        ("queryAll?q=x", True),
        ("composite/sobjects", True),
        ("composite/sobjects/Account", True),
        ("/services/data/v66.0/composite/sobjects?ids=1", True),
        ("sobjects/Account/describe", False),
        ("sobjects/query", False),
        ("queries", False),
        ("parameterizedSearch?q=x", False),
    ],
)
def test_collections_and_queries_are_heavy(path, heavy):
    assert SubRequest("GET", path).is_heavy == heavy


@pytest.mark.parametrize(
    ("method", "path", "reads"),
    [
        ("GET", "composite/sobjects/Account?ids=1", True),
        ("POST", "composite/sobjects/Account", True),
        ("POST", "/services/data/v66.0/composite/sobjects/Account", True),
        ("POST", "composite/sobjects", False),
        ("POST", "sobjects/Account", False),
        ("PATCH", "composite/sobjects/Account/Ext__c", False),
        ("DELETE", "composite/sobjects?ids=1", False),
    ],
)
def test_what_reads_changes_nothing(method, path, reads):
    assert SubRequest(method, path).reads == reads


@pytest.mark.parametrize(
    "requests",
    [
        [named("same"), named("same")],
        [named("r1"), LIGHT],
        [named("a"), *[refers_to("a")] * 25],
        [named("a", QUERY), *[QUERY] * 5, refers_to("a")],
    ],
    ids=["one name twice", "a name that is given by place", "26 that are tied", "six queries that are tied"],
)
def test_what_no_calls_can_hold_is_not_sent(client, requests):
    with pytest.raises(ValueError, match=r"reference|need one call"):
        client.composite_many(requests)
    assert client.calls == 0


def test_answers_come_one_for_one_from_several_calls(simulated_org, client):
    """The names of eleven accounts, five queries to a call, in their order."""
    created = client.create_many("Account", [{"Name": f"Account {number}"} for number in range(11)])
    requests = [
        SubRequest(
            "GET", f"query?q=SELECT+Name+FROM+Account+WHERE+Id='{each.id}'", reference=f"account{number}"
        )
        for number, each in enumerate(created)
    ]
    simulated_org.reset_requests()
    answers = list(client.composite_many(requests))
    assert [answer.reference for answer in answers] == [request.reference for request in requests]
    names = [answer.body["records"][0]["Name"] for answer in answers]
    assert names == [f"Account {number}" for number in range(11)]
    assert simulated_org.api_calls == 3


def test_a_parent_and_its_child_travel_together(client):
    parents = [
        SubRequest("POST", "sobjects/Account", {"Name": f"P{n}"}, reference=f"p{n}") for n in range(24)
    ]
    child = {"LastName": "Child", "AccountId": "@{last.id}"}
    family = [
        SubRequest("POST", "sobjects/Account", {"Name": "Parent"}, reference="last"),
        SubRequest("POST", "sobjects/Contact", child, reference="child"),
    ]
    *_, parent, born = client.composite_many([*parents, *family])
    assert (parent.status, born.status) == (201, 201)
    contact = client.retrieve("Contact", [born.body["id"]], ["AccountId"])[born.body["id"]]
    assert contact["AccountId"] == parent.body["id"]


def test_what_was_answered_before_an_error_is_not_lost(simulated_org, client):
    simulated_org.faults.add("status", kind="composite", nth=2, times=1)
    requests = [SubRequest("POST", "sobjects/Account", {"Name": f"A{number}"}) for number in range(26)]
    answers = client.composite_many(requests)
    first = [next(answers).body["id"] for _ in range(25)]
    with pytest.raises(exceptions.Unavailable):
        next(answers)
    assert first == [record["Id"] for record in simulated_org.records("Account")]


def test_a_call_that_only_reads_is_repeated(scripted, connect):
    client = connect(scripted, sleep=lambda seconds: None)
    scripted.replies = [Reply(503, b""), Reply.json({"compositeResponse": [_answer("r0")]})]
    assert [answer.status for answer in client.composite_many([QUERY])] == [200]
    scripted.replies = [Reply(503, b""), Reply.json({"compositeResponse": [_answer("r0")]})]
    with pytest.raises(exceptions.Unavailable):
        list(client.composite_many([SubRequest("POST", "sobjects/Account", {"Name": "A"})]))


def _answer(reference):
    return {"body": None, "httpHeaders": {}, "httpStatusCode": 200, "referenceId": reference}
