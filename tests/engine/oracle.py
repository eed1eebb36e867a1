"""What a test knows about every record, apart from the engine: who wrote what, knowing what.

Each value a person writes is a `Version` that knows the versions it replaced on its own side. A version that nobody
knew when it was replaced must be kept in a conflict row; a version that nobody replaced must be what both sides
hold in the end.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

LOCAL, ORG = "local", "org"


@dataclass(frozen=True)
class Attribute:
    """A field of the example: `tracked` ones get values that no other write has."""

    name: str
    salesforce: str
    type: str
    tracked: bool = True


def table(text: str) -> dict[str, Attribute]:
    """Read `name:Salesforce:type` words; a word in parentheses is compared and never tracked."""
    found = {}
    for word in text.split():
        name, salesforce, kind = word.strip("()").split(":")
        found[name] = Attribute(name, salesforce, kind, tracked=not word.startswith("("))
    return found


KINDS = {
    "Account": table(
        "name:Name:text industry:Industry:text annual_revenue:AnnualRevenue:whole employees:NumberOfEmployees:whole "
        "website:Website:text phone:Phone:text billing_city:BillingCity:text parent:ParentId:reference"
    ),
    "Contact": table(
        "first_name:FirstName:text last_name:LastName:text email:Email:email phone:Phone:text title:Title:text "
        "birthdate:Birthdate:date do_not_call:DoNotCall:boolean mailing_city:MailingCity:text "
        "account:AccountId:reference"
    ),
    "Opportunity": table(
        "name:Name:text stage:StageName:text amount:Amount:money close_date:CloseDate:date "
        "(probability:Probability:percent) (is_won:IsWon:boolean) account:AccountId:reference"
    ),
}
REQUIRED = {"name", "last_name", "stage", "close_date"}
"""Fields that are never empty."""


def plain(value: Any, kind: str) -> Any:
    """Return a value of either side in the form in which they are compared."""
    if kind == "boolean":
        return bool(value)
    if value is None:
        return None
    if kind in ("whole", "money", "percent"):
        return format(Decimal(str(value)).quantize(Decimal("0.01")), "f")
    if isinstance(value, datetime.date):
        return value.isoformat()
    text = str(value).strip()
    return (text.lower() if kind == "email" else text) or None


@dataclass(eq=False)
class Version:
    """One value one person wrote on one side. A `root` came with the record."""

    side: str
    value: Any
    knew: tuple[Version, ...] = ()
    root: bool = False

    def past(self) -> set[Version]:
        """Return this version and all it replaced knowingly."""
        found: set[Version] = set()
        open_ = [self]
        while open_:
            version = open_.pop()
            if version not in found:
                found.add(version)
                open_ += version.knew
        return found

    @property
    def is_return(self) -> bool:
        """Whether somebody went back to an earlier value: nobody can see that, and nobody need keep it."""
        return any(each.value == self.value for each in self.past() if each is not self)


@dataclass(eq=False)
class Story:
    """One record's life: its identities, its versions by field, and who deleted it, knowing which versions."""

    kind: str
    number: int
    uid: UUID | None = None
    sf_ids: set[str] = field(default_factory=set)
    versions: dict[str, list[Version]] = field(default_factory=dict)
    deaths: list[tuple[str, set[Version]]] = field(default_factory=list)
    loose: bool = False

    def __repr__(self) -> str:
        return f"{self.kind}#{self.number}"

    def begin(self, side: str, values: dict[str, Any]) -> None:
        for name, value in values.items():
            self.versions.setdefault(name, []).append(Version(side, value, root=True))

    def write(self, side: str, name: str, before: Any, after: Any) -> None:
        """Note that a person on `side` replaced `before` by `after`."""
        if before != after:
            knew = tuple(each for each in self.versions[name] if each.value == before)
            field = KINDS[self.kind][name]
            if not knew and field.type == "reference":
                knew = tuple(
                    self.versions[name]
                )  # an empty key that waits for its parent stands for what is there
            assert knew or not field.tracked, f"{self}.{name} held {before!r}, which nobody wrote"
            self.versions[name].append(Version(side, after, knew))

    def die(self, side: str, values: dict[str, Any]) -> None:
        known = [
            each for name, value in values.items() for each in self.versions[name] if each.value == value
        ]
        self.deaths.append((side, past(known)))

    def unknown_to(self, death: tuple[str, set[Version]]) -> list[tuple[str, Version]]:
        return [(name, each) for name, each in self.all() if each not in death[1] and not blank_root(each)]

    def all(self) -> Iterator[tuple[str, Version]]:
        for name, versions in self.versions.items():
            for each in versions:
                yield name, each

    def leaves(self, name: str) -> list[Version]:
        """Return the versions nobody has knowingly replaced."""
        replaced = {known for each in self.versions[name] for known in each.knew}
        return [each for each in self.versions[name] if each not in replaced]


def past(versions: Iterable[Version]) -> set[Version]:
    return set().union(*(each.past() for each in versions))


def blank_root(version: Version) -> bool:
    """Tell whether this is what a record began with and nobody typed: any value may take its place."""
    return version.root and version.value in (None, False)


def lost(story: Story, name: str, final: Any, losers: Iterable[Any]) -> list[Version]:
    """Return the versions that were replaced by somebody who did not know them, and that no conflict keeps.

    When two records turn out to be one, a value takes the place of none.
    """
    kept = {final, *losers}
    covered = past(
        each
        for each in story.versions[name]
        if each.value in kept or each.is_return or (story.loose and each.value is None)
    )
    return [each for each in story.versions[name] if each not in covered and not blank_root(each)]


def misjudged(story: Story, name: str, final: Any) -> bool:
    """Tell whether the sides ended with a value that somebody had knowingly replaced."""
    leaves = story.leaves(name)
    typed = [each for each in leaves if not blank_root(each)]
    return final not in {each.value for each in typed or leaves}
