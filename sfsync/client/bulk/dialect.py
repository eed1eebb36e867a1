"""The forms of CSV that a job can have: Bulk API 2.0 guide, "Create a Job" and "Create a Query Job"."""

from __future__ import annotations

import csv

DELIMITERS = {"BACKQUOTE": "`", "CARET": "^", "COMMA": ",", "PIPE": "|", "SEMICOLON": ";", "TAB": "\t"}

# What sfsync loads. Python's writer puts quotes around what holds a part of the line ending, and in Python 3.11
# around no other kind of line break: with CRLF a lone carriage return is safe, too.
OURS = {"contentType": "CSV", "columnDelimiter": "COMMA", "lineEnding": "CRLF"}

# Python gives up at fields of 131,072 characters, and the limit holds for the whole process. Text areas hold
# 131,072 ("Bulk API and Bulk API 2.0 Limits and Allocations"); a file in base64 holds more.
LONGEST_FIELD = 16_000_000


def allow_long_fields() -> None:
    """Raise the limit of Python's csv module, never lower it."""
    if csv.field_size_limit() < LONGEST_FIELD:
        csv.field_size_limit(LONGEST_FIELD)
