"""Tokens that several processes share. Each store here is what one of them has."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.db.models import F

from sfsync import conf
from sfsync.client import Client, RefreshToken, Secret, Token
from sfsync.database import leases
from sfsync.database.tokens import DatabaseTokenStore
from sfsync.exceptions import ConfigurationError, LeaseLost, LeaseTaken, SignInFailed, Unavailable
from sfsync.models import Lease, StoredToken
from sfsync.testing import SimulatedOrg

pytestmark = [pytest.mark.databases, pytest.mark.django_db(transaction=True)]

ACME = "https://acme.my.salesforce.com"
SETTINGS = conf.OrgSettings(
    org="default", auth="refresh_token", auth_domain=ACME, consumer_key="key", refresh_token="5Aep!first"
)
WORKERS = 6


def token(number, refresh_token=None):
    return Token(
        Secret(f"00D!{number}"),
        ACME,
        "00D000000000001EAA",
        Secret(refresh_token) if refresh_token else None,
    )


def texts(found):
    return found.access_token.reveal(), found.instance_url, found.org_id


@pytest.fixture
def store():
    return DatabaseTokenStore(SETTINGS)


@pytest.fixture
def rotating():
    with SimulatedOrg(refresh_token_rotation=True) as org:
        yield org


def worker(org, **changes):
    """Return a client with a store of its own, as another process has."""
    settings = replace(
        SETTINGS,
        auth_domain=org.url,
        consumer_key=org.consumer_key,
        consumer_secret=org.consumer_secret,
        refresh_token=org.org.settings.refresh_token,
        **changes,
    )
    store = DatabaseTokenStore(settings)
    auth = RefreshToken(settings.consumer_key, settings.consumer_secret, store.refresh_token)
    return Client(auth_domain=org.url, auth=auth, token_store=store)


def sign_ins(org):
    return sum(request.path == "/services/oauth2/token" for request in org.requests)


def test_workers_share_one_sign_in_per_expiry_of_a_rotated_token(rotating):
    """Covers F81."""
    together = threading.Barrier(WORKERS, action=rotating.expire_sessions)

    def work(number):
        client = worker(rotating)
        try:
            for _ in range(3):
                together.wait(60)
                assert client.describe("Account")["name"] == "Account"
        finally:
            client.close()
            connection.close()

    with ThreadPoolExecutor(WORKERS) as pool:
        list(pool.map(work, range(WORKERS)))
    assert sign_ins(rotating) == 3


def test_the_next_process_needs_no_sign_in(rotating):
    assert worker(rotating).describe("Account")["name"] == "Account"
    assert worker(rotating).describe("Account")["name"] == "Account"
    assert sign_ins(rotating) == 1


def test_the_next_process_goes_on_with_the_newest_refresh_token(rotating):
    """Covers F81."""
    for _ in range(3):
        assert worker(rotating).describe("Account")["name"] == "Account"
        rotating.expire_sessions()
    assert sign_ins(rotating) == 3


def test_a_new_token_in_the_settings_counts_at_once(rotating):
    worker(rotating).org_id
    rotating.site.refresh_tokens.clear()
    rotating.expire_sessions()
    with pytest.raises(SignInFailed, match="SF_REFRESH_TOKEN"):
        worker(rotating).describe("Account")
    approved = rotating.issue_refresh_token(rotating.org.settings.username)
    settings = replace(
        SETTINGS,
        auth_domain=rotating.url,
        consumer_key=rotating.consumer_key,
        consumer_secret=rotating.consumer_secret,
        refresh_token=approved,
    )
    store = DatabaseTokenStore(settings)
    auth = RefreshToken(rotating.consumer_key, rotating.consumer_secret, store.refresh_token)
    client = Client(auth_domain=rotating.url, auth=auth, token_store=store)
    assert client.describe("Account")["name"] == "Account"


def test_what_is_stored_is_what_was_got(store):
    store.current(lambda: token(1, "5Aep!second"))
    other = DatabaseTokenStore(SETTINGS)
    assert texts(other.current(pytest.fail)) == texts(token(1))
    assert other.refresh_token().reveal() == "5Aep!second"


def test_a_refresh_token_stays_until_another_comes(store):
    first = store.current(lambda: token(1, "5Aep!second"))
    store.renew(first, lambda: token(2))
    assert store.refresh_token().reveal() == "5Aep!second"
    assert DatabaseTokenStore(SETTINGS).refresh_token().reveal() == "5Aep!second"


def test_no_column_shows_a_token(store):
    """Covers F88."""
    store.current(lambda: token("marked-1", "marked-2"))
    (row,) = StoredToken.objects.values()
    assert "marked" not in str(row)
    assert "marked" not in str(list(Lease.objects.values())) + repr(vars(store)) + repr(store)


@pytest.mark.parametrize(
    "changes",
    [
        {"refresh_token": "5Aep!approved again"},
        {"consumer_key": "another app"},
        {"auth_domain": "https://other.my.salesforce.com"},
        {"user": "another"},
    ],
)
def test_other_settings_are_another_session(store, changes):
    store.current(lambda: token(1, "5Aep!second"))
    other = DatabaseTokenStore(replace(SETTINGS, **changes))
    assert other.refresh_token().reveal() == changes.get("refresh_token", "5Aep!first")
    assert texts(other.current(lambda: token(2))) == texts(token(2))


def test_a_stored_host_that_is_no_longer_trusted_is_not_used():
    """Covers F87."""
    trusting = DatabaseTokenStore(replace(SETTINGS, trusted_hosts=("gateway.example",)))
    trusting.current(lambda: replace(token(1), instance_url="https://gateway.example"))
    assert texts(DatabaseTokenStore(SETTINGS).current(lambda: token(2))) == texts(token(2))


def test_a_process_that_was_overtaken_stores_and_uses_nothing(store):
    """Covers F81."""

    def overtaken():
        Lease.objects.filter(direction="token").update(fence=F("fence") + 1, expires_at=leases.LONG_AGO)
        return token(1, "5Aep!late")

    with pytest.raises(LeaseLost):
        store.current(overtaken)
    assert not StoredToken.objects.exists()
    Lease.objects.filter(direction="token").update(expires_at=F("expires_at") - timedelta(days=1))  # it ends
    assert texts(store.current(lambda: token(2))) == texts(token(2))


def test_a_failure_frees_the_lease(store):
    def fail():
        raise Unavailable("down")

    with pytest.raises(Unavailable):
        store.current(fail)
    assert texts(DatabaseTokenStore(SETTINGS).current(lambda: token(1))) == texts(token(1))


def test_the_lease_of_a_dead_process_is_waited_for_and_then_an_error():
    leases.take("default", "default", "", "token", owner="host:1:dead", seconds=100)
    waits = []
    store = DatabaseTokenStore(replace(SETTINGS, deadline=0.3 - 90), sleep=waits.append)
    with pytest.raises(LeaseTaken, match="host:1:dead"):
        store.current(pytest.fail)
    assert len(waits) > 1


def test_a_sign_in_inside_a_transaction_is_refused(store):
    """A rollback would lose the rotated token."""
    with transaction.atomic(), pytest.raises(ConfigurationError, match=r"outside of transaction\.atomic\(\)"):
        store.current(pytest.fail)
    assert texts(store.current(lambda: token(1))) == texts(token(1))


def test_a_thread_inside_a_transaction_does_not_wait_for_a_sign_in_of_another(store):
    """The other could not store its token before that transaction ends."""

    def inside():
        try:
            with transaction.atomic(), pytest.raises(ConfigurationError, match="outside of"):
                store.current(pytest.fail)
        finally:
            connection.close()

    def sign_in():
        pool.submit(inside).result(timeout=20)
        return token(1)

    with ThreadPoolExecutor(1) as pool:
        assert texts(store.current(sign_in)) == texts(token(1))


def test_a_token_that_another_thread_has_renewed_can_be_had_inside_a_transaction(store):
    first = store.current(lambda: token(1))
    store.renew(first, lambda: token(2))
    with transaction.atomic():
        assert texts(store.renew(first, pytest.fail)) == texts(token(2))


WAIT_BRIEFLY = {
    "sqlite": "PRAGMA busy_timeout = 100",
    "postgresql": "SET lock_timeout = 100",
    "mysql": "SET innodb_lock_wait_timeout = 1",
}


def test_a_database_that_is_locked_for_a_while_does_not_cost_the_refresh_token():
    """The org knows only the new one by then. Covers F81."""
    held, free = threading.Event(), threading.Event()

    def hold():
        try:
            with transaction.atomic():
                Lease.objects.update(owner=F("owner"))
                held.set()
                free.wait(60)
        finally:
            connection.close()

    def sign_in():
        with connection.cursor() as cursor:
            cursor.execute(WAIT_BRIEFLY[connection.vendor])
        others.append(pool.submit(hold))
        assert held.wait(20)
        return token(1, "5Aep!second")

    def sleep(seconds):
        waits.append(seconds)
        free.set()
        others[0].result(20)

    others, waits = [], []
    store = DatabaseTokenStore(SETTINGS, sleep=sleep)
    try:
        with ThreadPoolExecutor(1) as pool:
            try:
                store.current(sign_in)
            finally:
                free.set()
    finally:
        connection.close()
    assert len(waits) == 1
    assert DatabaseTokenStore(SETTINGS).refresh_token().reveal() == "5Aep!second"
