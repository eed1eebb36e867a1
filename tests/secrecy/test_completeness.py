"""Nothing is left out: every column is classified, every error and every fault is met."""

from sfsync.testing.faults.actions import ACTIONS
from tests.secrecy import columns, meetings


def test_every_column_is_for_values_or_must_hold_none():
    """Covers F88: a new column is to be put into one of the two tables."""
    plain = {f"{model}.{name}" for model, names in columns.WITHOUT_VALUES.items() for name in names}
    assert not plain & columns.FOR_VALUES.keys()
    assert plain | columns.FOR_VALUES.keys() == columns.text_fields()


def test_every_error_is_met_somewhere():
    """Covers F88: a new error is to be met by one of the tests, or not, with a reason."""
    met = set.union(
        meetings.RUNS,
        meetings.REFUSED,
        meetings.ROWS,
        meetings.LIMITS,
        meetings.SINGLE,
        meetings.CLIENT,
        meetings.SIGN_INS,
    )
    assert not met & meetings.NOT_MET.keys()
    assert met | meetings.NOT_MET.keys() == meetings.every_error()


def test_every_fault_of_the_org_is_used():
    """Covers F88."""
    assert ACTIONS.keys() - {""} == meetings.RUN_FAULTS | meetings.ROW_FAULTS
