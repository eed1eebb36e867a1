"""Any number of requests in as few composite calls as may be.

REST guide, "Composite Request Body" and "Using Reference IDs": a request can use the answer of an earlier one of
the same call, as in "sobjects/Contact/@{new.id}", and of no other call. So requests stay in their order, and no
call ends between a request and one that refers to it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import accumulate, pairwise

from . import composite
from .composite import SubRequest, SubResponse
from .connection import Connection
from .references import given_name, referred_to


def send_all(connection: Connection, subrequests: Sequence[SubRequest]) -> Iterator[SubResponse]:
    """Send requests in their order, up to 25 with five collections or queries to a call; yield the answers.

    An answer comes at the place of its request, with its reference. A call is sent when its first answer is asked
    for, so an error of a later call takes nothing away of what earlier ones have answered. Raises ValueError before
    the first call for requests that no calls can hold.
    """
    calls = pack(subrequests)
    return (answer for call in calls for answer in composite.send(connection, call))


def pack(subrequests: Sequence[SubRequest]) -> list[list[SubRequest]]:
    """Cut requests into calls, in order, each as full as the limits and the references allow.

    Every request that has no reference is given one. Raises ValueError for a reference that comes twice, and for
    requests tied together that do not fit into one call. What refers to no earlier request is left to the org.
    """
    calls: list[list[SubRequest]] = []
    for tied in _tied(_named(subrequests)):
        if not _fits(tied):
            raise ValueError(
                f"{len(tied)} requests refer to each other and need one call, which takes {composite.LIMIT} "
                f"with {composite.COLLECTIONS_LIMIT} collections or queries"
            )
        if calls and _fits(calls[-1] + tied):
            calls[-1] += tied
        else:
            calls.append(tied)
    return calls


def _named(subrequests: Sequence[SubRequest]) -> list[SubRequest]:
    named = [
        request if request.reference else replace(request, reference=given_name(number))
        for number, request in enumerate(subrequests)
    ]
    if len({request.reference for request in named}) < len(named):
        raise ValueError("every request of a composite call needs a reference of its own")
    return named


def _fits(call: Sequence[SubRequest]) -> bool:
    heavy = sum(request.is_heavy for request in call)
    return len(call) <= composite.LIMIT and heavy <= composite.COLLECTIONS_LIMIT


def _tied(named: Sequence[SubRequest]) -> Iterator[list[SubRequest]]:
    """Yield the shortest stretches of requests between which a call may end."""
    firsts = _first_needed(named)
    lowest = list(accumulate(reversed(firsts), min))[::-1]  # of each request and all that follow
    starts = [place for place, first in enumerate(lowest) if first >= place]
    for start, end in pairwise([*starts, len(named)]):
        yield list(named[start:end])


def _first_needed(named: Sequence[SubRequest]) -> list[int]:
    """Return for each request the place of the first that it refers to, its own if there is none."""
    places: dict[str, int] = {}
    firsts = []
    for place, request in enumerate(named):
        used = referred_to(places, request.texts)
        firsts.append(min((places[name] for name in used), default=place))
        places[request.reference] = place
    return firsts
