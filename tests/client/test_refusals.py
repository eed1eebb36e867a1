import pytest

from sfsync.client import errors, refusals


@pytest.mark.parametrize("row", refusals.TABLE, ids=lambda row: f"{row.code} {row.text}")
def test_each_row_is_reached_by_its_own_words(row):
    assert refusals.advice(row.code, f"it says {row.text} and more") == row.advice


def test_other_errors_get_no_advice():
    assert refusals.advice("INVALID_FIELD", "expired access/refresh token") == ""


def test_refusals_are_failed_sign_ins():
    codes = {row.code for row in refusals.TABLE} - {"INVALID_OPERATION"}
    assert {errors.BY_CODE[code].__name__ for code in codes} == {"SignInFailed"}
