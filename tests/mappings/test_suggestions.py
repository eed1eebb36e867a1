import pytest

from sfsync.mappings.suggestions import nearest


@pytest.mark.parametrize(
    ("name", "known", "expected"),
    [
        ("contactmapping", ["AccountMapping", "ContactMapping"], "Did you mean 'ContactMapping'?"),
        ("emial", ["email", "phone"], "Did you mean 'email'?"),
        ("xyz", ["email", "phone"], "There are: email, phone."),
        ("xyz", [], "There are none."),
    ],
)
def test_nearest(name, known, expected):
    assert nearest(name, known) == expected
