import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfsync.client import payload


def test_numbers_with_a_point_are_decimals():
    number = payload.loads(b'{"AnnualRevenue": 123456789012345678.10}')["AnnualRevenue"]
    assert (type(number), str(number)) == (Decimal, "123456789012345678.10")


def test_a_whole_number_is_an_int():
    assert payload.loads(b"[200]") == [200]


@pytest.mark.parametrize(
    "content",
    [b'{"a": NaN}', b'{"a": Infinity}', b'{"a": 1', b"<html>", b"", b"\xff\xfe", b"[" * 100_000],
    ids=["nan", "infinity", "cut", "html", "empty", "not utf-8", "deep"],
)
def test_what_is_not_json_is_refused(content):
    with pytest.raises(ValueError):
        payload.loads(content)


@pytest.mark.parametrize(
    ("number", "text"),
    [
        ("0.1", b"0.1"),
        ("1E+3", b"1000"),
        ("123456789012345678.12", b"123456789012345678.12"),
        ("1E-8", b"0.00000001"),
    ],
)
def test_decimals_are_written_digit_by_digit(number, text):
    assert payload.dumps(Decimal(number)) == text


@pytest.mark.parametrize("value", [Decimal("NaN"), Decimal("Infinity"), 0.1, b"bytes", object(), {1, 2}])
def test_what_has_no_exact_form_is_refused(value):
    with pytest.raises(TypeError):
        payload.dumps({"value": value})


def test_keys_keep_their_order():
    assert payload.dumps({"attributes": {"type": "Account"}, "Name": "A"}) == (
        b'{"attributes":{"type":"Account"},"Name":"A"}'
    )


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.text()
    | st.integers()
    | st.decimals(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(VALUES)
def test_what_is_written_is_valid_json_and_reads_back_equal(value):
    content = payload.dumps(value)
    json.loads(content)
    assert payload.loads(content) == value


@given(
    st.lists(st.tuples(st.booleans(), st.text('{}[]"\\a', max_size=4)), min_size=1, max_size=4),
    st.sampled_from([1, 2, payload.DEEPEST - 1, payload.DEEPEST, payload.DEEPEST + 1, 2 * payload.DEEPEST]),
    st.sampled_from(["utf-8", "utf-16"]),
)
def test_depth_is_seen_whatever_the_texts_hold(wraps, depth, encoding):
    """Covers F93: brackets and quotes inside of texts neither hide levels nor make them up."""
    value = "{"
    for level in range(depth):
        is_list, text = wraps[level % len(wraps)]
        value = [text, value, text] if is_list else {"a" + text: text, "nested": value, "z" + text: "]"}
    content = json.dumps(value).encode(encoding)
    if depth > payload.DEEPEST:
        with pytest.raises(payload.TooDeep):
            payload.loads(content)
    else:
        assert payload.loads(content) == value


TRICKY = st.lists(st.text(alphabet='[]{}"\\,: \0é'), max_size=5)


@given(st.integers(97, 103), st.sampled_from(["list", "dict", "both"]), TRICKY)
def test_nesting_is_counted_by_brackets_outside_of_texts(depth, kind, texts):
    """Covers F93."""
    value = texts
    for level in range(depth - 1):
        as_list = kind == "list" or (kind == "both" and level % 2)
        value = [*texts, value, *texts] if as_list else {"[": "]", "a": value, **dict.fromkeys(texts, "}{")}
    content = json.dumps(value).encode()
    if depth > payload.DEEPEST:
        with pytest.raises(payload.TooDeep):
            payload.loads(content)
    else:
        assert payload.loads(content) == value


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32"])
def test_nesting_is_seen_in_every_encoding_of_json(encoding):
    """Covers F93."""
    with pytest.raises(payload.TooDeep):
        payload.loads(("[" * 101 + "]" * 101).encode(encoding))
