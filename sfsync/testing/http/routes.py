"""Paths -> handlers. Every resource of the simulated org is one line here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, partial
from urllib.parse import unquote

from werkzeug.exceptions import NotFound
from werkzeug.routing import Map, MapAdapter, Rule

from ..apex import METHODS
from ..errors import OrgError, not_found
from . import (
    apex_rest,
    async_api,
    backstage,
    bulk_ingest,
    bulk_query,
    collections,
    composite,
    describe,
    identity,
    lacking,
    layouts,
    limits,
    queries,
    replication,
    rows,
    searches,
    soap,
    token,
)
from .answer import Answer, method_not_allowed
from .call import Call
from .versions import check_version

Handler = Callable[..., Answer]


@dataclass(frozen=True, eq=False)
class Route:
    """One resource: its path, what it is called in the log, and a handler for each method.

    `public` ones need no session; `free` ones do not count against the API limit; `heavy` ones share the
    limit of five in a composite, and `alone` ones are refused there. `is_inspection` ones are no part of
    Salesforce: they are not logged, and no fault acts on them. The body of a PUT to a `streamed` one is
    not read before the handler asks for it. A `lasting` one judges API versions itself, and `since` is the
    version that brought a resource.
    """

    path: str
    kind: str
    methods: Mapping[str, Handler]
    public: bool = False
    free: bool = False
    heavy: bool = False
    alone: bool = False
    is_inspection: bool = False
    streamed: bool = False
    lasting: bool = False
    since: int = 0

    def handler(self, method: str) -> Handler:
        """Return the handler of a method; raise OrgError 405 naming those there are."""
        found = self.methods.get("GET" if method == "HEAD" else method)
        if found is None:
            allowed = ["HEAD", "GET"] if "GET" in self.methods else []
            raise method_not_allowed(method, allowed + [name for name in self.methods if name != "GET"])
        return found


_DATA = "/services/data/v<version>"
# The WSDLs: enterprise (c) and partner (u), of which the sign-in is the same.
_SOAP = "/services/Soap/<any(c, u):wsdl>/<version>"
_SOBJECT = f"{_DATA}/sobjects/<sobject>"
_COLLECTIONS = f"{_DATA}/composite/sobjects"
_INGEST = f"{_DATA}/jobs/ingest"
_BULK_QUERY = f"{_DATA}/jobs/query"

ROUTES = (
    Route("/services/data", "versions", {"GET": describe.versions}, public=True, free=True),
    Route(
        "/services/oauth2/token",
        "token",
        {"GET": token.sign_in, "POST": token.sign_in},
        public=True,
        free=True,
    ),
    Route(
        "/services/oauth2/revoke",
        "revoke",
        {"GET": token.revoke, "POST": token.revoke},
        public=True,
        free=True,
    ),
    Route(
        "/services/oauth2/userinfo",
        "userinfo",
        {"GET": identity.userinfo, "POST": identity.userinfo},
        public=True,
        free=True,
    ),
    Route("/services/oauth2/introspect", "introspect", {"POST": token.introspect}, public=True, free=True),
    Route("/id/<org_id>/<user_id>", "identity", {"GET": identity.identity}, public=True, free=True),
    *(
        Route(path, "soap", {"POST": soap.answer}, public=True, free=True, lasting=True)
        for path in (_SOAP, f"{_SOAP}/<org_id>")
    ),
    Route(
        f"/services/Soap/<any({', '.join(lacking.SOAP_APIS)}):letter>/<path:rest>",
        "unsupported",
        {"POST": lacking.refuse_soap},
        public=True,
        free=True,
        alone=True,
    ),
    Route(_DATA, "resources", {"GET": describe.resources}),
    Route(f"{_DATA}/limits", "limits", {"GET": limits.limits}),
    Route(f"{_DATA}/limits/recordCount", "record_count", {"GET": limits.record_count}, since=40),
    Route(f"{_DATA}/recent", "recent", {"GET": limits.recent}),
    Route(f"{_DATA}/sobjects", "describe_global", {"GET": describe.describe_global}),
    Route(_SOBJECT, "sobject", {"GET": describe.basic_info, "POST": rows.create}),
    Route(f"{_SOBJECT}/describe", "describe", {"GET": describe.describe}),
    Route(f"{_SOBJECT}/describe/layouts", "layouts", {"GET": layouts.layouts}),
    Route(f"{_SOBJECT}/describe/layouts/<record_type_id>", "layout", {"GET": layouts.layout}),
    Route(
        f"{_SOBJECT}/describe/compactLayouts", "compact_layouts", {"GET": layouts.compact_layouts}, since=29
    ),
    Route(f"{_SOBJECT}/describe/approvalLayouts", "approval_layouts", {"GET": layouts.approval_layouts}),
    Route(f"{_SOBJECT}/describe/namedLayouts/<name>", "named_layout", {"GET": layouts.unsupported}),
    Route(f"{_SOBJECT}/quickActions", "quick_actions", {"GET": layouts.quick_actions}),
    Route(f"{_SOBJECT}/listviews", "list_views", {"GET": layouts.list_views}, since=32),
    Route(f"{_SOBJECT}/suggestedArticles", "suggested_articles", {"GET": layouts.unsupported}),
    Route(f"{_SOBJECT}/updated", "updated", {"GET": replication.updated}),
    Route(f"{_SOBJECT}/deleted", "deleted", {"GET": replication.deleted}),
    Route(f"{_SOBJECT}/<record_id>", "row", {"GET": rows.read, "PATCH": rows.update, "DELETE": rows.delete}),
    Route(
        f"{_SOBJECT}/<field>/<value>",
        "row_by_external_id",
        {"GET": rows.read_by_field, "PATCH": rows.upsert, "DELETE": rows.delete_by_field},
    ),
    Route(f"{_DATA}/query", "query", {"GET": queries.query}, heavy=True),
    Route(f"{_DATA}/query/<locator>", "query_more", {"GET": queries.more}, heavy=True),
    Route(f"{_DATA}/queryAll", "query_all", {"GET": queries.query_all}, heavy=True),
    Route(f"{_DATA}/queryAll/<locator>", "query_more", {"GET": queries.more}, heavy=True),
    Route(f"{_DATA}/search", "search", {"GET": searches.search}),
    Route(f"{_DATA}/search/layout", "search_layout", {"GET": searches.layout}),
    Route(f"{_DATA}/search/scopeOrder", "search_scope_order", {"GET": searches.scope_order}),
    Route(f"{_DATA}/search/<name>", "search_more", {"GET": searches.unsupported}),
    Route(
        f"{_DATA}/parameterizedSearch",
        "parameterized_search",
        {"GET": searches.parameterized, "POST": searches.parameterized_by_body},
        since=36,
    ),
    Route(
        f"{_DATA}/composite",
        "composite",
        {"GET": composite.resources, "POST": composite.composite},
        alone=True,
    ),
    Route(
        _COLLECTIONS,
        "collections",
        {"POST": collections.create, "PATCH": collections.update, "DELETE": collections.delete},
        heavy=True,
    ),
    Route(
        f"{_COLLECTIONS}/<sobject>",
        "collections_retrieve",
        {"GET": collections.retrieve, "POST": collections.retrieve},
        heavy=True,
    ),
    Route(
        f"{_COLLECTIONS}/<sobject>/<field>",
        "collections_upsert",
        {"PATCH": collections.upsert},
        heavy=True,
        since=46,
    ),
    Route(
        "/services/async/<release>/<path:resource>",
        "async",
        {"GET": async_api.refuse, "POST": async_api.refuse},
        public=True,
        free=True,
        alone=True,
    ),
    Route(
        "/services/apexrest/<path:resource>",
        "apex_rest",
        dict.fromkeys(METHODS, apex_rest.answer),
        alone=True,
    ),
    Route(_INGEST, "ingest_jobs", {"GET": bulk_ingest.jobs, "POST": bulk_ingest.create}, alone=True),
    Route(
        f"{_INGEST}/<job_id>",
        "ingest_job",
        {"GET": bulk_ingest.read, "PATCH": bulk_ingest.change, "DELETE": bulk_ingest.delete},
        alone=True,
    ),
    Route(
        f"{_INGEST}/<job_id>/batches", "ingest_upload", {"PUT": bulk_ingest.upload}, alone=True, streamed=True
    ),
    Route(f"{_INGEST}/<job_id>/<results>", "ingest_results", {"GET": bulk_ingest.results}, alone=True),
    Route(
        _BULK_QUERY,
        "query_jobs",
        {"GET": bulk_query.jobs, "POST": bulk_query.create},
        alone=True,
        since=47,
    ),
    Route(
        f"{_BULK_QUERY}/<job_id>",
        "query_job",
        {"GET": bulk_query.read, "PATCH": bulk_query.change, "DELETE": bulk_query.delete},
        alone=True,
        since=47,
    ),
    Route(
        f"{_BULK_QUERY}/<job_id>/<results>",
        "query_results",
        {"GET": bulk_query.results},
        alone=True,
        since=47,
    ),
    *(
        Route(f"{_DATA}/{name}{rest}", "unsupported", dict.fromkeys(METHODS, partial(lacking.refuse, name)))
        for name in lacking.REST_RESOURCES
        for rest in ("", "/<path:rest>")
    ),
    *(
        Route(path, "inspection", methods, public=True, free=True, is_inspection=True)
        for path, methods in backstage.PATHS.items()
    ),
)


def find_route(path: str) -> tuple[Route, dict[str, str]]:
    """Return the route of a path as it stands in the URL, still quoted, and the values of its variable parts.

    Raises OrgError: NOT_FOUND for an unknown path, 410 GONE for a retired API version.
    """
    try:
        route, values = _adapter().match(path.rstrip("/") or "/", method="GET")
    except NotFound:
        raise not_found() from None
    arguments = {name: unquote(value) for name, value in values.items()}
    if "version" in arguments:
        _check_version(route, arguments["version"])
    return route, arguments


def takes_stream(path: str) -> bool:
    """Say whether the handler of a path reads the body itself."""
    try:
        return find_route(path)[0].streamed
    except OrgError:
        return False


def _check_version(route: Route, version: str) -> None:
    if not route.lasting:
        check_version(version)
        if float(version) < route.since:
            raise not_found()


def call_route(route: Route, arguments: Mapping[str, str], call: Call) -> Answer:
    """Let the route answer a call."""
    handler = route.handler(call.method)
    variables = {name: value for name, value in arguments.items() if name != "version"}
    call.version = arguments.get("version", "")
    return handler(call, **variables)


@cache
def _adapter() -> MapAdapter:
    rules = [Rule(route.path, endpoint=route) for route in ROUTES]
    return Map(rules, merge_slashes=False, redirect_defaults=False).bind("")
