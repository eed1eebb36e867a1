"""What is known about a target between runs."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from sfsync.models import MappingState

pytestmark = [pytest.mark.databases, pytest.mark.django_db]

TARGET = ("default", "ContactMapping")


def test_it_begins_empty_and_is_one_per_target() -> None:
    state = MappingState.objects.get_for(TARGET)
    assert (state.loaded, state.target, state.described) == (False, TARGET, {})
    assert MappingState.objects.get_for(TARGET) == state
    assert MappingState.objects.get_for(("emea", "ContactMapping")) != state


def test_loaded_needs_a_watermark() -> None:
    now = datetime(2026, 5, 1, tzinfo=UTC)
    assert not MappingState(loaded_at=now).loaded
    assert MappingState(loaded_at=now, updated_watermark=now).loaded


def test_pausing_is_stored_and_lifted() -> None:
    MappingState.objects.get_for(TARGET).pause("wrong org")
    state = MappingState.objects.get_for(TARGET)
    assert (state.paused, state.paused_reason) == (True, "wrong org")
    state.resume()
    assert not MappingState.objects.get_for(TARGET).paused
