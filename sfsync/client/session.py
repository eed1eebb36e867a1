"""The requests session of a connection."""

from __future__ import annotations

import time
from http.cookiejar import DefaultCookiePolicy
from importlib.metadata import version

import requests
from requests.adapters import HTTPAdapter

from .foreign_log import be_discreet

POOL = 64  # connections kept open; with more threads than that, some are made anew
PIECE = 65_536
LARGEST = 128 * 2**20
"""Bytes of one answer that are kept in memory. Files, and results of Bulk jobs, are streamed instead."""


class Overflow(Exception):
    """The answer is larger than sfsync keeps in memory."""


def new_session() -> requests.Session:
    """Return a session that keeps connections open and no cookies (they would mix up threads and hosts)."""
    be_discreet()
    session = requests.Session()
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    session.mount("https://", HTTPAdapter(pool_maxsize=POOL))
    session.mount("http://", HTTPAdapter(pool_maxsize=POOL))
    session.headers["User-Agent"] = f"sfsync/{version('sfsync')}"
    session.headers["Accept"] = "application/json"
    session.headers["Sforce-Call-Options"] = "client=sfsync"
    return session


def read(response: requests.Response, expires: float) -> bytes:
    """Read a body in pieces, so that one that drips does not last beyond `expires` (`time.monotonic()`).

    Raises Overflow as soon as the decoded body is larger than `LARGEST`, whatever its headers promise.
    """
    if "," in response.headers.get("Content-Encoding", ""):
        raise Overflow  # compression of what is compressed: no server does that to save anything
    chunks, size = [], 0
    for chunk in response.iter_content(PIECE):
        size += len(chunk)
        if size > LARGEST:
            raise Overflow
        if time.monotonic() > expires:
            raise requests.exceptions.ReadTimeout
        chunks.append(chunk)
    return b"".join(chunks)
