"""What the simulated org costs, against yardsticks measured in the same run."""

from collections.abc import Callable

import pytest

from benchmarks.ratio import Ratio, compare
from benchmarks.simulated_org import QUESTIONS


@pytest.mark.slow
@pytest.mark.parametrize("question", QUESTIONS)
def test_a_ratio_is_within_its_limit(question: Callable[[], Ratio]) -> None:
    ratio = question()
    assert ratio.value <= ratio.limit, str(ratio)


def test_the_best_of_both_is_compared() -> None:
    ratio = compare("Ten against one", lambda: sum(range(200_000)), lambda: sum(range(20_000)), limit=100)
    assert ratio.value > 2
    assert ratio.seconds > ratio.yardstick > 0
    assert str(ratio).startswith("Ten against one: ")
