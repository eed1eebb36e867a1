"""SOQL as one would read it: records as dicts, conditions as functions of them, written without the org.

Each strategy draws a piece of SOQL text together with what it means.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

Record = dict[str, Any]
Predicate = Callable[[Record], bool]

TODAY = date(2026, 11, 23)
TEXTS = ("a", "A", "b", "Ba", "a%", "b_a", "it's", "x\\y")
NUMBERS = (-3, 0, 1, 2, 10)
SCORES = ("-1.50", "0.00", "0.25", "2.00", "99999999999999.99")
DAYS = tuple((TODAY + timedelta(days=days)).isoformat() for days in (-400, -30, -1, 0, 1, 40))
TAGS = ("red", "green", "blue")
FLAGS = (True, False)

# Field -> what its values may be; a name with a dot is read from the parent.
ACCOUNT = {"Site": TEXTS, "NumberOfEmployees": NUMBERS, "Score__c": SCORES, "Day__c": DAYS, "Flag__c": FLAGS}
CONTACT = {"Title": TEXTS, "Birthdate": DAYS, "HasOptedOutOfEmail": FLAGS}
PARENT = {f"Account.{name}": values for name, values in ACCOUNT.items() if name != "Flag__c"}


@dataclass(frozen=True)
class Condition:
    text: str
    holds: Predicate


def value_at(record: Record, path: str) -> Any:
    """Return a value as it compares: text without case, numbers as numbers; None for what has no parent."""
    for name in path.split(".")[:-1]:
        if record[name] is None:
            return None
        record = record[name]
    return comparable(path, record[path.split(".")[-1]])


def comparable(path: str, value: Any) -> Any:
    if value is None or isinstance(value, bool):
        return value
    if path.endswith("Score__c"):
        return round(float(value) * 100)
    return value.lower() if isinstance(value, str) else value


def literal(value: Any, path: str) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int) or path.endswith(("Score__c", "Day__c", "Birthdate")):
        return str(value)
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"


_OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "=": lambda one, other: one == other,
    "!=": lambda one, other: one != other,
    "<": lambda one, other: one is not None and other is not None and one < other,
    "<=": lambda one, other: one is not None and other is not None and one <= other,
    ">": lambda one, other: one is not None and other is not None and one > other,
    ">=": lambda one, other: one is not None and other is not None and one >= other,
}


@st.composite
def comparisons(draw: st.DrawFn, fields: dict[str, tuple[Any, ...]]) -> Condition:
    path = draw(st.sampled_from(sorted(fields)))
    value = draw(st.sampled_from((None, *fields[path])))
    equal_only = fields[path] is FLAGS
    if equal_only and value is None:
        value = True
    operator = draw(st.sampled_from(("=", "!=") if equal_only else tuple(_OPERATORS)))
    compare, other = _OPERATORS[operator], comparable(path, value)
    return Condition(
        f"{path} {operator} {literal(value, path)}", lambda record: compare(value_at(record, path), other)
    )


@st.composite
def memberships(draw: st.DrawFn, fields: dict[str, tuple[Any, ...]]) -> Condition:
    path = draw(st.sampled_from(sorted(name for name, values in fields.items() if values is not FLAGS)))
    values = draw(st.lists(st.sampled_from((None, *fields[path])), min_size=1, max_size=4))
    negated = draw(st.booleans())
    others = {comparable(path, value) for value in values}
    text = f"{path} {'NOT ' if negated else ''}IN ({', '.join(literal(value, path) for value in values)})"
    return Condition(text, lambda record: (value_at(record, path) in others) != negated)


@st.composite
def patterns(draw: st.DrawFn, fields: dict[str, tuple[Any, ...]]) -> Condition:
    path = draw(st.sampled_from(sorted(name for name, values in fields.items() if values is TEXTS)))
    parts = draw(st.lists(st.sampled_from(("a", "B", "%", "_", r"\%", r"\_")), max_size=4))
    meaning = {"%": ".*", "_": ".", r"\%": "%", r"\_": "_", "a": "a", "B": "b"}
    pattern = re.compile("".join(meaning[part] for part in parts), re.DOTALL)

    def holds(record: Record) -> bool:
        value = value_at(record, path)
        return value is not None and pattern.fullmatch(value) is not None

    return Condition(f"{path} LIKE '{''.join(parts)}'", holds)


_STRETCHES = {
    "TODAY": (0, 1),
    "YESTERDAY": (-1, 0),
    "TOMORROW": (1, 2),
    "LAST_N_DAYS:30": (-30, 1),
    "NEXT_N_DAYS:1": (1, 2),
    "N_DAYS_AGO:400": (-400, -399),
    "THIS_WEEK": (-1, 6),  # the day is a Monday, weeks begin on Sundays
    "LAST_MONTH": (-53, -22),
}


@st.composite
def relative_dates(draw: st.DrawFn, fields: dict[str, tuple[Any, ...]]) -> Condition:
    path = draw(st.sampled_from(sorted(name for name, values in fields.items() if values is DAYS)))
    name = draw(st.sampled_from(sorted(_STRETCHES)))
    start, end = ((TODAY + timedelta(days=days)).isoformat() for days in _STRETCHES[name])
    tests: dict[str, Callable[[str], bool]] = {
        "=": lambda day: start <= day < end,
        "<": lambda day: day < start,
        "<=": lambda day: day < end,
        ">": lambda day: day >= end,
        ">=": lambda day: day >= start,
    }
    operator = draw(st.sampled_from(("!=", *tests)))

    def holds(record: Record) -> bool:
        day = value_at(record, path)
        if operator == "!=":
            return day is None or not tests["="](day)
        return day is not None and tests[operator](day)

    return Condition(f"{path} {operator} {name}", holds)


@st.composite
def inclusions(draw: st.DrawFn, path: str) -> Condition:
    some = st.lists(st.sampled_from(TAGS), min_size=1, max_size=2, unique=True)
    options = draw(st.lists(some, min_size=1, max_size=2))
    excluded = draw(st.booleans())

    def holds(record: Record) -> bool:
        owner = record
        for name in path.split(".")[:-1]:
            owner = owner[name] or {"Tags__c": None}
        tags = (owner["Tags__c"] or "").split(";")
        return any(set(option) <= set(tags) for option in options) != excluded

    texts = ", ".join(f"'{';'.join(option)}'" for option in options)
    return Condition(f"{path} {'EXCLUDES' if excluded else 'INCLUDES'} ({texts})", holds)


def conditions(fields: dict[str, tuple[Any, ...]], tags: str) -> st.SearchStrategy[Condition]:
    leaves = st.one_of(
        comparisons(fields), memberships(fields), patterns(fields), relative_dates(fields), inclusions(tags)
    )
    return st.recursive(leaves, _combined, max_leaves=6)


def _combined(inner: st.SearchStrategy[Condition]) -> st.SearchStrategy[Condition]:
    negated = inner.map(lambda one: Condition(f"NOT ({one.text})", lambda record: not one.holds(record)))
    several = st.lists(inner, min_size=2, max_size=3)
    return st.one_of(negated, several.map(_all_of), several.map(_any_of))


def _all_of(parts: list[Condition]) -> Condition:
    text = " AND ".join(f"({part.text})" for part in parts)
    return Condition(text, lambda record: all(part.holds(record) for part in parts))


def _any_of(parts: list[Condition]) -> Condition:
    text = " OR ".join(f"({part.text})" for part in parts)
    return Condition(text, lambda record: any(part.holds(record) for part in parts))


def semi_join(outer: Condition, inner: Condition, *, negated: bool, contacts: list[Record]) -> Condition:
    """Return accounts that meet a condition and have, or negated have no, contact that meets another."""
    parents = {one["AccountId"] for one in contacts if inner.holds(one)} - {None}
    word = "NOT IN" if negated else "IN"
    text = f"({outer.text}) AND Id {word} (SELECT AccountId FROM Contact WHERE {inner.text})"
    return Condition(text, lambda record: outer.holds(record) and (record["Id"] in parents) != negated)


@dataclass(frozen=True)
class Order:
    text: str
    key: Callable[[Record], tuple[Any, ...]]
    descending: bool


@st.composite
def orders(draw: st.DrawFn, fields: dict[str, tuple[Any, ...]]) -> Order:
    path = draw(st.sampled_from(sorted(fields)))
    descending, nulls_last = draw(st.booleans()), draw(st.booleans())
    text = f"{path} {'DESC' if descending else 'ASC'} NULLS {'LAST' if nulls_last else 'FIRST'}"
    # Sorting in reverse turns the rank of nulls round, too.
    rank = -1 if nulls_last == descending else 1

    def key(record: Record) -> tuple[Any, ...]:
        value = value_at(record, path)
        return (rank, 0) if value is None else (0, value)

    return Order(text, key, descending)


def ordered(records: list[Record], by: list[Order]) -> list[Record]:
    """Sort by all the orders, then by Id."""
    records = sorted(records, key=lambda record: record["Id"])
    for order in reversed(by):
        records = sorted(records, key=order.key, reverse=order.descending)
    return records
