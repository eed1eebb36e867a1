from __future__ import annotations

from datetime import UTC, datetime

import pytest

from sfsync.testing.clock import Clock
from sfsync.testing.errors import OrgError
from sfsync.testing.http.sessions import Sessions


@pytest.fixture
def clock() -> Clock:
    return Clock(datetime(2026, 1, 1, tzinfo=UTC))


@pytest.fixture
def sessions(clock: Clock) -> Sessions:
    return Sessions(clock, "00D000000000001EAA", seconds=60)


def test_a_session_is_found_by_its_token(sessions: Sessions) -> None:
    session = sessions.open("005000000000001AAA")
    assert session.token.startswith("00D000000000001!")
    assert sessions.get(f"Bearer {session.token}") is sessions.get(f"OAuth {session.token}") is session
    assert session.token not in repr(session)


def test_whoever_waits_for_its_end_is_told(sessions: Sessions, clock: Clock) -> None:
    ended: list[str] = []
    sessions.on_end.append(ended.append)
    tokens = [sessions.open("005000000000001AAA").token for _ in range(3)]
    assert sessions.end(tokens[0])
    assert not sessions.end(tokens[0])
    clock.advance(60)
    with pytest.raises(OrgError, match="INVALID_SESSION_ID"):
        sessions.get(f"Bearer {tokens[1]}")
    sessions.end_all()
    assert ended == tokens
