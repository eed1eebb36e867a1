"""Bulk API 2.0: jobs that write records from CSV, and jobs that answer a query with CSV.

`jobs` says what a job is and which states follow which, `store` keeps jobs, uploads and results, `dialect`
and `text` read and write CSV, `header` gives its columns a meaning, `ingest` and `extraction` do the work in
steps, `runner` says when, and `service` is what the HTTP layer talks to.
"""

from .jobs import Job
from .service import Bulk

__all__ = ["Bulk", "Job"]
