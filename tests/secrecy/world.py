"""A project and an org full of marked values, and what people do on both sides between two runs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from crm.models import Account, Contact, Opportunity
from sfsync.orgs import connections
from sfsync.testing.errors import OrgError
from tests.engine.conftest import Org
from tests.secrecy.evidence import Evidence
from tests.secrecy.marks import AMOUNT, BIRTHDATE, EMPLOYEES, MARK, REVENUE, uid

if TYPE_CHECKING:
    from pytest_django.fixtures import Settings

    from sfsync.testing import SimulatedOrg


class World:
    """Both sides, the settings between them, and the evidence of what happens."""

    def __init__(self, crm: Org, settings: Settings, evidence: Evidence) -> None:
        self.crm = crm
        self.settings = settings
        self.evidence = evidence
        self.number = 0
        self.actions: set[str] = set()

    @property
    def served(self) -> SimulatedOrg:
        return self.crm.served

    def text(self, what: str = "text") -> str:
        """Return a marked text that is used nowhere else."""
        self.number += 1
        return f"{MARK} {what} {self.number}"

    def begin(self) -> None:
        """Create three records in the org and three rows here, and sync them."""
        self.account = self.create_there()
        contact = {"FirstName": MARK, "LastName": self.text(), "Email": f"{MARK}@example.com"}
        self.contact = self.crm.create("Contact", AccountId=self.account, Birthdate=BIRTHDATE, **contact)
        self.crm.create(
            "Opportunity",
            Name=self.text(),
            AccountId=self.account,
            StageName="Prospecting",
            CloseDate="2031-01-01",
            Amount=Decimal(AMOUNT),
        )
        self.create_here()
        for name in ("sf_pull", "sf_push", "sf_pull"):
            assert self.evidence.command(name) == 0
        self.evidence.look("a run without faults")

    def create_there(self, **values: Any) -> str:
        given = {"Name": self.text(), "AnnualRevenue": REVENUE, "NumberOfEmployees": EMPLOYEES}
        return self.crm.create("Account", **given | values)

    def create_here(self) -> Account:
        account = Account.objects.create(name=self.text(), uid=self.uid(), annual_revenue=REVENUE)
        Contact.objects.create(
            last_name=self.text(),
            uid=self.uid(),
            email=f"{MARK}@example.com",
            account=account,
            birthdate=BIRTHDATE,
        )
        values = {"stage": "Prospecting", "amount": Decimal(AMOUNT), "close_date": "2031-01-01"}
        Opportunity.objects.create(name=self.text(), uid=self.uid(), account=account, **values)
        return account

    def uid(self) -> Any:
        self.number += 1
        return uid(self.number)

    def write_both(self) -> None:
        """Let people write on both sides: updates, now and then creates and a delete."""
        self.crm.update("Account", self.account, Phone=self.text("phone"), Name=self.text())
        Account.objects.filter(sf_id=self.account).update(phone=self.text(), website=self.text())
        Contact.objects.filter(sf_id=self.contact).update(title=self.text())
        if self.number % 3 == 0:
            self.crm.update("Contact", self.contact, LastName=self.text())
            self.create_here()
            for deal in Opportunity.objects.exclude(sf_id=None).order_by("-pk")[:1]:
                deal.delete()

    @contextmanager
    def fault(self, action: str, **options: Any) -> Iterator[None]:
        """Let something go wrong; the faults must have acted before the block is over."""
        fault = self.served.faults.add(action, **options)
        self.actions.add(action)
        try:
            yield
            assert self.served.faults.acted(fault) > 0, (action, options)
        finally:
            self.served.faults.clear()
            connections.close()

    @contextmanager
    def set(self, **values: Any) -> Iterator[None]:
        """Change settings for the length of a block."""
        before = {name: getattr(self.settings, name, None) for name in values}
        for name, value in values.items():
            setattr(self.settings, name, value)
        try:
            yield
        finally:
            for name, value in before.items():
                setattr(self.settings, name, value) if value is not None else delattr(self.settings, name)

    def as_admin(self, work: Any) -> None:
        """Do something in the org that its own rules may refuse."""
        try:
            work()
        except OrgError:
            return
