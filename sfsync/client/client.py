"""The client of one org: what the engine asks of Salesforce."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from itertools import chain
from typing import Any

from ..exceptions import SalesforceError
from . import collections, composite, describes, packing, queries
from .access import Access
from .bulk import Bulk
from .collections import Record, Retrieval, Retrieved, SaveResult
from .composite import SubRequest, SubResponse
from .describes import Described
from .queries import Page
from .replication import (
    Deletes,
    PollResult,
    Question,
    Replication,
    Updates,
    Window,
    read_deleted,
    read_updated,
)


class Client(Access):
    """Ask one org. Every method raises SalesforceError, and none repeats a write."""

    @cached_property
    def _replication(self) -> Replication:
        return Replication(self)

    @cached_property
    def bulk(self) -> Bulk:
        """The Bulk API 2.0: queries and loads of many records."""
        return Bulk(self)

    def describe_global(self) -> dict[str, Any]:
        """Return the list of all sObjects the user can see, under "sobjects"."""
        return describes.describe_global(self)

    def describe(self, sobject: str) -> dict[str, Any]:
        """Return what one sObject is like, its fields under "fields"."""
        return describes.describe(self, sobject)

    def describe_many(self, sobjects: Iterable[str]) -> dict[str, dict[str, Any] | SalesforceError]:
        """Describe sObjects, 25 to a call; one that cannot be described has its error as value."""
        return describes.describe_many(self, sobjects)

    def describe_changed(self, stamps: Mapping[str, str]) -> dict[str, Described | SalesforceError]:
        """Describe those sObjects that have changed since their stamps ("" for no stamp), 25 to a call."""
        return describes.describe_changed(self, stamps)

    def poll(self, windows: Sequence[Window]) -> list[PollResult]:
        """Ask for the updated and deleted records of every window, 25 halves of a window to a call."""
        return self._replication.poll(windows)

    def updated(self, sobject: str, start: datetime, end: datetime) -> Updates:
        """Return the ids that were created or updated in one window."""
        return read_updated(self._replication.ask(Question(Window(sobject, start, end), "updated")))

    def deleted(self, sobject: str, start: datetime, end: datetime) -> Deletes:
        """Return the ids that were deleted in one window, with times."""
        return read_deleted(self._replication.ask(Question(Window(sobject, start, end), "deleted")))

    def query(self, soql: str, *, all_rows: bool = False) -> Iterator[Record]:
        """Yield the records of a query; a page is asked for when its first record is needed."""
        return chain.from_iterable(self.query_pages(soql, all_rows=all_rows))

    def query_pages(self, soql: str, *, all_rows: bool = False) -> Iterator[Page]:
        """Yield the records of a query page by page; with `all_rows` deleted and archived ones, too."""
        return queries.pages(self, soql, all_rows=all_rows)

    def retrieve(self, sobject: str, ids: Sequence[str], fields: Sequence[str]) -> dict[str, Record | None]:
        """Read records by id, None for one that does not answer: one call for each 10,000."""
        (result,) = self.retrieve_many([(sobject, ids, fields)])
        return result.records

    def retrieve_many(
        self, retrievals: Sequence[tuple[str, Sequence[str], Sequence[str]]]
    ) -> list[Retrieved]:
        """Read records of several sObjects, each (sObject, ids, fields), five requests of 2,000 to a call.

        The org's refusal of one of them (an unknown field, say) is the `error` of its result.
        """
        return collections.retrieve_many(self, [Retrieval(*retrieval) for retrieval in retrievals])

    def composite(
        self, subrequests: Sequence[SubRequest], *, all_or_none: bool = False, collate: bool = False
    ) -> list[SubResponse]:
        """Send up to 25 requests in one call; answers come in the order of the requests."""
        return composite.send(self, subrequests, all_or_none=all_or_none, collate=collate)

    def composite_many(self, subrequests: Sequence[SubRequest]) -> Iterator[SubResponse]:
        """Send any number of requests in as few calls as may be, in their order; yield the answers one for one.

        A call is sent when its first answer is asked for. See `packing` for references between requests.
        """
        return packing.send_all(self, subrequests)

    def create_many(self, sobject: str, records: Sequence[Mapping[str, Any]]) -> list[SaveResult]:
        """Create up to 200 records; results come in their order."""
        return self._write(collections.create_request(sobject, records), len(records))

    def update_many(self, sobject: str, records: Sequence[Mapping[str, Any]]) -> list[SaveResult]:
        """Update up to 200 records, each with its `id`; results come in their order."""
        return self._write(collections.update_request(sobject, records), len(records))

    def upsert_many(
        self, sobject: str, external_id_field: str, records: Sequence[Mapping[str, Any]]
    ) -> list[SaveResult]:
        """Update or create up to 200 records by external id; results come in their order, with `created`."""
        request = collections.upsert_request(sobject, external_id_field, records)
        return self._write(request, len(records))

    def delete_many(self, ids: Sequence[str]) -> list[SaveResult]:
        """Delete up to 200 records; results come in the order of the ids."""
        return self._write(collections.delete_request(ids), len(ids))

    def _write(self, request: SubRequest, count: int) -> list[SaveResult]:
        answer = self.call(request.method, request.path, body=request.body)
        return collections.save_results(answer.body, count)
