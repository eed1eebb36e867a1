"""Answer every question: `python -m benchmarks`. The exit code is 1 when an answer is above its limit."""

from __future__ import annotations

import sys

from . import simulated_org


def main() -> int:
    above = 0
    for question in simulated_org.QUESTIONS:
        ratio = question()
        sys.stdout.write(f"{ratio}\n")
        above += ratio.value > ratio.limit
    return 1 if above else 0


sys.exit(main())
