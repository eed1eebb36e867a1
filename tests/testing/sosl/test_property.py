"""What a search finds equals a naive reading of its term, over random records and terms."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sfsync.testing.org import Org
from sfsync.testing.sosl.parse import parse
from sfsync.testing.sosl.run import run

WORDS = ("acme", "Berlin", "joe", "joey", "42nd", "über", "or")
FIELDS = ("Site", "Phone", "Description")
quick = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
long = settings(quick, max_examples=1_000)

Fields = list[list[str]]  # the words of each field, in lower case
Predicate = Callable[[Fields], bool]


@dataclass(frozen=True)
class Term:
    text: str
    holds: Predicate


def any_word(test: Callable[[str], bool]) -> Predicate:
    return lambda fields: any(test(word) for field in fields for word in field)


def word(name: str) -> Term:
    return Term(f'"{name}"' if name == "or" else name.upper(), any_word(lambda found: found == name.lower()))


def beginning(name: str) -> Term:
    return Term(f"{name[:2]}*", any_word(lambda found: found.startswith(name[:2].lower())))


def gap(name: str) -> Term:
    pattern = name[0] + "?" + name[2:]
    same = any_word(
        lambda found: len(found) == len(name) and found[0] + found[2:] == (name[0] + name[2:]).lower()
    )
    return Term(pattern, same)


def phrase(names: tuple[str, str]) -> Term:
    wanted = [name.lower() for name in names]
    return Term(
        f'"{names[0]}  {names[1]}"',
        lambda fields: any(wanted == field[at : at + 2] for field in fields for at in range(len(field) - 1)),
    )


def chain(parts: list[tuple[str, Term]]) -> Term:
    """Join terms as they stand: OR separates groups of which one must hold."""
    groups: list[list[tuple[str, Term]]] = []
    for operator, term in parts:
        if operator == "OR" or not groups:
            groups.append([("AND", term)])
        else:
            groups[-1].append((operator, term))
    text = parts[0][1].text + "".join(f" {operator} {term.text}" for operator, term in parts[1:])
    return Term(
        text.replace("  ", " "),
        lambda fields: any(
            all(term.holds(fields) != (operator == "AND NOT") for operator, term in group) for group in groups
        ),
    )


names = st.sampled_from(WORDS)
long_names = names.filter(lambda name: len(name) > 2)
simple = st.one_of(
    names.map(word), long_names.map(beginning), long_names.map(gap), st.tuples(names, names).map(phrase)
)
operators = st.sampled_from(("AND", "OR", "AND NOT", ""))
terms = st.recursive(
    simple,
    lambda inner: (
        st.lists(st.tuples(operators, inner), min_size=2, max_size=4)
        .map(chain)
        .map(lambda term: Term(f"({term.text})", term.holds))
    ),
    max_leaves=6,
)
texts = st.lists(names, max_size=4)
records = st.lists(st.fixed_dictionaries(dict.fromkeys(FIELDS, texts)), max_size=5)


@pytest.fixture(scope="module")
def random_org() -> Iterator[Org]:
    org = Org()
    yield org
    org.close()


def compare(org: Org, made: list[dict[str, list[str]]], term: Term, joint: str) -> None:
    user = org.settings.user_id
    with org.transaction():
        expected = []
        for values in made:
            named = {field: joint.join(found) for field, found in values.items()}
            record_id = org.create("Account", {"Name": "0"} | named, user)
            if term.holds([[name.lower() for name in found] for found in values.values()]):
                expected.append(record_id)
        search = parse(f"FIND {{{term.text}}} RETURNING Account(Id)")
        found = run(org, search, user=user, version="66.0")
        assert [record["Id"] for record in found] == expected
        for [record_id] in org.storage.read('SELECT "Id" FROM "Account" WHERE "IsDeleted" = 0'):
            org.delete("Account", record_id, user)


@quick
@given(made=records, term=terms, joint=st.sampled_from((" ", ", ", "-", " & ")))
def test_searches(random_org: Org, made: list[dict[str, list[str]]], term: Term, joint: str) -> None:
    compare(random_org, made, term, joint)


@pytest.mark.slow
@long
@given(made=records, term=terms, joint=st.sampled_from((" ", ", ", "-", " & ")))
def test_many_searches(random_org: Org, made: list[dict[str, list[str]]], term: Term, joint: str) -> None:
    compare(random_org, made, term, joint)
