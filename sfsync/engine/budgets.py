"""What one run knows of an org's API calls before it begins, and leaves for the next."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sfsync import conf
from sfsync.client import Client
from sfsync.client.usage import Spent
from sfsync.exceptions import BudgetSpent, LimitExceeded
from sfsync.models import ApiUsage

NEARLY = 0.8
"""The part of a budget from which on a run warns."""


def recall(client: Client, org: str, databases: Iterable[str]) -> None:
    """Tell the client what the org said to earlier runs, so that it knows before its first call."""
    for using in databases:
        newest = ApiUsage.objects.using(using).newest(org, client.now())
        if newest is not None:
            client.spending.recall(newest.used, newest.limit, newest.said_at)


def remember(client: Client, org: str, databases: Iterable[str]) -> None:
    """Keep what the org said last, once a run: a query for each call would cost more than it is worth."""
    said, said_at = client.spending.said, client.spending.said_at
    if said is not None and said_at is not None:
        for using in databases:
            ApiUsage.objects.using(using).remember(org, *said, said_at)


def reason(error: LimitExceeded, client: Client) -> str:
    """Return why a run pauses and when it goes on, in words for a person."""
    if isinstance(error, BudgetSpent):
        return f"quota: {error}"
    used = "{} of {} are used; ".format(*client.usage) if client.usage else ""
    return f"quota: {error} {used}runs go on by themselves as calls come free"


def warnings(client: Client, org: str, spent: Spent) -> Iterator[str]:
    """Yield what a person should know of budgets that are nearly spent."""
    settings, share = conf.org(org), client.spending.share
    if client.usage is not None and share is not None and client.usage[0] >= NEARLY * share * client.usage[1]:
        used, limit = client.usage
        yield (
            f"{org}: {used} of {limit} API calls of the last 24 hours are used; sfsync stops at {share:.0%} of "
            f"them ({settings.setting('api_budget')})."
        )
    if spent.budget is not None and spent.calls >= NEARLY * spent.budget:
        yield (
            f"{org}: this run has made {spent.calls} of the {spent.budget} API calls that it may make "
            f"({settings.setting('run_budget')})."
        )
