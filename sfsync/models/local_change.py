"""The append-only log of local writes. Triggers fill it, the engine empties it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import connections, models

from sfsync.models.key import KeyField
from sfsync.models.old_value import decode_old_value
from sfsync.models.target import Targeted, TargetQuerySet

if TYPE_CHECKING:
    from sfsync.mappings import Mapping


class Operation(models.TextChoices):
    INSERT = "I"  # the row appeared, or appeared under this primary key
    UPDATE = "U"  # at least one pushed column changed
    DELETE = "D"  # the row vanished, or vanished from under this primary key


class LocalChange(Targeted):
    """One write of a pushed column, or of a whole row, for one target.

    Ids never repeat; for one record their order is the order of the commits.
    """

    id = models.BigAutoField(primary_key=True)
    operation = models.CharField(max_length=1, choices=Operation.choices)
    table = models.CharField(max_length=128)
    # The primary key as the database writes it.
    pk_text = KeyField(max_length=255)
    sf_id = models.CharField(max_length=18, null=True)
    external_id = KeyField(max_length=255, null=True)
    # {column: text or null}: of an update the pushed columns that changed, of a delete all of them.
    old = models.JSONField(default=dict)
    # By the database's clock.
    changed_at = models.DateTimeField()

    objects = TargetQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["org", "mapping", "pk_text"], name="sfsync_change_record")]

    def __str__(self) -> str:
        return f"{self.org}/{self.mapping} {self.operation} #{self.id}"

    def old_values(self, mapping: type[Mapping]) -> dict[str, Any]:
        """Return {attribute name: the value before this change} as the model would have read it.

        Foreign keys appear under their `attname`. Columns that are no longer pushed are left out.
        """
        columns = {field.column: field.model_field for field in mapping.pushed_fields()}
        return self.decode(columns)

    def decode(self, columns: dict[str, models.Field[Any, Any]]) -> dict[str, Any]:
        """Return {attribute name: old value} for the columns of this change that `columns` names."""
        connection = connections[self._state.db or "default"]
        return {
            columns[column].attname: decode_old_value(text, columns[column], connection)
            for column, text in self.old.items()
            if column in columns
        }
