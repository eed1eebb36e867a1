"""The resources that every org has, and those of each sObject.

REST guide, "Reference": the pages named "sObject Basic Information", "sObject Rows", "sObject Rows by External
ID", "sObject Get Updated", "sObject Get Deleted", "Query", "QueryAll", "Search", "Parameterized Search",
"Limits" and "Recently Viewed Items".
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from ...exceptions import ResourceError
from .. import addresses
from ..queries import LONGEST_PATH
from ..replication import Window
from .resource import READS, Resource

OF_A_RECORD = (*READS, "PATCH", "DELETE")
CHANGES = ("updated", "deleted")
# How describeGlobal calls the urls of an sObject, where that differs from the names here.
INSTANCE, EXTERNAL = "instance", "external"
NAMES = {"rowTemplate": INSTANCE}


class SObject(Resource):
    """`Account`: GET describes it in brief, POST creates a record; with the param `id` it is that record."""

    methods = (*READS, "POST")
    need_data = ("POST", "PATCH")

    def allowed(self, params: Mapping[str, Any]) -> tuple[str, ...] | None:
        return OF_A_RECORD if _has_id(params) else self.methods

    def url(self, params: Mapping[str, Any]) -> str:
        template = f"{self.template}/{{id}}" if _has_id(params) else self.template
        return addresses.fill(self.name, template, params)


class Record(Resource):
    """`Account.instance`, by id, and `Account.external`, by the value of a field: one record."""

    methods = OF_A_RECORD
    need_data = ("PATCH",)


class Changes(Resource):
    """`Account.updated` and `Account.deleted`: ids of a window from `start` to `end`, aware datetimes."""

    def url(self, params: Mapping[str, Any]) -> str:
        for end in ("start", "end"):
            if not isinstance(params.get(end), datetime):
                raise ResourceError(f"{self.name!r} needs the params start and end, both aware datetimes.")
        window = Window(self.root, params["start"], params["end"])
        return addresses.fill(self.name, self.template, {**params, **window.params()})


class Search(Resource):
    """`search`, by the param `q`."""

    def url(self, params: Mapping[str, Any]) -> str:
        if not params.get("q"):
            raise ResourceError(f'{self.name!r} needs the params q. Type params={{"q": ...}}.')
        return super().url(params)


class Query(Search):
    """`query` and `queryAll`: one page."""

    def url(self, params: Mapping[str, Any]) -> str:
        address = super().url(params)
        if len(address) > LONGEST_PATH:
            raise ResourceError(
                "The query is too long for an address. Type api.query(soql), which finds a way."
            )
        return address


class ParameterizedSearch(Resource):
    methods = (*READS, "POST")
    reads = True
    need_data = ("POST",)


class Anything(Resource):
    """A resource that describeGlobal names and this page does not know: the org knows its methods."""

    methods = None


TOP = {name: Resource(name, name) for name in ("sobjects", "limits", "recent")}
TOP["search"] = Search("search", "search")
TOP |= {name: Query(name, name) for name in ("query", "queryAll")}
TOP["parameterizedSearch"] = ParameterizedSearch("parameterizedSearch", "parameterizedSearch")
CLASSES: dict[str, type[Resource]] = {
    "sobject": SObject,
    INSTANCE: Record,
    EXTERNAL: Record,
    "describe": Resource,
    "layouts": Resource,
    "compactLayouts": Resource,
    "approvalLayouts": Resource,
    "listviews": Resource,
    "quickActions": Resource,
}


def _has_id(params: Mapping[str, Any]) -> bool:
    return any(name.lower() == "id" for name in params)


def of_sobject(sobject: str, name: str, path: str) -> Resource:
    """Return the resource of an sObject that describeGlobal calls `name`."""
    kind = Changes if name in CHANGES else CLASSES.get(name, Anything)
    resource = kind(sobject if name == "sobject" else f"{sobject}.{name}", path)
    resource.root = sobject
    return resource
