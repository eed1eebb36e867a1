import gc
import sqlite3
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from sfsync.testing.clock import Clock
from sfsync.testing.schema import standard_schema
from sfsync.testing.storage import Storage
from sfsync.testing.storage.history import Change

INSERT = 'INSERT INTO "Account" ("Id", "Name") VALUES (?, ?)'


@pytest.fixture(params=[":memory:", "org.sqlite3"])
def storage(request: pytest.FixtureRequest, tmp_path: Path, clock: Clock) -> Iterator[Storage]:
    path = request.param if request.param == ":memory:" else tmp_path / request.param
    storage = Storage(path, standard_schema(), clock)
    yield storage
    storage.close()


def names(storage: Storage) -> list[str]:
    return [row["Name"] for row in storage.read('SELECT "Name" FROM "Account" ORDER BY "Name"')]


def test_a_write_needs_a_transaction_of_its_own_thread(storage: Storage) -> None:
    with pytest.raises(RuntimeError):
        storage.write(INSERT, ("1", "a"))
    with storage.transaction(), ThreadPoolExecutor(1) as other, pytest.raises(RuntimeError):
        other.submit(storage.write, INSERT, ("1", "a")).result(timeout=30)


def test_a_thread_reads_its_own_writes(storage: Storage) -> None:
    with storage.transaction():
        assert storage.write(INSERT, ("1", "a")) == 1
        assert names(storage) == ["a"]


def test_other_threads_see_what_is_committed(storage: Storage) -> None:
    with ThreadPoolExecutor(1) as other:
        with storage.transaction():
            storage.write(INSERT, ("1", "a"))
            seen = other.submit(names, storage)
            if storage.path != ":memory:":  # in memory the reader waits for the writer
                assert seen.result(timeout=30) == []
        assert other.submit(names, storage).result(timeout=30) == ["a"]


def test_savepoints_nest(storage: Storage) -> None:
    with storage.transaction():
        storage.write(INSERT, ("1", "kept"))
        with pytest.raises(LookupError), storage.transaction():
            storage.write(INSERT, ("2", "lost"))
            with storage.transaction():
                storage.write(INSERT, ("3", "lost too"))
            raise LookupError
        with storage.transaction():
            storage.write(INSERT, ("4", "more"))
    assert names(storage) == ["kept", "more"]


def test_history_follows_the_savepoints(storage: Storage) -> None:
    def change(record_id: str) -> Change:
        return Change("Account", record_id, "create", "stamp", {"Name": "x"})

    with storage.transaction():
        storage.record_change(change("1"))
        with pytest.raises(LookupError), storage.transaction():
            storage.record_change(change("2"))
            raise LookupError
    with pytest.raises(LookupError), storage.transaction():
        storage.record_change(change("3"))
        raise LookupError
    rows = [tuple(row) for row in storage.read('SELECT "record_id", "changed", "committed" FROM "_history"')]
    assert rows == [("1", '{"Name":"x"}', "2026-11-23T12:00:30.000+0000")]


def test_numbers_are_never_given_out_twice(tmp_path: Path, clock: Clock) -> None:
    storage = Storage(tmp_path / "org.sqlite3", standard_schema(), clock)
    with pytest.raises(LookupError), storage.transaction():
        assert storage.next_number("001") == 1
        raise LookupError
    with storage.transaction():
        assert storage.next_number("001") == 2
    storage.close()
    storage = Storage(tmp_path / "org.sqlite3", standard_schema(), clock)
    with storage.transaction():
        assert (storage.next_number("001"), storage.next_number("003")) == (3, 1)
    storage.close()


def test_writers_wait_for_each_other(storage: Storage) -> None:
    running: list[int] = []
    most: list[int] = []

    def write(number: int) -> None:
        with storage.transaction():
            running.append(number)
            most.append(len(running))
            storage.write(INSERT, (str(number), "x"))
            running.pop()

    threads = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert most == [1] * 8 and len(names(storage)) == 8


def test_notes(storage: Storage) -> None:
    assert storage.note("seeded") is None
    with storage.transaction():
        storage.set_note("seeded", "x")
    assert storage.note("seeded") == "x"


def test_the_oldest_open_transaction(storage: Storage, clock: Clock) -> None:
    began = clock.now()
    with storage.transaction():
        clock.advance(5)
        with storage.transaction():
            assert storage.oldest_open_transaction() == began
    assert storage.oldest_open_transaction() is None


def test_a_file_of_something_else_is_an_error_and_is_closed(tmp_path: Path, clock: Clock) -> None:
    path = tmp_path / "org.sqlite3"
    path.write_text("no database, but long enough to be looked at " * 100)
    with pytest.raises(sqlite3.DatabaseError):
        Storage(path, standard_schema(), clock)
    gc.collect()  # Python 3.13 warns of a connection that nobody closed, and warnings are errors here
