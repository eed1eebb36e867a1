"""What people type: any resource of the org by its dotted name, as django-sforce had it."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from functools import cached_property
from itertools import chain
from typing import Any

from ..exceptions import ResourceError
from . import documents
from .answers import Answer, malformed
from .connection import Connection
from .paths import label
from .resources import Cache, Resource, Resources

XML = "application/xml"
# Names and values of headers (RFC 9110, 5.1 and 5.5): no line break, nothing beyond ASCII.
LINE = re.compile(r"[\x21-\x7e](?:[\t\x20-\x7e]*[\x21-\x7e])?")
Params = Mapping[str, Any] | None
Headers = Mapping[str, str] | None


class Access(Connection):
    """A connection that knows the resources of its org.

    In every method `name` is dotted ("Account.describe"), `params` fill the address, and what is left of them
    becomes its query string; `data` is the body. `format` is "json" or "xml", for both ways. What comes back is
    the parsed body, {} if there is none. Raises ResourceError for what does not fit the resource, before
    anything is sent, and SalesforceError.

    `resources` is a tree of your own (see `resources.own`), `whitelist` names the sObjects to use, all if it is
    empty, and `cache` keeps the list of sObjects between processes. What the list holds depends on who is signed
    in, so `user` tells the users of one org apart in the cache: any text that differs where they may differ.
    """

    def __init__(
        self,
        *,
        resources: Mapping[str, Any] | None = None,
        whitelist: Collection[str] = (),
        cache: Cache | None = None,
        user: str = "",
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self._tree = {} if resources is None else resources
        self._whitelist = whitelist
        self._cache = cache
        self._user = user

    @cached_property
    def resources(self) -> Resources:
        """The resources of the org; `names()` lists them."""
        return Resources(self, tree=self._tree, whitelist=self._whitelist, cache=self._cache, user=self._user)

    def get(self, name: str, params: Params = None, *, format: str = "json", headers: Headers = None) -> Any:
        """Read a resource."""
        return self._ask("GET", name, params, None, format, headers)

    def head(self, name: str, params: Params = None, *, headers: Headers = None) -> Mapping[str, str]:
        """Return the headers that `get` would get; upper and lower case are the same in their names."""
        _check_headers(headers)
        resource, path = self._find("HEAD", name, params)
        answer = self.call("HEAD", path, headers=headers, timeout=resource.timeout, name=resource.label)
        return answer.headers

    def post(
        self,
        name: str,
        params: Params = None,
        data: Any = None,
        *,
        format: str = "json",
        headers: Headers = None,
    ) -> Any:
        """Create something, or ask for what takes a body."""
        return self._ask("POST", name, params, data, format, headers)

    def put(
        self,
        name: str,
        params: Params = None,
        data: Any = None,
        *,
        format: str = "json",
        headers: Headers = None,
    ) -> Any:
        """Put something in its place; Salesforce's own resources use PATCH instead."""
        return self._ask("PUT", name, params, data, format, headers)

    def patch(
        self,
        name: str,
        params: Params = None,
        data: Any = None,
        *,
        format: str = "json",
        headers: Headers = None,
    ) -> Any:
        """Change what `data` names; the rest stays."""
        return self._ask("PATCH", name, params, data, format, headers)

    def delete(
        self, name: str, params: Params = None, *, format: str = "json", headers: Headers = None
    ) -> Any:
        """Delete something."""
        return self._ask("DELETE", name, params, None, format, headers)

    def _ask(self, method: str, name: str, params: Params, data: Any, format: str, headers: Headers) -> Any:
        _check_headers(headers)
        resource, path = self._find(method, name, params)
        if data is None:
            resource.check_without_data(method)
        options: dict[str, Any] = {
            "headers": headers,
            "timeout": resource.timeout,
            "read": resource.reads or None,
            "name": resource.label,
        }
        if format == "json":
            body = self.call(method, path, body=data, **options).body
        elif format == "xml":
            content = None if data is None else documents.dumps(resource.root, data)
            kind = None if data is None else XML
            answer = self.call(
                method, path, content=content, content_type=kind, accept=XML, parse=False, **options
            )
            body = _document(answer, resource.label or label(path))
        else:
            raise ResourceError(f'format is "json" or "xml", not {format!r}.')
        return resource.parse({} if body is None else body)

    def _find(self, method: str, name: str, params: Params) -> tuple[Resource, str]:
        given = {} if params is None else params
        _check(name, given)
        resource = self.resources.find(name)
        resource.check(method, given)
        return resource, resource.url(given)


def _check(name: Any, params: Any) -> None:
    if not isinstance(name, str):
        raise ResourceError(
            f'The name of a resource is a text such as "Account.describe", not {type(name).__name__}.'
        )
    if not isinstance(params, Mapping) or not all(isinstance(key, str) for key in params):
        raise ResourceError('params are a dict with texts as keys. Type params={"id": ...}, for example.')


def _check_headers(headers: Any) -> None:
    given = {} if headers is None else headers
    if not isinstance(given, Mapping) or not all(map(_is_line, chain.from_iterable(given.items()))):
        raise ResourceError(
            'headers are a dict of texts of one line each. Type headers={"If-Match": "..."}, for example.'
        )


def _is_line(text: Any) -> bool:
    return isinstance(text, str) and LINE.fullmatch(text) is not None


def _document(answer: Answer, resource: str) -> Any:
    try:
        return documents.loads(answer.body) if answer.body else None
    except ValueError as error:
        reason = str(error)
    raise malformed(resource, f"XML that cannot be read ({reason})")
