from __future__ import annotations

import pytest

from sfsync.testing.errors import OrgError
from sfsync.testing.soql.parse import MAX_LENGTH, parse
from sfsync.testing.soql.tree import (
    Aliased,
    Call,
    Combination,
    Comparison,
    Inclusion,
    Join,
    LiteralKind,
    Membership,
    Negation,
    Ordering,
    Path,
    Query,
)

from .conftest import reason


def refused(text: str) -> OrgError:
    with pytest.raises(OrgError) as caught:
        parse(text)
    return caught.value


def test_every_clause_reaches_the_tree() -> None:
    query = parse(
        "select Id, Account.Name from Contact c where Name like 'a%'"
        " and (not (Age = 1 or Age not in (2, null)))"
        " order by Name desc nulls last, Id limit 5 offset 3"
    )
    assert [str(path) for path in query.fields or ()] == ["Id", "Account.Name"]
    assert (query.source.name, query.source.alias) == ("Contact", "c")
    assert (query.limit, query.offset) == (5, 3)
    assert [(str(by.operand), by.descending, by.nulls_last) for by in query.order] == [
        ("Name", True, True),
        ("Id", False, False),
    ]
    like, negation = query.where.conditions  # type: ignore[union-attr]
    assert isinstance(like, Comparison)
    assert like.operator == "LIKE"
    assert isinstance(negation, Negation)
    assert isinstance(negation.condition, Combination)
    member = negation.condition.conditions[1]
    assert isinstance(member, Membership)
    assert (member.negated, len(member.literals)) == (True, 2)


def test_grouped_queries_reach_the_tree() -> None:
    query = parse(
        "SELECT Name n, count(Id),max(Amount) top FROM Opportunity GROUP BY Name, Account.Name"
        " HAVING COUNT(Id) > 1 AND Name LIKE 'a%' ORDER BY sum(Amount)"
    )
    assert query.fields is not None
    name, count, top = query.fields
    assert (name, top) == (
        Aliased(Path(("Name",), 7), "n"),
        Aliased(Call("MAX", Path(("Amount",), 29), 25), "top"),
    )
    assert str(count) == "COUNT(Id)"
    assert query.group is not None
    assert [str(path) for path in query.group.paths] == ["Name", "Account.Name"]
    assert isinstance(query.group.having, Combination)
    assert [str(by.operand) for by in query.order] == ["SUM(Amount)"]


def test_queries_within_queries_reach_the_tree() -> None:
    query = parse(
        "SELECT Id, (SELECT Id FROM Contacts c LIMIT 2) FROM Account"
        " WHERE Id IN (SELECT AccountId FROM Contact) AND Id NOT IN ( select AccountId FROM Opportunity)"
    )
    assert query.fields is not None
    subquery = query.fields[1]
    assert isinstance(subquery, Query)
    assert (subquery.source.name, subquery.source.alias, subquery.limit) == ("Contacts", "c", 2)
    assert isinstance(query.where, Combination)
    semi, anti = query.where.conditions
    assert isinstance(semi, Join)
    assert isinstance(anti, Join)
    assert (semi.query.source.name, semi.negated) == ("Contact", False)
    assert (anti.query.source.name, anti.negated) == ("Opportunity", True)
    assert query.text[anti.offset :].lstrip().startswith("select AccountId")


@pytest.mark.parametrize(("word", "negated"), [("INCLUDES", False), ("excludes", True)])
def test_inclusions(word: str, negated: bool) -> None:
    where = parse(f"SELECT Id FROM A WHERE X__c {word} ('a;b', 'c')").where
    assert isinstance(where, Inclusion)
    assert ([literal.text for literal in where.literals], where.negated) == (["a;b", "c"], negated)


def test_count_has_no_fields() -> None:
    assert parse("SELECT COUNT() FROM Account").fields is None


def test_an_object_may_have_a_reserved_name() -> None:
    assert parse("SELECT Id FROM Group").source.name == "Group"
    assert parse("SELECT Id FROM Order ORDER BY Id").order == (Ordering(Path(("Id",), 30), False, False),)


@pytest.mark.parametrize(
    ("literal", "kind"),
    [
        ("null", LiteralKind.NULL),
        ("TRUE", LiteralKind.BOOLEAN),
        ("-1.5", LiteralKind.NUMBER),
        (".5", LiteralKind.NUMBER),
        ("'it\\'s'", LiteralKind.STRING),
        ("2026-01-31", LiteralKind.DATE),
        ("2026-01-31T10:00:00Z", LiteralKind.DATETIME),
        ("2026-01-31T10:00:00+0000", LiteralKind.DATETIME),
        ("2026-01-31T10:00:00.123+01:00", LiteralKind.DATETIME),
        ("today", LiteralKind.RELATIVE_DATE),
        ("LAST_90_DAYS", LiteralKind.RELATIVE_DATE),
        ("THIS_FISCAL_QUARTER", LiteralKind.RELATIVE_DATE),
        ("LAST_N_DAYS:30", LiteralKind.RELATIVE_DATE),
        ("N_FISCAL_YEARS_AGO : 2", LiteralKind.RELATIVE_DATE),
    ],
)
def test_literals(literal: str, kind: LiteralKind) -> None:
    where = parse(f"SELECT Id FROM Account WHERE X__c = {literal}").where
    assert isinstance(where, Comparison)
    assert where.literal.kind is kind


def test_stray_blanks_and_lines_are_allowed() -> None:
    assert parse("  SELECT  Id ,Name\nFROM Account\tWHERE(Name='x')  ").fields is not None


@pytest.mark.parametrize(
    ("text", "construct"),
    [
        ("SELECT Name FROM Account GROUP BY ROLLUP(Name)", "GROUP BY ROLLUP"),
        ("SELECT Name FROM Account GROUP BY CUBE(Name)", "GROUP BY CUBE"),
        (
            "SELECT Id FROM Account WHERE CALENDAR_YEAR(convertTimezone(CreatedDate)) = 1",
            "The function convertTimezone()",
        ),
        ("SELECT TYPEOF What WHEN Account THEN Id END FROM Event", "TYPEOF"),
        ("SELECT Id FROM A FOR VIEW", "FOR VIEW, REFERENCE or UPDATE"),
        ("SELECT Id FROM A WITH SECURITY_ENFORCED", "WITH"),
    ],
)
def test_what_is_not_supported_is_named(text: str, construct: str) -> None:
    error = refused(text)
    assert error.code == "MALFORMED_QUERY"
    assert error.message == f"{construct} is not supported by this simulated org yet"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("invalid", "unexpected token: 'invalid'"),
        (
            "SELECT Id, FROM Account",
            "\nSELECT Id, FROM Account\n           ^\nERROR at Row:1:Column:12\nunexpected token: 'FROM'",
        ),
        (
            "SELECT Id FROM Account WHERE",
            "\nSELECT Id FROM Account WHERE\n                            ^\nERROR at Row:1:Column:29\n"
            "unexpected token: '<EOF>'",
        ),
    ],
)
def test_malformed_queries_get_the_words_of_salesforce(text: str, message: str) -> None:
    error = refused(text)
    assert (error.status, error.code, error.message) == (400, "MALFORMED_QUERY", message)


@pytest.mark.parametrize(
    ("text", "token"),
    [
        ("SELECT Id FROM Account;", ";"),
        ("SELECT Id FROM A WHERE a = 1 AND b = 2 OR c = 3", "OR"),
        ("SELECT Id FROM A WHERE X__c IS NULL", "IS"),
        ("SELECT Id FROM A LIMT 1", "1"),
        ("SELECT Id FROM A WHERE X = TODAYS", "TODAYS"),
        ("SELECT Id FROM A HAVING COUNT(Id) > 1", "HAVING"),
        ("SELECT Id FROM A WHERE X INCLUDES 1", "1"),
        ("SELECT Id, (SELECT Id FROM B FROM A", "FROM"),
        ("SELECT Id FROM A LIMIT 1.5", "."),
        ("SELECT Id FROM A WHERE LIKE = 'x'", "LIKE"),
    ],
)
def test_the_unexpected_token_is_quoted(text: str, token: str) -> None:
    assert refused(text).message.endswith(f"\nunexpected token: '{token}'")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "empty_query"),
        ("SELECT Id FROM A WHERE X = 'open", "open_string 32"),
        ("SELECT Id FROM A WHERE X = :y", "bind_variable"),
        ("SELECT Id FROM A WHERE X = '" + "x" * MAX_LENGTH + "'", f"query_too_long {MAX_LENGTH}"),
    ],
)
def test_texts_that_are_no_queries(text: str, sentence: str) -> None:
    assert reason(refused(text)) == sentence


def test_parentheses_may_be_nested_deeply() -> None:
    depth = 20_000
    where = parse(f"SELECT Id FROM A WHERE {'(' * depth}X = 1{')' * depth}").where
    assert isinstance(where, Comparison)
