"""Layouts and what else belongs to the pages of an object: quick actions, list views."""

from __future__ import annotations

from typing import Any

from .. import errors
from ..errors import OrgError
from ..schema.base import SObjectSpec
from ..schema.layouts import Child, compact_layouts_body, layout_body, layouts_body
from .answer import Answer
from .call import Call


def layouts(call: Call, sobject: str) -> Answer:
    spec = _spec(call, sobject, "layouts")
    return Answer(200, layouts_body(spec, _children(call, spec), _record_types(call, spec)))


def layout(call: Call, sobject: str, record_type_id: str) -> Answer:
    """Return the layout of one record type, which is that of all of them."""
    spec = _spec(call, sobject, "layouts")
    known = {info["recordTypeId"][:15] for info in _record_types(call, spec)}
    if record_type_id[:15] not in known:
        raise errors.not_found()
    return Answer(200, layout_body(spec, _children(call, spec)))


def compact_layouts(call: Call, sobject: str) -> Answer:
    spec = _spec(call, sobject, "compactLayouts")
    return Answer(200, compact_layouts_body(spec, _record_types(call, spec)))


def approval_layouts(call: Call, sobject: str) -> Answer:
    """Return none: they belong to approval processes, which this org has not."""
    _spec(call, sobject, "approvalLayouts")
    return Answer(200, {"approvalLayouts": []})


def quick_actions(call: Call, sobject: str) -> Answer:
    """Return none, for nobody has defined any."""
    _spec(call, sobject, "quickActions")
    return Answer(200, [])


def list_views(call: Call, sobject: str) -> Answer:
    """Return none, for nobody has defined any ("List Views for an Object")."""
    spec = _spec(call, sobject, "listviews")
    body = {"done": True, "listviews": [], "nextRecordsUrl": None, "size": 0, "sobjectType": spec.name}
    return Answer(200, body)


def unsupported(call: Call, sobject: str, **parts: str) -> Answer:
    """Refuse what describes name and this org lacks."""
    call.org.visible(sobject, call.user)
    message = f"{call.path.rpartition('/')[2]} is not supported by this simulated org yet"
    raise OrgError(404, "NOT_FOUND", message, code_first=True)


def _spec(call: Call, sobject: str, url: str) -> SObjectSpec:
    """Return the object as the user sees it; one whose describe does not name the address has none."""
    spec = call.org.permissions.described(call.user, call.org.visible(sobject, call.user))
    if url not in call.org.describe(spec.name, call.user, call.version)["urls"]:
        raise errors.not_found()
    return spec


def _record_types(call: Call, spec: SObjectSpec) -> list[dict[str, Any]]:
    infos: list[dict[str, Any]] = call.org.describe(spec.name, call.user, call.version)["recordTypeInfos"]
    return infos


def _children(call: Call, spec: SObjectSpec) -> list[Child]:
    """Return the lists of children that the user sees."""
    permissions = call.org.permissions
    return [
        (child, lookup)
        for child, lookup in call.org.schema.children(spec.name)
        if lookup.child_relationship
        and permissions.is_visible(call.user, child)
        and lookup in permissions.visible_fields(call.user, child)
    ]
