from __future__ import annotations

import gzip
import json
import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
import requests

from sfsync.testing import SimulatedOrg
from sfsync.testing.http import site
from sfsync.testing.org import Org

from .conftest import Api


def test_an_unknown_route_is_not_found(api: Api) -> None:
    for path in (
        "/nothing",
        "/sobjects/Account/describe/nothing/at/all",
        "/sobjects/Foo",
    ):
        response = api.get(path)
        assert response.status_code == 404
        assert (
            response.text == '[{"errorCode":"NOT_FOUND","message":"The requested resource does not exist"}]'
        )


def test_a_wrong_method_names_the_right_ones(api: Api) -> None:
    response = api("PUT", "/sobjects/Account")
    assert response.status_code == 405
    message = "HTTP Method 'PUT' not allowed. Allowed are HEAD,GET,POST"
    assert response.json() == [{"errorCode": "METHOD_NOT_ALLOWED", "message": message}]


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b'{"Name": nope}', b'{"Name": NaN}', b"\xff", b"[1]", b"[" * 100_000],
)
def test_bad_json_is_a_parser_error(api: Api, content: bytes) -> None:
    response = api("POST", "/sobjects/Account", data=content, headers={"Content-Type": "application/json"})
    assert response.status_code == 400
    assert response.json()[0]["errorCode"] == "JSON_PARSER_ERROR"


def test_other_media_types_are_refused(api: Api) -> None:
    response = api("POST", "/sobjects/Account", data="Name", headers={"Content-Type": "text/csv"})
    assert (response.status_code, response.json()[0]["errorCode"]) == (415, "UNSUPPORTED_MEDIA_TYPE")
    response = api("GET", "/limits", headers={"Accept": "application/xml"})
    assert response.status_code == 406


@pytest.mark.parametrize("header", ["", "Bearer nonsense", "Basic eDp5", "Bearer"])
def test_no_session_no_answer(served: SimulatedOrg, header: str) -> None:
    calls = served.api_calls
    response = requests.get(
        served.url + "/services/data/v66.0/limits", headers={"Authorization": header}, timeout=20
    )
    assert response.status_code == 401
    assert response.text == '[{"message":"Session expired or invalid","errorCode":"INVALID_SESSION_ID"}]'
    assert served.api_calls == calls


def test_strangers_do_not_learn_what_there_is(served: SimulatedOrg) -> None:
    for path in ("/services/data/v66.0/nothing", "/services/data/v66.0/sobjects/Foo"):
        assert requests.get(served.url + path, timeout=20).status_code == 401
    assert requests.get(served.url + "/nothing", timeout=20).status_code == 404


def test_oauth_is_a_scheme_too(api: Api) -> None:
    token = str(api.session.headers["Authorization"]).partition(" ")[2]
    assert api("GET", "/limits", headers={"Authorization": f"OAuth {token}"}).status_code == 200


def test_every_answer_tells_the_usage(api: Api) -> None:
    for path in ("/limits", "/nothing", "/sobjects/Account/describe"):
        response = api.get(path)
        used, _, most = response.headers["Sforce-Limit-Info"].removeprefix("api-usage=").partition("/")
        assert int(used) > 0
        assert most == "15000"
    assert "Sforce-Limit-Info" not in api.get("/services/data/").headers


def test_headers_of_a_modern_org(api: Api) -> None:
    headers = api.get("/limits").headers
    assert headers["Content-Type"] == "application/json;charset=UTF-8"
    assert headers["Cache-Control"] == "no-cache,must-revalidate,max-age=0,no-store,private"
    assert headers["Server"] == "sfdcedge"
    assert headers["Transfer-Encoding"] == "chunked"
    assert headers["X-Sfdc-Request-Id"] != api.get("/limits").headers["X-Sfdc-Request-Id"]


def test_json_is_compact_unless_asked_for_pretty(api: Api) -> None:
    assert b'"DailyApiRequests":{"Max":15000,' in api.get("/limits").content
    assert b'"Max" : 15000' in api("GET", "/limits", headers={"X-PrettyPrint": "1"}).content


def test_compression_is_for_those_who_ask(api: Api) -> None:
    plain = api("GET", "/sobjects", headers={"Accept-Encoding": "identity"})
    packed = api("GET", "/sobjects", headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert plain.json() == packed.json()


def test_requests_may_be_compressed(api: Api) -> None:
    headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    content = json.dumps({"Name": "packed"}).encode()
    assert api("POST", "/sobjects/Account", data=gzip.compress(content), headers=headers).status_code == 201
    response = api("POST", "/sobjects/Account", data=content, headers=headers)
    assert (response.status_code, response.json()[0]["errorCode"]) == (400, "JSON_PARSER_ERROR")


def test_requests_may_be_chunked(api: Api) -> None:
    def pieces() -> Iterator[bytes]:
        yield b'{"Na'
        yield b'me": "pieces"}'

    headers = {"Content-Type": "application/json"}
    assert api("POST", "/sobjects/Account", data=pieces(), headers=headers).status_code == 201
    credentials = (
        f"grant_type=client_credentials&client_id={api.simulated.consumer_key}"
        f"&client_secret={api.simulated.consumer_secret}"
    )
    response = requests.post(
        api.simulated.url + "/services/oauth2/token",
        data=iter([credentials[:20].encode(), credentials[20:].encode()]),
        headers={"Content-Type": "application/x-www-form-urlencoded"},
        timeout=20,
    )
    assert response.status_code == 200


def test_post_can_stand_for_another_method(api: Api) -> None:
    record_id = api.create("Account", Name="before")
    response = api("POST", f"/sobjects/Account/{record_id}?_HttpMethod=PATCH", json={"Name": "after"})
    assert response.status_code == 204
    assert api.get(f"/sobjects/Account/{record_id}").json()["Name"] == "after"


def test_trailing_slashes_change_nothing(api: Api) -> None:
    for path in ("/services/data/", "/services/data/v66.0/", "/limits/", "/sobjects/", "/sobjects/Account/"):
        assert api.get(path).status_code == 200


@pytest.mark.parametrize(("version", "status"), [("31.0", 200), ("68.0", 200), ("21.0", 410), ("30.0", 410)])
def test_versions(api: Api, version: str, status: int) -> None:
    assert api.get(f"/services/data/v{version}/sobjects").status_code == status


@pytest.mark.parametrize("version", ["20.0", "69.0", "66.1", "66", "x", "66.0.0"])
def test_unknown_versions_are_not_found(api: Api, version: str) -> None:
    assert api.get(f"/services/data/v{version}/sobjects").status_code == 404


def test_a_uri_has_a_limit(api: Api) -> None:
    assert api.get("/query", q="x" * 16_384).status_code == 414
    assert api("GET", "/limits", headers={"X-Long": "x" * 16_384}).status_code == 431


@pytest.mark.parametrize("media_type", ["application/json", "application/xml"])
def test_a_body_has_a_limit(api: Api, media_type: str) -> None:
    """The text is what users of public clients report."""
    headers = {"Content-Type": media_type, "Content-Encoding": "gzip"}
    content = gzip.compress(b'{"Name":"' + b"x" * 52_428_800, compresslevel=1)
    response = api("POST", "/sobjects/Account", data=content, headers=headers)
    message = (
        "; nested exception is: \n\tcommon.exception.ApiException: Maximum size of request reached. "
        "Maximum size of request is 52428800 bytes."
    )
    error = {"message": message, "errorCode": "JSON_PARSER_ERROR"}
    assert (response.status_code, response.json()) == (400, [error])


def test_a_packed_body_does_not_fill_the_memory(api: Api) -> None:
    headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    packed = gzip.compress(b" " * 100_000_000, compresslevel=1)
    assert api("POST", "/sobjects/Account", data=packed * 3, headers=headers).status_code == 413
    assert api.get("/limits").status_code == 200


def test_the_daily_limit_ends(simulated_org: SimulatedOrg) -> None:
    with SimulatedOrg(daily_api_requests=2) as limited:
        api = Api(limited)
        with api.session:
            assert [api.get("/limits").status_code for _ in range(3)] == [200, 200, 403]
            assert api.get("/limits").json() == [
                {"message": "TotalRequests Limit exceeded.", "errorCode": "REQUEST_LIMIT_EXCEEDED"}
            ]
        assert limited.api_calls == 2


def test_requests_are_logged_without_secrets(fresh_api: Api) -> None:
    simulated = fresh_api.simulated
    simulated.reset_requests()
    fresh_api.get("/query", q="SELECT Id FROM Account WHERE Name = 'secret'")
    fresh_api.get("/services/data")
    fresh_api.composite({"method": "GET", "url": "/services/data/v66.0/limits", "referenceId": "a"})
    kinds = [(record.method, record.kind, record.status, record.calls) for record in simulated.requests]
    assert kinds == [("GET", "query", 200, 1), ("GET", "versions", 200, 0), ("POST", "composite", 200, 1)]
    assert simulated.requests[2].subrequests == ("limits",)
    assert simulated.api_calls == 2
    assert "secret" not in repr(simulated.requests)


def test_the_log_does_not_grow_for_ever(fresh_api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(site, "MAX_LOGGED", 4)
    for _ in range(10):
        fresh_api.get("/services/data")
    assert 2 <= len(fresh_api.simulated.requests) <= 4


def test_an_unexpected_error_is_a_500_and_fails_the_block(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*arguments: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(Org, "describe_global", fail)
    with pytest.raises(RuntimeError, match="simulated org failed"), SimulatedOrg() as simulated:
        api = Api(simulated)
        with api.session:
            response = api.get("/sobjects")
        assert (response.status_code, response.json()[0]["errorCode"]) == (500, "UNKNOWN_EXCEPTION")
    assert "ZeroDivisionError" in caplog.text


def test_an_error_in_the_middle_of_an_answer_cuts_it_off_and_fails_the_block(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with (
        pytest.raises(RuntimeError, match="simulated org failed"),
        SimulatedOrg(bulk_runner="status") as simulated,
    ):
        api = Api(simulated)
        with api.session:
            parts = {
                "job": (None, '{"object":"Account","operation":"insert"}', "application/json"),
                "content": ("content", "Name\n" + "A\n" * 450, "text/csv"),
            }
            path = f"/jobs/ingest/{api('POST', '/jobs/ingest', files=parts).json()['id']}"
            assert api.get(path).json()["numberRecordsProcessed"] == 450
            storage = simulated.org.storage
            with storage.transaction():
                storage.write("""UPDATE "_bulk_result" SET "lines" = '{' WHERE "first" > 0""")
            with pytest.raises(requests.exceptions.ChunkedEncodingError):
                api.get(f"{path}/successfulResults")
    assert "failed in the middle of an answer" in caplog.text


def test_head_has_no_body(api: Api) -> None:
    response = api("HEAD", "/limits")
    assert (response.status_code, response.content) == (200, b"")


def test_connections_are_kept_alive(served: SimulatedOrg) -> None:
    address = urlsplit(served.url)
    request = b"GET /services/data HTTP/1.1\r\nHost: elsewhere.example\r\n\r\n"
    with socket.create_connection((address.hostname, address.port), timeout=20) as connection:
        for _ in range(2):
            connection.sendall(request)
            received = b""
            while not received.endswith(b"0\r\n\r\n"):
                received += connection.recv(65_536)
            assert received.startswith(b"HTTP/1.1 200 OK")


def test_a_head_is_a_get_without_its_body(api: Api) -> None:
    path = f"/sobjects/Account/{api.create('Account', Name='A')}"
    for asked in (path, "/sobjects/Account", "/sobjects", "/query?q=SELECT+Id+FROM+Account", "/nothing"):
        whole, head = api("GET", asked), api("HEAD", asked)
        assert (head.status_code, head.content) == (whole.status_code, b"")
        assert head.headers.get("Last-Modified") == whole.headers.get("Last-Modified")
    assert api("HEAD", path).headers["ETag"] == api("GET", path).headers["ETag"]
    assert api("HEAD", "/composite/sobjects").status_code == 405


@pytest.mark.parametrize("path", ["/sobjects/Account/001000000000001AAA", "/query", "/search", "/limits"])
def test_nothing_here_takes_a_put(api: Api, path: str) -> None:
    assert api("PUT", path, json={}).status_code == 405
