from datetime import UTC, datetime
from decimal import Decimal

import pytest

from sfsync import exceptions
from sfsync.client import SaveError, SaveResult, SubRequest, create_request, delete_request, save_results

from .scripted import Reply

ID = "001000000000001AAA"
UNKNOWN = "0010000000009ZZAAM"


def unknown_ids(number):
    return [f"001000000{position:06d}" for position in range(number)]


@pytest.fixture
def account(client):
    (result,) = client.create_many(
        "Account", [{"Name": "Acme", "AnnualRevenue": Decimal("123456789012345678")}]
    )
    return result.id


def test_records_are_found_by_the_id_asked_for(client, account):
    records = client.retrieve("Account", [account, account[:15], UNKNOWN], ["Name", "AnnualRevenue"])
    assert records.keys() == {account, account[:15], UNKNOWN}
    assert records[account]["Name"] == "Acme"
    assert records[account]["AnnualRevenue"] == Decimal("123456789012345678")
    assert records[UNKNOWN] is None


def test_a_deleted_record_is_none(client, account):
    client.delete_many([account])
    assert client.retrieve("Account", [account], ["Name"]) == {account: None}


@pytest.mark.parametrize(
    ("numbers", "kinds"),
    [
        ([0], []),
        ([1], ["collections_retrieve"]),
        ([2_000], ["collections_retrieve"]),
        ([2_001], ["composite"]),
        ([1, 1], ["composite"]),
        ([2_000, 2_000, 2_000, 2_000, 2_000], ["composite"]),
        ([10_001], ["composite", "collections_retrieve"]),
        ([1, 1, 1, 1, 1, 1, 1], ["composite", "composite"]),
    ],
)
def test_five_requests_of_2000_ids_are_one_call(simulated_org, client, numbers, kinds):
    client.org_now()
    simulated_org.reset_requests()
    results = client.retrieve_many([("Account", unknown_ids(number), ["Name"]) for number in numbers])
    assert [len(result.records) for result in results] == numbers
    assert [request.kind for request in simulated_org.requests] == kinds


def test_several_sobjects_share_a_call(client, account):
    (contact,) = client.create_many("Contact", [{"LastName": "Doe"}])
    accounts, contacts = client.retrieve_many(
        [("Account", [account], ["Name"]), ("Contact", [contact.id], ["LastName"])]
    )
    assert accounts.records[account]["Name"] == "Acme"
    assert contacts.records[contact.id]["LastName"] == "Doe"


@pytest.mark.parametrize("others", [0, 1])
def test_a_refused_retrieval_never_looks_empty(client, account, others):
    retrievals = [("Account", [account], ["Vanished__c"]), ("Account", [account], ["Name"])][: 1 + others]
    refused, *rest = client.retrieve_many(retrievals)
    assert isinstance(refused.error, exceptions.InvalidField)
    with pytest.raises(exceptions.InvalidField):
        refused.records
    assert [other.records[account]["Name"] for other in rest] == ["Acme"] * others


def test_a_retrieval_knows_when_it_began(scripted, connect):
    now = datetime(2026, 1, 1, tzinfo=UTC)
    client = connect(scripted, now=lambda: now)
    scripted.date = "Mon, 23 Nov 2026 12:00:00 GMT"
    client.org_now()
    scripted.date = "Mon, 23 Nov 2026 12:00:30 GMT"
    scripted.replies = [Reply.json([{"Id": ID}])]
    (result,) = client.retrieve_many([("Account", [ID], [])])
    assert result.began == datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    "body",
    [None, {}, [], [None, None], [{"Name": "no id"}], [{"Id": "001000000000002AAA"}], ["text"]],
)
def test_other_records_than_those_asked_for_are_malformed(scripted, scripted_client, body):
    """Covers F43."""
    scripted.replies = [Reply.json(body)]
    with pytest.raises(exceptions.MalformedResponse):
        scripted_client.retrieve("Account", [ID], ["Name"])


def test_an_unavailable_org_is_raised(scripted, scripted_client):
    scripted.replies = [Reply(503, b"")]
    with pytest.raises(exceptions.Unavailable):
        scripted_client.retrieve_many([("Account", [ID], ["Name"])])


def test_each_record_has_its_own_result(client):
    """Covers F42."""
    results = client.create_many("Account", [{"Name": "A"}, {}, {"Name": "C"}])
    assert [result.success for result in results] == [True, False, True]
    assert results[1].id is None
    assert results[1].errors[0].code == "REQUIRED_FIELD_MISSING"
    assert results[1].errors[0].fields == ("Name",)


def test_an_update_and_a_delete(client, account):
    (updated,) = client.update_many("Account", [{"id": account, "Name": "New name"}])
    assert updated == SaveResult(account, True)
    assert client.retrieve("Account", [account], ["Name"])[account]["Name"] == "New name"
    assert client.delete_many([account]) == [SaveResult(account, True)]
    (again,) = client.delete_many([account])
    assert isinstance(again.error("Account"), exceptions.Deleted)


def test_200_records_are_one_call(simulated_org, client):
    results = client.create_many("Account", [{"Name": f"Account {number}"} for number in range(200)])
    assert len({result.id for result in results}) == 200
    assert simulated_org.api_calls == 1


def test_collections_of_a_composite(client):
    requests = [
        create_request("Account", [{"Name": "A"}, {}]),
        create_request("Contact", [{"LastName": "B"}]),
    ]
    accounts, contacts = client.composite(requests)
    assert [result.success for result in save_results(accounts.body, 2)] == [True, False]
    (contact,) = save_results(contacts.body, 1)
    (response,) = client.composite([delete_request([contact.id])])
    assert save_results(response.body, 1) == [SaveResult(contact.id, True)]


@pytest.mark.parametrize("number", [0, 201])
def test_a_request_of_the_wrong_size_is_not_sent(client, number):
    with pytest.raises(ValueError, match="1 to 200"):
        client.create_many("Account", [{"Name": "A"}] * number)
    with pytest.raises(ValueError, match="1 to 200"):
        client.delete_many([ID] * number)
    assert client.calls == 0


def test_the_type_comes_first_in_a_record():
    request = create_request("Account", [{"Name": "A"}])
    assert request == SubRequest(
        "POST",
        "composite/sobjects",
        {"allOrNone": False, "records": [{"attributes": {"type": "Account"}, "Name": "A"}]},
    )
    assert list(request.body["records"][0]) == ["attributes", "Name"]


def test_only_ids_go_into_the_address_of_a_delete():
    """Covers F86."""
    with pytest.raises(exceptions.ConversionError):
        delete_request(["001&allOrNone=true"])


@pytest.mark.parametrize(
    "body",
    [
        None,
        {},
        [],
        [{"id": ID, "success": True, "errors": []}] * 2,
        [{"success": True, "errors": []}],
        [{"id": "no id", "success": True, "errors": []}],
        [{"id": ID, "errors": []}],
        [{"success": False}],
        ["text"],
    ],
)
def test_results_that_do_not_fit_the_records_are_malformed(scripted, scripted_client, body):
    """Covers F43."""
    scripted.replies = [Reply.json(body)]
    with pytest.raises(exceptions.MalformedResponse):
        scripted_client.update_many("Account", [{"id": ID, "Name": "A"}])


def test_a_result_turns_into_the_exception_of_its_code():
    error = SaveError("DUPLICATE_VALUE", "marked value", ("Ext__c",))
    result = SaveResult(None, False, (error,))
    found = result.error("Account")
    assert isinstance(found, exceptions.DuplicateValue)
    assert (found.org_message, found.fields) == ("marked value", ("Ext__c",))
    assert "marked" not in repr(result) + str(found)
    assert SaveResult(ID, True).error("Account") is None


def test_an_upsert_creates_or_updates_by_external_id(client):
    (known,) = client.create_many("Contact", [{"LastName": "Known", "Email": "known@example.com"}])
    records = [
        {"Email": "known@example.com", "LastName": "Renamed"},
        {"Email": "new@example.com", "LastName": "New"},
        {"Email": "nameless@example.com"},
    ]
    updated, created, refused = client.upsert_many("Contact", "Email", records)
    assert updated == SaveResult(known.id, True, created=False)
    assert (created.success, created.created) == (True, True)
    assert (refused.id, refused.success, refused.created) == (None, False, False)
    assert refused.errors[0].code == "REQUIRED_FIELD_MISSING"
    assert client.retrieve("Contact", [known.id], ["LastName"])[known.id]["LastName"] == "Renamed"


def test_a_value_that_comes_twice_is_an_error_of_each(client):
    records = [{"Email": "same@example.com", "LastName": name} for name in ("A", "B")]
    results = client.upsert_many("Contact", "Email", records)
    assert [result.errors[0].code for result in results] == ["DUPLICATE_VALUE"] * 2
    assert list(client.query("SELECT Id FROM Contact")) == []


@pytest.mark.parametrize("names", [("Contact?x", "Email"), ("Contact", "../Email")])
def test_only_names_go_into_the_address_of_an_upsert(client, names):
    """Covers F86."""
    with pytest.raises(exceptions.InvalidType):
        client.upsert_many(*names, [{"LastName": "A"}])
    assert client.calls == 0


def test_what_no_answer_can_hold_is_asked_for_in_parts(simulated_org, client, monkeypatch):
    """Covers F35, F93."""
    ids = [result.id for result in client.create_many("Account", [{"Name": "A" * 200}] * 50)]
    others = [result.id for result in client.create_many("Contact", [{"LastName": "B"}] * 2)]
    monkeypatch.setattr("sfsync.client.session.LARGEST", 5_000)
    accounts, contacts = client.retrieve_many([("Account", ids, ["Name"]), ("Contact", others, ["LastName"])])
    assert {sf_id: record["Name"] for sf_id, record in accounts.records.items()} == dict.fromkeys(
        ids, "A" * 200
    )
    assert [record["LastName"] for record in contacts.records.values()] == ["B", "B"]


def test_a_record_that_no_answer_can_hold_is_an_error(client, monkeypatch):
    """Covers F93."""
    (result,) = client.create_many("Account", [{"Name": "A", "Description": "x" * 5_000}])
    monkeypatch.setattr("sfsync.client.session.LARGEST", 4_000)
    with pytest.raises(exceptions.Oversized, match="composite/sobjects/Account"):
        client.retrieve("Account", [result.id], ["Description"])
