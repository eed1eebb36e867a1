"""Templates, params and query strings."""

from datetime import UTC, date, datetime
from decimal import Decimal
from urllib.parse import parse_qs
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfsync import exceptions
from sfsync.client.addresses import fill, is_template, query_string, text


@pytest.mark.parametrize(
    ("template", "params", "address"),
    [
        ("a", {}, "a"),
        ("a/{id}", {"id": "1"}, "a/1"),
        ("a/{ID}/b", {"id": "1"}, "a/1/b"),
        ("a/{id}/{ID}", {"id": "1", "ID": "2"}, "a/1/2"),
        ("a/{x}-{y}", {"x": 1, "y": 2}, "a/1-2"),
        ("a/{id}", {"id": "é/?#%&=+ \n"}, "a/%C3%A9%2F%3F%23%25%26%3D%2B%20%0A"),
        (
            "a",
            {"q": "SELECT Id FROM A WHERE B = '+'"},
            "a?q=SELECT%20Id%20FROM%20A%20WHERE%20B%20%3D%20%27%2B%27",
        ),
        ("a/{id}", {"id": "1", "fields": ["x", "y"], "z": None}, "a/1?fields=x%2Cy"),
    ],
)
def test_templates_are_filled(template, params, address):
    assert fill("name", template, params) == address


@given(st.text(st.characters(codec="utf-8"), min_size=1).filter(lambda value: value not in (".", "..")))
def test_a_value_is_one_part_of_the_path(value):
    """Covers F86."""
    address = fill("name", "a/{id}/b", {"id": value})
    assert address.count("/") == 2
    assert not set(address) & set("?#\\ \r\n")


@given(st.dictionaries(st.text("abc", min_size=1), st.text(st.characters(codec="utf-8")), max_size=3))
def test_query_strings_are_read_as_they_were_meant(params):
    assert {key: value for key, (value,) in parse_qs(query_string(params), True).items()} == params


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (True, "true"),
        (7, "7"),
        (Decimal("1E+3"), "1000"),
        (1.5, "1.5"),
        (date(2026, 11, 23), "2026-11-23"),
        (datetime(2026, 11, 23, 12, tzinfo=UTC), "2026-11-23T12:00:00Z"),
        (UUID(int=1), "00000000-0000-0000-0000-000000000001"),
        (("a", 1), "a,1"),
    ],
)
def test_values_as_salesforce_reads_them(value, written):
    assert text(value) == written


@pytest.mark.parametrize("value", [b"a", {"a": 1}, object(), datetime(2026, 11, 23), "a\ud800"])
def test_other_values_are_refused(value):
    with pytest.raises(exceptions.ResourceError):
        text(value)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("a", True),
        ("a/{id}/b.c-d~e", True),
        ("a/", True),
        ("/services/apexrest/x/{a}{b}", True),
        ("...", True),
        ("", False),
        ("/", False),
        ("/a", False),
        ("//a", False),
        ("a//b", False),
        ("a/..", False),
        ("a/../b", False),
        (".", False),
        ("a/{}", False),
        ("a/{b", False),
        ("a?b", False),
        ("a#b", False),
        ("a b", False),
        ("a%2fb", False),
        ("http://a", False),
        ("a@b", False),
        ("a\n", False),
        (None, False),
        ("a" * 2_000, False),
    ],
)
def test_templates(path, expected):
    assert is_template(path) is expected
