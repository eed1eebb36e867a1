"""Whoever follows latestDateCovered misses no change, whatever happens in the org meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sfsync.testing.clock import Clock
from sfsync.testing.errors import OrgError
from sfsync.testing.org import Org
from sfsync.testing.settings import OrgSettings
from sfsync.testing.storage import parse_moment

START = datetime(2026, 11, 23, 12, 0, 30, tzinfo=UTC)
SOON = timedelta(minutes=2)
WHICH = st.integers(0, 9)
STEPS = st.one_of(
    st.tuples(st.just("create"), st.integers(0, 99)),
    st.tuples(st.just("update"), WHICH, st.integers(0, 99)),
    st.tuples(st.sampled_from(("delete", "undelete", "purge", "touch")), WHICH),
    st.tuples(st.just("merge"), WHICH, WHICH),
    st.tuples(st.just("open")),
    st.tuples(st.just("write"), WHICH, WHICH, st.sampled_from(("create", "update", "delete", "touch"))),
    st.tuples(st.sampled_from(("commit", "roll_back")), WHICH),
    st.tuples(st.just("advance"), st.sampled_from((1, 20, 59, 60, 61, 300, 4000))),
    st.tuples(st.just("poll")),
)


@dataclass
class Reader:
    """A copy of the accounts, kept by getUpdated, getDeleted and reads of what they name."""

    org: Org
    copy: dict[str, Any] = field(default_factory=dict)
    cursors: dict[str, datetime] = field(default_factory=dict)

    def poll(self) -> None:
        body = self._ask("updated", self.org.updated)
        changed = list(body["ids"])
        body = self._ask("deleted", self.org.deleted)
        changed += [entry["id"] for entry in body["deletedRecords"]]
        records = self.org.retrieve("Account", changed, ["Site"], self.org.settings.user_id)
        for record_id, record in zip(changed, records, strict=True):
            self.copy.pop(record_id, None)
            if record is not None:
                self.copy[record_id] = record["Site"]

    def _ask(self, name: str, call: Any) -> Any:
        start = self.cursors.get(name, START - SOON)
        end = self.org.clock.now() + SOON
        body = call("Account", start, end, self.org.settings.user_id)
        self.cursors[name] = parse_moment(body["latestDateCovered"])
        assert start.replace(second=0) <= self.cursors[name] <= end
        return body


@dataclass
class History:
    """An org to which things happen; a refused step is none."""

    org: Org
    known: list[str] = field(default_factory=list)

    def step(self, name: str, *numbers: Any) -> None:
        with suppress(OrgError):
            getattr(self, name)(*numbers)

    def create(self, number: int) -> None:
        values = {"Name": "A", "Site": str(number)}
        self.known.append(self.org.create("Account", values, self.org.settings.user_id))

    def update(self, which: int, number: int) -> None:
        with self._one(which) as account:
            self.org.update("Account", account, {"Site": str(number)}, self.org.settings.user_id)

    def delete(self, which: int) -> None:
        with self._one(which) as account:
            self.org.delete("Account", account, self.org.settings.user_id)

    def undelete(self, which: int) -> None:
        with self._one(which) as account:
            self.org.undelete("Account", account, self.org.settings.user_id)

    def purge(self, which: int) -> None:
        with self._one(which) as account:
            self.org.purge("Account", account, self.org.settings.user_id)

    def merge(self, winner: int, loser: int) -> None:
        with self._one(winner) as kept, self._one(loser) as lost:
            self.org.merge("Account", kept, [lost], self.org.settings.user_id, {"Site": "merged"})

    def touch(self, which: int) -> None:
        with self._one(which) as account:
            self.org.transactions.write_at_once([{"operation": "touch", "sobject": "Account", "id": account}])

    def open(self) -> None:
        self.org.transactions.open()

    def write(self, transaction: int, which: int, operation: str) -> None:
        values = {"Name": "T", "Site": f"t{which}"}
        with self._one(which) as account, self._transaction(transaction) as number:
            write = {"operation": operation, "sobject": "Account", "id": account, "values": values}
            written = self.org.transactions.write(number, [write])
            self.known += [one for one in written if one not in self.known]

    def commit(self, transaction: int) -> None:
        with self._transaction(transaction) as number:
            self.org.transactions.commit(number)

    def roll_back(self, transaction: int) -> None:
        with self._transaction(transaction) as number:
            self.org.transactions.roll_back(number)

    def advance(self, seconds: int) -> None:
        self.org.clock.advance(seconds)

    def finish(self) -> None:
        for one in list(self.org.transactions):
            self.org.transactions.commit(one)
        self.org.clock.advance(120)

    @contextmanager
    def _one(self, which: int) -> Iterator[str]:
        if not self.known:
            raise OrgError(404, "NOT_FOUND", "")
        yield self.known[which % len(self.known)]

    @contextmanager
    def _transaction(self, which: int) -> Iterator[int]:
        numbers = [one.number for one in self.org.transactions]
        if not numbers:
            raise OrgError(404, "NOT_FOUND", "")
        yield numbers[which % len(numbers)]


def missed(steps: list[tuple[Any, ...]], options: dict[str, Any]) -> None:
    with closing(Org(clock=Clock(START), settings=OrgSettings(**options))) as org:
        history, reader = History(org), Reader(org)
        for name, *numbers in steps:
            if name == "poll":
                reader.poll()
            else:
                history.step(name, *numbers)
        history.finish()
        reader.poll()
        live = org.storage.read('SELECT "Id", "Site" FROM "Account" WHERE "IsDeleted" = 0')
        assert reader.copy == {row[0]: row[1] for row in live}


SWITCHES = st.fixed_dictionaries(
    {
        "latest_date_covered_for_future_end": st.sampled_from(("minute", "now")),
        "updated_lists_deleted": st.booleans(),
    }
)


@settings(max_examples=60, deadline=None)
@given(steps=st.lists(STEPS, max_size=40), options=SWITCHES)
def test_a_reader_misses_nothing(steps: list[tuple[Any, ...]], options: dict[str, Any]) -> None:
    missed(steps, options)


@pytest.mark.slow
@settings(max_examples=2_000, deadline=None)
@given(steps=st.lists(STEPS, max_size=120), options=SWITCHES)
def test_a_reader_misses_nothing_in_long_histories(
    steps: list[tuple[Any, ...]], options: dict[str, Any]
) -> None:
    missed(steps, options)


def test_a_reader_of_the_clock_would_miss_changes() -> None:
    """Show that the test can fail: with the window's end for latestDateCovered, changes are lost."""
    steps = [("create", 1), ("poll",), ("advance", 20), ("create", 2)]
    with pytest.raises(AssertionError):
        missed(steps, {"latest_date_covered_for_future_end": "end"})
