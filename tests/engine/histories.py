"""Random histories: people write on both sides while pulls and pushes run, die, lose answers and run out of calls."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from random import Random
from typing import Any

import requests
from django.core.management import CommandError
from django.db import OperationalError, connection
from django.test import override_settings
from requests.adapters import HTTPAdapter

from crm.mappings import AccountMapping, ContactMapping, OpportunityMapping
from sfsync.database.leases import LONG_AGO
from sfsync.engine import sending
from sfsync.mappings import ConflictPolicy, DeletePolicy
from sfsync.models import Delivery, Lease, LocalChange, Problem
from sfsync.orgs import connections
from tests.engine.conftest import Org, option, run
from tests.engine.oracle import KINDS
from tests.engine.sides import MODELS
from tests.engine.world import World

MAPPINGS = {"Account": AccountMapping, "Contact": ContactMapping, "Opportunity": OpportunityMapping}
OTHER = {"sf_pull": "sf_push", "sf_push": "sf_pull"}
OUTCOMES = ("created", "adopted", "updated", "unchanged", "deleted", "filtered", "held", "problems")


class Killed(BaseException):
    """The process ends here, with no chance to clean up."""


@dataclass
class Faults:
    """What goes wrong, or happens meanwhile, during one command: by number of the request and of the statement."""

    requests: dict[int, str] = field(default_factory=dict)
    budget: int | None = None
    die_at: int = 0
    lock_at: int = 0
    request: int = 0
    statement: int = 0
    happened: list[str] = field(default_factory=list)
    dead: bool = False
    busy: bool = False

    def take(self) -> str:
        """Return what happens around the next request."""
        self.request += 1
        return self.requests.get(self.request, "")

    def execute(self, execute: Callable[..., Any], sql: str, *arguments: Any) -> Any:
        """Run one statement of the engine, unless the process dies or the database is locked."""
        if self.busy:
            return execute(sql, *arguments)
        self.statement += 1
        if self.dead or self.statement == self.die_at:
            self.die("at statement")
        if self.lock_at and self.statement >= self.lock_at and connection.in_atomic_block:
            self.lock_at = 0
            self.happened.append(f"locked at statement {self.statement}")
            raise OperationalError("the database is locked, says the test")
        return execute(sql, *arguments)

    def die(self, where: str) -> None:
        if not self.dead:
            self.happened.append(f"died {where} {self.statement}, request {self.request}")
        self.dead = True
        raise Killed

    @contextmanager
    def meanwhile(self) -> Iterator[None]:
        """Let somebody else work in the middle of the command."""
        self.busy = True
        try:
            yield
        finally:
            self.busy = False


class Wire(HTTPAdapter):
    """The network of one command, with its faults."""

    def __init__(self, history: History, name: str, faults: Faults) -> None:
        super().__init__()
        self.history, self.name, self.faults = history, name, faults

    def send(self, request: requests.PreparedRequest, *arguments: Any, **options: Any) -> requests.Response:
        faults = self.faults
        assert not connection.in_atomic_block, "a request inside of a transaction"
        if faults.dead:
            raise Killed
        if faults.busy:
            return super().send(request, *arguments, **options)
        what, _, when = faults.take().partition(" ")
        if when == "before":
            self.happen(what)
        response = super().send(request, *arguments, **options)
        if when == "after":
            response.content
            self.happen(what)
        return response

    def happen(self, what: str) -> None:
        history = self.history
        if what == "die":
            self.faults.die("at request")
        if what == "lose":
            self.faults.happened.append("an answer was lost")
            raise requests.ConnectionError("the connection broke")
        with self.faults.meanwhile():
            history.world.log.append(f"  meanwhile, at request {self.faults.request}: {what}")
            if what == "other":
                history.nested(OTHER[self.name])
            elif what == "here":
                history.act_here()
            else:
                history.crm.served.org.clock.advance(2)
                history.act_there()


class History:
    """One seed's history over one simulated org and one database."""

    def __init__(self, crm: Org, seed: int) -> None:
        self.crm = crm
        self.rng = Random(seed)
        self.world = World(crm, self.rng)
        self.world.log.append(f"seed {seed}")
        self.conditional = self.rng.choice([sending.CONDITIONAL, 0])
        pick = self.rng.choice
        self.options = {
            kind: {
                "conflict": pick([ConflictPolicy.SALESFORCE, ConflictPolicy.LOCAL]),
                "deleted_locally": pick([DeletePolicy.KEEP, DeletePolicy.DELETE]),
                "deleted_in_salesforce": pick([DeletePolicy.KEEP, DeletePolicy.DELETE, DeletePolicy.DELETE]),
            }
            for kind in KINDS
        }
        self.faulty = pick([0.0, 0.25, 0.6])
        self.purse = Random(f"budgets of {seed}")
        self.stingy = self.purse.choice([0.0, 0.0, 0.4])
        self.world.log.append(f"{self.options} conditional {self.conditional} faulty {self.faulty}")

    @contextmanager
    def policies(self) -> Iterator[None]:
        with ExitStack() as stack:
            for kind, options in self.options.items():
                stack.enter_context(option(MAPPINGS[kind], **options))
            before, sending.CONDITIONAL = sending.CONDITIONAL, self.conditional
            stack.callback(lambda: setattr(sending, "CONDITIONAL", before))
            yield

    def live(self, steps: int) -> None:
        for _ in range(self.rng.randint(2, 6)):
            self.world.create_there()
        for _ in range(steps):
            step = self.rng.choices(
                [self.act_here, self.act_there, self.pull, self.push, self.expire], [8, 8, 3, 3, 1]
            )
            step[0]()
            self.world.observe()

    def act_here(self) -> None:
        world = self.world
        self.rng.choices([world.create_here, world.edit_here, world.delete_here], [3, 8, 1])[0]()

    def act_there(self) -> None:
        world = self.world
        self.pass_time(self.rng.choice([0, 0, 1, 20, 61]))
        self.rng.choices([world.create_there, world.edit_there, world.delete_there], [3, 8, 1])[0]()

    def pull(self) -> None:
        options = self.rng.choices([[], ["--full"], ["--dry-run"]], [8, 1, 1])[0]
        self.command("sf_pull", *self._names(), *options, faults=self._faults())

    def push(self) -> None:
        options = self.rng.choices([[], ["--limit", "2"], ["--dry-run"]], [8, 1, 1])[0]
        self.command("sf_push", *self._names(), *options, faults=self._faults())

    def _names(self) -> list[str]:
        chosen = self.rng.choice([[], [], [self.rng.choice(list(MAPPINGS.values()))]])
        return [each.options.name for each in chosen]

    def _faults(self) -> Faults:
        faults, rng = Faults(), self.rng
        if self.purse.random() < self.stingy:
            faults.budget = self.purse.randint(1, 8)
        if rng.random() >= self.faulty:
            return faults
        for _ in range(rng.randint(0, 3)):
            what = rng.choice(["die", "lose", "here", "here", "there", "there", "other", "other"])
            faults.requests[rng.randint(1, 9)] = f"{what} {rng.choice(['before', 'after'])}"
        if rng.random() < 0.25:
            faults.die_at = rng.randint(1, 120)
        if rng.random() < 0.25:
            faults.lock_at = rng.randint(1, 80)
        return faults

    def expire(self) -> None:
        """Let the leases of dead runs run out."""
        Lease.objects.update(expires_at=LONG_AGO)

    def pass_time(self, seconds: float) -> None:
        self.crm.served.org.clock.advance(seconds)

    def nested(self, name: str) -> None:
        """Run the other command to its end, as a process of its own, while one is in the middle of its work."""
        mine, connections._clients = connections._clients, {}
        try:
            self.world.log.append(f"    {name}: {self._outcomes(run(name))}")
        finally:
            connections.close()
            connections._clients = mine

    def command(self, name: str, *arguments: str, faults: Faults | None = None) -> dict[str, Any]:
        """Run a command as a process of its own; returns its lines, nothing when it died."""
        faults = faults or Faults()
        with override_settings(SF_RUN_BUDGET=faults.budget):
            return self._command(name, arguments, faults)

    def _command(self, name: str, arguments: tuple[str, ...], faults: Faults) -> dict[str, Any]:
        connections.close()
        client = connections["default"]
        client.sleep = lambda seconds: None
        client._session.mount(self.crm.served.url, Wire(self, name, faults))
        self.world.log.append(f"{name} {' '.join(arguments)} {faults.requests} budget {faults.budget}")
        lines: dict[str, Any] = {}
        try:
            with connection.execute_wrapper(faults.execute):
                lines = run(name, *arguments)
        except Killed:
            connection.close()
            if self.rng.random() < 0.7:
                self.expire()
        except (CommandError, OperationalError) as error:
            assert faults.happened, f"{name} did not finish: {error}"
            faults.happened.append(f"{type(error).__name__}: {error}"[:200])
        self.world.log.append(f"  -> {self._outcomes(lines)} {faults.happened}")
        return lines

    def _outcomes(self, lines: dict[str, Any]) -> dict[str, Any]:
        """Check that the counts add up, and return those that are not 0."""
        found = {}
        for name, line in lines.items():
            if name != "total":
                assert line["seen"] == sum(line[outcome] for outcome in OUTCOMES), line
                assert min(line[outcome] for outcome in OUTCOMES) >= 0, line
                kept = (*OUTCOMES, "conflicts", "waiting", "skipped", "paused", "error")
                found[name[:4]] = {key: line[key] for key in kept if line.get(key)}
        return found

    # The end

    def settle(self, rounds: int = 6) -> None:
        """Pull and push until nothing moves, helped by a person where the engine asks for one."""
        self.expire()
        for _ in range(5):
            self._settle(rounds)
            if not self._help():
                return
            Problem.objects.exclude(next_look=None).update(next_look=LONG_AGO)

    def _settle(self, rounds: int) -> None:
        for _ in range(rounds):
            before = self.state()
            self.pass_time(121)
            lines = [self.command("sf_pull", "--allow-deletes"), self.command("sf_push")]
            self.world.observe()
            if (
                self.state() == before
                and not LocalChange.objects.exists()
                and lines[1]["total"]["api_calls"] == 0
            ):
                return
        self.world.log.append("!! the sides do not come to rest")

    def _help(self) -> bool:
        """Do what a person does about problems: take rows out of the hands of accounts that are gone."""
        helped = False
        troubled = set(Problem.objects.values_list("record", flat=True))
        if not troubled:
            return False
        for kind, field_name in (("Account", "parent"), ("Contact", "account"), ("Opportunity", "account")):
            for row in self.world.rows(kind):
                account = getattr(row, field_name)
                gone = account and account.sf_id and account.sf_id not in self.world.alive("Account")
                if account and (gone or {str(row.pk), row.sf_id} & troubled):
                    before = self.world.local_values(kind, row)
                    MODELS[kind].objects.filter(pk=row.pk).update(**{field_name: None})
                    story = self.world.of_row(kind, row)
                    story.write("local", field_name, before[field_name], None)
                    self.world.note("a person cuts the reference here", story, {})
                    helped = True
        return helped

    def state(self) -> dict[str, Any]:
        """Return everything that a quiet run must leave as it is."""
        stored = self.crm.served.org.storage
        found: dict[str, Any] = {kind: list(MODELS[kind].objects.order_by("pk").values()) for kind in KINDS}
        for kind in KINDS:
            sql = f'SELECT "Id", "IsDeleted", "SystemModstamp" FROM "{kind}" ORDER BY 1'
            found[f"{kind} there"] = [tuple(row) for row in stored.read(sql, ())]
        found["deliveries"] = Delivery.objects.exclude(state="settled").count()
        return found
