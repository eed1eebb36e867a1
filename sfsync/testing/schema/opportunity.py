"""The table of Opportunity, and what a stage says about probability, forecast and outcome."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from .account import SOURCES
from .base import RollUp, sobject
from .columns import (
    READ_ONLY,
    boolean,
    currency,
    date,
    external_id,
    integer,
    is_deleted,
    last_activity,
    last_seen,
    long_text,
    lookup,
    moment,
    number,
    owner,
    percent,
    picklist,
    record_id,
    stamps,
    text,
)


@dataclass(frozen=True)
class Stage:
    probability: int
    forecast: str
    closed: bool = False
    won: bool = False


# The stages of a new Developer Edition org.
STAGES = {
    "Prospecting": Stage(10, "Pipeline"),
    "Qualification": Stage(10, "Pipeline"),
    "Needs Analysis": Stage(20, "Pipeline"),
    "Value Proposition": Stage(50, "Pipeline"),
    "Id. Decision Makers": Stage(60, "Pipeline"),
    "Perception Analysis": Stage(70, "Pipeline"),
    "Proposal/Price Quote": Stage(75, "Pipeline"),
    "Negotiation/Review": Stage(90, "Pipeline"),
    "Closed Won": Stage(100, "Closed", closed=True, won=True),
    "Closed Lost": Stage(0, "Omitted", closed=True),
}
# A value that is no stage is stored, as an unrestricted picklist stores it, and means an open opportunity.
UNKNOWN_STAGE = Stage(0, "Pipeline")

FORECAST_NAMES = {
    "Omitted": "Omitted",
    "Pipeline": "Pipeline",
    "BestCase": "Best Case",
    "Forecast": "Commit",
    "Closed": "Closed",
}
FORECASTS_BY_NAME = {name: forecast for forecast, name in FORECAST_NAMES.items()}
TYPES = (
    "Existing Customer - Upgrade|Existing Customer - Replacement|Existing Customer - Downgrade|New Customer"
)


def derive(values: Mapping[str, Any], before: Mapping[str, Any], sent: Mapping[str, Any]) -> dict[str, Any]:
    """Let probability and forecast follow a changed stage, unless the same write sets them."""
    derived: dict[str, Any] = {}
    stage = STAGES.get(values["StageName"], UNKNOWN_STAGE)
    if values["StageName"] != before.get("StageName"):
        derived = _entered(stage, sent)
        if before:
            derived["LastStageChangeDate"] = values["LastModifiedDate"]
    state = {**values, **derived}
    derived["ForecastCategory"] = FORECASTS_BY_NAME.get(state["ForecastCategoryName"], stage.forecast)
    derived |= {"IsClosed": int(stage.closed), "IsWon": int(stage.won)}
    derived["ExpectedRevenue"] = _expected(state["Amount"], state["Probability"])
    return derived | _fiscal(values["CloseDate"])


def _entered(stage: Stage, sent: Mapping[str, Any]) -> dict[str, Any]:
    follow = {"Probability": stage.probability, "ForecastCategoryName": FORECAST_NAMES[stage.forecast]}
    return {name: value for name, value in follow.items() if sent.get(name) is None}


def _expected(amount: int | None, probability: int | None) -> int | None:
    """Return amount times probability in hundredths, rounded half up."""
    if amount is None or probability is None:
        return None
    product = amount * probability
    return (abs(product) + 50) // 100 * (1 if product >= 0 else -1)


def _fiscal(close_date: str) -> dict[str, Any]:
    year, quarter = int(close_date[:4]), (int(close_date[5:7]) + 2) // 3
    return {"FiscalYear": year, "FiscalQuarter": quarter, "Fiscal": f"{year} {quarter}"}


def _of_lines(compute: Callable[[Sequence[Any]], Any], *, keeps: bool = False) -> RollUp:
    return RollUp(child="OpportunityLineItem", lookup="OpportunityId", compute=compute, keeps=keeps)


def _sum(name: str) -> Callable[[Sequence[Any]], Decimal]:
    return lambda rows: sum((row[name] or Decimal() for row in rows), Decimal())


HIDDEN: dict[str, Any] = {"describe": {"permissionable": False}}
FIXED: dict[str, Any] = {"filterable": False, "sortable": False, **READ_ONLY}
FIELDS = (  # in the order of its describe
    record_id("Opportunity ID"),
    is_deleted(),
    lookup(
        "AccountId", "Account ID", "Account", child_relationship="Opportunities",
        on_parent_delete="cascade",
    ),
    boolean("IsPrivate", "Private"),
    text("Name", "Name", 120, nillable=False, name_field=True, id_lookup=True),
    long_text("Description", "Description"),
    picklist("StageName", "Stage", "|".join(STAGES), nillable=False),
    currency("Amount", "Amount", 2, roll_up=_of_lines(_sum("TotalPrice"), keeps=True)),
    percent("Probability", "Probability (%)", 3, defaulted_on_create=True),
    currency("ExpectedRevenue", "Expected Amount", 2, **READ_ONLY, describe={"permissionable": True}),
    number(
        "TotalOpportunityQuantity", "Quantity", 18, 2, roll_up=_of_lines(_sum("Quantity"), keeps=True),
    ),
    date("CloseDate", "Close Date", nillable=False),
    picklist("Type", "Opportunity Type", TYPES),
    text("NextStep", "Next Step", 255),
    picklist("LeadSource", "Lead Source", SOURCES),
    boolean("IsClosed", "Closed", **READ_ONLY),
    boolean("IsWon", "Won", **READ_ONLY),
    picklist(
        "ForecastCategory", "Forecast Category",
        "Omitted|Pipeline|BestCase=Best Case|MostLikely=Most Likely|Forecast=Commit|Closed", 40,
        nillable=False, restricted=True, **READ_ONLY,
    ),
    picklist(
        "ForecastCategoryName", "Forecast Category", "|".join(FORECASTS_BY_NAME),
        restricted=True, defaulted_on_create=True, **HIDDEN,
    ),
    lookup("CampaignId", "Campaign ID", "Campaign", child_relationship="Opportunities"),
    boolean("HasOpportunityLineItem", "Has Line Item", roll_up=_of_lines(bool), **READ_ONLY),
    lookup(
        "Pricebook2Id", "Price Book ID", "Pricebook2", child_relationship="Opportunities",
        defaulted_on_create=True, **HIDDEN,
    ),
    owner(),
    *stamps(),
    last_activity(),
    moment("LastStageChangeDate", "Last Stage Change Date", **READ_ONLY),
    integer("FiscalQuarter", "Fiscal Quarter", compound="Fiscal", **READ_ONLY),
    integer("FiscalYear", "Fiscal Year", compound="Fiscal", **READ_ONLY),
    text("Fiscal", "Fiscal Period", 6, **READ_ONLY, describe={"byteLength": 6}),
    lookup(
        "ContactId", "Contact ID", "Contact", updateable=False, relationship_name=None,
        child_relationship="Opportunities",
        describe={"permissionable": False, "searchPrefilterable": False},
    ),
    *last_seen(),
    boolean("HasOpenActivity", "Has Open Activity", **FIXED),
    boolean("HasOverdueTask", "Has Overdue Task", **FIXED),
    external_id("Django_Id__c", "Django Id", 36),
)  # fmt: skip
OPPORTUNITY = sobject(
    name="Opportunity",
    label="Opportunity",
    label_plural="Opportunities",
    key_prefix="006",
    fields=FIELDS,
    derive=derive,
    describe={"deepCloneable": True},
)
