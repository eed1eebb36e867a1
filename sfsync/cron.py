"""Schedules: cron expressions and their slots. Pure functions; all times are UTC.

UTC because a slot of local time happens twice, or never, when the clocks change.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from croniter import CroniterError, croniter

from sfsync.exceptions import ConfigurationError

# A day that exists in every year, so that `0 0 29 2 *` finds a date and `0 0 31 2 *` does not.
SOME_DAY = datetime(2026, 1, 1, tzinfo=UTC)


def validate(expression: str) -> None:
    """Raise ConfigurationError unless it has five fields (or is `@hourly` and the like) and a next date."""
    try:
        # croniter also knows seconds, years and "R" for a random value: none of them is a schedule here.
        random = any(part[:1] in "rR" for field in expression.split() for part in field.split(","))
        if len(croniter.expand(expression)[0]) == 5 and not random:
            croniter(expression, SOME_DAY).get_next(datetime)
            return
    except (CroniterError, AttributeError, TypeError):
        pass
    raise ConfigurationError(
        f"{expression!r} is not a cron expression of five fields that ever comes due.",
        hint="Type minute, hour, day, month and weekday (in UTC), such as '*/5 * * * *'.",
        check="sfsync.E016",
    )


def due_slot(expression: str, last_slot: datetime | None, now: datetime) -> datetime | None:
    """Return the slot that is due at `now`, or None.

    That is the newest slot at or before `now`, unless it is `last_slot` or older: missed slots become one,
    no slot comes twice, also when the clock goes back. `last_slot` is None when nothing ever ran. Both times
    are aware.
    """
    # croniter's get_prev leaves out a slot that is exactly its start, hence the start one second later.
    start = now.astimezone(UTC).replace(microsecond=0) + timedelta(seconds=1)
    slot: datetime = croniter(expression, start).get_prev(datetime)
    return None if last_slot is not None and slot <= last_slot else slot


def minutes(expression: str) -> list[int]:
    """Return the minutes of the hour at which the expression can come due."""
    expanded = croniter.expand(expression)[0][0]
    return list(range(60)) if "*" in expanded else [int(minute) for minute in expanded]
