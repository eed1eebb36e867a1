"""Requests as clients send them, and requests that nobody should send, made from those by a seed."""

from __future__ import annotations

import copy
import io
import json
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import quote, unquote_to_bytes

from sfsync.testing.http.routes import ROUTES

SOQL = (
    "SELECT Id, Name, Owner.Name FROM Account WHERE Name LIKE 'A%' AND (CreatedDate > 2020-01-01T00:00:00Z "
    "OR AnnualRevenue IN (1, 2.5)) ORDER BY Name DESC NULLS LAST LIMIT 10 OFFSET 1",
    "SELECT Name, (SELECT LastName FROM Contacts WHERE Email != NULL) FROM Account",
    "SELECT count(Id) n, Type FROM Account GROUP BY Type HAVING count(Id) > 1",
    "SELECT Id FROM Contact WHERE AccountId IN (SELECT Id FROM Account) AND CreatedDate = LAST_N_DAYS:3",
)
SOSL = (
    'FIND {acme AND NOT ("joe sm?th*" OR \\(x\\))} IN NAME FIELDS RETURNING Account(Id, Name WHERE Name != NULL '
    "ORDER BY Name LIMIT 3 OFFSET 1), Contact LIMIT 20"
)
SEARCH = {
    "q": "acme",
    "fields": ["Id"],
    "in": "NAME",
    "overallLimit": 9,
    "sobjects": [{"name": "Account", "where": "Name != NULL", "orderBy": [{"field": "Name"}], "limit": 2}],
}
XML = b'<Account xmlns:x="http://www.w3.org/2001/XMLSchema-instance"><Name>A</Name><Phone x:nil="true"/></Account>'
RECORD = {"attributes": {"type": "Account"}, "Name": "Acme", "AnnualRevenue": 12.5, "Django_Id__c": "1"}
ENVELOPE = (
    '<?xml version="1.0"?><e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body>'
    '<login xmlns="urn:partner.soap.sforce.com"><username>a@b.example</username><password>p</password>'
    "</login></e:Body></e:Envelope>"
)
BODIES: dict[str, list[Any]] = {
    "token": [
        b"grant_type=client_credentials&client_id=a&client_secret=b",
        b"grant_type=password&username=x",
    ],
    "revoke": [b"token=abc"],
    "introspect": [b"token=abc&client_id=a&client_secret=b"],
    "soap": [ENVELOPE.encode()],
    "sobject": [RECORD, XML],
    "row": [{"Name": "Acme", "ParentId": None}, XML],
    "parameterized_search": [SEARCH],
    "apex_rest": [{"a": 1}, XML],
    "row_by_external_id": [{"Name": "Acme", "Phone": "1"}],
    "collections": [{"allOrNone": True, "records": [RECORD, RECORD | {"id": "001000000000001AAA"}]}],
    "collections_retrieve": [{"ids": ["001000000000001AAA"], "fields": ["Id", "Name"]}],
    "collections_upsert": [{"allOrNone": None, "records": [RECORD]}],
    "composite": [
        {
            "allOrNone": False,
            "compositeRequest": [
                {
                    "method": "POST",
                    "url": "/services/data/v66.0/sobjects/Account",
                    "referenceId": "a",
                    "body": RECORD,
                },
                {"method": "GET", "url": "/services/data/v66.0/sobjects/Account/@{a.id}", "referenceId": "b"},
                {
                    "method": "GET",
                    "url": f"/services/data/v66.0/query?q={quote(SOQL[0])}",
                    "referenceId": "c",
                },
            ],
        }
    ],
    "ingest_jobs": [
        {"object": "Account", "operation": "insert", "lineEnding": "LF", "columnDelimiter": "COMMA"}
    ],
    "ingest_job": [{"state": "UploadComplete"}],
    "ingest_upload": [b'Name,Phone\n"A, ""B""",1\nC,#N/A\n'],
    "query_jobs": [{"operation": "query", "query": "SELECT Id, Name FROM Account"}],
    "query_job": [{"state": "Aborted"}],
}
QUERIES = {
    "query": [{"q": text} for text in SOQL] + [{"explain": SOQL[0]}, {"q": SOQL[0], "columns": "true"}],
    "query_all": [{"q": SOQL[0]}],
    "search": [{"q": SOSL}, {"q": "FIND {acme}"}],
    "parameterized_search": [{"q": "acme", "sobject": "Account", "Account.fields": "Id,Name", "in": "ALL"}],
    "updated": [{"start": "2026-11-20T00:00:00+00:00", "end": "2026-11-21T00:00:00Z"}],
    "deleted": [{"start": "2026-11-20T00:00:00+00:00", "end": "2026-11-21T00:00:00Z"}],
    "row": [{"fields": "Id,Name"}, {}],
    "collections": [{"ids": "001000000000001AAA,001000000000002AAA", "allOrNone": "false"}],
    "collections_retrieve": [{"ids": "001000000000001AAA", "fields": "Id,Name"}],
    "record_count": [{"sObjects": "Account,Contact"}],
    "recent": [{"limit": "5"}],
    "query_results": [{"maxRecords": "1", "locator": "MQ"}],
    "identity": [{"format": "json", "oauth_token": "x"}],
}
HEADERS = {
    "ACCEPT": ["application/json", "application/xml", "text/csv", "*/*", ";;q=x"],
    "ACCEPT_ENCODING": ["gzip", "deflate, gzip;q=0", "br"],
    "CONTENT_ENCODING": ["gzip", "deflate", "identity"],
    "IF_MODIFIED_SINCE": ["Thu, 03 Sep 2020 21:35:07 GMT", "yesterday", "Thu, 99 Sep 20200 21:35:07 GMT"],
    "IF_UNMODIFIED_SINCE": ["Thu, 03 Sep 2020 21:35:07 GMT", "0"],
    "IF_MATCH": ['"abc"', "*"],
    "IF_NONE_MATCH": ['"abc"', "*"],
    "SFORCE_QUERY_OPTIONS": ["batchSize=200", "batchSize=-1", "batchSize=99999999999999999999"],
    "SFORCE_AUTO_ASSIGN": ["FALSE", "x"],
    "X_PRETTYPRINT": ["1", "2"],
    "X_HTTP_METHOD_OVERRIDE": ["PATCH"],
    "AUTHORIZATION": ["Bearer", "OAuth x", "Basic !!!", "Basic YTpi"],
}
CONTENT_TYPES = (
    "application/json",
    "text/csv",
    "text/xml",
    "application/xml",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=b",
    "",
    "x",
)
VALUES: tuple[Any, ...] = (
    None,
    True,
    False,
    0,
    -1,
    10**30,
    1.5,
    "",
    " ",
    "'",
    "\x00",
    "\ud800",
    "Ω" * 300,
    "a" * 5000,
    [],
    {},
    [[]],
    {"type": []},
    {"attributes": 1},
)
SCRAPS = (
    *(b"%", b"%00", b"%zz", b"'", b'"', b"\\", b"\x00", b"\xff", b"..", b"//", b"@{a.b}", b"@{", b"(", b")"),
    *(b",", b"<", b"&x;", b"\r\n", b"9" * 40, b"#N/A", b"AND ", b"NOT ", b"SELECT ", b"NULL"),
)


@dataclass
class Request:
    method: str
    path: str
    body: Any = b""
    headers: dict[str, str] = field(default_factory=dict)
    content_type: str = "application/json"

    def environ(self, token: str) -> dict[str, Any]:
        """Return the WSGI environment, as a server makes it."""
        content = self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()
        path, _, query = self.path.partition("?")
        return {
            "REQUEST_METHOD": self.method,
            "SCRIPT_NAME": "",
            "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
            "QUERY_STRING": query,
            "REQUEST_URI": self.path,
            "SERVER_NAME": "localhost",
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "CONTENT_TYPE": self.content_type,
            "CONTENT_LENGTH": str(len(content)),
            "HTTP_AUTHORIZATION": f"Bearer {token}",
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(content),
            "wsgi.errors": io.StringIO(),
            **{f"HTTP_{name}": value for name, value in self.headers.items()},
        }


def well_formed(ids: dict[str, str]) -> Iterator[Request]:
    """Yield requests for every resource and method; `ids` are values for the variable parts of paths.

    Those for the jobs of one kind are named like `ingest.job_id`.
    """
    for route in ROUTES:
        if route.is_inspection:
            continue
        special = route.kind.partition("_")[0]
        one_of = re.sub(r"<any\((\w+)[^)]*\):\w+>", r"\1", route.path)
        path = re.sub(
            r"<(?:\w+:)?(\w+)>",
            lambda found, special=special: ids.get(f"{special}.{found[1]}", ids.get(found[1], "x")),
            one_of,
        )
        for method in route.methods:
            for parameters in QUERIES.get(route.kind, [{}]):
                query = "&".join(f"{name}={quote(value)}" for name, value in parameters.items())
                for body in BODIES.get(route.kind, [b""]) if method != "GET" else [b""]:
                    request = Request(method, path + (f"?{query}" if query else ""), body)
                    if isinstance(body, bytes) and body:
                        text_csv = "text/csv" if route.kind == "ingest_upload" else "text/xml"
                        form = "application/x-www-form-urlencoded"
                        request.content_type = text_csv if body[:1] in b"<N" else form
                    yield request


def mutate(request: Request, choose: random.Random) -> Request:
    """Change a request in one to three places."""
    for _ in range(choose.randint(1, 3)):
        request = choose.choice(MUTATIONS)(request, choose)
    return request


def _method(request: Request, choose: random.Random) -> Request:
    return replace(
        request, method=choose.choice(["GET", "POST", "PATCH", "PUT", "DELETE", "HEAD", "OPTIONS", "X"])
    )


def _path(request: Request, choose: random.Random) -> Request:
    path, mark, query = request.path.partition("?")
    if query and choose.random() < 0.8:
        return replace(request, path=path + mark + _spoil(query.encode(), choose).decode("latin-1"))
    return replace(request, path="/" + _spoil(request.path[1:].encode(), choose).decode("latin-1"))


def _header(request: Request, choose: random.Random) -> Request:
    name = choose.choice(list(HEADERS))
    return replace(request, headers={**request.headers, name: choose.choice(HEADERS[name])})


def _media_type(request: Request, choose: random.Random) -> Request:
    return replace(request, content_type=choose.choice(CONTENT_TYPES))


def _bytes(request: Request, choose: random.Random) -> Request:
    content = request.body if isinstance(request.body, bytes) else json.dumps(request.body).encode()
    return replace(request, body=_spoil(content, choose))


def _value(request: Request, choose: random.Random) -> Request:
    """Put something else into one place of a JSON body, take it away, or repeat it."""
    body = copy.deepcopy(request.body)
    if isinstance(body, bytes):
        return _bytes(request, choose)
    place: Any = body
    while isinstance(place, dict | list) and place:
        key = choose.choice(list(place) if isinstance(place, dict) else range(len(place)))
        if not isinstance(place[key], dict | list) or not place[key] or choose.random() < 0.3:
            _put(place, key, choose)
            break
        place = place[key]
    return replace(request, body=body)


def _put(place: Any, key: Any, choose: random.Random) -> None:
    kind = choose.randrange(4)
    if kind == 0:
        del place[key]
    elif kind == 1 and isinstance(place, list):
        place.extend([place[key]] * choose.choice([1, 30, 250]))
    elif kind == 1:
        place[_spoil(str(key).encode(), choose).decode("latin-1")] = place[key]
    else:
        place[key] = choose.choice(VALUES)


def _spoil(content: bytes, choose: random.Random) -> bytes:
    at = choose.randint(0, len(content))
    kind = choose.randrange(4)
    if kind == 0:
        return content[:at] + choose.choice(SCRAPS) + content[at:]
    if kind == 1:
        return content[:at] + content[at + choose.randint(1, 8) :]
    if kind == 2:
        return content[:at]
    other = choose.randint(0, len(content))
    return content[:at] + content[other : other + 30] + content[at:]


MUTATIONS = (
    _method,
    _path,
    _path,
    _path,
    _header,
    _media_type,
    _bytes,
    _bytes,
    _value,
    _value,
    _value,
    _value,
)
