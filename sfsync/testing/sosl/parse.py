"""SOSL text -> tree, with Salesforce's words for what does not parse where they are known."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import cast

from lark import Lark, Token, UnexpectedInput, UnexpectedToken, v_args

from ..errors import OrgError
from ..soql import parse as soql
from ..soql.building import Builder
from ..soql.excerpt import located
from ..soql.tree import Condition, Operand, Ordering, Query, Source
from ..soql.tree import Path as FieldPath
from ..wording import Unsourced
from .tree import Search

# "SOQL and SOSL Limits for Search Queries".
MAX_LENGTH = 100_000
# What SOSL has and this org does not, by the word that gives it away.
UNSUPPORTED = {
    "with": "WITH",
    "update": "UPDATE TRACKING or VIEWSTAT",
    "using": "USING",
    "sidebar": "IN SIDEBAR FIELDS",
}
_TOKEN = re.compile(r"\w[\w.]*|\S")


@v_args(inline=True)
class SearchBuilder(Builder):
    """Turn each rule of the grammar into its node."""

    def scope(self, name: Token) -> str:
        return name.upper()

    def target_fields(self, *fields: Operand) -> tuple[Operand, ...]:
        return fields

    def target(
        self,
        name: Token,
        fields: tuple[Operand, ...] | None,
        where: Condition | None,
        order: tuple[Ordering, ...] | None,
        limit: int | None,
        offset: int | None,
    ) -> Query:
        source = Source(str(name), None, name.start_pos or 0)
        chosen = fields or (FieldPath(("Id",), source.offset),)
        return Query(chosen, source, where, None, order or (), limit, offset)

    def returning(self, *targets: Query) -> tuple[Query, ...]:
        return targets

    def search(
        self, term: Token, scope: str | None, targets: tuple[Query, ...] | None, limit: int | None
    ) -> Search:
        return Search(term[1:-1], (term.start_pos or 0) + 1, scope or "ALL", targets, limit)


def parse(text: str) -> Search:
    """Parse one FIND statement.

    Raises OrgError: MALFORMED_SEARCH for what is no SOSL, and for what this org does not support, by its name.
    """
    if len(text) > MAX_LENGTH:
        raise Unsourced("search_too_long", most=MAX_LENGTH)
    if re.match(r"\s*FIND\s*\{", text, re.IGNORECASE) is None:
        raise malformed("No search term found. The search term must be enclosed in braces.")
    try:
        found = cast(Search, _parser().parse(text))
    except UnexpectedInput as error:
        at_end = isinstance(error, UnexpectedToken) and error.token.type == "$END"
        raise _unexpected(text, len(text) if at_end else error.pos_in_stream or 0) from None
    if found.scope == "SIDEBAR":
        raise _unexpected(text, text.upper().index("SIDEBAR", found.offset + len(found.term)))
    targets = None if found.targets is None else tuple(replace(one, text=text) for one in found.targets)
    return replace(found, text=text, targets=targets)


def reserved(search: Search, at: int, char: str) -> OrgError:
    """Refuse a reserved character of the term that is not escaped."""
    offset = search.offset + at
    row, column = search.text.count("\n", 0, offset) + 1, offset - (search.text.rfind("\n", 0, offset) + 1)
    message = f"line {row}:{column} mismatched character '{char}' expecting '}}'"
    return located(search.text, offset, malformed(message), before=1)


def malformed(message: str) -> OrgError:
    return OrgError(400, "MALFORMED_SEARCH", message)


@cache
def _parser() -> Lark:
    here = Path(__file__)
    # The rules of SOQL stay what they are, so the two texts are one grammar with a start of its own.
    text = (Path(soql.__file__).parent / "grammar.lark").read_text() + here.with_name(
        "grammar.lark"
    ).read_text()
    return Lark(text, start="search", parser="lalr", maybe_placeholders=True, transformer=SearchBuilder())


def _unexpected(text: str, offset: int) -> OrgError:
    found = _TOKEN.match(text, offset)
    token = found[0] if found else "<EOF>"
    construct = UNSUPPORTED.get(token.lower())
    if construct:
        return malformed(f"{construct} is not supported by this simulated org yet")
    # Recorded answers of live orgs point at the place before the token.
    return located(text, offset, malformed(f"Malformed search token: {token}"), before=1)
