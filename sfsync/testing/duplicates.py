"""Duplicate rules: records that look like one that is there already."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from .errors import OrgError
from .schema import SObjectSpec
from .storage import Storage
from .storage.tables import quote

MESSAGE = "Use one of these records?"  # the default alert of a duplicate rule


@dataclass(frozen=True, kw_only=True)
class DuplicateRule:
    """Refuse a record that equals a live one in all of these fields, without regard to case.

    With `allow_save` a request gets past it by the header `Sforce-Duplicate-Rule-Header: allowSave=true`.
    """

    sobject: str
    fields: Sequence[str]
    name: str = "Standard_Rule"
    matching_rule: str = "Standard_Matching_Rule"
    message: str = MESSAGE
    allow_save: bool = True
    on: Sequence[str] = ("create", "update")


class DuplicatesDetected(OrgError):
    """Refuse a record with the records it duplicates; the key `duplicateResut` is misspelt by Salesforce."""

    def __init__(
        self, spec: SObjectSpec, rule: DuplicateRule, record_ids: Sequence[str], version: str
    ) -> None:
        super().__init__(400, "DUPLICATES_DETECTED", rule.message, code_first=True)
        self.result = {
            "allowSave": rule.allow_save,
            "duplicateRule": rule.name,
            "duplicateRuleEntityType": spec.name,
            "errorMessage": rule.message,
            "matchResults": [
                {
                    "entityType": spec.name,
                    "errors": [],
                    "matchEngine": "ExactMatchEngine",
                    "matchRecords": [_match(spec, record_id, version) for record_id in record_ids],
                    "rule": rule.matching_rule,
                    "size": len(record_ids),
                    "success": True,
                }
            ],
        }

    def _entry(self) -> dict[str, Any]:
        return {"duplicateResut": self.result, **super()._entry()}


def duplicates_of(storage: Storage, spec: SObjectSpec, rule: DuplicateRule, record_id: str) -> list[str]:
    """Return the other live records with the same values; empty values are no match."""
    names = [quote(spec.field(name).name) for name in rule.fields]
    same = " AND ".join(f"other.{name} = new.{name} COLLATE NOCASE" for name in names)
    table = quote(spec.name)
    sql = (
        f'SELECT other."Id" FROM {table} AS new JOIN {table} AS other ON {same} '
        'WHERE new."Id" = ? AND other."Id" != new."Id" AND other."IsDeleted" = 0 ORDER BY other."Id"'
    )
    return [row[0] for row in storage.read(sql, (record_id,))]


def _match(spec: SObjectSpec, record_id: str, version: str) -> dict[str, Any]:
    url = f"/services/data/v{version}/sobjects/{spec.name}/{record_id}"
    return {
        "additionalInformation": [],
        "fieldDiffs": [],
        "matchConfidence": 100,
        "record": {"attributes": {"type": spec.name, "url": url}, "Id": record_id},
    }
