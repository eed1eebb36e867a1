"""The limits resource, as far as the simulated org has limits."""

from __future__ import annotations

from .answer import Answer
from .call import Call


def limits(call: Call) -> Answer:
    usage = call.site.usage
    return Answer(200, {"DailyApiRequests": {"Max": usage.limit, "Remaining": usage.remaining}})
