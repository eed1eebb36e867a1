from typing import Any

import pytest

from sfsync.testing.clock import Clock
from sfsync.testing.org import Org

DEAL = {"Name": "Deal", "CloseDate": "2026-08-15"}
OUTCOME = ("Probability", "ForecastCategory", "ForecastCategoryName", "IsClosed", "IsWon")


@pytest.mark.parametrize(
    ("stage", "outcome"),
    [
        ("Prospecting", [10.0, "Pipeline", "Pipeline", False, False]),
        ("closed won", [100.0, "Closed", "Closed", True, True]),
        ("Closed Lost", [0.0, "Omitted", "Omitted", True, False]),
        ("Some other stage", [0.0, "Pipeline", "Pipeline", False, False]),
    ],
)
def test_a_stage_says_the_rest(org: Org, user: str, stage: str, outcome: list[Any]) -> None:
    deal = org.create("Opportunity", {**DEAL, "StageName": stage}, user)
    record = org.read("Opportunity", deal, OUTCOME, user)
    assert [record[name] for name in OUTCOME] == outcome


def test_values_of_the_same_write_win_over_the_stage(org: Org, user: str) -> None:
    values = {"StageName": "Prospecting", "Probability": 55, "ForecastCategoryName": "Commit"}
    deal = org.create("Opportunity", {**DEAL, **values}, user)
    record = org.read("Opportunity", deal, OUTCOME, user)
    assert [record[name] for name in OUTCOME] == [55.0, "Forecast", "Commit", False, False]
    org.update("Opportunity", deal, {"StageName": "Closed Won", "Probability": 42}, user)
    assert org.read("Opportunity", deal, ["Probability"], user)["Probability"] == 42.0


def test_probability_follows_a_changed_stage_only(org: Org, clock: Clock, user: str) -> None:
    deal = org.create("Opportunity", {**DEAL, "StageName": "Prospecting"}, user)
    org.update("Opportunity", deal, {"Probability": 33}, user)
    clock.advance(5)
    org.update("Opportunity", deal, {"StageName": "Prospecting", "NextStep": "call"}, user)
    names = ["Probability", "LastStageChangeDate"]
    record = org.read("Opportunity", deal, names, user)
    assert [record[name] for name in names] == [33.0, None]
    org.update("Opportunity", deal, {"StageName": "Qualification"}, user)
    record = org.read("Opportunity", deal, names, user)
    assert [record[name] for name in names] == [10.0, "2026-11-23T12:00:35.000+0000"]


@pytest.mark.parametrize(
    ("amount", "expected"), [("10.01", 1.0), ("10.05", 1.01), ("-10.05", -1.01), (None, None)]
)
def test_expected_revenue(org: Org, user: str, amount: str | None, expected: float | None) -> None:
    deal = org.create("Opportunity", {**DEAL, "StageName": "Prospecting", "Amount": amount}, user)
    assert org.read("Opportunity", deal, ["ExpectedRevenue"], user)["ExpectedRevenue"] == expected


@pytest.mark.parametrize(("closes", "fiscal"), [("2026-01-31", "2026 1"), ("2026-12-01", "2026 4")])
def test_fiscal_period(org: Org, user: str, closes: str, fiscal: str) -> None:
    deal = org.create("Opportunity", {"Name": "D", "StageName": "Prospecting", "CloseDate": closes}, user)
    record = org.read("Opportunity", deal, ["Fiscal", "FiscalYear", "FiscalQuarter"], user)
    assert f"{record['FiscalYear']} {record['FiscalQuarter']}" == record["Fiscal"] == fiscal
