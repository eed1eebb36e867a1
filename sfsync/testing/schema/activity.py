"""The tables of Task and Event: activities with one who and one what, each of several objects."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from .base import FieldSpec, sobject
from .columns import (
    READ_ONLY,
    UNCONTROLLED,
    boolean,
    date,
    integer,
    is_deleted,
    long_text,
    lookup,
    moment,
    owner,
    picklist,
    record_id,
    stamps,
    text,
    what,
    who,
)

SUBJECTS = "Call|Email|Meeting|Send Letter/Quote|Other"
CLOSED = frozenset({"Completed"})


def _account(row: Any) -> str | None:
    """Return the account of an activity: what it is about, or the account of that, or of the person."""
    about = row["WhatId"]
    if about is not None and about.startswith("001"):
        return str(about)
    return row.parent("What")["AccountId"] or row.parent("Who")["AccountId"]


def _account_lookup() -> FieldSpec:
    return lookup(
        "AccountId", "Account ID", "Account", formula=_account, reads=("What.AccountId", "Who.AccountId"),
        **READ_ONLY,
    )  # fmt: skip


def _subject(**more: Any) -> FieldSpec:
    return replace(picklist("Subject", "Subject", SUBJECTS, name_field=True, **more), type="combobox")


def close_task(
    values: Mapping[str, Any], before: Mapping[str, Any], sent: Mapping[str, Any]
) -> dict[str, Any]:
    closed = values["Status"] in CLOSED
    done = values["CompletedDateTime"] or values["LastModifiedDate"] if closed else None
    return {
        "TaskSubtype": values["TaskSubtype"] or "Task",
        "IsClosed": int(closed),
        "CompletedDateTime": done,
        "IsHighPriority": int(values["Priority"] == "High"),
        "WhoCount": int(values["WhoId"] is not None),
        "WhatCount": int(values["WhatId"] is not None),
    }


def span_event(
    values: Mapping[str, Any], before: Mapping[str, Any], sent: Mapping[str, Any]
) -> dict[str, Any]:
    """Let start, end, duration and date agree (Object Reference, "Event")."""
    start = values["ActivityDateTime"] if sent.get("ActivityDateTime") else values["StartDateTime"]
    start = start or values["ActivityDateTime"]
    if start is None:
        return {"EventSubtype": "Event"}
    minutes = _minutes(start, values, sent)
    end = _later(start, minutes)
    return {
        "EventSubtype": "Event",
        "StartDateTime": start,
        "ActivityDateTime": start,
        "ActivityDate": start[:10],
        "EndDateTime": end,
        "EndDate": end[:10],
        "DurationInMinutes": minutes,
    }


def _minutes(start: str, values: Mapping[str, Any], sent: Mapping[str, Any]) -> int:
    if sent.get("EndDateTime"):
        ends = datetime.fromisoformat(sent["EndDateTime"][:19])
        return int((ends - datetime.fromisoformat(start[:19])).total_seconds()) // 60
    return int(values["DurationInMinutes"] or 0)


def _later(start: str, minutes: int) -> str:
    end = datetime.fromisoformat(start[:19]) + timedelta(minutes=minutes)
    return end.strftime("%Y-%m-%dT%H:%M:%S.000+0000")


SHOW_AS = "*Busy|OutOfOffice=Out of Office|Free"
GROUP_TYPES = "*0=Non-Group Event|1=Group Event|2=Proposed Event|3=IsRecurrence2 Series Pattern"
FIXED: dict[str, Any] = {"restricted": True, **READ_ONLY}
EVENT_FIELDS = (  # in the order of its describe
    record_id("Activity ID"),
    who(child_relationship="Events"),
    what(child_relationship="Events"),
    _subject(describe={"groupable": False, "permissionable": False}),
    text("Location", "Location", 255),
    boolean("IsAllDayEvent", "All-Day Event"),
    moment("ActivityDateTime", "Due Date Time", **UNCONTROLLED),
    date("ActivityDate", "Due Date Only", describe={"aggregatable": False, "permissionable": False}),
    integer("DurationInMinutes", "Duration", **UNCONTROLLED),
    moment("StartDateTime", "Start Date Time", **UNCONTROLLED),
    moment("EndDateTime", "End Date Time", **UNCONTROLLED),
    date("EndDate", "End Date", **READ_ONLY),
    long_text("Description", "Description"),
    _account_lookup(),
    owner("Assigned To ID", "Calendar"),
    boolean("IsPrivate", "Private", **UNCONTROLLED),
    picklist(
        "ShowAs", "Show Time As", SHOW_AS, 40, restricted=True, defaulted_on_create=True, **UNCONTROLLED
    ),
    is_deleted(),
    boolean("IsChild", "Is Child", **READ_ONLY),
    boolean("IsGroupEvent", "Is Group Event", **READ_ONLY),
    picklist("GroupEventType", "Group Event Type", GROUP_TYPES, 40, defaulted_on_create=True, **FIXED),
    *stamps(),
    boolean("IsArchived", "Archived", **READ_ONLY),
    boolean("IsRecurrence", "Create Recurring Series of Events", updateable=False, **UNCONTROLLED),
    moment("ReminderDateTime", "Reminder Date/Time", **UNCONTROLLED),
    boolean("IsReminderSet", "Reminder Set", **UNCONTROLLED),
    picklist("EventSubtype", "Event Subtype", "Event", 40, restricted=True, updateable=False, **UNCONTROLLED),
    boolean("IsRecurrence2", "Repeat", **READ_ONLY),
)
EVENT = sobject(
    name="Event",
    label="Event",
    label_plural="Events",
    key_prefix="00U",
    fields=EVENT_FIELDS,
    derive=span_event,
    urls=(
        "compactLayouts", "rowTemplate", "eventSeriesUpdates", "describe", "quickActions", "layouts",
        "sobject",
    ),
    describe={"feedEnabled": False},
)  # fmt: skip

STATUSES = "*Not Started|In Progress|Completed|Waiting on someone else|Deferred"
CALL_TYPES = "Internal|Inbound|Outbound"
SUBTYPES = "Task|Email|ListEmail=List Email|Cadence|Call|LinkedIn"
TASK_FIELDS = (  # no describe of a live org is at hand; after the Object Reference
    record_id("Activity ID"),
    who(child_relationship="Tasks"),
    what(child_relationship="Tasks"),
    integer("WhoCount", "Relation Count", **READ_ONLY),
    integer("WhatCount", "Related To Count", **READ_ONLY),
    _subject(describe={"groupable": False, "permissionable": False}),
    date("ActivityDate", "Due Date Only"),
    picklist("Status", "Status", STATUSES, nillable=False, defaulted_on_create=True),
    picklist("Priority", "Priority", "High|*Normal|Low", nillable=False, defaulted_on_create=True),
    boolean("IsHighPriority", "High Priority", **READ_ONLY),
    owner("Assigned To ID", "Group"),
    long_text("Description", "Description"),
    is_deleted(),
    _account_lookup(),
    boolean("IsClosed", "Closed", **READ_ONLY),
    *stamps(),
    boolean("IsArchived", "Archived", **READ_ONLY),
    integer("CallDurationInSeconds", "Call Duration"),
    picklist("CallType", "Call Type", CALL_TYPES, 40, restricted=True),
    text("CallDisposition", "Call Result", 255),
    text("CallObject", "Call Object Identifier", 255),
    moment("ReminderDateTime", "Reminder Date/Time", **UNCONTROLLED),
    boolean("IsReminderSet", "Reminder Set", **UNCONTROLLED),
    boolean("IsRecurrence", "Create Recurring Series of Tasks", updateable=False),
    picklist("TaskSubtype", "Task Subtype", SUBTYPES, 40, restricted=True, updateable=False),
    moment("CompletedDateTime", "Completed Date", **READ_ONLY),
)
TASK = sobject(
    name="Task",
    label="Task",
    label_plural="Tasks",
    key_prefix="00T",
    fields=TASK_FIELDS,
    derive=close_task,
    urls=("compactLayouts", "rowTemplate", "describe", "quickActions", "layouts", "sobject"),
    describe={"feedEnabled": False},
)
