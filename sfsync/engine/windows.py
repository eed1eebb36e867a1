"""Which stretch of time to ask for, and how far a mapping is known to be complete afterwards.

SOAP guide, "Polling for Changes": both ends belong to the window, and seconds are dropped, so a change of the
current minute is seen only by a window that ends at the next full minute. `latestDateCovered` may stand still, or
lie before the start, while a long transaction runs anywhere on the instance: it is followed, never the clock.
"""

from __future__ import annotations

from datetime import datetime, timedelta

OVERLAP = timedelta(minutes=2)
"""How far a window reaches back behind the watermark: ids seen twice are harmless, ids never seen are not."""

UPDATED_REACH = timedelta(days=30)
DELETED_REACH = timedelta(days=15)
"""How far back getUpdated and getDeleted answer (SOAP guide, "getUpdated()" and "getDeleted()")."""

SAFETY = timedelta(hours=1)
"""Stop relying on the log this long before its reach ends, so that a slow run does not fall off it."""

MINUTE = timedelta(minutes=1)


def floor_minute(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)


def next_minute(moment: datetime) -> datetime:
    return floor_minute(moment) + MINUTE


def window_from(watermark: datetime, org_now: datetime) -> tuple[datetime, datetime]:
    """Return start and end of the window to ask for.

    The start lies before the end by more than a minute, as getDeleted demands, also when the watermark is
    ahead of the org's clock.
    """
    end = next_minute(org_now)
    return min(floor_minute(watermark), end - MINUTE) - OVERLAP, end


def advanced(covered: datetime, org_now: datetime) -> datetime:
    """Return the new watermark: never ahead of the org's own minute, and back if the org says so."""
    return min(covered, floor_minute(org_now))


def out_of_reach(updated: datetime, deleted: datetime, org_now: datetime) -> bool:
    """Tell whether the org's log no longer reaches back to the watermarks, so that everything must be loaded."""
    oldest_updated = org_now - UPDATED_REACH + SAFETY
    oldest_deleted = org_now - DELETED_REACH + SAFETY
    return updated - OVERLAP < oldest_updated or deleted - OVERLAP < oldest_deleted
