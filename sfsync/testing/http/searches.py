"""Search and Parameterized Search."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl

from .. import errors
from ..errors import OrgError
from ..schema.base import SObjectSpec
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


def layout(call: Call) -> Answer:
    """Return the columns of search results ("Get Search Result Layouts for Objects"): names, phones, addresses."""
    wanted = [name.strip() for name in call.parameters.get("q", "").split(",") if name.strip()]
    specs = [call.org.visible(name, call.user, errors.invalid_type) for name in wanted]
    return Answer(200, [_layout(call, spec) for spec in specs])


def scope_order(call: Call) -> Answer:
    """Return the objects a search goes through ("Search Scope and Order")."""
    base = f"/services/data/v{call.version}/sobjects"
    specs = [spec for spec in call.org.permissions.visible_objects(call.user) if spec.searchable]
    return Answer(200, [{"type": spec.name, "url": f"{base}/{spec.name}/describe"} for spec in specs])


def unsupported(call: Call, name: str) -> Answer:
    """Refuse what searches have besides."""
    message = f"search/{name} is not supported by this simulated org yet"
    raise OrgError(404, "NOT_FOUND", message, code_first=True)


def _layout(call: Call, spec: SObjectSpec) -> dict[str, Any]:
    columns = [
        {"field": f"{spec.name}.{field.name}", "format": None, "label": field.label, "name": field.name}
        for field in call.org.permissions.visible_fields(call.user, spec)
        if field.name_field or field.type in ("phone", "email")
    ]
    return {"label": "Search Results", "limitRows": 25, "searchColumns": columns}


def _parameterized(call: Call, wanted: Search) -> Answer:
    term = read_term(wanted.term, None, words=call.org.settings.search_words)
    return _answer(call, find(call.org, wanted, term, user=call.user, version=call.version))


def _answer(call: Call, found: list[Record]) -> Answer:
    body: Any = {"searchRecords": found} if float(call.version) > _LAST_LIST else found
    return Answer(200, body)
