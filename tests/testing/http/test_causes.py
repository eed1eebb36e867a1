"""The table of faults is complete: each one that an org can cause has a test that causes it."""

import re
from pathlib import Path

# What goes wrong at the org or on the way to it. The others go wrong in the client, its database or its host.
FAULTS_OF_ORGS = {
    1, 2, 3, 4, 12, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37,
    38, 39, 41, 42, 43, 44, 45, 46, 47, 50, 51, 52, 53, 54, 57, 59, 60, 61, 62, 64, 72, 77, 78, 79, 80, 81, 82,
    83, 84, 85, 86, 87, 88, 89, 92, 93, 97,
}  # fmt: skip


def test_every_fault_of_an_org_is_caused():
    caused: set[int] = set()
    for path in Path(__file__).parent.glob("test_causes_*.py"):
        for docstring in re.findall(r'"""Causes (.+?)"""', path.read_text(), re.DOTALL):
            caused |= {int(number) for number in re.findall(r"\bF(\d+)\b", "F" + docstring.removeprefix("F"))}
    assert caused == FAULTS_OF_ORGS
