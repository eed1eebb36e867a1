"""The road of the demo: list, load, edit on both sides, pull, push, compare."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .comparison import FIELDS, differences, local_records, soql
from .salesforce import Salesforce
from .terminal import Terminal

# The fewest records of the seed with which no two edits of the demo meet where they should not.
FEWEST = {"accounts": 4, "contacts": 4, "opportunities": 4}
ROUNDS = 5
# Counts of `--json` that say something moved, or did not arrive.
MOVED = ("created", "adopted", "updated", "deleted", "held", "problems", "conflicts", "waiting")


class NeverQuiet(Exception):
    """Pulling and pushing by turns did not come to an end."""


class NotEmpty(Exception):
    """The database already holds records: the demo would mix its own with them."""


@dataclass(frozen=True)
class Picked:
    """The ids of the records that are edited: some here, some in the org, two on both sides."""

    accounts: list[str]
    contacts: list[str]
    opportunities: list[str]

    @property
    def kept(self) -> dict[str, list[str]]:
        """Return what is deleted here and, by the mappings' policy (KEEP), stays in the org."""
        return {"Opportunity": self.opportunities[2:3]}


@dataclass(frozen=True)
class Road:
    """The steps, in the order in which `walk` takes them."""

    terminal: Terminal
    salesforce: Salesforce
    write: Callable[[str], object]

    def walk(self) -> list[str]:
        """Take every step, and return the differences between both sides at the end."""
        self.prepare()
        self.load()
        picked = self.pick()
        self.edit_here(picked)
        self.edit_in_salesforce(picked)
        self.exchange()
        self.until_quiet()
        return self.compare(picked)

    def prepare(self) -> None:
        """Make the tables and the triggers, and list what the org has."""
        self.terminal.heading("An empty database, and an org full of records")
        self.terminal.manage("migrate", "--verbosity", "0")
        if any(self.rows_here().values()):
            raise NotEmpty("This database already holds records. Give the demo an empty one.")
        self.terminal.manage("sf_describe")

    def load(self) -> None:
        """Load everything: the first pull."""
        self.terminal.heading("The first pull loads everything")
        self.terminal.manage("sf_pull")

    def pick(self) -> Picked:
        """Choose the records to edit: the first few of each sObject."""
        return Picked(*(self.first_ids(sobject) for sobject in ("Account", "Contact", "Opportunity")))

    def first_ids(self, sobject: str) -> list[str]:
        """Return the ids of an sObject's first records."""
        return [row["Id"] for row in self.salesforce.query(f"SELECT Id FROM {sobject} ORDER BY Id LIMIT 4")]

    def edit_here(self, picked: Picked) -> None:
        """Edit through the ORM, also in the ways that call no save() and send no signal."""
        self.terminal.heading("Edits here, through the ORM")
        self.terminal.shell(f"""
            from datetime import date
            from decimal import Decimal
            from crm.models import Account, Contact, Opportunity

            account = Account.objects.get(sf_id="{picked.accounts[0]}")
            account.billing_city = "Lisbon"
            account.save()
            Account.objects.filter(sf_id="{picked.accounts[1]}").update(phone="0800 100 200")
            Opportunity.objects.filter(sf_id="{picked.opportunities[0]}").update(stage="Closed Won")
            contacts = list(Contact.objects.filter(sf_id__in={picked.contacts[:3]!r}))
            for contact in contacts:
                contact.title = "Head of Purchasing"
            Contact.objects.bulk_update(contacts, ["title"])
            account = Account.objects.create(name="Azulejo Lda", industry="Manufacturing", employees=12)
            Contact.objects.create(first_name="Inês", last_name="Carvalho", account=account)
            Opportunity.objects.create(
                name="Tiles for the town hall", account=account, stage="Prospecting",
                close_date=date(2027, 3, 31), amount=Decimal("12500.50"),
            )
            Opportunity.objects.get(sf_id="{picked.kept["Opportunity"][0]}").delete()
            """)

    def edit_in_salesforce(self, picked: Picked) -> None:
        """Edit over REST: another field of the first contact, and the same field of the second account."""
        self.terminal.heading("Edits in Salesforce, through its REST API")
        self.salesforce.update("Contact", picked.contacts[0], MailingCity="Porto")
        self.salesforce.update("Account", picked.accounts[1], Phone="+351 21 000 0000", AnnualRevenue=1250000)
        parent = self.salesforce.create("Account", Name="Cortiça SA", ParentId=picked.accounts[0])
        self.salesforce.create("Contact", LastName="Okonkwo", Email="n.okonkwo@example.org", AccountId=parent)
        self.salesforce.delete("Contact", picked.contacts[3])
        self.salesforce.delete("Opportunity", picked.opportunities[3])

    def exchange(self) -> None:
        """Pull the org's edits, look at what would be pushed, push it.

        The phone changed on both sides is a conflict; the mappings let Salesforce win and keep what lost.
        """
        self.terminal.heading("Pull and push what changed")
        self.terminal.manage("sf_pull")
        self.terminal.manage("sf_push", "--dry-run")
        self.terminal.manage("sf_push")

    def until_quiet(self) -> None:
        """Go on by turns until neither direction moves anything. Raise NeverQuiet after a few rounds."""
        self.terminal.heading("And again, until nothing moves")
        for _ in range(ROUNDS):
            lines = self.terminal.json_lines("sf_pull", "--json")
            lines += self.terminal.json_lines("sf_push", "--json")
            if not any(line.get(count) for line in lines for count in MOVED):
                return
        raise NeverQuiet(f"Records still move after {ROUNDS} more pulls and pushes.")

    def compare(self, picked: Picked) -> list[str]:
        """Read both sides whole, and return a line per difference."""
        self.terminal.heading("Both sides, record by record")
        here = self.rows_here()
        found: list[str] = []
        for sobject in FIELDS:
            there = self.salesforce.query(soql(sobject))
            kept = picked.kept.get(sobject, [])
            found += differences(sobject, here[sobject], there, kept)
            note = f" + {len(kept)} deleted here and kept there" if kept else ""
            self.write(
                f"  {sobject}: {len(here[sobject])} here, {len(there) - len(kept)}{note} in Salesforce"
            )
        return found

    def rows_here(self) -> dict[str, list[dict[str, Any]]]:
        """Return all local rows by sObject."""
        models = [f"crm.{sobject}" for sobject in FIELDS]
        return local_records(json.loads(self.terminal.quietly("dumpdata", *models)))
