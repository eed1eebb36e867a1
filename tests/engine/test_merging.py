"""The merge table: total, idempotent, the loser known."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfsync.engine.merging import (
    ABSENT,
    AGREED,
    SEND_LOCAL,
    TAKE_ORG,
    Absent,
    Canonical,
    Outcome,
    Side,
    merge,
)
from sfsync.mappings import ConflictPolicy

SALESFORCE, LOCAL = ConflictPolicy.SALESFORCE, ConflictPolicy.LOCAL
LOCAL_LOSES = Outcome(Side.LOCAL, loser=Side.LOCAL)
ORG_LOSES = Outcome(Side.SALESFORCE, loser=Side.SALESFORCE)

values = st.sampled_from([None, "a", "b", "c", True, False])
bases = st.one_of(values, st.just(ABSENT))
policies = st.sampled_from([SALESFORCE, LOCAL])


@pytest.mark.parametrize(
    ("base", "local", "org", "sent", "policy", "expected"),
    [
        ("a", "b", "b", ABSENT, SALESFORCE, AGREED),
        ("a", "b", "a", ABSENT, SALESFORCE, SEND_LOCAL),
        ("a", "a", "b", ABSENT, LOCAL, TAKE_ORG),
        ("a", "b", "c", ABSENT, SALESFORCE, LOCAL_LOSES),
        ("a", "b", "c", ABSENT, LOCAL, ORG_LOSES),
        ("a", "c", "b", "b", SALESFORCE, SEND_LOCAL),  # our own echo, edited again since
        ("a", "b", "b", "b", SALESFORCE, AGREED),
        (ABSENT, None, "b", ABSENT, LOCAL, TAKE_ORG),
        (ABSENT, "b", None, ABSENT, SALESFORCE, SEND_LOCAL),
        (ABSENT, "b", "c", ABSENT, SALESFORCE, LOCAL_LOSES),
        (ABSENT, "b", "c", ABSENT, LOCAL, ORG_LOSES),
        (None, "b", None, ABSENT, SALESFORCE, SEND_LOCAL),
        ("a", None, "a", ABSENT, SALESFORCE, SEND_LOCAL),
    ],
)
def test_table(
    base: Canonical | Absent,
    local: Canonical,
    org: Canonical,
    sent: Canonical | Absent,
    policy: ConflictPolicy,
    expected: Outcome,
) -> None:
    assert merge(base=base, local=local, org=org, sent=sent, policy=policy) == expected


@given(base=bases, local=values, org=values, sent=bases, policy=policies)
def test_both_sides_are_equal_after_one_merge(
    base: Canonical | Absent,
    local: Canonical,
    org: Canonical,
    sent: Canonical | Absent,
    policy: ConflictPolicy,
) -> None:
    outcome = merge(base=base, local=local, org=org, sent=sent, policy=policy)
    after_local = org if outcome.writes is Side.LOCAL else local
    after_org = local if outcome.writes is Side.SALESFORCE else org
    assert after_local == after_org
    again = merge(base=org, local=after_local, org=after_org, policy=policy)
    assert again == AGREED


@given(base=values, local=values, org=values, policy=policies)
def test_a_value_that_loses_is_named_and_no_other_is(
    base: Canonical, local: Canonical, org: Canonical, policy: ConflictPolicy
) -> None:
    outcome = merge(base=base, local=local, org=org, policy=policy)
    assert outcome.is_conflict == (len({base, local, org}) == 3)
    if outcome.is_conflict:
        assert outcome.writes is outcome.loser


@given(local=values, org=values, policy=policies)
def test_an_edit_of_one_side_is_never_a_conflict(
    local: Canonical, org: Canonical, policy: ConflictPolicy
) -> None:
    assert not merge(base=local, local=local, org=org, policy=policy).is_conflict
    assert not merge(base=org, local=local, org=org, policy=policy).is_conflict
