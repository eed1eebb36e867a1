"""docs/faults.rst agrees with the tests."""

from tools import faults


def test_every_fault_is_listed_once():
    listed = faults.numbers(faults.PAGE.read_text())
    assert sorted(listed, key=lambda number: int(number[1:])) == [f"F{number}" for number in range(1, 98)]


def test_the_tests_name_only_listed_faults():
    assert set(faults.coverage()) <= set(faults.numbers(faults.PAGE.read_text()))


def test_the_page_lists_exactly_the_tests_that_name_a_fault():
    page = faults.PAGE.read_text()
    assert faults.with_tests(page, faults.coverage()) == page, "Run: make faults"
