"""Bulk API 2.0: queries and loads of more records than ordinary calls should carry (from about 2,000 on).

`jobs` says what a job is and how to look at it, wait for it and end it; `query` reads the pages of a query job;
`ingest` loads rows, which `parts` cuts into files and `cells` writes as CSV; `outcomes` says what became of each;
`table` reads CSV as it arrives, `dialect` says of what form. `Bulk` is what `client.bulk` gives.
"""

from .bulk import Bulk
from .ingest import Load
from .jobs import Job
from .outcomes import Outcome
from .query import Bookmark, ResultPage

__all__ = ["Bookmark", "Bulk", "Job", "Load", "Outcome", "ResultPage"]
