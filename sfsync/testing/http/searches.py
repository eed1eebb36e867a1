"""Search and Parameterized Search."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl

from ..errors import OrgError
from ..sosl.parameters import from_document, from_pairs
from ..sosl.parse import parse
from ..sosl.run import Record, find, run
from ..sosl.terms import read_term
from ..sosl.tree import Search
from .answer import Answer
from .call import Call

# "Search for a String": up to version 36 the answer is the list alone.
_LAST_LIST = 36


def search(call: Call) -> Answer:
    found = run(call.org, parse(call.parameters.get("q", "")), user=call.user, version=call.version)
    return _answer(call, found)


def parameterized(call: Call) -> Answer:
    """Search by parameters of the URL."""
    pairs = parse_qsl(call.query, keep_blank_values=True)
    return _parameterized(call, from_pairs(pairs or list(call.parameters.items())))


def parameterized_by_body(call: Call) -> Answer:
    """Search by the parameters of a JSON body."""
    return _parameterized(call, from_document(call.json_object()))


def unsupported(call: Call, name: str) -> Answer:
    """Refuse what searches have besides."""
    message = f"search/{name} is not supported by this simulated org yet"
    raise OrgError(404, "NOT_FOUND", message, code_first=True)


def _parameterized(call: Call, wanted: Search) -> Answer:
    term = read_term(wanted.term, None, words=call.org.settings.search_words)
    return _answer(call, find(call.org, wanted, term, user=call.user, version=call.version))


def _answer(call: Call, found: list[Record]) -> Answer:
    body: Any = {"searchRecords": found} if float(call.version) > _LAST_LIST else found
    return Answer(200, body)
