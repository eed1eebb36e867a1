"""Print how long the functions and modules of a package are, and fail where one is over the limit.

Lines count as they stand: decorators apart, a function runs from `def` to its last line, docstring
included. Migrations are generated and the simulated org's schema tables are data, so their modules are
left out; empty modules are left out too, which would only flatter the median.
"""

from __future__ import annotations

import ast
import statistics
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

DATA = ("migrations",)


@dataclass(frozen=True)
class Limits:
    """How many lines are allowed; None where a figure has no limit of its own."""

    median: int
    ninetieth: int | None
    longest: int


FUNCTIONS = Limits(median=9, ninetieth=30, longest=60)
MODULES = Limits(median=110, ninetieth=None, longest=300)


@dataclass(frozen=True, order=True)
class Size:
    """The length of one function or module, and where it stands."""

    lines: int
    where: str


def python_files(package: Path) -> Iterator[Path]:
    """Yield the modules of `package` that people write and that hold anything."""
    for path in sorted(package.rglob("*.py")):
        if not any(part in DATA for part in path.parts) and path.read_text().strip():
            yield path


def functions(path: Path) -> Iterator[Size]:
    """Yield the size of every function and method of a module, nested ones too."""
    for node in ast.walk(ast.parse(path.read_text(), filename=str(path))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            last = node.end_lineno or node.lineno
            yield Size(last - node.lineno + 1, f"{path}:{node.lineno} {node.name}")


def module(path: Path) -> Size:
    """Return the size of a module in lines."""
    return Size(len(path.read_text().splitlines()), str(path))


def percentile(sizes: list[Size], percent: int) -> int:
    """Return the length that `percent` of the sizes do not exceed (nearest rank)."""
    ordered = sorted(size.lines for size in sizes)
    return ordered[max(0, -(-len(ordered) * percent // 100) - 1)]


def judge(kind: str, sizes: list[Size], limits: Limits) -> tuple[str, list[str]]:
    """Return the line of figures of one kind, and a complaint per figure over its limit."""
    median = statistics.median(size.lines for size in sizes)
    ninetieth = percentile(sizes, 90)
    longest = max(sizes)
    figures = f"{kind}: {len(sizes)}, median {median:g}, 90th percentile {ninetieth}, longest {longest.lines}"
    complaints = [
        f"{size.where} has {size.lines} lines; the limit is {limits.longest}"
        for size in sorted(sizes, reverse=True)
        if size.lines > limits.longest
    ]
    if median > limits.median:
        complaints.append(f"The median of the {kind} is {median:g} lines; the limit is {limits.median}")
    if limits.ninetieth is not None and ninetieth > limits.ninetieth:
        complaints.append(
            f"The 90th percentile of the {kind} is {ninetieth} lines; the limit is {limits.ninetieth}"
        )
    return figures, complaints


def measure(packages: Iterable[Path]) -> tuple[list[Size], list[Size]]:
    """Return the sizes of all functions and of all modules below `packages`."""
    files = [path for package in packages for path in python_files(package)]
    return [size for path in files for size in functions(path)], [module(path) for path in files]


def main(packages: list[str]) -> int:
    """Print the figures of the named packages; return 1 if one is over its limit."""
    function_sizes, module_sizes = measure(Path(name) for name in packages)
    failed = False
    for kind, sizes, limits in (
        ("functions", function_sizes, FUNCTIONS),
        ("modules", module_sizes, MODULES),
    ):
        figures, complaints = judge(kind, sizes, limits)
        sys.stdout.write(figures + "\n")
        sys.stdout.writelines(f"  {complaint}\n" for complaint in complaints)
        failed = failed or bool(complaints)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
