"""A collection does what the same operations do one by one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import hypothesis.strategies as st
from hypothesis import given, settings

from sfsync.testing.clock import Clock
from sfsync.testing.errors import OrgError
from sfsync.testing.http import collections, rows
from sfsync.testing.http.answer import Answer
from sfsync.testing.http.call import Call
from sfsync.testing.http.site import Site
from sfsync.testing.org import Org

KEYS = ("k1", "K2", "k3", "k4")
UNKNOWN = "001xx000003DHP0AAO"
Operation = tuple[str, dict[str, Any]]

names = st.sampled_from(["A", " B ", "", None, "x" * 256, "\N{SNOWMAN}", 7])
keys = st.none() | st.sampled_from(KEYS)
parents = st.sampled_from([None, {"Django_Id__c": "k1"}, {"Django_Id__c": "nowhere"}])
account_values = st.fixed_dictionaries(
    {},
    optional={
        "Name": names,
        "nAME": st.just("twice"),
        "Django_Id__c": keys,
        "NumberOfEmployees": st.sampled_from([1, "2", "x", None]),
        "Nonsense": st.just(1),
        "CreatedDate": st.just(None),
        "Parent": parents,
    },
)
contact_values = st.fixed_dictionaries(
    {},
    optional={"LastName": names, "Email": st.sampled_from(["A@x.example", "none", None]), "Account": parents},
)
creations = st.lists(
    st.tuples(st.just("Account"), account_values) | st.tuples(st.just("Contact"), contact_values), max_size=9
)
targets = st.sampled_from([0, 1, 2, 3, 4])
updates = st.lists(st.tuples(targets, account_values), max_size=9)
deletions = st.lists(targets, min_size=1, max_size=7)
upserts = st.lists(
    st.tuples(st.sampled_from([*KEYS, "new"]), account_values),
    max_size=5,
    unique_by=lambda item: item[0].lower(),
)


class Served:
    """An org with three accounts, one of them deleted, called without a server."""

    def __init__(self) -> None:
        self.org = Org(clock=Clock(datetime(2026, 11, 23, 12, tzinfo=UTC)))
        self.site = Site(self.org)
        self.session = self.site.sessions.open(self.org.settings.user_id)
        self.ids = [
            self.org.create("Account", {"Name": key, "Django_Id__c": key}, self.session.user)
            for key in KEYS[:3]
        ]
        self.org.delete("Account", self.ids[2], self.session.user)
        self.ids += [UNKNOWN, self.ids[0][:15]]
        self.before = self.state()

    def call(self, method: str, document: Any = None, **parameters: str) -> Call:
        return Call(
            site=self.site,
            method=method,
            path="",
            parameters=parameters,
            headers={},
            document=document,
            session=self.session,
            version="66.0",
            is_subrequest=True,
        )

    def state(self) -> list[Any]:
        tables = ("Account", "Contact", "_history")
        return [tuple(row) for name in tables for row in self.org.storage.read(f'SELECT * FROM "{name}"')]


@contextmanager
def two_orgs() -> Iterator[tuple[Served, Served]]:
    together, alone = Served(), Served()
    try:
        yield together, alone
    finally:
        together.org.close()
        alone.org.close()


def collected(served: Served, method: str, records: list[Any], *, all_or_none: bool) -> list[Any]:
    document = {"records": records, "allOrNone": all_or_none}
    handler = collections.create if method == "POST" else collections.update
    return handler(served.call(method, document)).body


def one(handler: Any, *arguments: Any) -> Any:
    """Return what one operation answered, in the terms of a collection's result."""
    try:
        answer: Answer = handler(*arguments)
    except OrgError as error:
        return error.items()
    if answer.status >= 400:
        return [
            {"statusCode": item["errorCode"], "message": item["message"], "fields": item.get("fields", [])}
            for item in answer.body
        ]
    return []


def compare(
    together: Served, alone: Served, results: list[Any], singles: list[Any], *, all_or_none: bool
) -> None:
    """Check results and state; with allOrNone one failure undoes all, and its error stays."""
    undone = all_or_none and any(singles)
    for result, errors in zip(results, singles, strict=True):
        if undone and not errors:
            assert result["errors"][0]["statusCode"] == "ALL_OR_NONE_OPERATION_ROLLED_BACK"
        elif not undone:
            assert result["errors"] == errors
        assert result["success"] is not bool(result["errors"])
    if undone:
        assert together.state() == together.before
    else:
        assert together.state() == alone.state()


def typed(sobject: str, values: dict[str, Any]) -> dict[str, Any]:
    return {"attributes": {"type": sobject}, **values}


@settings(max_examples=25, deadline=None)
@given(creations, st.booleans())
def test_creates(operations: list[Operation], all_or_none: bool) -> None:
    with two_orgs() as (together, alone):
        records = [typed(sobject, values) for sobject, values in operations]
        results = collected(together, "POST", records, all_or_none=all_or_none)
        singles = [one(rows.create, alone.call("POST", values), sobject) for sobject, values in operations]
        compare(together, alone, results, singles, all_or_none=all_or_none)


@settings(max_examples=25, deadline=None)
@given(updates, st.booleans())
def test_updates(operations: list[tuple[int, dict[str, Any]]], all_or_none: bool) -> None:
    with two_orgs() as (together, alone):
        records = [typed("Account", {"id": together.ids[at], **values}) for at, values in operations]
        results = collected(together, "PATCH", records, all_or_none=all_or_none)
        singles = [
            one(rows.update, alone.call("PATCH", values), "Account", alone.ids[at])
            for at, values in operations
        ]
        compare(together, alone, results, singles, all_or_none=all_or_none)


@settings(max_examples=15, deadline=None)
@given(deletions, st.booleans())
def test_deletes(operations: list[int], all_or_none: bool) -> None:
    with two_orgs() as (together, alone):
        parameters = {
            "ids": ",".join(together.ids[at] for at in operations),
            "allOrNone": str(all_or_none).lower(),
        }
        results = collections.delete(together.call("DELETE", **parameters)).body
        singles = [one(rows.delete, alone.call("DELETE"), "Account", alone.ids[at]) for at in operations]
        compare(together, alone, results, singles, all_or_none=all_or_none)


@settings(max_examples=25, deadline=None)
@given(upserts, st.booleans())
def test_upserts(operations: list[tuple[str, dict[str, Any]]], all_or_none: bool) -> None:
    with two_orgs() as (together, alone):
        keyed = [(key, {**values, "Django_Id__c": key}) for key, values in operations]
        document = {
            "records": [typed("Account", values) for _, values in keyed],
            "allOrNone": all_or_none,
        }
        call = together.call("PATCH", document)
        results = collections.upsert(call, "Account", "Django_Id__c").body
        singles = [
            one(rows.upsert, alone.call("PATCH", values), "Account", "Django_Id__c", key)
            for key, values in keyed
        ]
        compare(together, alone, results, singles, all_or_none=all_or_none)
