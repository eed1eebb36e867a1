import logging
import threading
import time
import traceback
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from sfsync import exceptions
from sfsync.client import Client, ClientCredentials, MemoryTokenStore
from sfsync.testing import SimulatedOrg
from sfsync.testing.clock import Clock

from .scripted import ORG_ID, Reply, ScriptedOrg

EXPIRED = Reply.json([{"message": "Session expired or invalid", "errorCode": "INVALID_SESSION_ID"}], 401)


def test_it_signs_in_once_and_learns_the_org(simulated_org, client):
    assert client.org_id == simulated_org.org.settings.org_id
    assert client.instance_url == simulated_org.url
    assert [request.kind for request in simulated_org.requests] == ["token"]


@pytest.mark.parametrize("changes", [{"consumer_key": "wrong"}, {"consumer_secret": "wrong"}])
def test_wrong_credentials_say_what_to_check(simulated_org, connect, changes):
    credentials = {
        "consumer_key": simulated_org.consumer_key,
        "consumer_secret": simulated_org.consumer_secret,
    }
    client = connect(simulated_org, auth=ClientCredentials(**(credentials | changes)))
    with pytest.raises(exceptions.SignInFailed, match="SF_CONSUMER_KEY"):
        client.call("GET", "sobjects/")
    assert client.calls == 0


def test_calls_are_counted_as_the_org_counts_them(simulated_org, client):
    client.call("GET", "/services/data/")
    client.call("GET", "sobjects/")
    with pytest.raises(exceptions.NotFound):
        client.call("GET", "sobjects/Nothing/describe")
    assert client.calls == simulated_org.api_calls == 2
    assert client.usage == (2, simulated_org.org.settings.daily_api_requests)


def test_an_expired_session_is_renewed_and_the_call_repeated_once(simulated_org, client):
    client.call("GET", "sobjects/")
    simulated_org.site.sessions.end_all()
    client.create_many("Account", [{"Name": "Once"}])
    assert [request.kind for request in simulated_org.requests][2:] == ["collections", "token", "collections"]
    (page,) = client.query_pages("SELECT Id FROM Account WHERE Name = 'Once'")
    assert len(page) == 1


def test_a_session_that_a_new_token_does_not_heal_is_an_error(scripted, scripted_client):
    scripted.replies = [EXPIRED, EXPIRED]
    with pytest.raises(exceptions.SessionExpired):
        scripted_client.call("GET", "sobjects/")
    assert scripted.sign_ins == 2


def test_a_refusal_that_no_token_heals_costs_no_sign_in(scripted, scripted_client):
    """Covers F80."""
    text = "This session is not valid for use with the REST API"
    scripted.replies = [Reply.json([{"message": text, "errorCode": "INVALID_SESSION_ID"}], 401)]
    with pytest.raises(exceptions.SessionExpired):
        scripted_client.call("GET", "sobjects/")
    assert scripted.sign_ins == 1


def test_threads_share_one_renewal(simulated_org, client):
    client.call("GET", "sobjects/")
    simulated_org.site.sessions.end_all()
    simulated_org.reset_requests()
    together = threading.Barrier(6)

    def work(number: int) -> int:
        together.wait()
        return client.call("GET", "sobjects/Account/describe").status

    with ThreadPoolExecutor(6) as pool:
        assert set(pool.map(work, range(6))) == {200}
    assert [request.kind for request in simulated_org.requests].count("token") == 1


def test_clients_can_share_their_tokens(simulated_org, connect):
    store = MemoryTokenStore()
    for _ in range(2):
        connect(simulated_org, token_store=store).call("GET", "sobjects/")
    assert [request.kind for request in simulated_org.requests].count("token") == 1


def test_decimals_arrive_digit_by_digit(scripted, scripted_client):
    scripted.replies = [Reply()]
    scripted_client.call("POST", "sobjects/Account", body={"AnnualRevenue": Decimal("123456789012345678.9")})
    assert scripted.seen[0].body == b'{"AnnualRevenue":123456789012345678.9}'
    assert scripted.seen[0].headers["Content-Type"] == "application/json"


def test_a_request_names_its_program_and_version(scripted, connect):
    scripted.replies = [Reply()]
    connect(scripted, api_version="61.0").call("GET", "limits", headers={"X-Own": "yes"})
    (seen,) = scripted.seen
    assert seen.path == "/services/data/v61.0/limits"
    assert seen.headers["User-Agent"].startswith("sfsync/")
    assert seen.headers["Sforce-Call-Options"] == "client=sfsync"
    assert seen.headers["X-Own"] == "yes"


def test_cookies_are_not_kept(scripted, scripted_client):
    scripted.replies = [Reply(headers={"Set-Cookie": "BrowserId=x"}), Reply()]
    for _ in range(2):
        scripted_client.call("GET", "limits")
    assert "Cookie" not in scripted.seen[1].headers


def test_a_redirect_is_not_followed(scripted, scripted_client):
    """Covers F36."""
    scripted.replies = [Reply(302, b"", {"Location": "http://127.0.0.1:1/steal"})]
    with pytest.raises(exceptions.SalesforceError, match="redirect") as caught:
        scripted_client.call("GET", "sobjects/")
    assert caught.value.code == "REDIRECT"


@pytest.mark.parametrize(
    "url", ["http://169.254.169.254/", "https://evil.example", "https://x.salesforce.com.evil.example"]
)
def test_a_token_goes_nowhere_but_to_the_org(scripted, scripted_client, url):
    """Covers F87."""
    scripted.token = Reply.json(scripted.token_body(instance_url=url))
    with pytest.raises(exceptions.MalformedResponse, match="does not trust"):
        scripted_client.call("GET", "sobjects/")
    assert scripted.seen == []


@pytest.mark.parametrize("reply", [Reply.json({}, 404), Reply.json([], 401)])
def test_a_host_without_a_token_endpoint_is_a_failed_sign_in(scripted, scripted_client, reply):
    scripted.token = reply
    with pytest.raises(exceptions.SignInFailed, match="SF_AUTH_DOMAIN"):
        scripted_client.call("GET", "sobjects/")


def test_the_limit_can_be_reached_at_the_token_endpoint(scripted, scripted_client):
    body = [{"message": "TotalRequests Limit exceeded.", "errorCode": "REQUEST_LIMIT_EXCEEDED"}]
    scripted.token = Reply.json(body, 403)
    with pytest.raises(exceptions.LimitExceeded):
        scripted_client.call("GET", "sobjects/")


@pytest.mark.parametrize(
    "reply",
    [
        Reply(hang_up=True),
        Reply(body=b'{"a": 1}', headers={"Content-Length": "100"}, pieces=[b'{"a": 1}']),
        Reply(body=b"no gzip", headers={"Content-Encoding": "gzip"}),
        Reply(503, b"<html>Down for maintenance</html>"),
        Reply(503, b""),
    ],
    ids=["reset", "cut off", "broken gzip", "maintenance page", "empty 503"],
)
def test_no_usable_answer_is_unavailable_and_asked_for_once(scripted, scripted_client, reply):
    """Covers F21, F32."""
    scripted.replies = [reply]
    with pytest.raises(exceptions.Unavailable):
        scripted_client.call("POST", "composite/sobjects", body={})
    assert len(scripted.seen) == 1


def test_a_silent_org_is_left_after_the_read_timeout(scripted, connect):
    scripted.replies = [Reply(headers={"Content-Length": "2"}, pieces=[b"{", b"}"], pause=30)]
    with pytest.raises(exceptions.Unavailable):
        connect(scripted, timeout=(5, 0.1)).call("GET", "sobjects/")


def test_a_dripping_answer_does_not_outlast_the_deadline(scripted, connect):
    drops = [b" " * 65536] * 50
    reply = Reply(headers={"Content-Length": str(65536 * 50)}, pieces=drops, pause=0.05)
    scripted.replies = [reply]
    client = connect(scripted, timeout=(5, 5), deadline=0.3)
    with pytest.raises(exceptions.Unavailable, match="no answer in time"):
        client.call("GET", "sobjects/")


def test_a_silent_org_does_not_outlast_the_deadline(scripted, connect):
    client = connect(scripted, timeout=(5, 30), deadline=0.5)
    assert client.org_id
    scripted.replies = [Reply(headers={"Content-Length": "2"}, pieces=[b"{", b"}"], pause=30)]
    started = time.monotonic()
    with pytest.raises(exceptions.Unavailable, match="No answer"):
        client.call("GET", "sobjects/")
    assert time.monotonic() - started < 5
    assert len(scripted.seen) == 1


def test_a_call_whose_time_went_into_signing_in_is_not_sent(scripted, connect):
    def slow(exchange):
        time.sleep(0.3)
        return ClientCredentials("key", "secret")(exchange)

    with pytest.raises(exceptions.Unavailable, match="SF_DEADLINE"):
        connect(scripted, auth=slow, deadline=0.2).call("POST", "sobjects/Account", body={})
    assert scripted.seen == []


def test_a_refused_connection_names_no_address(connect, scripted):
    client = connect(scripted, auth_domain="http://127.0.0.1:9")
    with pytest.raises(exceptions.Unavailable, match="check the network") as caught:
        client.call("GET", "sobjects/")
    assert "127.0.0.1" not in str(caught.value)


def test_no_traceback_log_or_repr_holds_a_secret(scripted, connect, caplog):
    """Covers F88."""
    caplog.set_level(logging.DEBUG)
    soql, value = (f"marked-{number}" for number in (1, 2))  # not as text, which a traceback quotes
    client = connect(scripted, auth=ClientCredentials("marked-key", "marked-secret"))
    scripted.replies = [Reply(hang_up=True)]
    with pytest.raises(exceptions.Unavailable) as caught:
        client.call("GET", f"query?q={soql}", body={"Name": value})
    assert caught.value.__context__ is None
    shown = "".join(traceback.format_exception(caught.value)) + repr(caught.value)
    logged = "".join(record.getMessage() for record in caplog.records if record.name == "sfsync.client")
    for secret in ("00D!secret", "marked-secret", "marked-1", "marked-2"):
        assert secret not in shown + logged + repr(vars(client))


def test_a_call_is_logged_in_one_line(simulated_org, client, caplog):
    caplog.set_level(logging.DEBUG, "sfsync.client")
    list(client.query_pages("SELECT Id FROM Account WHERE Name = 'marked'"))
    assert [record.getMessage().rpartition(" in ")[0] for record in caplog.records] == [
        "POST services/oauth2/token 200",
        "GET query 200",
    ]


def test_the_orgs_clock_is_asked_for_free(scripted, scripted_client):
    scripted.date = "Mon, 23 Nov 2026 12:00:00 GMT"
    moment = scripted_client.org_now()
    assert timedelta(0) <= moment - datetime(2026, 11, 23, 12, tzinfo=UTC) < timedelta(minutes=1)
    assert scripted_client.calls == 0


@pytest.mark.parametrize("moment", [datetime(2020, 1, 1, tzinfo=UTC), datetime(2030, 1, 1, tzinfo=UTC)])
def test_the_orgs_clock_counts_and_not_the_hosts(connect, moment):
    """Covers F12."""
    with SimulatedOrg(clock=Clock(moment)) as simulated_org:
        client = connect(simulated_org)
        assert timedelta(0) <= client.org_now() - moment < timedelta(minutes=1)
        simulated_org.org.clock.set(moment + timedelta(hours=3))
        client.call("GET", "sobjects/")
        assert timedelta(0) <= client.org_now() - moment - timedelta(hours=3) < timedelta(minutes=1)


def test_the_orgs_clock_is_asked_when_only_the_token_is_known(scripted, connect):
    scripted.replies = [Reply.json([])]
    store = MemoryTokenStore()
    assert connect(scripted, token_store=store).org_id == ORG_ID
    scripted.date = "Mon, 23 Nov 2026 12:00:00 GMT"
    moment = connect(scripted, token_store=store).org_now()
    assert moment.date() == datetime(2026, 11, 23).date()
    assert scripted.seen[0].path == "/services/data/"


def test_an_answer_knows_when_its_call_began(scripted, connect):
    now = datetime(2026, 11, 23, 9, tzinfo=UTC)
    scripted.date = "Mon, 23 Nov 2026 12:00:00 GMT"
    client = connect(scripted, now=lambda: now)
    client.org_now()
    scripted.date = "Mon, 23 Nov 2026 12:00:30 GMT"
    scripted.replies = [Reply()]
    assert client.call("GET", "limits").began == datetime(2026, 11, 23, 12, tzinfo=UTC)
    assert client.org_now() == datetime(2026, 11, 23, 12, 0, 30, tzinfo=UTC)


def test_a_proxy_is_not_asked_for_an_org_on_this_machine(simulated_org, client, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    assert client.call("GET", "sobjects/").status == 200


@pytest.mark.parametrize("version", ["66", "v66.0", "66.0/../..", ""])
def test_an_api_version_of_another_form_is_refused(version):
    with pytest.raises(exceptions.ConfigurationError, match="SF_API_VERSION"):
        Client(
            auth_domain="https://acme.my.salesforce.com", auth=ClientCredentials("", ""), api_version=version
        )


def test_waiting_and_the_local_clock_are_those_passed_in(scripted, connect):
    slept = []
    now = datetime(2026, 11, 23, tzinfo=UTC)
    client = connect(scripted, sleep=slept.append, now=lambda: now)
    client.sleep(3)
    assert (slept, client.now()) == ([3], now)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_no_other_host_hears_of_a_token(scripted, scripted_client, status):
    """Covers F36."""
    with ScriptedOrg() as other:
        other.replies = [Reply()] * 9
        scripted.replies = [Reply(status, b"", {"Location": other.url + "/services/data/v66.0/limits"})] * 9
        with pytest.raises(exceptions.SalesforceError, match="redirect"):
            scripted_client.call("GET", "limits")
        assert (other.seen, other.sign_ins) == ([], 0)
