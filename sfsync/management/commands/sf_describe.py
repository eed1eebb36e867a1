"""sf_describe: what there is in the org, and what of it is mapped."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Iterable
from typing import Any

from sfsync import conf, registry
from sfsync.engine.describe import field_types, suggest
from sfsync.exceptions import InvalidType, NotFound
from sfsync.management.base import DONE, SfsyncCommand, UsageError
from sfsync.mappings import Mapping
from sfsync.mappings.suggestions import nearest
from sfsync.orgs import connections
from sfsync.values import FieldType

SOBJECT_COLUMNS = ("name", "label", "prefix", "queryable", "createable", "replicateable", "mapped by")
FIELD_COLUMNS = ("name", "type", "length", "required", "writeable", "references", "mapped to")


class Command(SfsyncCommand):
    help = "List the sObjects of the org, or the fields of one of them, with what they are mapped to."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("sobject", nargs="?", help="API name, such as Contact; without it, all sObjects.")
        parser.add_argument("--org", default=conf.DEFAULT_ORG, help="Key of the settings (%(default)s).")

    def run(self, **options: Any) -> int:
        sobject, org = options["sobject"], options["org"]
        if org not in conf.orgs():
            raise UsageError(f"There is no org {org!r} in the settings. {nearest(org, conf.orgs())}")
        rows = list(self.fields(org, sobject) if sobject else self.sobjects(org))
        columns = FIELD_COLUMNS if sobject else SOBJECT_COLUMNS
        if not options["json"]:
            self.table([[shown(row[column]) for column in columns] for row in rows], columns)
        else:
            for row in rows:
                self.line({name.replace(" ", "_"): value for name, value in row.items()})
        return DONE

    def sobjects(self, org: str) -> Iterable[dict[str, Any]]:
        """Yield a row for each sObject that the user can see."""
        for item in connections[org].describe_global()["sobjects"]:
            names = [mapping.options.name for mapping in registry.by_sobject(org, item["name"])]
            flags = {name: item.get(name) is True for name in ("queryable", "createable", "replicateable")}
            yield {
                "name": item["name"],
                "label": item.get("label"),
                "prefix": item.get("keyPrefix"),
                **flags,
                "mapped by": names,
            }

    def fields(self, org: str, sobject: str) -> Iterable[dict[str, Any]]:
        """Yield a row for each field; an unknown sObject is a UsageError that names the nearest one."""
        client = connections[org]
        try:
            description = client.describe(sobject)
        except (NotFound, InvalidType):
            names = [item["name"] for item in client.describe_global()["sobjects"]]
            hint = suggest(sobject, names, "sf_describe")
            raise UsageError(f"The org shows no sObject {sobject!r}. {hint}") from None
        mappings = registry.by_sobject(org, description["name"])
        for each in field_types(description["fields"]).values():
            yield field_row(each, mappings)


def field_row(field: FieldType, mappings: Iterable[type[Mapping]]) -> dict[str, Any]:
    return {
        "name": field.name,
        "label": field.label,
        "type": field.type,
        "length": size(field),
        "required": field.required,
        "writeable": field.createable or field.updateable,
        "references": list(field.reference_to),
        "mapped to": [attribute for mapping in mappings for attribute in attributes(mapping, field.name)],
    }


def attributes(mapping: type[Mapping], salesforce: str) -> Iterable[str]:
    """Yield the model attributes that a mapping pairs with one field of the org, as `crm.Contact.email`."""
    label = mapping.model()._meta.label
    for field in mapping.fields:
        if field.salesforce == salesforce:
            yield f"{label}.{field.attribute}"
    external_id = mapping.options.external_id
    if external_id is not None and external_id.salesforce == salesforce:
        yield f"{label}.{external_id.attribute}"
    if salesforce == "Id":
        yield f"{label}.{mapping.options.salesforce_id}"


def size(field: FieldType) -> int | str | None:
    """Return characters for texts, and digits before and after the point for numbers, such as "16.2"."""
    if field.length:
        return field.length
    if field.precision:
        return f"{field.precision - (field.scale or 0)}.{field.scale or 0}"
    return field.digits or None


def shown(value: Any) -> Any:
    return ", ".join(map(str, value)) if isinstance(value, list) else value
