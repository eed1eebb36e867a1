"""Send recorded requests to a simulated org in which what they are about has been put."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote_plus

from werkzeug.test import Client, TestResponse

from sfsync.testing.clock import Clock
from sfsync.testing.http.app import Application
from sfsync.testing.http.site import Site
from sfsync.testing.org import Org
from sfsync.testing.schema import FieldSpec, SObjectSpec
from sfsync.testing.schema.columns import boolean, email, number, text

from .exchanges import Exchange
from .meaning import differences

ID = re.compile(r"\b(?=[0-9a])[0-9A-Za-z]{18}\b")
HEADERS = ("content-type", "location", "etag", "last-modified", "sforce-limit-info")
# Conditional requests were recorded later than this.
BEGIN = datetime(2020, 8, 14, 20, 53, 2, tzinfo=UTC)
# More rows than a page of 2,000 holds need not be there for what is compared.
MOST_ROWS = 2_100


class Replay:
    """One story: its requests follow one another in one org. `ids` are the recorded ids and ours for them."""

    def __init__(self) -> None:
        self.org = Org(clock=Clock(BEGIN))
        self.org.base_url = "https://simulated-org.my.salesforce.com"
        self.site = Site(self.org, self.org.base_url)
        self.user = self.org.settings.user_id
        self.ids: dict[str, str] = {}
        self._http = Client(Application(self.site))
        self.sign_in(self.user)

    def sign_in(self, user: str) -> None:
        """Let the requests that follow be those of a user."""
        self._authorization = f"OAuth {self.site.sessions.open(user).token}"

    def close(self) -> None:
        self.org.close()

    def differences(self, exchange: Exchange, *, partial: bool = False) -> list[str]:
        """Send a request and say where the answer differs from the recorded one."""
        self.prepare(exchange)
        response = self.send(exchange)
        found = []
        if response.status_code != exchange.status:
            found.append(f"status {response.status_code}, recorded {exchange.status}: {response.text[:300]}")
        elif response.content_type and response.content_type.startswith("application/json"):
            ours = json.loads(response.text)
            self._learn(ours, exchange.answer)
            found += differences(ours, exchange.answer, partial=partial, exact_numbers=exchange.exact_numbers)
        elif _elements(response.text) != _elements(exchange.answer):
            found.append(f"body {_elements(response.text)}, recorded {_elements(exchange.answer)}")
        found += header_differences(response, exchange)
        if self.site.failures:
            raise self.site.failures[0]
        return found

    def send(self, exchange: Exchange, **headers: str) -> TestResponse:
        body, media_type = exchange.body, None
        if isinstance(body, dict):
            body, media_type = json.dumps(body), "application/json"
        elif isinstance(body, str):
            media_type = "text/xml" if body.startswith("<se:") else "application/x-www-form-urlencoded"
        return self._http.open(
            self._translate(exchange.path),
            method=exchange.method,
            data=None if body is None else self._translate(body),
            headers={"Authorization": self._authorization, **headers},
            content_type=media_type,
        )

    def prepare(self, exchange: Exchange) -> None:
        """Make the custom fields, the records that the answer shows, and those that the request changes."""
        for sobject, record in [*_records_in(exchange.answer), *_records_sent(exchange)]:
            self._add_fields(sobject, record)
        shown = [
            (name, {**_conditions(exchange.path), **record}) for name, record in _records_in(exchange.answer)
        ]
        if "RecordTypeId" in exchange.path:
            values = {"Name": "Recorded", "DeveloperName": "Recorded", "SobjectType": shown[0][0]}
            self.org.create("RecordType", values, self.user)
        for sobject, record in shown:
            self._create(sobject, record)
        if shown and isinstance(exchange.answer, dict) and "totalSize" in exchange.answer:
            sobject, record = shown[0]
            for _ in range(min(exchange.answer["totalSize"], MOST_ROWS) - len(shown)):
                self.org.create(sobject, self._values(self.org.schema.get(sobject), record), self.user)
        for record_id in _ids_changed(exchange):
            spec = self.org.schema.find_by_prefix(record_id[:3])
            if spec is not None:
                self._create(spec.name, {"Id": record_id, **_state_of(exchange)})
        if re.search(r"/recent$|/sobjects/\w+/?$", exchange.path):
            for sobject, record in shown:
                self.org.read(sobject, self.ids[record["Id"]], None, self.user)

    def _create(self, sobject: str, record: dict[str, Any]) -> None:
        spec = self.org.schema.find(sobject)
        if spec is not None and spec.name == "Organization":
            self.ids[record["Id"]] = self.org.settings.org_id
        if spec is None or not spec.createable or record.get("Id", "") in self.ids:
            return
        created = self.org.create(sobject, self._values(spec, record), self.user)
        if "Id" in record:
            self.ids[record["Id"]] = created

    def _values(self, spec: SObjectSpec, record: dict[str, Any]) -> dict[str, Any]:
        """Return the recorded values that can be written, and something for what is required."""
        found = {spec.find(name): value for name, value in record.items()}
        values = {field.name: value for field, value in found.items() if field and _writable(field, value)}
        for field in spec.required_fields:
            if field.reference_to:
                values[field.name] = self._reference(spec, field)
            elif values.get(field.name) is None or _redacted(values, field):
                values[field.name] = _something(field)
        return values

    def _reference(self, spec: SObjectSpec, field: FieldSpec) -> str | None:
        """Return what another record of the object refers to, or any record that it could refer to."""
        target = self.org.schema.find(field.reference_to[0])
        table, column = (
            (spec.name, field.name) if target is None or spec.name == "User" else (target.name, "Id")
        )
        rows = self.org.storage.read(f'SELECT "{column}" FROM "{table}" LIMIT 1')
        return next((row[0] for row in rows), None)

    def _add_fields(self, sobject: str, record: dict[str, Any]) -> None:
        spec = self.org.schema.find(sobject)
        if spec is None:
            return
        added = [
            _custom_field(name, value)
            for name, value in record.items()
            if name.endswith("__c") and spec.find(name) is None
        ]
        if added:
            self.org.schema.add_fields(spec.name, added)
            self.org.storage.ensure(self.org.schema.get(spec.name))

    def _translate(self, text: str) -> str:
        settings = self.org.settings
        for placeholder, real in (
            ("<salesforce_consumer_key>", settings.consumer_key),
            ("<salesforce_consumer_secret>", settings.consumer_secret),
            ("<salesforce_username_url>", settings.username),
            ("<salesforce_password_url>", settings.password),
            ("<salesforce_security_token>", settings.security_token),
            ("<username>user@example.com", f"<username>{settings.username}"),
            ("<password>REDACTED", f"<password>{settings.password}{settings.security_token}"),
        ):
            text = text.replace(placeholder, real)
        return ID.sub(lambda found: self.ids.get(found[0], found[0]), text)

    def _learn(self, ours: Any, theirs: Any) -> None:
        """Remember which of our ids stands for which recorded one, by position."""
        for mine, recorded in zip(_results(ours), _results(theirs), strict=False):
            for key in ("id", "nextRecordsUrl"):
                if mine.get(key) and recorded.get(key):
                    self.ids |= zip(ID.findall(recorded[key]), ID.findall(mine[key]), strict=False)


def header_differences(response: TestResponse, exchange: Exchange) -> list[str]:
    """Compare the headers that clients read, as far as they were recorded."""
    found = []
    for name in HEADERS:
        recorded, ours = exchange.headers.get(name), response.headers.get(name)
        if recorded is not None and _shape(ours) != _shape(recorded):
            found.append(f"{name}: {ours!r}, recorded {recorded!r}")
    return found


def _shape(header: str | None) -> str | None:
    """Return a header without what differs from org to org: ids, numbers, days, hashes."""
    if header is None:
        return None
    header = re.sub(r'^"[^"]*"$', "<tag>", ID.sub("<id>", header.strip()))
    header = re.sub(
        r"\b(Mon|Tue|Wed|Thu|Fri|Sat|Sun|Jan|Feb|Mar|Apr|May|Ju[nl]|Aug|Sep|Oct|Nov|Dec)\b", "<name>", header
    )
    return re.sub(r"(?<!v)\d+(?!\.0/)", "<number>", header).lower()


def _records_in(answer: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the records of an answer, outermost only: the parents inside them are part of the org."""
    if isinstance(answer, list):
        for item in answer:
            yield from _records_in(item)
    elif isinstance(answer, dict):
        if isinstance(answer.get("attributes"), dict) and "url" in answer["attributes"]:
            yield answer["attributes"]["type"], answer
        for key in ("records", "compositeResponse", "body", "recentItems"):
            yield from _records_in(answer.get(key))


def _records_sent(exchange: Exchange) -> Iterator[tuple[str, dict[str, Any]]]:
    resource = re.search(r"/sobjects/([A-Za-z]\w*)", exchange.path)
    for record in exchange.records_sent:
        attributes = record.get("attributes") or {}
        name = attributes.get("type") or (resource[1] if resource else "")
        if name:
            yield name, record


def _ids_changed(exchange: Exchange) -> Iterator[str]:
    """Yield the ids that the request changes, and that the live org knew."""
    if exchange.method not in ("PATCH", "DELETE"):
        return
    if exchange.status in (200, 204):
        yield from ID.findall(exchange.path)
    results = exchange.answer if isinstance(exchange.answer, list) else []
    for record, result in zip(exchange.records_sent, results, strict=False):
        errors = [error["statusCode"] for error in result.get("errors", [])]
        record_id = record.get("id") or record.get("Id")
        if record_id and not result.get("created") and "INVALID_CROSS_REFERENCE_KEY" not in errors:
            yield record_id


def _state_of(exchange: Exchange) -> dict[str, Any]:
    """Return what has to be so for the request to be answered as it was."""
    return {"IsConverted": True} if "CANNOT_UPDATE_CONVERTED_LEAD" in json.dumps(exchange.answer) else {}


def _conditions(path: str) -> dict[str, str]:
    """Return what a query asks of its rows by equality, for the rows have to have it."""
    condition = unquote_plus(path).lower().find(" where ")
    found = re.findall(r"(\w+)\s*=\s*'([^']*)'", unquote_plus(path)[condition:]) if condition > 0 else []
    return dict(found)


def _elements(document: str | None) -> list[str]:
    """Name the elements of an XML document in their order; no document has none."""
    return re.findall(r"<([A-Za-z][\w:]*)", document or "")


def _results(answer: Any) -> list[dict[str, Any]]:
    items = answer if isinstance(answer, list) else [answer]
    return [item for item in items if isinstance(item, dict)]


def _writable(field: FieldSpec | None, value: Any) -> bool:
    return (
        field is not None
        and field.createable
        and field.stored
        and not field.reference_to
        and value is not None
    )


def _redacted(values: dict[str, Any], field: FieldSpec) -> bool:
    """Say whether an address was taken out of the recording, or belongs to nobody."""
    value = str(values.get(field.name))
    is_address = field.type == "email" or field.name == "Username"
    return is_address and (value.startswith("redacted") or "." not in value.partition("@")[2])


def _something(field: FieldSpec) -> Any:
    if field.type == "email" or field.name == "Username":
        return f"{secrets.token_hex(8)}@example.com"
    if field.picklist_values:
        return field.picklist_values[0].value
    return "2026-06-30" if field.type == "date" else secrets.token_hex(4)[: field.length]


def _custom_field(name: str, value: Any) -> FieldSpec:
    label = name.removesuffix("__c")
    if isinstance(value, bool):
        return boolean(name, label)
    if isinstance(value, int | float):
        return number(name, label, 18, 2)
    return email(name, label) if "email" in name.lower() else text(name, label, 255)
