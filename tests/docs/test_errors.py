"""docs/client.rst tells of errors and repetitions what the code does."""

import re
from pathlib import Path

from sfsync import exceptions
from sfsync.client import payload, retries, session

PAGE = (Path(__file__).parents[2] / "docs" / "client.rst").read_text()
SECTION = PAGE.partition("When a call fails\n")[2]


def rows():
    table = re.findall(r"^   \* - (.+)\n     - (.+)\n     - (.+)\n     - (.+)\n     - (.+)$", SECTION, re.M)
    return [row for row in table if row[0] != "Error"]


def seconds(number):
    return f"{number:g} s" if number else "none"


def test_the_table_of_repetitions_is_that_of_the_code():
    written = [
        (f"``{rule.error.__name__}``", str(rule.attempts), seconds(rule.first), seconds(rule.longest))
        for rule in retries.TABLE
    ]
    assert [(row[0], *row[2:]) for row in rows()] == written


def test_the_caps_are_those_of_the_code():
    (oversized,) = (row[1] for row in rows() if row[0] == "``Oversized``")
    assert re.findall(r"\d+", oversized) == [str(session.LARGEST // 2**20), str(payload.DEEPEST)]


def test_the_tree_of_errors_names_each_of_them():
    drawn = re.findall(r"── (\w+)", exceptions.__doc__)
    defined = {
        name
        for name, value in vars(exceptions).items()
        if isinstance(value, type) and issubclass(value, exceptions.SfsyncError)
    }
    assert set(drawn) == defined - {"SfsyncError"}
    assert len(drawn) == len(set(drawn))


def test_the_tree_of_errors_is_the_one_of_the_code():
    parents = ["SfsyncError"]
    for line in exceptions.__doc__.splitlines():
        if found := re.search(r"^([│├└─ ]*)── (\w+)", line):
            depth = len(found[1]) // 4 + 1
            parents[depth:] = [found[2]]
            assert getattr(exceptions, found[2]).__bases__[0].__name__ == parents[depth - 1]
