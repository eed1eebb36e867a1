"""References in bulk: which Salesforce id a foreign key stands for, and the other way round."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sfsync.engine.merging import Absent, Canonical
from sfsync.engine.target import Target
from sfsync.mappings import Field, Reference
from sfsync.models import LocalChange, Operation
from sfsync.values import canonical

UNLINKED = "unlinked:"
"""Starts the canonical form of a foreign key whose row has no Salesforce id yet. No id starts so."""


class Parents:
    """The parents a batch of records points at, each reference looked up by one query per direction."""

    def __init__(self, target: Target) -> None:
        self.target = target
        self._ids: dict[str, dict[Any, str | None]] = {}
        self._keys: dict[str, dict[str, Any]] = {}

    def load_ids(self, reference: Reference, keys: Iterable[Any]) -> None:
        """Look up the Salesforce ids of local parents by their keys."""
        known = self._ids.setdefault(reference.name, {})
        wanted = {key for key in keys if key is not None} - known.keys()
        if wanted:
            attribute, key = self._columns(reference)
            rows = self._rows(reference).filter(**{f"{key}__in": wanted})
            known.update(rows.values_list(key, attribute))
            known.update(self._deleted(reference, wanted - known.keys()))

    def _deleted(self, reference: Reference, keys: set[Any]) -> dict[Any, str | None]:
        """Return the Salesforce ids of parents that were deleted here, as long as the log knows them."""
        if not keys:
            return {}
        texts = {self.target.key_text(key): key for key in keys}
        log = LocalChange.objects.using(self.target.using).of(reference.target_mapping().target())
        deletes = log.filter(operation=Operation.DELETE, pk_text__in=texts)
        return {texts[text]: sf_id for text, sf_id in deletes.values_list("pk_text", "sf_id")}

    def load_keys(self, reference: Reference, sf_ids: Iterable[str | None]) -> None:
        """Look up the local keys of parents by their Salesforce ids."""
        known = self._keys.setdefault(reference.name, {})
        wanted = {sf_id for sf_id in sf_ids if sf_id} - known.keys()
        if wanted:
            attribute, key = self._columns(reference)
            rows = self._rows(reference).filter(**{f"{attribute}__in": wanted})
            known.update(rows.values_list(attribute, key))

    def key_of(self, reference: Reference, sf_id: str) -> Any | None:
        """Return the local key of a parent, None when it is not here yet."""
        return self._keys.get(reference.name, {}).get(sf_id)

    def canonical_local(self, each: Field, value: Any) -> Canonical:
        """Return the canonical form of a local value; a parent without Salesforce id gets a form of its own."""
        if isinstance(each, Reference):
            if value is None:
                return None
            return self._ids.get(each.name, {}).get(value) or f"{UNLINKED}{value}"
        return canonical(each.org_value(value), self.target.types[each.salesforce])

    def _rows(self, reference: Reference) -> Any:
        return reference.target_mapping().model()._base_manager.using(self.target.using)

    @staticmethod
    def _columns(reference: Reference) -> tuple[str, str]:
        key = reference.relation.target_field.attname
        return reference.target_mapping().options.salesforce_id, key


def is_unlinked(value: Canonical | Absent) -> bool:
    return isinstance(value, str) and value.startswith(UNLINKED)
