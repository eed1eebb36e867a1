"""Canonical values: one form for what Django and Salesforce store differently. Pure functions, no Django.

Salesforce trims text, lower-cases e-mail addresses, drops fractions of seconds and sends numbers as
`564.0`: comparing raw values would push and pull the same record for ever.
"""

from sfsync.values.canonical import Canonical, canonical, check_fits, wire
from sfsync.values.field_type import FieldType
from sfsync.values.ids import id18
from sfsync.values.moments import format_datetime, parse_date, parse_datetime, parse_time
from sfsync.values.numbers import at_scale, parse_number

__all__ = [
    "Canonical",
    "FieldType",
    "at_scale",
    "canonical",
    "check_fits",
    "format_datetime",
    "id18",
    "parse_date",
    "parse_datetime",
    "parse_number",
    "parse_time",
    "wire",
]
