"""Faults that pass: what only reads is healed in the same run."""

from __future__ import annotations

import pytest

from crm.models import Account, Contact
from tests.engine.conftest import Command, Org

CALLS = ("/services/data/v??.?/composite", "/services/data/v??.?/query*")


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(
    ("action", "options"),
    [
        ("status", {"status": 503}),
        ("status", {"status": 502}),
        ("drop", {}),
        ("cut", {}),
        ("wrong_length", {}),
        ("broken_gzip", {}),
        ("truncate", {}),
    ],
    ids=["503", "502", "drop", "cut", "wrong length", "broken gzip", "truncated"],
)
def test_a_pull_heals_in_the_same_run(
    crm: Org, pull: Command, action: str, options: dict[str, int], seed: int
) -> None:
    """Covers F21, F32."""
    crm.seed(accounts=30, contacts=40, opportunities=0)
    faults = [
        crm.served.faults.add(action, **options, path=path, probability=0.4, seed=seed) for path in CALLS
    ]
    assert pull()["total"]["code"] == 0
    assert (Account.objects.count(), Contact.objects.count()) == (30, 40)
    crm.pass_time(minutes=10)
    for sf_id in Account.objects.values_list("sf_id", flat=True):
        crm.update("Account", sf_id, Phone="1")
    crm.pass_time(minutes=10)
    lines = pull()
    assert (lines["total"]["code"], lines["AccountMapping"]["updated"]) == (0, 30)
    assert any(map(crm.served.faults.acted, faults))


def test_a_minute_of_maintenance_page_is_no_trouble(crm: Org, pull: Command, push: Command) -> None:
    """Covers F21."""
    Account.objects.create(name="Acme")
    crm.served.faults.add("status", status=503, times=5)
    assert push("AccountMapping")["AccountMapping"]["created"] == 1
    assert crm.count("Account") == 1
    crm.served.faults.add("status", status=503, times=5)
    assert pull()["total"]["code"] == 0
