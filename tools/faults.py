"""Write into docs/faults.rst which tests cover which fault, from what the tests say themselves.

A test covers the faults whose numbers its docstring names: `Covers F8 and F41.` What comes after `Causes` is what a
test of the simulated org makes happen, and says nothing about sfsync.
"""

from __future__ import annotations

import ast
import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "faults.rst"
NUMBER = re.compile(r"\bF[1-9]\d?\b")
ROW = re.compile(r"^   \* - (F\d+)$")
CELL = "     - "
NOT_YET = "not yet"
Test = ast.FunctionDef | ast.AsyncFunctionDef


def tests_of(path: Path, root: Path) -> Iterator[tuple[str, str]]:
    """Yield the name (tests/engine/test_pull.py::test_x) and the docstring of every test of a module."""
    module = ast.parse(path.read_text(), filename=str(path))
    where = path.relative_to(root).as_posix()
    for node in module.body:
        if isinstance(node, ast.ClassDef):
            for method in node.body:
                if isinstance(method, Test) and method.name.startswith("test"):
                    yield f"{where}::{node.name}::{method.name}", ast.get_docstring(method) or ""
        elif isinstance(node, Test) and node.name.startswith("test"):
            yield f"{where}::{node.name}", ast.get_docstring(node) or ""


def coverage(root: Path = ROOT) -> dict[str, list[str]]:
    """Return fault number -> names of the tests that cover it, sorted."""
    covered: defaultdict[str, list[str]] = defaultdict(list)
    for path in sorted((root / "tests").rglob("test_*.py")):
        for name, docstring in tests_of(path, root):
            for number in sorted(set(NUMBER.findall(docstring.partition("Causes ")[0]))):
                covered[number].append(name)
    return dict(covered)


def numbers(page: str) -> list[str]:
    """Return the fault numbers of the page, in its order."""
    return [match.group(1) for match in map(ROW.match, page.splitlines()) if match]


def with_tests(page: str, covered: dict[str, list[str]]) -> str:
    """Return the page with the last cell of every row written anew."""
    lines: list[str] = []
    number, cells = None, 0
    for line in page.splitlines():
        if match := ROW.match(line):
            number, cells = match.group(1), 1
        elif number and line.startswith(CELL):
            cells += 1
            if cells == 4:
                names = [f"``{name}``" for name in covered.get(number, [])]
                line = CELL + (", ".join(names) or NOT_YET)
        lines.append(line)
    return "\n".join(lines) + "\n"


def main() -> int:
    """Write the page anew; name every number that a test claims and the page does not know."""
    page, covered = PAGE.read_text(), coverage()
    unknown = sorted(set(covered) - set(numbers(page)))
    if unknown:
        sys.stderr.write(f"Tests name faults that docs/faults.rst does not list: {', '.join(unknown)}\n")
        return 1
    PAGE.write_text(with_tests(page, covered))
    return 0


if __name__ == "__main__":
    sys.exit(main())
