"""Query jobs: create, look, abort, fetch results in pages, delete, list."""

from __future__ import annotations

from ..bulk.creation import QueryRequest
from ..bulk.results import page_locators, query_page
from ..errors import OrgError, not_found
from . import bulk
from .answer import Answer
from .call import Call

OLDEST_PAGES = 58


def jobs(call: Call) -> Answer:
    return bulk.list_jobs(call, "V2Query")


def create(call: Call) -> Answer:
    request = QueryRequest.read(call.json_object())
    return Answer(200, bulk.created_body(call.org.bulk.create_query(request, call.user, call.version)))


def read(call: Call, job_id: str) -> Answer:
    return Answer(200, bulk.info_body(call.org.bulk.look("V2Query", job_id)))


def change(call: Call, job_id: str) -> Answer:
    return bulk.change(call, "V2Query", job_id)


def delete(call: Call, job_id: str) -> Answer:
    return bulk.delete(call, "V2Query", job_id)


def results(call: Call, job_id: str, results: str) -> Answer:
    """Return a page of CSV, or the list of pages; the names may be written in any case."""
    if results.lower() == "results":
        return _page(call, job_id)
    if results.lower() == "resultpages" and float(call.version) >= OLDEST_PAGES:
        return _pages(call, job_id)
    raise not_found()


def _page(call: Call, job_id: str) -> Answer:
    """The end is told by the locator `null`, a word ("Get Results for a Query Job")."""
    job = call.org.bulk.get("V2Query", job_id)
    page = query_page(
        call.org.bulk.store, job, call.version, call.parameters.get("locator", ""), _page_size(call)
    )
    headers = {"Sforce-Locator": page.locator or "null", "Sforce-NumberOfRecords": str(page.records)}
    return bulk.csv_answer(page.content, **headers)


def _pages(call: Call, job_id: str) -> Answer:
    """Return where the next pages are, to be fetched side by side."""
    job = call.org.bulk.get("V2Query", job_id)
    locator = call.parameters.get("locator", "")
    locators, following = page_locators(job, call.version, locator, _page_size(call))
    size = f"&maxRecords={call.parameters['maxRecords']}" if "maxRecords" in call.parameters else ""
    base = f"/services/data/v{call.version}/jobs/query/{job.id}"
    body = {
        "resultPages": [{"resultUrl": f"{base}/results?locator={place}{size}"} for place in locators],
        "nextRecordsUrl": following and f"{base}/resultPages?locator={following}{size}",
        "done": following is None,
    }
    return Answer(200, body)


def _page_size(call: Call) -> int:
    text = call.parameters.get("maxRecords")
    if text is None:
        return call.org.settings.bulk_page_records
    if not (text.isascii() and text.isdigit() and 0 < len(text) < 10 and int(text)):
        raise OrgError(400, "INVALID_INPUT", "maxRecords must be a whole number greater than zero")
    return int(text)
