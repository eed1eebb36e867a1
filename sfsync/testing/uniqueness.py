"""Values that no two live records may share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from . import errors
from .schema.base import SObjectSpec
from .storage import Storage
from .storage.tables import quote


def require_unique(
    storage: Storage, spec: SObjectSpec, record: Mapping[str, Any], changed: Mapping[str, Any]
) -> None:
    """Refuse a unique value that a live record has; rows in the recycle bin do not count."""
    for field in spec.unique_fields:
        if changed.get(field.name) is None:
            continue
        collation = "" if field.case_sensitive or not field.is_text else " COLLATE NOCASE"
        sql = (
            f'SELECT "Id" FROM {quote(spec.name)} WHERE {quote(field.name)} = ?{collation} '
            'AND "IsDeleted" = 0 AND "Id" != ?'
        )
        other = next(storage.read(sql, (changed[field.name], record["Id"])), None)
        if other is not None:
            raise errors.duplicate_value(field.name, other[0])
