"""Records to begin with: the same ones for the same numbers, with the oddities that real orgs have.

Some accounts have parents, some contacts no account, no first name or no e-mail; there are names in several
scripts, apostrophes and quotes, amounts with and without cents, line breaks and empty values.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from .org import Org
from .schema.account import INDUSTRIES, TYPES
from .schema.opportunity import STAGES

NOTE = "seeded"
COMPANY_HEADS = (
    "Burlington", "Edge", "Grand", "United", "Dickenson", "Pyramid", "Express", "Müller", "O'Connor", "Łódź",
    "Nordic", "Kyōto", "São Paulo", "Zürich", "Αθήνα", "東京", "Straße", "Évora", 'The "Best"', "A & B",
)  # fmt: skip
COMPANY_TAILS = (
    "Textiles", "Communications", "Hotels & Resorts", "Oil & Gas", "Construction", "Logistics", "GmbH",
    "Holdings", "Foods", "Robotics", "Medical", "Energy",
)  # fmt: skip
FIRST_NAMES = (
    "Rose", "Sean", "Jack", "Pat", "Andy", "Tim", "Zoë", "Björn", "José", "Siân", "Иван", "美咲",
    "Anne-Marie", "Łukasz", "D'Arcy", "Noor",
)  # fmt: skip
LAST_NAMES = (
    "Gonzalez", "Forbes", "Rogers", "Stumuller", "Young", "Barr", "O'Neill", "Müller", "Nuñez", "Øster",
    "Смирнов", "佐藤", "van der Berg", "Šimek", "Smith", "García López",
)  # fmt: skip
CITIES = (
    "Austin", "San Francisco", "Zürich", "København", "São Paulo", "東京", "Kraków", "Paris", "Lawrence",
    "Reno",
)  # fmt: skip
TITLES = ("CEO", "CFO", "VP, Facilities", "SVP, Operations", "Director", "Regional General Manager")
NEED_WORDS = ("Generators", "Installations", "Emergency Backup", "Portable Units", "SLA", "Replacement")
FIRST_CLOSE_DATE = date(2026, 1, 15)


def seed(org: Org, accounts: int = 50, contacts: int = 200, opportunities: int = 100) -> None:
    """Fill an org in one transaction; do nothing if that was done before."""
    if org.storage.note(NOTE) is not None:
        return
    with org.transaction():
        account_ids = _accounts(org, accounts)
        _create(org, "Contact", _contacts(contacts, account_ids))
        _create(org, "Opportunity", _opportunities(opportunities, account_ids))
        counts = {"accounts": accounts, "contacts": contacts, "opportunities": opportunities}
        org.storage.set_note(NOTE, json.dumps(counts))


def _create(org: Org, sobject: str, records: Iterator[dict[str, Any]]) -> None:
    for values in records:
        org.create(sobject, values, org.settings.user_id)


def _accounts(org: Org, count: int) -> list[str]:
    """Create accounts; every fifth has a parent among those before it."""
    choose = random.Random("accounts")
    created: list[str] = []
    for number in range(count):
        values = _account(choose, number)
        if number % 5 == 4:
            values["ParentId"] = choose.choice(created)
        created.append(org.create("Account", values, org.settings.user_id))
    return created


def _account(choose: random.Random, number: int) -> dict[str, Any]:
    name = f"{choose.choice(COMPANY_HEADS)} {choose.choice(COMPANY_TAILS)} {number + 1}"
    return {
        "Name": name,
        "Type": choose.choice([*TYPES.split("|"), None]),
        "Industry": choose.choice([*INDUSTRIES.split("|"), None]),
        "AnnualRevenue": choose.choice([None, choose.randrange(10_000, 10**12)]),
        "NumberOfEmployees": choose.choice([None, choose.randrange(1, 100_000)]),
        "Website": choose.choice([None, f"https://www.company-{number + 1}.example"]),
        "Phone": choose.choice([None, _phone(choose)]),
        "BillingStreet": choose.choice([None, f"{number + 1} Main Street\nSuite {choose.randrange(1, 90)}"]),
        "BillingCity": choose.choice([*CITIES, None]),
        "Description": choose.choice([None, f"{name} was founded in {choose.randrange(1850, 2025)}."]),
    }


def _contacts(count: int, accounts: list[str]) -> Iterator[dict[str, Any]]:
    choose = random.Random("contacts")
    for number in range(count):
        yield {
            "FirstName": choose.choice([*FIRST_NAMES, None]),
            "LastName": choose.choice(LAST_NAMES),
            "Salutation": choose.choice(["Mr.", "Ms.", "Dr.", None]),
            "Email": choose.choice([None, *[f"contact.{number + 1}@company.example"] * 3]),
            "Phone": choose.choice([None, _phone(choose)]),
            "Title": choose.choice([*TITLES, None]),
            "Birthdate": choose.choice([None, _birthdate(choose)]),
            "DoNotCall": choose.random() < 0.2,
            "MailingCity": choose.choice([*CITIES, None]),
            "AccountId": _account_or_none(choose, accounts),
        }


def _opportunities(count: int, accounts: list[str]) -> Iterator[dict[str, Any]]:
    choose = random.Random("opportunities")
    for number in range(count):
        yield {
            "Name": f"{choose.choice(COMPANY_HEADS)} {choose.choice(NEED_WORDS)} {number + 1}",
            "StageName": choose.choice(list(STAGES)),
            "Amount": choose.choice([None, *[Decimal(choose.randrange(1, 10**9)) / 100] * 4]),
            "CloseDate": (FIRST_CLOSE_DATE + timedelta(days=choose.randrange(700))).isoformat(),
            "AccountId": _account_or_none(choose, accounts),
        }


def _account_or_none(choose: random.Random, accounts: list[str]) -> str | None:
    return choose.choice(accounts) if accounts and choose.random() < 0.9 else None


def _phone(choose: random.Random) -> str:
    return f"({choose.randrange(200, 999)}) 555-{choose.randrange(10_000):04}"


def _birthdate(choose: random.Random) -> str:
    return (date(1940, 1, 1) + timedelta(days=choose.randrange(23_000))).isoformat()
