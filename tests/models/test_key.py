"""Keys are equal only when their bytes are, on every database."""

from __future__ import annotations

import pytest

from sfsync.models import Delivery

pytestmark = [pytest.mark.databases, pytest.mark.django_db]


@pytest.mark.parametrize("other", ["A", "a ", "á", "\uff41"])
def test_keys_that_look_alike_are_apart(other: str) -> None:
    for key in ("a", other):
        Delivery.objects.create(org="default", mapping="M", pk_text=key, operation="update")
    assert Delivery.objects.get(pk_text="a").pk != Delivery.objects.get(pk_text=other).pk
