"""The tree a SOSL text becomes."""

from __future__ import annotations

from dataclasses import dataclass

from ..soql.tree import Query

# "SOSL Limits": what a search returns at most.
MAX_ROWS = 2_000


@dataclass(frozen=True)
class Search:
    """One FIND: the text in its braces and the place of it, where to look, and what of which objects to return.

    `scope` is ALL, NAME, EMAIL or PHONE. A target is a query of its object that has the conditions beside the
    text; None stands for every object, of which only the Id goes out.
    """

    term: str
    offset: int
    scope: str
    targets: tuple[Query, ...] | None
    limit: int | None
    text: str = ""
