"""The tables of Attachment and ContentVersion: the same bytes, the old way and the new, which is not replicated."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..ids import checksum
from .base import FieldSpec, sobject
from .columns import (
    READ_ONLY,
    WHAT,
    boolean,
    integer,
    is_deleted,
    lookup,
    owner,
    picklist,
    record_id,
    stamps,
    text,
    textarea,
)

PARENTS = tuple(sorted({*WHAT, "Contact", "Event", "Lead", "Task"}))


def _body(name: str, label: str, **more: Any) -> FieldSpec:
    """Make a field of bytes, sent as base64; records show the address of the bytes instead."""
    return FieldSpec(
        name=name, type="base64", label=label, filterable=False, sortable=False, nillable=False, **more
    )


def measure_attachment(
    values: Mapping[str, Any], before: Mapping[str, Any], sent: Mapping[str, Any]
) -> dict[str, Any]:
    return {"BodyLength": _length(values["Body"])}


def _length(base64: str | None) -> int:
    return len(base64 or "") // 4 * 3 - (base64 or "")[-2:].count("=")


ATTACHMENT_FIELDS = (  # no describe of a live org is at hand; after the Object Reference
    record_id("Attachment ID"),
    is_deleted(),
    lookup(
        "ParentId", "Parent ID", *PARENTS, nillable=False, updateable=False,
        child_relationship="Attachments", on_parent_delete="cascade",
    ),
    text("Name", "File Name", 255, nillable=False, name_field=True),
    boolean("IsPrivate", "Private"),
    text("ContentType", "Content Type", 120),
    integer("BodyLength", "Body Length", 9, nillable=False, default=0, **READ_ONLY),
    _body("Body", "Body"),
    owner("Owner ID", "Calendar"),
    *stamps(),
    textarea("Description", "Description", 500),
)  # fmt: skip
ATTACHMENT = sobject(
    name="Attachment",
    label="Attachment",
    label_plural="Attachments",
    key_prefix="00P",
    fields=ATTACHMENT_FIELDS,
    layoutable=False,
    derive=measure_attachment,
    describe={"feedEnabled": False, "mruEnabled": False},
)


def describe_version(
    values: Mapping[str, Any], before: Mapping[str, Any], sent: Mapping[str, Any]
) -> dict[str, Any]:
    """Make a version its document's latest: every version here starts a document of its own."""
    path = values["PathOnClient"] or ""
    extension = path.rpartition(".")[2] if "." in path else None
    document = "069" + values["Id"][3:15]
    return {
        "ContentDocumentId": document + checksum(document),
        "ContentSize": _length(values["VersionData"]),
        "FileExtension": extension,
        "FileType": extension.upper()[:20] if extension else "UNKNOWN",
        "Title": values["Title"] or path.rpartition("/")[2].removesuffix(f".{extension}"),
        "VersionNumber": "1",
    }


VERSION_FIELDS = (  # no describe of a live org is at hand; after the Object Reference
    record_id("ContentVersion ID"),
    lookup("ContentDocumentId", "ContentDocument ID", "ContentDocument", **READ_ONLY),
    boolean("IsLatest", "Is Latest", default=True, **READ_ONLY),
    text("ContentUrl", "Content URL", 1333),
    text("VersionNumber", "Version Number", 20, **READ_ONLY),
    text("Title", "Title", 255, nillable=False, defaulted_on_create=True, name_field=True),
    textarea("Description", "Description", 1000),
    text("ReasonForChange", "Reason For Change", 1000),
    text("PathOnClient", "Path On Client", 500, updateable=False),
    is_deleted(),
    *stamps(),
    owner(),
    text("FileType", "File Type", 20, **READ_ONLY),
    picklist("PublishStatus", "Publish Status", "P=Public|*R=Personal Library|U=Upload Interrupted", 40,
             restricted=True, **READ_ONLY),
    _body("VersionData", "Version Data"),
    integer("ContentSize", "Size", 9, **READ_ONLY),
    text("FileExtension", "File Extension", 40, **READ_ONLY),
    lookup("FirstPublishLocationId", "First Publish Location ID", *PARENTS, "User", updateable=False),
    picklist("Origin", "Content Origin", "C=Content|*H=Chatter", 40, restricted=True, updateable=False),
    text("Checksum", "Checksum", 50, **READ_ONLY),
    text("ExternalDocumentInfo1", "External Document Info1", 1000),
)  # fmt: skip
CONTENT_VERSION = sobject(
    name="ContentVersion",
    label="Content Version",
    label_plural="Content Versions",
    key_prefix="068",
    fields=VERSION_FIELDS,
    replicateable=False,
    deletable=False,
    undeletable=False,
    derive=describe_version,
    urls=("compactLayouts", "rowTemplate", "describe", "layouts", "sobject"),
    describe={"feedEnabled": False, "mruEnabled": False},
)
