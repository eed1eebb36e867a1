from __future__ import annotations

import pytest

from sfsync.testing.errors import OrgError
from sfsync.testing.soql.tree import Path
from sfsync.testing.sosl.parse import MAX_LENGTH, parse, reserved
from sfsync.testing.sosl.terms import read_term


def refused(text: str) -> OrgError:
    with pytest.raises(OrgError) as caught:
        search = parse(text)
        read_term(search.term, lambda at, char: reserved(search, at, char))
    return caught.value


def test_the_parts_of_a_search() -> None:
    text = (
        "FIND {Joe \\} Smith} IN Name Fields RETURNING lead (name, Owner.Name WHERE CreatedDate = TODAY "
        "ORDER BY Name DESC LIMIT 3 OFFSET 1), Contact LIMIT 10"
    )
    search = parse(text)
    assert (search.term, search.scope, search.limit) == (r"Joe \} Smith", "NAME", 10)
    lead, contact = search.targets
    assert [str(field) for field in lead.fields] == ["name", "Owner.Name"]
    assert (lead.source.name, lead.limit, lead.offset, lead.order[0].descending) == ("lead", 3, 1, True)
    assert (contact.source.name, contact.fields[0].names, contact.where) == ("Contact", ("Id",), None)
    assert isinstance(lead.fields[0], Path) and text[lead.fields[0].offset :].startswith("name,")


def test_only_the_words_are_needed() -> None:
    search = parse(" find\n{in} ")
    assert (search.term, search.scope, search.targets, search.limit) == ("in", "ALL", None, None)


@pytest.mark.parametrize("text", ["", "FIND Acme", "Acme", "SELECT Id FROM Account", "FIND 'Acme'"])
def test_the_term_is_in_braces(text: str) -> None:
    error = refused(text)
    assert (error.status, error.code) == (400, "MALFORMED_SEARCH")
    assert error.message == "No search term found. The search term must be enclosed in braces."


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "FIND {John|jane_gray@uoa.edu} RETURNING Contact",
            "\nFIND {John|jane_gray@uoa.edu} RETURNING Contact\n         ^\nERROR at Row:1:Column:10\n"
            "line 1:10 mismatched character '|' expecting '}'",
        ),
        (
            "FIND {name} IN ALL TYPE RETURNING Account(name)",
            "\nFIND {name} IN ALL TYPE RETURNING Account(name)\n                  ^\nERROR at Row:1:Column:19\n"
            "Malformed search token: TYPE",
        ),
    ],
)
def test_malformed_searches_get_the_words_of_salesforce(text: str, message: str) -> None:
    error = refused(text)
    assert (error.code, error.message) == ("MALFORMED_SEARCH", message)


@pytest.mark.parametrize(
    ("text", "construct"),
    [
        ("FIND {ab} IN SIDEBAR FIELDS", "IN SIDEBAR FIELDS"),
        ("FIND {ab} RETURNING Account WITH SNIPPET", "WITH"),
        ("FIND {ab} RETURNING Account(Id USING ListView=Recent)", "USING"),
        ("FIND {ab} UPDATE TRACKING", "UPDATE TRACKING or VIEWSTAT"),
    ],
)
def test_what_is_not_supported_is_named(text: str, construct: str) -> None:
    assert refused(text).message == f"{construct} is not supported by this simulated org yet"


@pytest.mark.parametrize(
    "text",
    [
        "FIND {ab",
        "FIND {ab} {cd}",
        "FIND {ab} RETURNING",
        "FIND {ab} RETURNING Account()",
        "FIND {ab} RETURNING Account(Id WHERE)",
        "FIND {ab} RETURNING Account(Id GROUP BY Id)",
        "FIND {ab} RETURNING Account(Id, (SELECT Id FROM Contacts))",
        "FIND {ab} LIMIT x",
        "FIND {ab}; DROP",
    ],
)
def test_what_is_no_search(text: str) -> None:
    assert refused(text).code == "MALFORMED_SEARCH"


def test_a_search_has_a_length() -> None:
    assert refused("FIND {" + "x" * MAX_LENGTH + "}").code == "QUERY_TOO_COMPLICATED"
