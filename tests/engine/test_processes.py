"""Runs as real processes: at the same time, stopped, killed, taken over."""

from __future__ import annotations

import signal
import socket
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator

import pytest
from django.db import connection, transaction

from crm.models import Account, Contact
from sfsync.database import backend
from sfsync.models import Delivery, DeliveryState, Lease, LocalChange, MappingState, Problem, Run
from tests.engine.conftest import Command, Org
from tests.engine.processes import (
    Child,
    Matches,
    describe,
    gate,
    next_page,
    poll,
    query,
    retrieve,
    sign_in,
    wait_for_lease,
    wait_until,
    write,
)

Start = Callable[..., Child]


@pytest.fixture
def start(crm: Org) -> Iterator[Start]:
    """Start commands as processes; they end with the test."""
    children: list[Child] = []

    def start(
        name: str, *arguments: str, lease_seconds: float = 390.0, seconds_to_stop: float = 8.0
    ) -> Child:
        child = Child(
            crm.served, name, *arguments, lease_seconds=lease_seconds, seconds_to_stop=seconds_to_stop
        )
        children.append(child)
        return child

    yield start
    for child in children:
        child.clear_away()


def begin(*children: Child) -> None:
    """Let processes begin together, once all of them are ready."""
    for child in children:
        child.ready()
    for child in children:
        child.begin()


def assert_equal_sides(crm: Org) -> None:
    """Every account is linked to a record of its own, and there is no other."""
    linked = set(Account.objects.values_list("sf_id", flat=True))
    assert None not in linked
    assert len(linked) == Account.objects.count() == crm.count("Account")


def assert_quiet(pull: Command, push: Command) -> None:
    """One more run of each direction writes nothing and leaves nothing to do."""
    for line in (pull()["AccountMapping"], push()["AccountMapping"]):
        assert line["seen"] == line["unchanged"], line
    assert not LocalChange.objects.exists()
    assert not Problem.objects.exists()


@pytest.mark.databases
def test_of_two_pulls_that_begin_together_one_works(crm: Org, start: Start) -> None:
    """Covers F7."""
    crm.seed(accounts=30, contacts=0, opportunities=0)
    pair = [start("sf_pull", "AccountMapping"), start("sf_pull", "AccountMapping")]
    with gate(crm.served, sign_in, after=False) as door:
        begin(*pair)
        door.wait()
        wait_until(lambda: any(child.ended() for child in pair))
        second, first = sorted(pair, key=lambda child: not child.ended())
        skipped = second.end()
        door.open()
        worked = first.end()
    assert (worked.code, skipped.code) == (0, 0)
    assert worked.lines["AccountMapping"]["created"] == 30
    holder = f"{socket.gethostname()}:{first.process.pid}:"
    assert skipped.lines["AccountMapping"]["skipped"].startswith(holder)
    assert skipped.lines["total"]["api_calls"] == 0
    assert_equal_sides(crm)


@pytest.mark.databases
def test_two_pulls_of_everything_may_share_the_mappings(
    crm: Org, start: Start, pull: Command, push: Command
) -> None:
    """Covers F7."""
    crm.seed(accounts=20, contacts=60, opportunities=0)
    pair = [start("sf_pull"), start("sf_pull")]
    begin(*pair)
    both = [child.end() for child in pair]
    assert [each.code for each in both] == [0, 0], both
    assert sum(each.lines["ContactMapping"]["created"] for each in both) == 60
    pull()
    with_account = crm.served.org.storage.read('SELECT count(*) FROM "Contact" WHERE "AccountId" <> \'\'', ())
    assert Contact.objects.exclude(account=None).count() == next(iter(with_account))[0] > 50
    assert_equal_sides(crm)
    assert_quiet(pull, push)


@pytest.mark.databases
def test_a_pull_meets_the_new_records_of_a_push_that_is_under_way(
    crm: Org, start: Start, pull: Command, push: Command
) -> None:
    """Covers F8."""
    pull()
    Account.objects.bulk_create([Account(name=f"Account {number}") for number in range(5)])
    child = start("sf_push", "AccountMapping")
    with gate(crm.served, write) as door:
        begin(child)
        door.wait()
        assert crm.count("Account") == 5
        line = pull("AccountMapping")["AccountMapping"]
        assert line["created"] == 0
        door.open()
        ended = child.end()
    assert (ended.code, ended.lines["AccountMapping"]["created"]) == (0, 5), ended
    assert_equal_sides(crm)
    assert_quiet(pull, push)
    assert not Delivery.objects.unsettled().exists()


@pytest.mark.databases
def test_what_was_read_before_a_push_does_not_undo_it(
    crm: Org, start: Start, pull: Command, push: Command
) -> None:
    """Covers F8, F18."""
    sf_id = crm.create("Account", Name="Acme", Phone="1")
    pull()
    crm.update("Account", sf_id, Website="https://acme.example")
    child = start("sf_pull", "AccountMapping")
    with gate(crm.served, retrieve) as door:
        begin(child)
        door.wait()
        Account.objects.update(phone="2")
        assert push("AccountMapping")["AccountMapping"]["updated"] == 1
        door.open()
        ended = child.end()
    assert ended.code == 0, ended
    pull()
    account = Account.objects.get()
    assert (account.phone, account.website) == ("2", "https://acme.example")
    assert crm.read("Account", sf_id, "Phone") == "2"
    assert_quiet(pull, push)


@pytest.mark.databases
@pytest.mark.parametrize("seconds", [-1.5, 1.5])
def test_two_processes_need_not_agree_on_the_time(
    crm: Org, start: Start, pull: Command, push: Command, seconds: float
) -> None:
    """The org's Date header drops fractions, so that each process has its own idea of the org's time.

    Covers F12, F18.
    """
    sf_id = crm.create("Account", Name="Acme", Phone="1")
    pull()
    child = start("sf_pull", "AccountMapping")
    with gate(crm.served, retrieve) as door:
        begin(child)
        door.wait()
        crm.pass_time(minutes=seconds / 60)
        Account.objects.update(phone="2")
        assert push("AccountMapping")["AccountMapping"]["updated"] == 1
        door.open()
        assert child.end().code == 0
    assert Account.objects.get().phone == "2"
    line = pull("AccountMapping")["AccountMapping"]
    assert (line["held"], line["unchanged"]) == (0, line["seen"])
    assert crm.read("Account", sf_id, "Phone") == "2"
    assert_quiet(pull, push)


@pytest.mark.databases
def test_a_stopped_pull_that_was_taken_over_commits_nothing(
    crm: Org, start: Start, pull: Command, push: Command
) -> None:
    """Covers F9."""
    crm.seed(accounts=10, contacts=0, opportunities=0)
    child = start("sf_pull", "AccountMapping", lease_seconds=1.0)
    with gate(crm.served, query) as door:
        begin(child)
        door.wait()
        child.send(signal.SIGSTOP)
        wait_for_lease("pull")
        assert pull("AccountMapping")["AccountMapping"]["created"] == 10
        before = MappingState.objects.values().get(mapping="AccountMapping")
        door.open()
        child.send(signal.SIGCONT)
        ended = child.end()
    assert ended.code == 1
    assert "another run took over the pull lease" in ended.errors
    assert len(ended.errors.splitlines()) == 1
    assert MappingState.objects.values().get(mapping="AccountMapping") == before
    assert sorted(Run.objects.values_list("status", flat=True)) == ["failed", "success"]
    assert_equal_sides(crm)
    assert_quiet(pull, push)


@pytest.mark.databases
def test_a_stopped_push_that_was_taken_over_commits_nothing(
    crm: Org, start: Start, pull: Command, push: Command
) -> None:
    """Covers F9."""
    pull()
    Account.objects.bulk_create([Account(name=f"Account {number}") for number in range(5)])
    child = start("sf_push", "AccountMapping", lease_seconds=1.0)
    with gate(crm.served, write) as door:
        begin(child)
        door.wait()
        child.send(signal.SIGSTOP)
        wait_for_lease("push")
        line = push("AccountMapping")["AccountMapping"]
        assert (line["adopted"], line["created"]) == (5, 0)
        door.open()
        child.send(signal.SIGCONT)
        ended = child.end()
    assert ended.code == 1
    assert "another run took over the push lease" in ended.errors
    assert_equal_sides(crm)
    assert_quiet(pull, push)


@pytest.mark.databases
def test_the_lease_of_a_killed_pull_expires(crm: Org, start: Start, pull: Command) -> None:
    """Covers F10."""
    crm.seed(accounts=10, contacts=0, opportunities=0)
    child = start("sf_pull", "AccountMapping", lease_seconds=3.0)
    with gate(crm.served, query) as door:
        begin(child)
        door.wait()
        child.send(signal.SIGKILL)
        assert child.end().code == -signal.SIGKILL
    assert f":{child.process.pid}:" in pull("AccountMapping")["AccountMapping"]["skipped"]
    wait_for_lease("pull")
    assert pull("AccountMapping")["AccountMapping"]["created"] == 10
    assert sorted(Run.objects.values_list("status", flat=True)) == ["failed", "success"]


@pytest.mark.databases
def test_a_push_killed_before_it_heard_the_answer_is_caught_up(
    crm: Org, start: Start, pull: Command, push: Command
) -> None:
    """Covers F4."""
    pull()
    Account.objects.bulk_create([Account(name=f"Account {number}") for number in range(5)])
    child = start("sf_push", "AccountMapping", lease_seconds=1.0)
    with gate(crm.served, write) as door:
        begin(child)
        door.wait()
        child.send(signal.SIGKILL)
        child.end()
    assert crm.count("Account") == 5
    assert Delivery.objects.filter(state=DeliveryState.CLAIMED).count() == 5
    wait_for_lease("push")
    assert push("AccountMapping")["AccountMapping"]["adopted"] == 5
    assert_equal_sides(crm)
    assert_quiet(pull, push)


@pytest.mark.databases
def test_sigterm_ends_a_load_after_the_batch_and_the_next_run_goes_on(
    crm: Org, start: Start, pull: Command
) -> None:
    """Covers F11."""
    crm.seed(accounts=2_200, contacts=0, opportunities=0)
    child = start("sf_pull", "AccountMapping")
    with gate(crm.served, next_page) as door:
        begin(child)
        door.wait()
        child.send(signal.SIGTERM)
        door.open()
        ended = child.end()
    assert ended.code == 143
    assert Account.objects.count() == ended.lines["AccountMapping"]["created"] == 2_000
    assert Lease.objects.get(direction="pull").expires_at <= backend("default").now()
    assert Run.objects.get().status == "stopped"
    line = pull("AccountMapping")["AccountMapping"]
    assert line["created"] == 200
    assert_equal_sides(crm)


@pytest.mark.databases
@pytest.mark.parametrize("name", ["sf_pull", "sf_push"])
def test_sigterm_does_not_wait_for_an_org_that_is_silent(
    crm: Org, start: Start, pull: Command, push: Command, name: str
) -> None:
    """Covers F11."""
    pull()
    crm.create("Account", Name="Theirs")
    Account.objects.create(name="Ours")
    child = start(name, "AccountMapping", seconds_to_stop=0.5)
    with gate(crm.served, retrieve if name == "sf_pull" else write) as door:
        begin(child)
        door.wait()
        child.send(signal.SIGTERM)
        ended = child.end()
        assert not door.opened.is_set()
    assert ended.code == 143
    assert (
        Lease.objects.get(direction=name[3:], mapping="AccountMapping").expires_at <= backend("default").now()
    )
    pull()
    push()
    assert_equal_sides(crm)
    assert_quiet(pull, push)


@pytest.mark.databases
def test_sigterm_ends_a_push_after_the_call_and_the_next_run_goes_on(
    crm: Org, start: Start, push: Command
) -> None:
    """Covers F11."""
    Account.objects.bulk_create([Account(name=f"Account {number}") for number in range(1_020)])
    child = start("sf_push", "AccountMapping")
    with gate(crm.served, write) as door:
        begin(child)
        door.wait()
        child.send(signal.SIGTERM)
        door.open()
        ended = child.end()
    assert ended.code == 143
    assert crm.count("Account") == ended.lines["AccountMapping"]["created"] == 1_000
    assert not Delivery.objects.filter(state=DeliveryState.CLAIMED).exists()
    assert push("AccountMapping")["AccountMapping"]["created"] == 20
    assert_equal_sides(crm)


@pytest.mark.databases
def test_a_run_that_is_interrupted_leaves_no_lease_behind(crm: Org, start: Start, pull: Command) -> None:
    crm.create("Account", Name="Acme")
    child = start("sf_pull", "AccountMapping")
    with gate(crm.served, query) as door:
        begin(child)
        door.wait()
        child.send(signal.SIGINT)
        ended = child.end()
    assert ended.code == -signal.SIGINT
    assert Run.objects.get().status == "failed"
    assert pull("AccountMapping")["AccountMapping"]["created"] == 1


@pytest.mark.databases
def test_two_pushes_of_everything_may_share_the_mappings(
    crm: Org, start: Start, pull: Command, push: Command
) -> None:
    """Covers F7."""
    pull()
    accounts = [Account.objects.create(name=f"Account {number}") for number in range(10)]
    Contact.objects.bulk_create(
        [Contact(last_name=f"Contact {number}", account=accounts[number % 10]) for number in range(30)]
    )
    pair = [start("sf_push"), start("sf_push")]
    begin(*pair)
    both = [child.end() for child in pair]
    assert [each.code for each in both] == [0, 0], both
    push()
    assert_equal_sides(crm)
    assert crm.count("Contact") == 30
    for contact in Contact.objects.select_related("account"):
        assert crm.read("Contact", contact.sf_id, "AccountId") == contact.account.sf_id
    assert_quiet(pull, push)


@pytest.mark.databases
@pytest.mark.parametrize("name", ["sf_pull", "sf_push"])
def test_a_row_that_a_user_is_writing_is_waited_for(
    crm: Org, start: Start, pull: Command, push: Command, name: str
) -> None:
    """Covers F70."""
    sf_id = crm.create("Account", Name="Acme", Phone="1")
    pull()
    Account.objects.update(phone="2")
    crm.update("Account", sf_id, Website="https://acme.example")
    child = start(name, "AccountMapping")
    child.ready()
    with transaction.atomic():
        Account.objects.update(phone="3")
        child.begin()
        time.sleep(1.5)  # the child stands before the row by now, or comes to it later: both must do
    ended = child.end()
    assert ended.code == 0, ended
    push()
    pull()
    assert Account.objects.get().phone == crm.read("Account", sf_id, "Phone") == "3"
    assert Account.objects.get().website == crm.read("Account", sf_id, "Website") == "https://acme.example"
    assert_quiet(pull, push)


def kill_connections() -> None:
    """End every other connection to this database, as a restart of the server does."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


@pytest.mark.databases
@pytest.mark.skipif(connection.vendor != "postgresql", reason="PostgreSQL ends connections on demand")
@pytest.mark.parametrize(
    ("name", "call"),
    [("sf_pull", poll), ("sf_pull", retrieve), ("sf_push", write)],
    ids=["poll", "retrieve", "write"],
)
def test_a_connection_that_is_lost_while_the_org_answers(
    crm: Org, start: Start, pull: Command, push: Command, name: str, call: Matches
) -> None:
    """Covers F65."""
    pull()
    crm.create("Account", Name="Theirs")
    Account.objects.create(name="Ours")
    child = start(name, "AccountMapping")
    with gate(crm.served, call) as door:
        begin(child)
        door.wait()
        kill_connections()
        door.open()
        ended = child.end()
    if call is poll:  # what was found is read outside of a batch: not worth a second try
        assert (ended.code, len(ended.errors.splitlines())) == (1, 1), ended
    else:
        assert ended.code == 0, ended
    pull()
    push()
    assert_equal_sides(crm)
    assert_quiet(pull, push)


@pytest.mark.databases
@pytest.mark.skipif(connection.vendor != "postgresql", reason="PostgreSQL ends connections on demand")
def test_a_connection_that_is_lost_in_the_middle_of_a_batch(
    crm: Org, start: Start, pull: Command, push: Command
) -> None:
    """Covers F65."""
    pull()
    ids = [crm.create("Account", Name=f"Account {number}") for number in range(20)]
    child = start("sf_pull", "AccountMapping")
    with transaction.atomic():
        Account.objects.create(name="In the way", sf_id=ids[10])
        begin(child)
        wait_until_waiting(child)
        kill_connections()
        transaction.set_rollback(True)
    ended = child.end()
    assert ended.code == 0, ended
    assert ended.lines["AccountMapping"]["created"] == 20
    assert_equal_sides(crm)
    assert_quiet(pull, push)


@pytest.mark.databases
@pytest.mark.skipif(connection.vendor != "postgresql", reason="PostgreSQL tells who waits for a lock")
def test_a_pull_killed_inside_a_transaction_leaves_nothing_of_the_batch(
    crm: Org, start: Start, pull: Command, push: Command
) -> None:
    """Covers F6."""
    pull()
    before = MappingState.objects.values().get(mapping="AccountMapping")
    ids = [crm.create("Account", Name=f"Account {number}") for number in range(20)]
    child = start("sf_pull", "AccountMapping", lease_seconds=1.0)
    with transaction.atomic():
        Account.objects.create(name="In the way", sf_id=ids[10])
        begin(child)
        wait_until_waiting(child)
        child.send(signal.SIGKILL)
        child.end()
        transaction.set_rollback(True)
    wait_for_lease("pull")
    assert not Account.objects.exists()
    assert MappingState.objects.values().get(mapping="AccountMapping") == before
    assert pull("AccountMapping")["AccountMapping"]["created"] == 20
    assert_equal_sides(crm)
    assert_quiet(pull, push)


@pytest.mark.databases
@pytest.mark.skipif(connection.vendor != "postgresql", reason="PostgreSQL ends connections on demand")
def test_a_connection_that_is_lost_outside_a_batch_leaves_no_lease_behind(
    crm: Org, start: Start, pull: Command
) -> None:
    """Covers F65."""
    crm.create("Account", Name="Acme")
    child = start("sf_pull", "AccountMapping")
    with gate(crm.served, describe) as door:
        begin(child)
        door.wait()
        kill_connections()
        door.open()
        ended = child.end()
    assert ended.code == 1
    assert ended.errors.startswith("CommandError: The database failed (OperationalError).")
    assert len(ended.errors.splitlines()) == 1
    assert Run.objects.get().status == "failed"
    assert pull("AccountMapping")["AccountMapping"]["created"] == 1


def wait_until_waiting(child: Child) -> None:
    """Wait until a process waits for a lock; one that ends instead shows what it said."""
    wait_until(lambda: is_somebody_waiting() or child.ended())
    assert not child.ended(), child.end()


def is_somebody_waiting() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_locks l JOIN pg_stat_activity a USING (pid) "
            "WHERE NOT l.granted AND a.datname = current_database()"
        )
        return bool(cursor.fetchone()[0])


class Writer:
    """Another program that holds SQLite's write lock for some seconds."""

    def __init__(self) -> None:
        self.connection = sqlite3.connect(
            connection.settings_dict["NAME"], isolation_level=None, check_same_thread=False
        )

    def hold(self, seconds: float) -> None:
        self.connection.execute("BEGIN IMMEDIATE")
        threading.Timer(seconds, self._let_go).start()

    def _let_go(self) -> None:
        self.connection.execute("COMMIT")
        self.connection.close()


@pytest.mark.skipif(connection.vendor != "sqlite", reason="only SQLite has one writer")
@pytest.mark.parametrize("name", ["sf_pull", "sf_push"])
def test_a_run_waits_for_another_writer(
    crm: Org, start: Start, pull: Command, push: Command, name: str
) -> None:
    """Covers F70."""
    pull()
    crm.create("Account", Name="Theirs")
    Account.objects.create(name="Ours")
    child = start(name, "AccountMapping")
    with gate(crm.served, retrieve if name == "sf_pull" else write) as door:
        begin(child)
        door.wait()
        Writer().hold(2.0)
        door.open()
        ended = child.end()
    assert ended.code == 0, ended
    assert ended.lines["AccountMapping"]["created"] == 1
    pull()
    push()
    assert_equal_sides(crm)
