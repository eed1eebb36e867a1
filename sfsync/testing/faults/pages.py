"""The HTML pages that stand in for Salesforce's own when the application servers do not answer.

Their exact text is not documented, only that it is no JSON (see the status page of the REST guide on 420, 500
and 503); clients have to live with anything.
"""

from __future__ import annotations

from http import HTTPStatus

MAINTENANCE = """<!DOCTYPE html>
<html lang="en">
<head><title>We are down for maintenance.</title><meta charset="utf-8"></head>
<body>
<h1>We are down for maintenance.</h1>
<p>Sorry for the inconvenience. We'll be back shortly.</p>
<p>Visit <a href="https://status.salesforce.com/">status.salesforce.com</a> &quot;{status}&quot;</p>
</body>
</html>
"""

NO_BODY = frozenset({204, 304, 406, 420})


def page(status: int) -> str | None:
    """Return the body of an answer that comes from the edge: HTML, or None where none is sent."""
    if status in NO_BODY or status < 400:
        return None
    return MAINTENANCE.replace("{status}", f"{status} {phrase(status)}")


def phrase(status: int) -> str:
    """Return the reason phrase; some of Salesforce's statuses are in no list."""
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown"
