from __future__ import annotations

from collections.abc import Callable

import pytest

from sfsync.testing.errors import OrgError
from sfsync.testing.org import Org

from .conftest import reason

Names = Callable[[str], list[str]]


@pytest.fixture(autouse=True)
def accounts(local_org: Org) -> None:
    """Three accounts: A with values, B with other values, C with none."""
    user = local_org.settings.user_id
    values = {
        "A": {"Industry": "Energy", "NumberOfEmployees": 10, "AnnualRevenue": 1000, "Phone": "1_0%"},
        "B": {"Industry": "Banking", "NumberOfEmployees": 20, "AnnualRevenue": 2000, "Phone": "1x0y"},
        "C": {},
    }
    for name, fields in values.items():
        local_org.create("Account", {"Name": name, **fields}, user)


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ("Industry = 'Energy'", "A"),
        ("Industry = 'ENERGY'", "A"),
        ("Industry != 'Energy'", "BC"),
        ("Industry <> 'Energy'", "BC"),
        ("Industry = null", "C"),
        ("Industry = ''", "C"),
        ("Industry != null", "AB"),
        ("Industry > ''", "AB"),
        ("Industry < ''", ""),
        ("Industry > null", ""),
        ("NOT Industry = 'Energy'", "BC"),
        ("NOT Industry != 'Energy'", "A"),
        ("Industry IN ('Energy', 'Banking')", "AB"),
        ("Industry IN ('Energy', null)", "AC"),
        ("Industry NOT IN ('Energy')", "BC"),
        ("Industry NOT IN ('Energy', null)", "B"),
        ("NOT Industry IN ('Energy')", "BC"),
        ("NOT Industry NOT IN ('Energy')", "A"),
        ("NumberOfEmployees > 10", "B"),
        ("NumberOfEmployees >= 10", "AB"),
        ("NumberOfEmployees < 10.5", "A"),
        ("NumberOfEmployees > 9.99", "AB"),
        ("NumberOfEmployees = 10.5", ""),
        ("NumberOfEmployees != 10.5", "ABC"),
        ("NumberOfEmployees IN (10, 20.5)", "A"),
        ("NOT NumberOfEmployees > 10", "AC"),
        ("AnnualRevenue = 1000", "A"),
        ("AnnualRevenue <= 99999999999999999999999999", "AB"),
        ("AnnualRevenue > -5", "AB"),
        ("NumberOfEmployees < null", ""),
        ("Phone LIKE '1_0%'", "AB"),
        (r"Phone LIKE '1\_0\%'", "A"),
        ("Name LIKE 'a'", "A"),
        ("NOT Phone LIKE '1%'", "C"),
        ("Industry = 'Energy' OR NumberOfEmployees = 20", "AB"),
        ("Industry = 'Energy' AND NumberOfEmployees = 20", ""),
        ("Name = 'C' OR (Industry = 'Banking' AND NumberOfEmployees = 20)", "BC"),
        ("NOT (Industry = 'Energy' AND NumberOfEmployees = 10)", "BC"),
        ("NOT (Industry = 'Banking' OR NumberOfEmployees > 100)", "AC"),
        ("IsDeleted = false", "ABC"),
        ("IsDeleted = TRUE", ""),
        ("IsDeleted != TRUE", "ABC"),
        ("Account.Name = 'A'", "A"),
    ],
)
def test_null_logic(names: Names, where: str, expected: str) -> None:
    assert "".join(names(where)) == expected


def test_ids_compare_at_both_lengths(names: Names, local_org: Org) -> None:
    record_id = local_org.create("Account", {"Name": "D"}, local_org.settings.user_id)
    assert names(f"Id = '{record_id}'") == names(f"Id IN ('{record_id[:15]}')") == ["D"]
    assert names(f"Id != '{record_id[:15]}'") == ["A", "B", "C"]


def test_lists_and_chains_may_be_as_long_as_the_text(names: Names) -> None:
    assert names("NumberOfEmployees IN (" + ",".join("9" * 1 for _ in range(40_000)) + ",10)") == ["A"]
    assert names(" OR ".join(["Name = 'x'"] * 5_000) + " OR Name = 'A'") == ["A"]
    assert names(" AND ".join(["Name != 'x'"] * 5_000)) == ["A", "B", "C"]


@pytest.mark.parametrize(
    ("where", "code", "sentence"),
    [
        ("Foo = 1", "INVALID_FIELD", "no_such_column Foo Account"),
        ("Bar.Name = 'x'", "INVALID_FIELD", "no_such_relationship Bar"),
        (
            "CreatedDate > '2026-01-01T00:00:00Z'",
            "INVALID_FIELD",
            "wrong_literal CreatedDate dateTime should not be",
        ),
        (
            "CreatedDate > 2026-01-01",
            "INVALID_FIELD",
            "wrong_literal CreatedDate dateTime should not be",
        ),
        (
            "AnnualRevenue = '5'",
            "INVALID_FIELD",
            "wrong_literal AnnualRevenue double should not be",
        ),
        (
            "Name = 5",
            "INVALID_FIELD",
            "wrong_literal Name string should be",
        ),
        (
            "IsDeleted = 'true'",
            "INVALID_FIELD",
            "wrong_literal IsDeleted boolean should not be",
        ),
        ("Description = 'x'", "INVALID_FIELD", "not_filterable Description"),
        (
            "BillingAddress = null",
            "INVALID_FIELD",
            "not_filterable BillingAddress",
        ),
        ("Id = 'nonsense'", "INVALID_QUERY_FILTER_OPERATOR", "bad_id nonsense"),
        ("Id LIKE '001%'", "INVALID_QUERY_FILTER_OPERATOR", "wrong_operator id"),
        ("IsDeleted > false", "INVALID_QUERY_FILTER_OPERATOR", "wrong_operator boolean"),
    ],
)
def test_errors_point_at_the_field(names: Names, where: str, code: str, sentence: str) -> None:
    with pytest.raises(OrgError) as caught:
        names(where)
    assert (caught.value.status, caught.value.code) == (400, code)
    _, excerpt, caret, place, _ = caught.value.message.split("\n")
    assert reason(caught.value) == sentence
    assert excerpt[len(caret) - 1 :].startswith(where.split()[0])
    assert place == "ERROR at Row:1:Column:32"


def test_nesting_has_a_limit(names: Names) -> None:
    with pytest.raises(OrgError) as caught:
        names("NOT (" * 500 + "Name = 'A'" + ")" * 500)
    assert caught.value.code == "QUERY_TOO_COMPLICATED"
