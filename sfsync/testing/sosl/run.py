"""Searches as the API runs them: the records whose texts match, of the objects and with the fields asked for.

Sources: "SOSL Syntax", "IN SearchGroup" (which fields are searched) and "LIMIT n" (how results are distributed)
in the SOQL and SOSL Reference.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ..schema.base import FieldSpec, SObjectSpec
from ..soql.compile import Compiled, compile_query
from ..soql.conditions import check_limits
from ..soql.page import Reader
from ..soql.query import view_of
from ..soql.scope import Scope, View
from ..soql.tables import quoted
from ..soql.tree import Path, Query, Source
from ..wording import Unsourced
from .parse import reserved
from .terms import Term, read_term, words_of
from .tree import MAX_ROWS, Search

if TYPE_CHECKING:
    from ..org import Org

# Texts that are searched; numbers and picklists are not.
SEARCHED = frozenset({"string", "textarea", "phone", "email", "url", "combobox"})
# What IN NAME FIELDS searches beside the name.
NAMES = {
    "Account": {"Website", "Site"},
    "Case": {"SuppliedName", "SuppliedCompany", "Subject"},
    "Contact": {"AssistantName"},
    "Event": {"Subject"},
    "Lead": {"Company"},
    "Task": {"Subject"},
    "User": {"CommunityNickname"},
}

Record = dict[str, Any]


def run(org: Org, search: Search, *, user: str, version: str) -> list[Record]:
    """Return the records found, the objects in the order of the search.

    Raises OrgError: MALFORMED_SEARCH, INVALID_SEARCH_SCOPE, and what queries raise for fields and conditions.
    """
    words = org.settings.search_words
    term = read_term(search.term, lambda at, char: reserved(search, at, char), words=words)
    return find(org, search, term, user=user, version=version)


def find(org: Org, search: Search, term: Term, *, user: str, version: str) -> list[Record]:
    """Return the records with texts that match a term, within the limits of the search."""
    view = view_of(org, user)
    targets = search.targets
    if targets is None:
        targets = tuple(_every_object(view))
    compiled = [_compile(view, target) for target in targets]
    found = [
        _within(target, _matching(org, scope, one, search.scope, term))
        for target, (scope, one) in zip(targets, compiled, strict=True)
    ]
    most = MAX_ROWS if search.limit is None else min(search.limit, MAX_ROWS)
    shares = _shares([len(ids) for ids in found], most)
    parts = zip(compiled, found, shares, strict=True)
    return [record for (_, one), ids, share in parts for record in _read(org, one, ids[:share], version)]


def _every_object(view: View) -> Iterator[Query]:
    """Yield a query of the Id for each object that a search without RETURNING goes through."""
    for spec in view.permissions.visible_objects(view.user):
        if spec.searchable and spec.queryable and spec.name_field is not None:
            yield Query((Path(("Id",), 0),), Source(spec.name, None, 0), None, None, (), None, None, "")


def _compile(view: View, target: Query) -> tuple[Scope, Compiled]:
    check_limits(target.limit, target.offset)
    scope = Scope(view, target)
    if not scope.root.spec.searchable:
        raise Unsourced("not_searchable", sobject=scope.root.spec.name)
    # LIMIT and OFFSET count what the term matches, which SQL does not know.
    return scope, compile_query(replace(target, limit=None, offset=None), scope)


def _matching(org: Org, scope: Scope, compiled: Compiled, group: str, term: Term) -> Iterator[str]:
    """Yield the ids of the records that match, in the order of the query."""
    spec, view = scope.root.spec, scope.view
    fields = searched_fields(spec, view.permissions.visible_fields(view.user, spec), group)
    if not fields:
        return
    ids = [row[0] for row in org.storage.read(compiled.ids_sql, compiled.params)]
    columns = ", ".join(f"t0.{quoted(field.name)}" for field in fields)
    sql = (
        f"SELECT page.value, {columns} FROM json_each(?) AS page CROSS JOIN {quoted(spec.name)} AS t0 "
        'WHERE t0."Id" = page.value ORDER BY page.key'
    )
    for record_id, *texts in org.storage.read(sql, (json.dumps(ids),)):
        if term.matches([words_of(text) for text in texts if text]):
            yield record_id


def searched_fields(spec: SObjectSpec, visible: Sequence[FieldSpec], group: str) -> list[FieldSpec]:
    """Return the fields of an object that a search group goes through."""
    texts = [field for field in visible if field.type in SEARCHED and field.stored and not field.calculated]
    if group == "NAME":
        also = NAMES.get(spec.name, set())
        return [
            field for field in texts if field.name_field or field.compound == "Name" or field.name in also
        ]
    if group in ("EMAIL", "PHONE"):
        return [field for field in texts if field.type == group.lower()]
    return texts


def _within(target: Query, found: Iterator[str]) -> list[str]:
    start = target.offset or 0
    end = None if target.limit is None else start + target.limit
    return list(found)[start:end]


def _shares(counts: Sequence[int], most: int) -> list[int]:
    """Return how many records of each object go out: as evenly as they are there ("LIMIT n")."""
    shares = [0] * len(counts)
    left = min(most, sum(counts))
    while left:
        open_ones = [at for at, count in enumerate(counts) if shares[at] < count]
        step = max(1, left // len(open_ones))
        for at in open_ones:
            more = min(step, counts[at] - shares[at], left)
            shares[at] += more
            left -= more
    return shares


def _read(org: Org, compiled: Compiled, ids: Sequence[str], version: str) -> Iterator[Record]:
    if compiled.selection is None or not ids:
        return
    reader = Reader(compiled.selection, version)
    sql = f"SELECT {', '.join(reader.columns)} {compiled.page_from}"
    for row in org.storage.read(sql, (json.dumps(ids),)):
        record = reader.read(row)
        if record is not None:
            yield record
