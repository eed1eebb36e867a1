"""SOQL text -> tree, with Salesforce's words for what does not parse."""

import re
from dataclasses import replace
from functools import cache
from typing import cast

from lark import Lark, UnexpectedInput, UnexpectedToken

from ..errors import OrgError
from ..wording import Unsourced
from .building import Builder
from .excerpt import located
from .tree import Query

# "SOQL and SOSL Limits for Search Queries".
MAX_LENGTH = 100_000

# What SOQL has and this org does not, by the word that gives it away.
UNSUPPORTED = {
    "typeof": "TYPEOF",
    "with": "WITH",
    "using": "USING SCOPE",
    "for": "FOR VIEW, REFERENCE or UPDATE",
    "all": "ALL ROWS",
    "update": "UPDATE TRACKING or VIEWSTAT",
}
_TOKEN = re.compile(r"\w[\w.]*|[<>!=]+|\S")
_LAST_WORD = re.compile(r"\w+\Z")


def parse(text: str) -> Query:
    """Parse one SELECT statement.

    Raises OrgError: MALFORMED_QUERY for what is no SOQL, and for what this org does not support, by its name.
    """
    if not text.strip():
        raise Unsourced("empty_query")
    if len(text) > MAX_LENGTH:
        raise Unsourced("query_too_long", most=MAX_LENGTH)
    try:
        query = cast(Query, _parser().parse(text))  # what the builder makes of the start rule
    except UnexpectedInput as error:
        raise _unexpected(text, len(text) if _at_end(error) else error.pos_in_stream or 0) from None
    return replace(query, text=text)  # the text is known only out here; errors against the schema quote it


@cache
def _parser() -> Lark:
    # Building nodes while parsing keeps deeply nested parentheses off Python's stack.
    return Lark.open(
        "grammar.lark", rel_to=__file__, parser="lalr", maybe_placeholders=True, transformer=Builder()
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
        return Unsourced("open_string", column=len(text))
    if token == ":":
        return located(text, offset, Unsourced("bind_variable"))
    error = malformed(f"unexpected token: '{token}'")
    return located(text, offset, error) if before else error


def _unsupported(before: str, token: str) -> str | None:
    """Name the part of SOQL that this org lacks, from the token that did not fit and what is before it."""
    word, previous = token.lower(), _LAST_WORD.search(before)
    if token == "(" and previous and previous[0].lower() in ("rollup", "cube"):
        return f"GROUP BY {previous[0].upper()}"
    if token == "(" and previous:
        return f"The function {previous[0]}()"
    return UNSUPPORTED.get(word)


def malformed(message: str) -> OrgError:
    return OrgError(400, "MALFORMED_QUERY", message)
