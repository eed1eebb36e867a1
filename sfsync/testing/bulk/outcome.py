"""What became of one row of an upload, and how results word it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .. import errors
from ..errors import OrgError
from ..normalise import normalise
from ..schema.base import SObjectSpec
from ..settings import OrgSettings
from ..wording import worded


@dataclass(frozen=True)
class Outcome:
    """The record's id as far as it is known, whether it was created, and the error that kept it out."""

    record_id: str = ""
    created: bool = False
    error: OrgError | None = None


def error_text(error: OrgError) -> str:
    """Return sf__Error: `CODE:message:field names --`, for each error of the record."""
    return ";".join(
        f"{item['statusCode']}:{item['message']}:{','.join(item['fields'])}{' ' if item['fields'] else ''}--"
        for item in error.items()
    )


def worded_for_csv(
    error: OrgError, spec: SObjectSpec, values: Mapping[str, Any], settings: OrgSettings
) -> OrgError:
    """Return an error in the org's words, and that of a CSV value in place of a JSON parser's, unknown to CSV."""
    if error.code != "JSON_PARSER_ERROR":
        return worded(error, settings.texts)
    for name, value in values.items():
        field = spec.find(name)
        if field is None:
            continue
        try:
            normalise(field, value, settings)
        except OrgError:
            return errors.wrong_type(field.label, field.name, str(value))
    return error
