"""What finished jobs give back: CSV, in portions."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

from ..errors import OrgError, not_found
from .dialect import DELIMITERS, LINE_ENDINGS
from .ingest import raw_header, unprocessed
from .jobs import Job, invalid_state, other_version, refusal
from .store import Store, joined
from .text import quoted_line

MAX_PAGES = 5  # "Get Parallel Results for a Query Job"
_ABOUT = {"successfulresults": ("sf__Id", "sf__Created"), "failedresults": ("sf__Id", "sf__Error")}


@dataclass(frozen=True)
class Page:
    """A part of a query's answer: the CSV with its header, how many records, and where the next begins."""

    content: Iterable[bytes]
    records: int
    locator: str | None


def ingest_results(store: Store, job: Job, wanted: str) -> Iterator[bytes]:
    """Return a result set of an ingest job, by its name in lower case, the header as it was uploaded."""
    if not job.is_finished:
        raise invalid_state(f"Results are available when the job has ended; this one is {job.state}")
    if wanted not in (*_ABOUT, "unprocessedrecords"):
        raise not_found()
    if wanted == "unprocessedrecords":
        return unprocessed(store, job)
    delimiter, line_ending = DELIMITERS[job.delimiter], LINE_ENDINGS[job.line_ending]
    own = quoted_line(_ABOUT[wanted], delimiter, "")
    header = f"{own}{delimiter}{raw_header(store, job)}{line_ending}"
    part = store.results(job.id, "success" if wanted == "successfulresults" else "failure")
    return chain([header.encode()], joined(part))


def query_page(store: Store, job: Job, version: str, locator: str, most: int) -> Page:
    """Return the page of a finished query job that a locator points to, the first one for none."""
    _check_readable(job, version)
    start = _offset(locator)
    if start > job.processed:
        raise _bad_locator()
    end = min(start + most, job.processed)
    content = chain([job.header.encode()], joined(store.results(job.id, "result", start, end)))
    return Page(content, end - start, None if end >= job.processed else locator_of(end))


def page_locators(job: Job, version: str, locator: str, size: int) -> tuple[list[str], str | None]:
    """Return the locators of up to five pages from a place on, and that of the pages behind them."""
    _check_readable(job, version)
    start = _offset(locator)
    if start > job.processed:
        raise _bad_locator()
    starts = range(start, max(job.processed, start + 1), size)
    following = starts[MAX_PAGES] if len(starts) > MAX_PAGES else None
    pages = [locator_of(first) for first in starts[:MAX_PAGES]]
    return pages, None if following is None else locator_of(following)


def locator_of(offset: int) -> str:
    """Return a number as clients see it, such as MTAwMDA for 10000."""
    return base64.urlsafe_b64encode(str(offset).encode()).decode().rstrip("=")


def _offset(locator: str) -> int:
    if not locator:
        return 0
    try:
        text = base64.urlsafe_b64decode(locator + "=" * (-len(locator) % 4)).decode("ascii")
    except (binascii.Error, ValueError):
        raise _bad_locator() from None
    if not text.isdigit() or len(text) > 12:
        raise _bad_locator()
    return int(text)


def _bad_locator() -> OrgError:
    return refusal(400, "INVALID_QUERY_LOCATOR", "invalid query locator")


def _check_readable(job: Job, version: str) -> None:
    if job.version != version:
        raise other_version(job)
    if job.state != "JobComplete":
        raise invalid_state(f"Results are available when the job is complete; this one is {job.state}")
