"""The tokens of one org, shared by all processes that use the same database.

Where each use of a refresh token replaces it, the use of an old one ends them all (Salesforce Help, "Refresh
Token Rotation"). So one process at a time signs in, under a lease, and commits what the answer brought
before anybody uses it; the others wait and take that.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable

from django.db import InterfaceError, OperationalError, connections, router, transaction

from sfsync.client import MemoryTokenStore, Secret, Token
from sfsync.client.hosts import instance_url
from sfsync.conf import OrgSettings
from sfsync.database import backend, leases
from sfsync.database.sealing import require_cipher, seal, unseal
from sfsync.exceptions import ConfigurationError, LeaseTaken, MalformedResponse
from sfsync.models import Lease, LeaseDirection, StoredToken

# A sign-in may take the deadline and one silent read; until then nobody else may use the same refresh token.
MARGIN = 90.0
WAITS = (0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 12.8)  # seconds between tries to store a token, within the margin
PAUSE = 0.1  # seconds between two looks at what another process is doing


class DatabaseTokenStore:
    """Keep the tokens of one org encrypted in the database. SF_TOKEN_STORE may name this class.

    A stored token counts only as long as the settings it was got with stay the same. Raises LeaseTaken when
    another process takes longer over its sign-in than a call may last.
    """

    def __init__(self, settings: OrgSettings, *, sleep: Callable[[float], None] = time.sleep) -> None:
        require_cipher()
        self._settings = settings
        self._sleep = sleep
        self._threads = MemoryTokenStore()
        self._seconds = settings.deadline + MARGIN
        # A function, so that what prints the attributes of objects does not find the refresh token.
        self._bound_to = lambda: (
            settings.org,
            settings.auth,
            settings.auth_domain,
            settings.consumer_key,
            settings.user,
            settings.refresh_token,
        )

    def __repr__(self) -> str:
        return f"<DatabaseTokenStore of {self._settings.org}>"

    def current(self, sign_in: Callable[[], Token]) -> Token:
        """Return the token of this process, or the stored one, or sign in."""
        return self._known(None) or self._threads.current(lambda: self._shared(None, sign_in))

    def renew(self, stale: Token, sign_in: Callable[[], Token]) -> Token:
        """Return a stored token that is not `stale`, or sign in while no other process does."""
        return self._known(stale) or self._threads.renew(stale, lambda: self._shared(stale, sign_in))

    def refresh_token(self) -> Secret:
        """Return the newest refresh token: the stored one, else that of the settings."""
        stored = self._read()
        return (stored and stored.refresh_token) or Secret(self._settings.refresh_token)

    def _known(self, stale: Token | None) -> Token | None:
        """Return the token of this process if it is not `stale`; else make sure that this thread may wait for one.

        The thread that signs in could not store its token while one that waits for it holds a transaction.
        """
        known = self._threads.other_than(stale)
        if known is None:
            require_no_transaction(self._using)
        return known

    def _shared(self, stale: Token | None, sign_in: Callable[[], Token]) -> Token:
        """Wait until another token is stored, or until this process may sign in."""
        require_table(self._using)
        ends = time.monotonic() + self._seconds
        while True:
            stored = self._read()
            if stored is not None and not _same(stored, stale):
                return stored
            lease = self._lease(last_look=time.monotonic() > ends)
            if lease is not None:
                return self._renewed(lease, stale, sign_in)
            self._sleep(PAUSE)

    def _lease(self, *, last_look: bool) -> Lease | None:
        try:
            return leases.take(
                self._using,
                self._settings.org,
                "",
                LeaseDirection.TOKEN,
                owner=leases.owner_name(),
                seconds=self._seconds,
            )
        except LeaseTaken:
            if last_look:
                raise
            return None

    def _renewed(self, lease: Lease, stale: Token | None, sign_in: Callable[[], Token]) -> Token:
        try:
            stored = self._read()  # another process may have been faster before the lease was ours
            if stored is not None and not _same(stored, stale):
                return stored
            token = sign_in()
            kept = token if token.refresh_token else _with(token, stored)
            self._write(kept, lease)
            return kept
        finally:
            leases.release(lease)

    def _read(self) -> Token | None:
        row = StoredToken.objects.using(self._using).filter(org=self._settings.org).first()
        opened = Secret(unseal(row.sealed, self._bound_to()) or "") if row is not None else None
        return self._token(opened) if opened else None

    def _token(self, opened: Secret) -> Token | None:
        """Make a token of a stored one; None if it may travel to its host no more."""
        access_token, url, org_id, refresh_token = json.loads(opened.reveal())
        settings = self._settings
        try:
            instance_url(url, signed_in_at=settings.auth_domain, trusted=settings.trusted_hosts)
        except MalformedResponse:
            return None
        return Token(Secret(access_token), url, org_id, Secret(refresh_token) if refresh_token else None)

    def _write(self, token: Token, lease: Lease) -> None:
        """Store a token, unless a later process took over; again and again where the database is locked or gone.

        With rotation the org knows no other any more.
        """
        sealed = seal(_text(token), self._bound_to())
        for wait in (*WAITS, None):
            try:
                self._store(sealed, lease)
                break
            except (OperationalError, InterfaceError):
                if wait is None:
                    raise
            connections[self._using].close_if_unusable_or_obsolete()
            self._sleep(wait)

    def _store(self, sealed: str, lease: Lease) -> None:
        with transaction.atomic(using=self._using, durable=True):
            leases.check(lease)
            StoredToken.objects.using(self._using).update_or_create(
                org=self._settings.org,
                defaults={"sealed": sealed, "stored_at": backend(self._using).now()},
            )

    @property
    def _using(self) -> str:
        return router.db_for_write(StoredToken)


def require_no_transaction(using: str) -> None:
    """Raise ConfigurationError inside a transaction: its rollback would take the new token along."""
    try:
        with transaction.atomic(using=using, durable=True):
            return
    except RuntimeError:
        pass
    raise ConfigurationError(
        "A sign-in that stores its token cannot happen inside a transaction.",
        hint="Call the org outside of transaction.atomic(), and of views under ATOMIC_REQUESTS.",
        check="sfsync.E022",
    )


def require_table(using: str) -> None:
    """Raise ConfigurationError where `migrate` has not run yet."""
    if StoredToken._meta.db_table not in connections[using].introspection.table_names():
        raise ConfigurationError(
            f"sfsync's tables are missing in the database {using!r}, and this sign-in stores its token there.",
            hint=f"Type: python manage.py migrate sfsync --database={using}.",
            check="sfsync.W103",
        )


def _same(stored: Token, stale: Token | None) -> bool:
    return stale is not None and stored.access_token.reveal() == stale.access_token.reveal()


def _with(token: Token, stored: Token | None) -> Token:
    """Return a token with the refresh token that stays valid, because the answer brought no other."""
    return Token(
        token.access_token, token.instance_url, token.org_id, stored.refresh_token if stored else None
    )


def _text(token: Token) -> str:
    return json.dumps(
        [
            token.access_token.reveal(),
            token.instance_url,
            token.org_id,
            token.refresh_token.reveal() if token.refresh_token else None,
        ]
    )
