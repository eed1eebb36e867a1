"""What a way to sign in may do: single requests to the host of the sign-in, without a token."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from urllib.parse import urlencode, urlsplit

from requests import PreparedRequest
from requests.auth import AuthBase

from ..exceptions import SalesforceError
from . import hosts
from .answers import Answer

Send = Callable[[str, str, AuthBase, bool], Answer]


class Exchange:
    """Send the requests of one sign-in. Errors are those of every call; nothing is sent twice.

    `auth_domain` is the checked address of SF_AUTH_DOMAIN, `trusted` the hosts of SF_TRUSTED_HOSTS,
    `api_version` is like "66.0", and `now` returns the org's time once it is known, the local time before.
    """

    def __init__(
        self,
        send: Send,
        *,
        auth_domain: str,
        trusted: tuple[str, ...],
        api_version: str,
        now: Callable[[], datetime],
    ) -> None:
        self._send = send
        self.auth_domain = auth_domain
        self.trusted = trusted
        self.api_version = api_version
        self.now = now

    def __call__(
        self,
        method: str,
        path_or_url: str,
        *,
        form: Mapping[str, str] | None = None,
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        parse: bool = True,
    ) -> Answer:
        """Send one request to a path of the sign-in host, or to an address of Salesforce.

        `form` is sent form-encoded, `content` as it is. With `parse=False` the body of an answer is bytes.
        Raises SalesforceError; MalformedResponse, before anything is sent, for an address not to be trusted.
        """
        sealed = Sealed(form, content, headers)
        del form, content, headers  # secrets; a traceback that shows local variables must not show them
        address = self._address(path_or_url)
        try:
            return self._send(method, address, sealed, parse)
        except SalesforceError as error:
            failure = error.with_traceback(None)  # the frames below hold the answer, which may hold a token
        raise failure

    def _address(self, path_or_url: str) -> str:
        if path_or_url.startswith("/"):
            return self.auth_domain + path_or_url
        parts = urlsplit(path_or_url)
        origin = f"{parts.scheme}://{parts.netloc}"
        hosts.instance_url(origin, signed_in_at=self.auth_domain, trusted=self.trusted)
        return path_or_url


class Sealed(AuthBase):
    """The secret part of a sign-in request, put into it at the last moment and shown by no repr."""

    def __init__(
        self, form: Mapping[str, str] | None, content: bytes | None, headers: Mapping[str, str] | None
    ) -> None:
        self._body = content if form is None else urlencode(form).encode("ascii")
        self._headers = dict(headers or {})
        if form is not None:
            self._headers.setdefault("Content-Type", "application/x-www-form-urlencoded")

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        request.prepare_body(self._body, None)
        request.headers.update(self._headers)
        return request
