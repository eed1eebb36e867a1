"""Parameterized searches: the tree of a search from parameters in the URL or the body, without any SOSL.

Source: REST guide, "Search with Parameters in the URI" and "Search with Parameters in the Request Body".
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from .. import errors
from ..errors import OrgError
from ..soql.parse import parse as parse_query
from ..soql.tree import Query
from ..wording import Unsourced
from .parse import malformed
from .tree import MAX_ROWS, Search

SCOPES = ("ALL", "NAME", "EMAIL", "PHONE")
# The parameters that this org knows, in lower case; nobody here corrects spelling.
_GLOBAL = frozenset(
    {"q", "sobject", "sobjects", "fields", "in", "defaultlimit", "overalllimit", "spellcorrection"}
)
_OF_OBJECT = frozenset({"name", "fields", "limit", "where", "orderby", "offset"})
_NAME = re.compile(r"[A-Za-z]\w*")
_FIELD = re.compile(r"[A-Za-z][\w.]*")


def from_pairs(pairs: Sequence[tuple[str, str]]) -> Search:
    """Return the search of a query string, where `sobject` may stand several times."""
    given: dict[str, Any] = {}
    objects: dict[str, dict[str, Any]] = {}
    for name, value in pairs:
        sobject, dot, option = name.rpartition(".")
        if dot:
            objects.setdefault(sobject.lower(), {})[option.lower()] = value
        elif name.lower() == "sobject":
            objects.setdefault(value.lower(), {})["name"] = value
        else:
            given[name.lower()] = value
    for sobject, options in objects.items():
        if "name" not in options:
            raise Unsourced("bad_parameter", parameter=sobject, expected="named by sobject as well")
    return _search(given, list(objects.values()))


def from_document(document: Mapping[str, Any]) -> Search:
    """Return the search of a JSON body, which lists its `sobjects`."""
    given = {name.lower(): value for name, value in document.items()}
    objects = given.pop("sobjects", None) or []
    if not isinstance(objects, list) or not all(isinstance(one, dict) and "name" in one for one in objects):
        raise Unsourced("bad_parameter", parameter="sobjects", expected="a list of objects with names")
    return _search(given, [{name.lower(): value for name, value in one.items()} for one in objects])


def _search(given: Mapping[str, Any], objects: Sequence[Mapping[str, Any]]) -> Search:
    _require_known(given, _GLOBAL)
    term, scope = given.get("q"), str(given.get("in", "ALL")).upper()
    if not isinstance(term, str) or not term:
        raise Unsourced("missing_search", parameter="q")
    if scope not in SCOPES:
        raise Unsourced("bad_parameter", parameter="in", expected=f"one of {', '.join(SCOPES)}")
    if not objects and {"fields", "defaultlimit"} & given.keys():
        raise Unsourced("bad_parameter", parameter="fields or defaultLimit", expected="given with an sobject")
    targets = tuple(_target(one, given) for one in objects) if objects else None
    return Search(term, 0, scope, targets, _number(given, "overalllimit"), term)


def _target(options: Mapping[str, Any], given: Mapping[str, Any]) -> Query:
    _require_known(options, _OF_OBJECT)
    name = str(options["name"])
    if _NAME.fullmatch(name) is None:
        raise errors.invalid_type(name)
    fields = _fields(options.get("fields", given.get("fields", "Id")))
    where, order = options.get("where"), _order(options.get("orderby"))
    text = f"SELECT {fields} FROM {name}"
    text += (f" WHERE {where}" if where else "") + (f" ORDER BY {order}" if order else "")
    query = parse_query(text)
    if query.group is not None or query.limit is not None or query.offset is not None:
        raise malformed("where and orderBy may hold conditions and fields only")
    limit = _number(options, "limit")
    return replace(
        query,
        limit=_number(given, "defaultlimit") if limit is None else limit,
        offset=_number(options, "offset"),
    )


def _fields(given: Any) -> str:
    names = given.split(",") if isinstance(given, str) else given
    if not isinstance(names, list) or not all(
        isinstance(name, str) and _FIELD.fullmatch(name.strip()) for name in names
    ):
        raise Unsourced("bad_parameter", parameter="fields", expected="names of fields")
    return ", ".join(name.strip() for name in names)


def _order(given: Any) -> str:
    """Return the terms of ORDER BY: a text, or a list of {"field", "direction", "nulls"}."""
    if given is None or isinstance(given, str):
        return given or ""
    if not isinstance(given, list) or not all(isinstance(one, dict) and "field" in one for one in given):
        raise Unsourced("bad_parameter", parameter="orderBy", expected="a list of fields and directions")
    terms = ((one["field"], one.get("direction", "ASC"), "NULLS", one.get("nulls", "FIRST")) for one in given)
    return ", ".join(" ".join(map(str, term)) for term in terms)


def _number(given: Mapping[str, Any], name: str) -> int | None:
    value = given.get(name)
    if value is None:
        return None
    if not str(value).isdecimal() or isinstance(value, bool) or int(value) > MAX_ROWS:
        raise Unsourced("bad_parameter", parameter=name, expected=f"a number up to {MAX_ROWS}")
    return int(value)


def _require_known(given: Mapping[str, Any], known: frozenset[str]) -> None:
    for name in given:
        if name not in known:
            raise _unsupported(name)


def _unsupported(name: str) -> OrgError:
    return malformed(f"The parameter {name} is not supported by this simulated org yet")
