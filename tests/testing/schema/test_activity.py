from typing import Any

import pytest

from sfsync.testing.clock import Clock
from sfsync.testing.errors import OrgError
from sfsync.testing.org import Org

START, END = "2026-12-01T10:00:00.000+0000", "2026-12-01T11:30:00.000+0000"


def read(org: Org, sobject: str, record_id: str, *names: str) -> list[Any]:
    record = org.read(sobject, record_id, names, org.settings.user_id)
    return [record[name] for name in names]


@pytest.mark.parametrize(
    "given",
    [
        {"StartDateTime": START, "EndDateTime": END},
        {"StartDateTime": START, "DurationInMinutes": 90},
        {"ActivityDateTime": START, "DurationInMinutes": 90},
    ],
)
def test_the_times_of_an_event_agree(org: Org, user: str, given: dict[str, Any]) -> None:
    event = org.create("Event", given, user)
    names = (
        "StartDateTime",
        "ActivityDateTime",
        "EndDateTime",
        "DurationInMinutes",
        "ActivityDate",
        "EndDate",
    )
    assert read(org, "Event", event, *names) == [START, START, END, 90, "2026-12-01", "2026-12-01"]
    org.update("Event", event, {"DurationInMinutes": 30}, user)
    assert read(org, "Event", event, "EndDateTime") == ["2026-12-01T10:30:00.000+0000"]


def test_an_event_without_times(org: Org, user: str) -> None:
    event = org.create("Event", {"Subject": "Lunch"}, user)
    names = ("StartDateTime", "EndDateTime", "ShowAs", "EventSubtype")
    assert read(org, "Event", event, *names) == [None, None, "Busy", "Event"]


def test_a_completed_task_is_closed(org: Org, clock: Clock, user: str) -> None:
    task = org.create("Task", {"Subject": "Call"}, user)
    names = ("Status", "Priority", "IsClosed", "CompletedDateTime")
    assert read(org, "Task", task, *names) == ["Not Started", "Normal", False, None]
    clock.advance(60)
    org.update("Task", task, {"Status": "Completed", "Priority": "High"}, user)
    clock.advance(60)
    org.update("Task", task, {"Subject": "Called"}, user)
    assert read(org, "Task", task, *names) == ["Completed", "High", True, "2026-11-23T12:01:30.000+0000"]
    assert read(org, "Task", task, "IsHighPriority") == [True]


def test_a_closed_case(org: Org, user: str) -> None:
    case = org.create("Case", {"Subject": "S", "Status": "closed"}, user)
    assert read(org, "Case", case, "IsClosed", "ClosedDate") == [True, "2026-11-23T12:00:30.000+0000"]
    org.update("Case", case, {"Status": "Working"}, user)
    assert read(org, "Case", case, "IsClosed", "ClosedDate") == [False, None]


def test_who_and_what_are_of_several_objects(org: Org, user: str) -> None:
    lead = org.create("Lead", {"LastName": "L", "Company": "Co"}, user)
    campaign = org.create("Campaign", {"Name": "C"}, user)
    task = org.create("Task", {"WhoId": lead, "WhatId": campaign}, user)
    with pytest.raises(OrgError) as caught:
        org.update("Task", task, {"WhoId": campaign}, user)
    assert caught.value.code == "MALFORMED_ID"
    org.delete("Lead", lead, user)
    with pytest.raises(OrgError) as caught:
        org.delete("Task", task, user)
    assert caught.value.code == "ENTITY_IS_DELETED"
    org.undelete("Lead", lead, user)
    assert read(org, "Task", task, "WhoId", "WhatId") == [lead, campaign]


def test_leads_have_a_computed_name_and_a_status(org: Org, user: str) -> None:
    lead = org.create("Lead", {"LastName": "L", "FirstName": "F", "Company": "Co"}, user)
    assert read(org, "Lead", lead, "Name", "Status") == ["F L", "Open - Not Contacted"]
    with pytest.raises(OrgError) as caught:
        org.create("Lead", {"LastName": "L"}, user)
    assert (caught.value.code, caught.value.fields) == ("REQUIRED_FIELD_MISSING", ["Company"])


@pytest.mark.parametrize(("given", "kept"), [("09:30:00", "09:30:00.000Z"), ("09:30:00.5Z", "09:30:00.500Z")])
def test_times_of_day(org: Org, user: str, given: str, kept: str) -> None:
    [row] = org.storage.read('SELECT "Id" FROM "BusinessHours"')
    org.update("BusinessHours", row[0], {"MondayStartTime": given}, user)
    assert read(org, "BusinessHours", row[0], "MondayStartTime") == [kept]


@pytest.mark.parametrize("given", ["9:30", "25:00:00Z", 930, ""])
def test_what_is_no_time_of_day(org: Org, user: str, given: Any) -> None:
    [row] = org.storage.read('SELECT "Id" FROM "BusinessHours"')
    with pytest.raises(OrgError) as caught:
        org.update("BusinessHours", row[0], {"MondayStartTime": given}, user)
    assert caught.value.code == "JSON_PARSER_ERROR"
