"""SOQL text -> tree, with Salesforce's words for what does not parse."""

import re
from dataclasses import replace
from functools import cache
from typing import cast

from lark import Lark, Token, Transformer, UnexpectedInput, UnexpectedToken, v_args

from ..errors import OrgError
from .excerpt import located
from .tree import (
    Combination,
    Comparison,
    Condition,
    Literal,
    LiteralKind,
    Membership,
    Negation,
    Ordering,
    Path,
    Query,
    Source,
)

# "SOQL and SOSL Limits for Search Queries".
MAX_LENGTH = 100_000

# What SOQL has and this org does not, by the word that gives it away.
UNSUPPORTED = {
    "group": "GROUP BY",
    "having": "HAVING",
    "typeof": "TYPEOF",
    "with": "WITH",
    "using": "USING SCOPE",
    "for": "FOR VIEW, REFERENCE or UPDATE",
    "all": "ALL ROWS",
    "update": "UPDATE TRACKING or VIEWSTAT",
    "includes": "INCLUDES",
    "excludes": "EXCLUDES",
}
_DATE_LITERAL = re.compile(
    r"(?:YESTERDAY|TODAY|TOMORROW|(?:LAST|THIS|NEXT)_(?:90_DAYS|(?:FISCAL_)?(?:WEEK|MONTH|QUARTER|YEAR))"
    r"|(?:LAST|NEXT)_N_\w+|N_\w+_AGO)\Z",
    re.IGNORECASE,
)
_TOKEN = re.compile(r"\w[\w.]*|[<>!=]+|\S")
_LAST_WORD = re.compile(r"\w+\Z")
_KINDS = {
    "NULL": LiteralKind.NULL,
    "TRUE": LiteralKind.BOOLEAN,
    "FALSE": LiteralKind.BOOLEAN,
    "NUMBER": LiteralKind.NUMBER,
    "STRING": LiteralKind.STRING,
    "DATE": LiteralKind.DATE,
    "DATETIME": LiteralKind.DATETIME,
}


def parse(text: str) -> Query:
    """Parse one SELECT statement.

    Raises OrgError: MALFORMED_QUERY for what is no SOQL, and for what this org does not support, by its name.
    """
    if not text.strip():
        raise malformed("SOQL statements cannot be empty or null")
    if len(text) > MAX_LENGTH:
        raise OrgError(
            400, "QUERY_TOO_COMPLICATED", f"SOQL statements cannot be longer than {MAX_LENGTH} characters"
        )
    try:
        query = cast(Query, _parser().parse(text))  # what the builder makes of the start rule
    except UnexpectedInput as error:
        raise _unexpected(text, len(text) if _at_end(error) else error.pos_in_stream or 0) from None
    return replace(query, text=text)  # the text is known only out here; errors against the schema quote it


@cache
def _parser() -> Lark:
    # Building nodes while parsing keeps deeply nested parentheses off Python's stack.
    return Lark.open(
        "grammar.lark", rel_to=__file__, parser="lalr", maybe_placeholders=True, transformer=_Builder()
    )


def _at_end(error: UnexpectedInput) -> bool:
    return isinstance(error, UnexpectedToken) and error.token.type == "$END"


def _unexpected(text: str, offset: int) -> OrgError:
    found = _TOKEN.match(text, offset)
    token, before = found[0] if found else "<EOF>", text[:offset].rstrip()
    construct = _unsupported(before, token)
    if construct:
        return malformed(f"{construct} is not supported by this simulated org yet")
    if token == "'":
        return malformed(f"line 1:{len(text)} mismatched character '<EOF>' expecting '''")
    if token == ":":
        return located(text, offset, "MALFORMED_QUERY", "Bind variables only allowed in Apex code")
    message = f"unexpected token: '{token}'"
    return located(text, offset, "MALFORMED_QUERY", message) if before else malformed(message)


def _unsupported(before: str, token: str) -> str | None:
    """Name the part of SOQL that this org lacks, from the token that did not fit and what is before it."""
    word, previous = token.lower(), _LAST_WORD.search(before)
    if word == "select" and before.endswith("("):
        return "A semi-join (IN with a query)"
    if token == "(" and (before.endswith(",") or before[-6:].lower() == "select"):
        return "A subquery in SELECT"
    if token == "(" and previous:
        return f"The function {previous[0]}()"
    if _DATE_LITERAL.match(token):
        return f"The date literal {token}"
    return UNSUPPORTED.get(word)


def malformed(message: str) -> OrgError:
    return OrgError(400, "MALFORMED_QUERY", message)


@v_args(inline=True)
class _Builder(Transformer[Token, Query]):
    """Turn each rule of the grammar into its node."""

    def path(self, *names: Token) -> Path:
        return Path(tuple(str(name) for name in names), names[0].start_pos or 0)

    def fields(self, *paths: Path) -> tuple[Path, ...]:
        return paths

    def count(self) -> None:
        return None

    def source(self, name: Token, alias: Token | None) -> Source:
        return Source(str(name), None if alias is None else str(alias), name.start_pos or 0)

    def where(self, condition: Condition) -> Condition:
        return condition

    def all_of(self, *conditions: Condition) -> Combination:
        return Combination("AND", conditions)

    def any_of(self, *conditions: Condition) -> Combination:
        return Combination("OR", conditions)

    def negation(self, condition: Condition) -> Negation:
        return Negation(condition)

    def comparison(self, path: Path, operator: Token, literal: Literal) -> Comparison:
        return Comparison(path, "!=" if operator == "<>" else operator.upper(), literal)

    def member(self, path: Path, literals: tuple[Literal, ...]) -> Membership:
        return Membership(path, literals, negated=False)

    def not_member(self, path: Path, literals: tuple[Literal, ...]) -> Membership:
        return Membership(path, literals, negated=True)

    def list(self, *literals: Literal) -> tuple[Literal, ...]:
        return literals

    def literal(self, token: Token) -> Literal:
        text = token[1:-1] if token.type == "STRING" else str(token)
        return Literal(_KINDS[token.type], text, token.start_pos or 0)

    def order(self, *orderings: Ordering) -> tuple[Ordering, ...]:
        return orderings

    def ordering(self, path: Path, direction: Token | None, nulls: Token | None) -> Ordering:
        return Ordering(path, (direction or "").upper() == "DESC", (nulls or "").upper() == "LAST")

    def limit(self, number: Token) -> int:
        return int(number[:20])

    def offset(self, number: Token) -> int:
        return int(number[:20])

    def query(
        self,
        fields: tuple[Path, ...] | None,
        source: Source,
        where: Condition | None,
        order: tuple[Ordering, ...] | None,
        limit: int | None,
        offset: int | None,
    ) -> Query:
        return Query("", fields, source, where, order or (), limit, offset)
