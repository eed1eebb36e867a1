"""Date literals such as ``LAST_N_DAYS:30``: the days they stand for, seen from the org's clock.

Source: "Date Formats and Date Literals in WHERE" (SOQL and SOSL Reference). Days begin at midnight UTC.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

_NAME = re.compile(
    r"(?P<when>LAST|THIS|NEXT)_(?P<many>N_)?(?P<unit>\w+?)(?P<plural>S)?(?::(?P<n>\d+))?"
    r"|N_(?P<ago_unit>\w+)S_AGO:(?P<ago>\d+)"
)
_DAYS = {"YESTERDAY": -1, "TODAY": 0, "TOMORROW": 1}
_MONTHS = {"MONTH": 1, "QUARTER": 3, "YEAR": 12}
_WEEKDAYS_BEFORE = {"sunday": 1, "monday": 0}


@dataclass(frozen=True)
class Days:
    """A stretch of days: `start` belongs to it, `end` is the day after its last."""

    start: date
    end: date


@dataclass(frozen=True)
class Calendar:
    """What a literal depends on: the day it is, the day weeks begin with, the month fiscal years begin with."""

    today: date
    week_begins: str = "sunday"
    fiscal_month: int = 1

    def days(self, literal: str) -> Days:
        """Return the days of a literal; raise OverflowError or ValueError for days before or after time."""
        name = re.sub(r"\s", "", literal).upper()
        if name in _DAYS:
            return self._units("DAY", _DAYS[name], 1)
        if name in ("LAST_90_DAYS", "NEXT_90_DAYS"):
            name = name[:5] + "N_DAYS:90"
        match = _NAME.fullmatch(name)
        if match is None:
            raise ValueError("no date literal")
        if match["ago_unit"]:
            return self._units(match["ago_unit"], -int(match["ago"]), 1)
        return self._around(match)

    def _around(self, match: re.Match[str]) -> Days:
        unit, when = match["unit"], match["when"]
        count = int(match["n"] or 1)
        if when == "THIS":
            return self._units(unit, 0, 1)
        if when == "NEXT":
            return self._units(unit, 1, count)
        # The last n days include today; the last n weeks, months and so on end before the current one.
        return self._units(unit, -count, count + 1 if unit == "DAY" else count)

    def _units(self, unit: str, first: int, count: int) -> Days:
        """Return `count` units from the one that is `first` units after the current one."""
        return Days(self._start(unit, first), self._start(unit, first + count))

    def _start(self, unit: str, distance: int) -> date:
        if unit == "DAY":
            return self.today + timedelta(days=distance)
        if unit == "WEEK":
            since = (self.today.weekday() + _WEEKDAYS_BEFORE[self.week_begins]) % 7
            return self.today + timedelta(days=7 * distance - since)
        fiscal = unit.startswith("FISCAL_")
        months = _MONTHS[unit.removeprefix("FISCAL_")]
        shift = self.fiscal_month - 1 if fiscal else 0
        current = self.today.year * 12 + self.today.month - 1 - shift
        first = current // months * months + distance * months + shift
        return date(first // 12, first % 12 + 1, 1)
