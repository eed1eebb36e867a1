"""Many threads, few sign-ins."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from sfsync import exceptions
from sfsync.client import ClientCredentials

THREADS, EXPIRIES, CALLS = 50, 10, 2


def token_requests(org):
    return sum(request.path == "/services/oauth2/token" for request in org.requests)


def test_fifty_threads_through_ten_expiries(simulated_org, client):
    """One sign-in per expiry, no failed call: every thread is in the middle of its calls when one comes."""
    middle = threading.Barrier(THREADS, action=simulated_org.expire_sessions)
    end = threading.Barrier(THREADS)

    def work(number):
        done = 0
        for _ in range(EXPIRIES):
            for call in range(CALLS):
                done += client.call("GET", "limits/").status == 200
                if call == 0:
                    middle.wait(60)
            end.wait(60)
        return done

    with ThreadPoolExecutor(THREADS) as pool:
        assert list(pool.map(work, range(THREADS))) == [EXPIRIES * CALLS] * THREADS
    assert token_requests(simulated_org) == 1 + EXPIRIES


def test_fifty_threads_with_a_wrong_secret_ask_once(simulated_org, connect):
    """Covers F80."""
    client = connect(simulated_org, auth=ClientCredentials(simulated_org.consumer_key, "wrong"))

    def work(number):
        with pytest.raises(exceptions.SignInFailed):
            client.call("GET", "limits/")

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(work, range(THREADS)))
    assert token_requests(simulated_org) == 1


def test_a_user_who_was_frozen_is_told_once(simulated_org, client):
    """Covers F80."""
    client.call("GET", "limits/")
    simulated_org.set_access(simulated_org.org.settings.username, frozen=True)
    simulated_org.expire_sessions()
    for _ in range(3):
        with pytest.raises(exceptions.SignInFailed, match="frozen or locked"):
            client.call("GET", "limits/")
    assert token_requests(simulated_org) == 2
