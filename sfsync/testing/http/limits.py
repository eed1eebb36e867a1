"""The limits resource, the count of records and the recently viewed ones.

Source: "Limits", "Record Count" and "Recently Viewed Items" (REST API Developer Guide); names and figures are
those of a recorded Developer Edition.
"""

from __future__ import annotations

from typing import Any

from ..errors import OrgError
from .answer import Answer
from .call import Call

# What this org does not use up, with its maximum.
UNUSED = {
    "AnalyticsExternalDataSizeMB": 40_960,
    "ConcurrentAsyncGetReportInstances": 200,
    "ConcurrentSyncReportRuns": 20,
    "DailyAnalyticsDataflowJobExecutions": 60,
    "DailyAsyncApexExecutions": 250_000,
    "DailyAsyncApexTests": 500,
    "DailyBulkApiBatches": 15_000,
    "DailyBulkV2QueryFileStorageMB": 976_562,
    "DailyDurableGenericStreamingApiEvents": 10_000,
    "DailyDurableStreamingApiEvents": 10_000,
    "DailyGenericStreamingApiEvents": 10_000,
    "DailyStandardVolumePlatformEvents": 10_000,
    "DailyStreamingApiEvents": 10_000,
    "DailyWorkflowEmails": 8_040,
    "DataStorageMB": 5,
    "DurableStreamingApiConcurrentClients": 20,
    "FileStorageMB": 20,
    "HourlyAsyncReportRuns": 1_200,
    "HourlyDashboardRefreshes": 200,
    "HourlyDashboardResults": 5_000,
    "HourlyODataCallout": 1_000,
    "HourlyPublishedPlatformEvents": 50_000,
    "HourlySyncReportRuns": 500,
    "HourlyTimeBasedWorkflow": 1_000,
    "MassEmail": 10,
    "SingleEmail": 15,
    "StreamingApiConcurrentClients": 20,
}
MOST_RECENT = 200


def limits(call: Call) -> Answer:
    usage = call.site.usage
    figures = {name: {"Max": most, "Remaining": most} for name, most in UNUSED.items()}
    figures["DailyBulkV2QueryJobs"] = call.org.bulk.query_jobs_left()
    figures["DailyApiRequests"] = {"Max": usage.limit, "Remaining": usage.remaining}
    return Answer(200, dict(sorted(figures.items())))


def record_count(call: Call) -> Answer:
    """Count the records of the objects asked for, or of all; unknown names are left out."""
    visible = call.org.permissions.visible_objects(call.user)
    asked = call.parameters.get("sObjects")
    wanted = None if asked is None else {name.strip().lower() for name in asked.split(",")}
    counts: list[dict[str, Any]] = [
        {"count": call.org.count(spec.name, call.user), "name": spec.name}
        for spec in visible
        if wanted is None or spec.name.lower() in wanted
    ]
    return Answer(200, {"sObjects": counts})


def recent(call: Call) -> Answer:
    """List the records viewed last, at most as many as `limit` says."""
    asked = call.parameters.get("limit", str(MOST_RECENT))
    if not (asked.isascii() and asked.isdigit()) or not 0 < int(asked[:9]) <= MOST_RECENT:
        message = f"limit must be a number from 1 to {MOST_RECENT}"
        raise OrgError(400, "INVALID_QUERY_LIMIT", message)
    return Answer(200, call.org.recent(call.user, call.version, int(asked)))
