"""docs/checks.rst agrees with the checks."""

import re
from pathlib import Path

import sfsync

PAGE = (Path(__file__).parents[2] / "docs" / "checks.rst").read_text()
ID = r"sfsync\.[EW]\d{3}"


def ids_in_the_code():
    """Return every check id that a module of the package names."""
    package = Path(sfsync.__file__).parent
    return {found for file in package.rglob("*.py") for found in re.findall(ID, file.read_text())}


def test_every_id_is_documented_once_and_every_documented_id_exists():
    documented = re.findall(rf"^``({ID})``\n    \S", PAGE, re.M)
    assert sorted(documented) == sorted(ids_in_the_code())
