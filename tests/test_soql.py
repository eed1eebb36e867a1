import re
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfsync import soql
from sfsync.exceptions import ConfigurationError

STRING = re.compile(r"'(?:[^'\\\x00-\x1f]|\\(?:[\\'nrtbf]|u[0-9A-F]{4}))*'")
UNESCAPED = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f"}


def unquote(literal):
    """Read a string literal as the org does."""
    return re.sub(
        r"\\(u[0-9A-F]{4}|.)",
        lambda match: chr(int(match[1][1:], 16)) if len(match[1]) == 5 else UNESCAPED.get(match[1], match[1]),
        literal[1:-1],
    )


@given(st.text() | st.text("'\\\n\r\"%_\x00\u2028 "))
def test_whatever_the_text_the_literal_ends_where_it_ends(text):
    """Covers F86."""
    literal = soql.quote(text)
    assert STRING.fullmatch(literal)
    assert unquote(literal) == text


@pytest.mark.parametrize(
    ("text", "literal"),
    [
        ("O'Neil", r"'O\'Neil'"),
        ("x' OR Name != '", r"'x\' OR Name != \''"),
        (r"x\' OR Name != \'", r"'x\\\' OR Name != \\\''"),
        ("two\nlines\r\n", r"'two\nlines\r\n'"),
        ("\x00", r"'\u0000'"),
        ("", "''"),
        ("100 %_", "'100 %_'"),
    ],
)
def test_quote(text, literal):
    assert soql.quote(text) == literal


@pytest.mark.parametrize(
    ("value", "literal"),
    [
        (None, "null"),
        (True, "true"),
        (False, "false"),
        (5, "5"),
        (Decimal("1E+3"), "1000"),
        (Decimal("-0.10"), "-0.10"),
        (date(2026, 5, 24), "2026-05-24"),
        (datetime(2026, 5, 24, 1, 2, 3, tzinfo=UTC), "2026-05-24T01:02:03Z"),
        (datetime(2026, 5, 24, 1, 2, 3, tzinfo=timezone(timedelta(hours=2))), "2026-05-23T23:02:03Z"),
        ("2026-05-24", "'2026-05-24'"),
    ],
)
def test_literal(value, literal):
    assert soql.literal(value) == literal


@pytest.mark.parametrize(
    "value",
    [
        datetime(2026, 5, 24),
        datetime(2026, 5, 24, 0, 0, 0, 1, tzinfo=UTC),
        Decimal("NaN"),
        Decimal("Infinity"),
        0.1,
        b"x",
        ["x"],
    ],
)
def test_what_has_no_literal_is_refused(value):
    with pytest.raises(ValueError, match="SOQL"):
        soql.literal(value)


def test_select():
    where = soql.and_(soql.equals("Name", "O'Neil"), soql.greater("Id", "001"))
    text = soql.select(["Id", "Account.Name"], "Contact", where, order_by=["SystemModstamp", "Id"], limit=5)
    assert text == (
        r"SELECT Id, Account.Name FROM Contact WHERE Name = 'O\'Neil' AND Id > '001'"
        " ORDER BY SystemModstamp, Id LIMIT 5"
    )
    assert soql.select(["Id"], "Contact", order_by="Id") == "SELECT Id FROM Contact ORDER BY Id"


@pytest.mark.parametrize(
    ("condition", "text"),
    [
        (soql.equals("A", None), "A = null"),
        (soql.not_equals("A", True), "A != true"),
        (soql.greater("A", 1), "A > 1"),
        (soql.at_least("A", 1), "A >= 1"),
        (soql.less("A", 1), "A < 1"),
        (soql.in_("A", ["x", "y'"]), r"A IN ('x', 'y\'')"),
        (soql.and_(soql.equals("A", 1)), "A = 1"),
        (
            soql.or_(soql.greater("A", 1), soql.and_(soql.equals("A", 1), soql.greater("B", 2))),
            "A > 1 OR (A = 1 AND B > 2)",
        ),
        (
            soql.and_(soql.or_(soql.equals("A", 1), soql.equals("B", 2)), soql.equals("C", 3)),
            "(A = 1 OR B = 2) AND C = 3",
        ),
    ],
)
def test_conditions(condition, text):
    assert condition.text == text


@pytest.mark.parametrize("join", [soql.and_, soql.or_, lambda: soql.in_("A", [])])
def test_nothing_to_join(join):
    with pytest.raises(ValueError, match="needs"):
        join()


@pytest.mark.parametrize(
    "name", ["", "Name OR 1=1", "Name'", "Name--", "1Name", "A.B.C.D.E.F.G", "Name\n", "N\u00e4me", "COUNT()"]
)
@pytest.mark.parametrize(
    "build",
    [
        lambda name: soql.select([name], "Contact"),
        lambda name: soql.select(["Id"], name),
        lambda name: soql.select(["Id"], "Contact", order_by=[name]),
        lambda name: soql.equals(name, 1),
        lambda name: soql.in_(name, [1]),
    ],
)
def test_names_cannot_carry_soql(build, name):
    """Covers F86."""
    with pytest.raises(ConfigurationError):
        build(name)


def test_a_condition_does_not_show_the_values_it_holds():
    """Covers F88."""
    assert "secret" not in repr(soql.equals("Email", "secret@example.com"))
