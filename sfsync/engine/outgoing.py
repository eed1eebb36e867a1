"""What one record will be sent, fixed by its claim."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.db.models import Model

from sfsync.engine.merging import Canonical
from sfsync.engine.target import Target
from sfsync.models import Delivery
from sfsync.values import wire


@dataclass
class Outgoing:
    """One claimed record.

    `sent` holds canonical values by field name, `expected` the org's values of the same fields as the merge saw
    them, `change_ids` the local changes that are settled when the org accepts. `left_out` are references whose
    parent has no Salesforce id yet: they follow as an update.
    """

    key: str
    operation: str
    delivery: Delivery
    row: Model | None = None
    sf_id: str | None = None
    sent: dict[str, Canonical] = field(default_factory=dict)
    expected: dict[str, Canonical] = field(default_factory=dict)
    change_ids: list[int] = field(default_factory=list)
    modified: str | None = None
    left_out: list[str] = field(default_factory=list)

    @property
    def record(self) -> str:
        """Name the record in problems: the Salesforce id, else the primary key."""
        return self.sf_id or self.key

    def body(self, target: Target) -> dict[str, Any]:
        """Return the fields to send, by Salesforce name. A create leaves out what is empty."""
        names = {each.name: each.salesforce for each in target.merged}
        values = {
            names[name]: wire(value, target.types[names[name]])
            for name, value in self.sent.items()
            if self.operation != "create" or value is not None
        }
        external = target.mapping.options.external_id
        if self.operation == "create" and external is not None and self.delivery.external_id:
            values[external.salesforce] = self.delivery.external_id
        return values
