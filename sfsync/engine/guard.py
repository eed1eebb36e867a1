"""The limit at which deletes stop and wait for a person."""

from __future__ import annotations

SHARE = 10
"""Per cent of the linked rows."""

FLOOR, CEILING = 50, 1_000
"""Up to FLOOR deletes always pass, more than CEILING never."""

SMALL = 5
"""A mapping of so few linked rows may lose them all."""


def holds(deletes: int, linked: int) -> bool:
    """Tell whether so many deletes, of so many linked rows, must wait for a person.

    They must above max(50, min(10 %, 1,000)) rows, and whenever all linked rows (of more than 5) would go.
    """
    if deletes and deletes >= linked > SMALL:
        return True
    return deletes > max(FLOOR, min(linked * SHARE // 100, CEILING))
