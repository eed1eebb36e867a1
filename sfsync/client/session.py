"""The requests session of a connection."""

from __future__ import annotations

import time
from http.cookiejar import DefaultCookiePolicy
from importlib.metadata import version

import requests
from requests.adapters import HTTPAdapter


def new_session() -> requests.Session:
    """Return a session that keeps connections open and no cookies (they would mix up threads and hosts)."""
    session = requests.Session()
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    session.mount("https://", HTTPAdapter(pool_maxsize=32))
    session.mount("http://", HTTPAdapter(pool_maxsize=32))
    session.headers["User-Agent"] = f"sfsync/{version('sfsync')}"
    session.headers["Accept"] = "application/json"
    session.headers["Sforce-Call-Options"] = "client=sfsync"
    return session


def read(response: requests.Response, expires: float) -> bytes:
    """Read a body in pieces, so that one that drips does not last beyond `expires` (`time.monotonic()`)."""
    chunks = []
    for chunk in response.iter_content(65536):
        if time.monotonic() > expires:
            raise requests.exceptions.ReadTimeout
        chunks.append(chunk)
    return b"".join(chunks)
