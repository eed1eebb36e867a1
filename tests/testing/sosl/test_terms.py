from __future__ import annotations

import pytest

from sfsync.testing.errors import OrgError
from sfsync.testing.sosl.terms import read_term, words_of
from tests.testing.soql.conftest import reason


def refusal(at: int, char: str) -> OrgError:
    return OrgError(400, "MALFORMED_SEARCH", f"{at} {char}")


def matches(term: str, *texts: str, words: str = "all", lenient: bool = False) -> bool:
    found = read_term(term, None if lenient else refusal, words=words)  # type: ignore[arg-type]
    return found.matches([words_of(text) for text in texts])


TEXTS = ("Joe Smith", "joe.smith@acme.example", "(415) 555-1212", "Acme & Sons, Größe 7B")


@pytest.mark.parametrize(
    ("term", "expected"),
    [
        ("joe", True),
        ("JOE", True),
        ("größe", True),
        ("jo", False),
        ("jo*", True),
        ("j?e", True),
        ("s?th", False),
        ("s*h", True),
        ("*mith", False),
        ("joe smith", True),
        ("smith joe", True),
        ("joe acme", True),
        ("joe jones", False),
        ('"joe smith"', True),
        ('"smith joe"', False),
        ('"joe sm*"', True),
        ('"smith 415"', False),
        ("joe OR jones", True),
        ("jones or 415", True),
        ("joe AND jones", False),
        ("joe and 555", True),
        ("joe AND NOT jones", True),
        ("joe AND NOT smith", False),
        ("jones OR joe AND NOT smith", False),
        ("joe OR jones AND NOT smith", True),
        ("(joe OR jones) AND NOT smith", False),
        ("jones OR (joe (acme))", True),
        ('"and" joe', False),
        ("joe.smith@acme.example", True),
        ("smith@acme", True),
        ("joe@acme", False),
        (r"\(415\)", True),
        (r"555\-1212", True),
        (r"acme \& sons", True),
        (r"joe\*", True),
        ("7b", True),
    ],
)
def test_what_matches(term: str, expected: bool) -> None:
    assert matches(term, *TEXTS) is expected


def test_words_without_an_operator_follow_the_switch() -> None:
    assert matches("joe jones", "Joe", words="any")
    assert not matches("joe jones", "Joe", words="all")
    assert matches("jones joe AND smith", "Joe Smith", words="any")


@pytest.mark.parametrize(
    ("term", "place"),
    [(term, term.index(char)) for char in "&|![]^~:'+-{" for term in (f"ab{char}c", f'"ab {char}c"')],
)
def test_reserved_characters_must_be_escaped(term: str, place: int) -> None:
    with pytest.raises(OrgError) as caught:
        matches(term, "ab")
    assert caught.value.message == f"{place} {term[place]}"


def test_simple_searches_take_reserved_characters_for_blanks() -> None:
    assert matches("(415) 555-1212", *TEXTS, lenient=True)
    assert matches("acme & sons", *TEXTS, lenient=True)
    assert matches('"joe smith', *TEXTS, lenient=True)


@pytest.mark.parametrize("term", ["", "a", "a*", "*", '""', r"\&\&", "?b"])
def test_a_search_has_two_letters_at_least(term: str) -> None:
    with pytest.raises(OrgError) as caught:
        matches(term, "a")
    assert reason(caught.value) == "short_search"


@pytest.mark.parametrize(
    "term",
    ["joe AND", "OR joe", "AND NOT joe", "joe AND OR jim", "(joe", "joe)", "joe NOT jim", "()joe", '"joe'],
)
def test_operators_stand_between_terms(term: str) -> None:
    with pytest.raises(OrgError) as caught:
        matches(term, "joe")
    assert caught.value.code == "MALFORMED_SEARCH"


def test_nesting_has_a_limit() -> None:
    with pytest.raises(OrgError) as caught:
        matches("(" * 2_000 + "joe" + ")" * 1_990, "joe")
    assert caught.value.code == "QUERY_TOO_COMPLICATED"


def test_long_searches_lose_their_operators_and_longer_ones_find_nothing() -> None:
    long = "joe AND jones " + "x" * 4_000
    assert matches(long, "joe")
    assert not matches("joe " + "x" * 10_000, "joe")
