"""One sign-in per expiry, and per failure."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from sfsync.client import MemoryTokenStore, Secret, Token
from sfsync.client.auth.stores import REFUSAL_STANDS
from sfsync.exceptions import SalesforceError, SignInFailed, Unavailable

ACME = "https://acme.my.salesforce.com"


def token(secret="00D!secret", refresh_token=None):
    return Token(Secret(secret), ACME, "00D000000000001EAA", refresh_token)


class Counted:
    """A sign-in that counts, and raises `error` if there is one."""

    def __init__(self, error=None):
        self.error = error
        self.count = 0

    def __call__(self):
        self.count += 1
        if self.error is not None:
            raise self.error
        return token(f"token {self.count}")


@pytest.fixture
def clock():
    return [0.0]


@pytest.fixture
def store(clock):
    return MemoryTokenStore("5Aep!first", now=lambda: clock[0])


def test_threads_share_one_sign_in_per_expiry(store):
    sign_in = Counted()
    together = threading.Barrier(8)

    def work(number):
        together.wait()
        stale = store.current(sign_in)
        together.wait()
        return store.renew(stale, sign_in)

    with ThreadPoolExecutor(8) as pool:
        tokens = list(pool.map(work, range(8)))
    assert sign_in.count == 2
    assert {found.access_token.reveal() for found in tokens} == {"token 2"}


@pytest.mark.parametrize("error", [SignInFailed, Unavailable])
def test_threads_share_a_failure(store, error):
    """Covers F80."""
    begun, waiting = threading.Event(), threading.Semaphore(0)
    sign_ins = []

    def sign_in():
        sign_ins.append(1)
        begun.set()
        for _ in range(7):
            waiting.acquire(timeout=10)
        raise error("no")

    def ask(number):
        if number:
            begun.wait(10)
            threading.Timer(0.2, waiting.release).start()  # by then the thread waits for the lock
        with pytest.raises(error):
            store.current(sign_in)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(ask, range(8)))
    assert len(sign_ins) == 1


def test_a_refusal_stands_for_a_minute(store, clock):
    """Covers F80."""
    sign_in = Counted(SignInFailed("refused", status=400, code="invalid_grant"))
    for _ in range(3):
        with pytest.raises(SignInFailed, match="refused") as caught:
            store.current(sign_in)
        assert caught.value.code == "invalid_grant"
    assert sign_in.count == 1
    clock[0] = REFUSAL_STANDS + 1
    sign_in.error = None
    assert store.current(sign_in).access_token.reveal() == "token 2"


def test_the_org_may_be_asked_again_at_once_when_it_was_away(store):
    with pytest.raises(Unavailable):
        store.current(Counted(Unavailable("down")))
    assert store.current(Counted()).access_token.reveal() == "token 1"


def test_a_failed_renewal_leaves_no_stale_token(store):
    stale = store.current(Counted())
    with pytest.raises(SalesforceError):
        store.renew(stale, Counted(Unavailable("down")))
    fresh = token("new")
    assert store.current(lambda: fresh) is fresh


def test_the_newest_refresh_token_is_kept(store):
    assert store.refresh_token().reveal() == "5Aep!first"
    first = store.current(lambda: token(refresh_token=Secret("5Aep!second")))
    assert store.refresh_token().reveal() == "5Aep!second"
    store.renew(first, token)
    assert store.refresh_token().reveal() == "5Aep!second"
