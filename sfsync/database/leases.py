"""The right to run one target in one direction, given to one run at a time.

A lease expires by the database's clock; whoever takes it next gets a higher fence. A run thought dead that
comes back finds the fence moved on and can commit nothing: every batch begins with `check`.
"""

from __future__ import annotations

import datetime
import os
import secrets
import socket

from django.db import transaction
from django.db.models import F

from sfsync.database import backend
from sfsync.exceptions import LeaseLost, LeaseTaken
from sfsync.models import Lease
from sfsync.models.target import TargetQuerySet

LONG_AGO = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)


def owner_name() -> str:
    """Return `host:pid:random`, another one at each call."""
    return f"{socket.gethostname()[:150]}:{os.getpid()}:{secrets.token_hex(6)}"


def take(using: str, org: str, mapping: str, direction: str, *, owner: str, seconds: float) -> Lease:
    """Take a lease for `seconds`, in a transaction of its own. Raises LeaseTaken when somebody holds it."""
    key = {"org": org, "mapping": mapping, "direction": direction}
    leases = Lease.objects.using(using)
    # Created free: the UPDATE below alone decides who wins.
    if not leases.filter(**key).exists():
        leases.bulk_create([Lease(**key, expires_at=LONG_AGO)], ignore_conflicts=True)
    now = backend(using).now()
    until = now + datetime.timedelta(seconds=seconds)
    with transaction.atomic(using=using, durable=True):
        free = leases.filter(**key, expires_at__lte=now)
        won = free.update(owner=owner, fence=F("fence") + 1, expires_at=until)
        lease = leases.get(**key)
    if not won:
        raise LeaseTaken(
            f"{org}/{mapping}: {lease.owner} holds the {direction} lease; it expires at "
            f"{lease.expires_at:%Y-%m-%d %H:%M:%S} UTC unless renewed.",
            owner=lease.owner,
        )
    return lease


def renew(lease: Lease, seconds: float) -> Lease:
    """Hold a lease for `seconds` from now, in a transaction of its own. Raises LeaseLost when it is gone."""
    using = database_of(lease)
    until = backend(using).now() + datetime.timedelta(seconds=seconds)
    with transaction.atomic(using=using, durable=True):
        if not same(lease).update(expires_at=until):
            raise lost(lease)
    lease.expires_at = until
    return lease


def release(lease: Lease) -> None:
    """Let the next one take the lease at once. Nothing happens when it was taken over already."""
    using = database_of(lease)
    now = backend(using).now()
    with transaction.atomic(using=using, durable=True):
        same(lease).update(expires_at=now)
    lease.expires_at = now


def check(lease: Lease) -> None:
    """Make sure that nobody took over, and that nobody can before the caller's transaction ends.

    It must be that transaction's first statement: on SQLite a transaction that begins by reading cannot write
    after another one has written. A lease that expired and that nobody took is still good. Raises LeaseLost,
    and RuntimeError outside a transaction.
    """
    if not transaction.get_connection(database_of(lease)).in_atomic_block:
        raise RuntimeError("check() needs a transaction: open transaction.atomic() around it.")
    if not same(lease).update(fence=lease.fence):
        raise lost(lease)


def database_of(lease: Lease) -> str:
    return lease._state.db or "default"


def same(lease: Lease) -> TargetQuerySet[Lease]:
    return Lease.objects.using(database_of(lease)).filter(pk=lease.pk, fence=lease.fence)


def lost(lease: Lease) -> LeaseLost:
    return LeaseLost(
        f"{lease.org}/{lease.mapping}: another run took over the {lease.direction} lease; this one stops."
    )
