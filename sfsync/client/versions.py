"""Versions of the API: what to type when the org no longer speaks one.

REST guide, "List Available REST API Versions" (free of charge, no session needed) and "API End-of-Life".
"""

from __future__ import annotations

import re
from typing import Any

from ..exceptions import UnsupportedVersion

PATH = "/services/data/"
VERSION = re.compile(r"\d{1,3}\.0", re.ASCII)


def explained(error: UnsupportedVersion, version: str, listed: Any) -> UnsupportedVersion:
    """Return the error with the range of versions in `listed`, the body of /services/data/; None if unknown."""
    spoken = supported(listed)
    if not spoken:
        return error
    first, last = spoken[0], spoken[-1]
    found = UnsupportedVersion(
        f"The org does not speak version {version} of the API (any more), but {first} to {last}. "
        f'Set SF_API_VERSION to one of them, such as "{max(first, min("66.0", last, key=float), key=float)}".',
        status=error.status,
        code=error.code,
        resource=error.resource,
        org_message=error.org_message,
    )
    found.request_id = error.request_id
    return found


def supported(listed: Any) -> list[str]:
    """Return the versions in the body of /services/data/, oldest first; none if it is something else."""
    items = listed if isinstance(listed, list) else []
    found = [item.get("version") for item in items if isinstance(item, dict)]
    return sorted((each for each in found if isinstance(each, str) and VERSION.fullmatch(each)), key=float)
