"""Query, QueryAll, and the pages that follow."""

from __future__ import annotations

import re

from ..soql.explain import explain
from ..soql.metadata import describe_columns
from .answer import Answer
from .call import Call

_BATCH_SIZE = re.compile(r"batchSize\s*=\s*(\d{1,6})", re.IGNORECASE)


def query(call: Call) -> Answer:
    return _run(call, include_deleted=False)


def query_all(call: Call) -> Answer:
    return _run(call, include_deleted=True)


def more(call: Call, locator: str) -> Answer:
    body = call.site.queries.more(locator, session=_session(call), version=call.version)
    return Answer(200, body)


def _run(call: Call, *, include_deleted: bool) -> Answer:
    parameters = call.parameters
    if "explain" in parameters:
        return Answer(200, explain(call.site.org, parameters["explain"], call.user))
    if parameters.get("columns", "").lower() == "true":
        return Answer(200, describe_columns(call.site.org, parameters.get("q", ""), call.user))
    body = call.site.queries.run(
        parameters.get("q", ""),
        user=call.user,
        session=_session(call),
        version=call.version,
        include_deleted=include_deleted,
        page_size=_page_size(call),
    )
    return Answer(200, body)


def _page_size(call: Call) -> int | None:
    found = _BATCH_SIZE.search(call.headers.get("sforce-query-options", ""))
    return int(found[1]) if found else None


def _session(call: Call) -> str:
    return call.session.token if call.session else ""
