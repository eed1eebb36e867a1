import pytest

from sfsync.testing.errors import OrgError
from sfsync.testing.inspection import stored


def refusal(write) -> OrgError:
    with pytest.raises(OrgError) as caught:
        write()
    return caught.value


def test_a_validation_rule_refuses_creates_and_updates_and_leaves_nothing(org, user):
    rule = {"sobject": "account", "condition": "Phone = null AND Type = 'Customer - Direct'"}
    org.automation.add("validation", **rule, message="A customer needs a phone.", field="Phone")
    values = {"Name": "A", "Type": "Customer - Direct"}
    error = refusal(lambda: org.create("Account", values, user))
    message = {"message": "A customer needs a phone.", "errorCode": "FIELD_CUSTOM_VALIDATION_EXCEPTION"}
    assert (error.status, error.body()) == (400, [{**message, "fields": ["Phone"]}])
    assert stored(org, "Account") == []
    record_id = org.create("Account", {**values, "Phone": "1"}, user)
    assert (
        refusal(lambda: org.update("Account", record_id, {"Phone": None}, user)).code == message["errorCode"]
    )
    assert org.read("Account", record_id, ["Phone"], user)["Phone"] == "1"


def test_several_rules_are_told_at_once(org, user):
    for message in ("first", "second"):
        org.automation.add("validation", sobject="Account", condition="Name = 'bad'", message=message)
    error = refusal(lambda: org.create("Account", {"Name": "bad"}, user))
    assert [item["message"] for item in error.body()] == ["first", "second"]
    assert error.body()[0]["fields"] == []


def test_a_duplicate_rule_names_the_records_it_found(org, user):
    org.automation.add("duplicate", sobject="Contact", fields=["Email", "LastName"], name="Contacts_DR")
    values = {"LastName": "Doe", "Email": "j@doe.example"}
    first = org.create("Contact", values, user)
    error = refusal(lambda: org.create("Contact", {"LastName": "DOE", "Email": "J@doe.example"}, user))
    (body,) = error.body()
    assert list(body) == ["duplicateResut", "errorCode", "message"]
    assert (error.status, body["errorCode"]) == (400, "DUPLICATES_DETECTED")
    result = body["duplicateResut"]
    assert (result["allowSave"], result["duplicateRule"]) == (True, "Contacts_DR")
    (match,) = result["matchResults"]
    assert [found["record"]["Id"] for found in match["matchRecords"]] == [first]
    assert error.items() == [{"statusCode": "DUPLICATES_DETECTED", "message": body["message"], "fields": []}]


def test_empty_values_and_deleted_records_are_no_duplicates(org, user):
    org.automation.add("duplicate", sobject="Contact", fields=["Email"])
    org.create("Contact", {"LastName": "A"}, user)
    org.create("Contact", {"LastName": "B"}, user)
    gone = org.create("Contact", {"LastName": "C", "Email": "c@c.example"}, user)
    org.delete("Contact", gone, user)
    org.create("Contact", {"LastName": "D", "Email": "c@c.example"}, user)


def test_duplicates_are_saved_where_the_rule_and_the_request_allow_it(org, user):
    rule = org.automation.add("duplicate", sobject="Contact", fields=["LastName"])
    org.create("Contact", {"LastName": "A"}, user)
    with org.automation.duplicates_saved(True):
        org.create("Contact", {"LastName": "A"}, user)
    org.automation.remove(rule)
    org.automation.add("duplicate", sobject="Contact", fields=["LastName"], allow_save=False)
    with org.automation.duplicates_saved(True):
        assert refusal(lambda: org.create("Contact", {"LastName": "A"}, user)).code == "DUPLICATES_DETECTED"


def test_a_trigger_changes_the_record_that_was_written(org, user):
    org.automation.add(
        "trigger", sobject="Account", change={"Site": "new"}, condition="Site = null", on=["create"]
    )
    org.automation.add("trigger", sobject="Account", change=lambda record: {"Fax": record["Phone"]})
    record_id = org.create("Account", {"Name": "A", "Phone": "1"}, user)
    org.update("Account", record_id, {"Site": None, "Phone": "2"}, user)
    record = org.read("Account", record_id, ["Site", "Fax"], user)
    assert (record["Site"], record["Fax"]) == (None, "2")


def test_a_trigger_sees_what_one_before_it_changed_and_rules_see_both(org, user):
    org.automation.add("validation", sobject="Account", condition="Site = 'bad'", message="no")
    org.automation.add("trigger", sobject="Account", change={"Site": "bad"}, condition="Name = 'x'")
    assert refusal(lambda: org.create("Account", {"Name": "x"}, user)).message == "no"
    assert stored(org, "Account") == []


@pytest.mark.parametrize("operation", ["create", "update", "delete"])
def test_a_trigger_changes_a_parent(org, clock, user, operation):
    parent = org.create("Account", {"Name": "P"}, user)
    child = org.create("Contact", {"LastName": "C", "AccountId": parent}, user)
    orphan = org.create("Contact", {"LastName": "O"}, user)
    org.automation.add(
        "trigger", sobject="Contact", parent="AccountId", change={"Site": "touched"}, on=[operation]
    )
    clock.advance(60)
    if operation == "create":
        org.create("Contact", {"LastName": "D", "AccountId": parent}, user)
    elif operation == "update":
        org.update("Contact", orphan, {"LastName": "P"}, user)
        org.update("Contact", child, {"LastName": "D"}, user)
    else:
        org.delete("Contact", child[:15], user)
    record = org.read("Account", parent, ["Site", "SystemModstamp"], user)
    assert (record["Site"], record["SystemModstamp"][11:19]) == ("touched", "12:01:30")


@pytest.mark.parametrize(
    "rule",
    [
        {"kind": "magic"},
        {"kind": "validation", "sobject": "Account"},
        {"kind": "validation", "sobject": "Account", "condition": "Nam = 'x'", "message": "m"},
        {"kind": "validation", "sobject": "Account", "condition": "Name =", "message": "m"},
        {"kind": "duplicate", "sobject": "Acount", "fields": ["Name"]},
        {"kind": "duplicate", "sobject": "Account", "fields": ["Nam"]},
        {"kind": "trigger", "sobject": "Account", "change": {}, "parent": "Nam"},
    ],
)
def test_rules_with_a_mistake_are_refused_when_they_are_added(org, rule):
    with pytest.raises((ValueError, OrgError)):
        org.automation.add(**rule)
    assert org.automation.items() == []


def test_a_rule_that_is_not_there_cannot_be_removed(org):
    with pytest.raises(ValueError, match="There is no automation 3"):
        org.automation.remove(3)
