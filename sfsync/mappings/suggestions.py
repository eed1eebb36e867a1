"""Did you mean? For every name a person can mistype."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


def nearest(name: str, known: Iterable[str]) -> str:
    """Return a sentence that names the nearest known name, or all of them when none is near."""
    names = list(known)
    folded = {candidate.lower(): candidate for candidate in reversed(names)}
    match = get_close_matches(str(name).lower(), folded, n=1)
    if match:
        return f"Did you mean {folded[match[0]]!r}?"
    return f"There are: {', '.join(names)}." if names else "There are none."
