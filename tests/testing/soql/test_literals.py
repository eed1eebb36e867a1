from __future__ import annotations

from decimal import Decimal

import pytest

from sfsync.testing.errors import OrgError
from sfsync.testing.schema import FieldSpec
from sfsync.testing.soql.literals import MAX_STRING, Value, like_pattern, value_of
from sfsync.testing.soql.tree import Literal, LiteralKind


def field(kind: str, scale: int = 0) -> FieldSpec:
    return FieldSpec(name="X__c", type=kind, label="X", scale=scale)


def string(text: str) -> Literal:
    return Literal(LiteralKind.STRING, text, 0)


@pytest.mark.parametrize(
    ("kind", "scale", "literal", "value"),
    [
        ("currency", 2, Literal(LiteralKind.NUMBER, "1.5", 0), 150),
        ("double", 0, Literal(LiteralKind.NUMBER, "1.5", 0), Decimal("1.5")),
        ("percent", 2, Literal(LiteralKind.NUMBER, "0.005", 0), Decimal("0.5")),
        ("currency", 18, Literal(LiteralKind.NUMBER, "0.1", 0), 10**17),
        ("boolean", 0, Literal(LiteralKind.BOOLEAN, "True", 0), 1),
        ("date", 0, Literal(LiteralKind.DATE, "2026-02-28", 0), "2026-02-28"),
        (
            "datetime",
            0,
            Literal(LiteralKind.DATETIME, "2026-01-01T00:30:00+01:00", 0),
            "2025-12-31T23:30:00.000+0000",
        ),
        (
            "datetime",
            0,
            Literal(LiteralKind.DATETIME, "2026-01-01t00:00:00.1234567z", 0),
            "2026-01-01T00:00:00.123+0000",
        ),
        ("string", 0, Literal(LiteralKind.NULL, "null", 0), None),
        ("string", 0, Literal(LiteralKind.STRING, "", 0), None),
        ("reference", 0, Literal(LiteralKind.STRING, "001dM00003jU9Gx", 0), "001dM00003jU9GxQAK"),
    ],
)
def test_values_are_those_of_the_column(kind: str, scale: int, literal: Literal, value: Value) -> None:
    found = value_of(field(kind, scale), literal)
    assert found == value
    assert type(found) is type(value)


def test_every_documented_escape() -> None:
    assert value_of(field("string"), string(r"""\'\\\n\r\t\b\f\"\u00e9""")) == "'\\\n\r\t\b\f\"é"


@pytest.mark.parametrize("text", [r"\x", r"\%", r"\ud800", r"\u12"])
def test_other_escapes_are_refused(text: str) -> None:
    with pytest.raises(OrgError) as caught:
        value_of(field("string"), string(text))
    assert caught.value.code == "MALFORMED_QUERY"
    assert "Illegal character sequence" in caught.value.message


@pytest.mark.parametrize(
    ("text", "pattern"),
    [("a%_", "a%_"), (r"\%\_", r"\%\_"), (r"\\", "\\\\"), (r"\'", "'"), (r"\u0025", r"\%")],
)
def test_patterns_keep_what_is_escaped(text: str, pattern: str) -> None:
    assert like_pattern(string(text)) == pattern


@pytest.mark.parametrize(
    ("kind", "literal"),
    [
        ("date", Literal(LiteralKind.DATE, "2026-02-30", 0)),
        ("date", Literal(LiteralKind.DATE, "1699-12-31", 0)),
        ("datetime", Literal(LiteralKind.DATETIME, "4001-01-01T00:00:00Z", 0)),
        ("datetime", Literal(LiteralKind.DATETIME, "2026-01-01T25:00:00Z", 0)),
        ("datetime", Literal(LiteralKind.DATETIME, "0001-01-01T00:00:00+23:00", 0)),
        ("string", string("x" * (MAX_STRING + 1))),
    ],
)
def test_values_out_of_range_are_refused(kind: str, literal: Literal) -> None:
    with pytest.raises(OrgError) as caught:
        value_of(field(kind), literal)
    assert caught.value.code == "MALFORMED_QUERY"
