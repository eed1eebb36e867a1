"""One call of a resource: a request over HTTP, or a subrequest inside a composite."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, NoReturn

from ..errors import OrgError
from .markup import read_xml

if TYPE_CHECKING:
    from ..org import Org
    from .sessions import Session
    from .site import Site


# REST guide, "Insert or Update Blob Data": 50 MB where a message is no multipart one. Status, code and text are those
# that users of several public clients report.
MAX_TEXT = 52_428_800
_TOO_LARGE = (
    "; nested exception is: \n\tcommon.exception.ApiException: Maximum size of request reached. "
    f"Maximum size of request is {MAX_TEXT} bytes."
)


@dataclass(kw_only=True)
class Call:
    """Method, path, parameters, headers (lower-case names) and content, with who calls.

    `document` is the body of a subrequest, which came as part of a larger JSON document; `subrequests` names
    the kinds of resources that a composite called. `chunks` yields the content of a route that takes a stream
    and has no `content`. `query` is the query string as it came.
    """

    site: Site
    method: str
    path: str
    parameters: Mapping[str, str]
    headers: Mapping[str, str]
    query: str = ""
    content: bytes = b""
    chunks: Callable[[], Iterator[bytes]] = lambda: iter(())
    document: Any = None
    session: Session | None = None
    version: str = ""
    is_subrequest: bool = False
    subrequests: list[str] = field(default_factory=list)

    @property
    def org(self) -> Org:
        return self.site.org

    @property
    def base_url(self) -> str:
        return self.site.base_url(self.headers.get("x-forwarded-proto", ""))

    @property
    def user(self) -> str:
        """Return the id of the signed-in user."""
        if self.session is None:
            raise OrgError(401, "INVALID_SESSION_ID", "Session expired or invalid")
        return self.session.user

    def json(self) -> Any:
        """Return the body as JSON, fractions as Decimal; raise OrgError JSON_PARSER_ERROR when it is none."""
        if self.is_subrequest:
            return self.document
        if self._media_type != "application/json":
            message = f"Content type not supported by this simulated org: {self._media_type}"
            raise OrgError(415, "UNSUPPORTED_MEDIA_TYPE", message)
        return read_json(self._text())

    def data(self) -> Any:
        """Return the body, which may be JSON or XML."""
        return read_xml(self._text()) if self._media_type in ("application/xml", "text/xml") else self.json()

    def _text(self) -> bytes:
        """Return a body that is parsed as a whole, which may not be larger than MAX_TEXT."""
        if len(self.content) > MAX_TEXT:
            raise parser_error(_TOO_LARGE)
        return self.content

    @property
    def _media_type(self) -> str:
        return self.headers.get("content-type", "application/json").partition(";")[0].strip().lower()

    def record(self) -> dict[str, Any]:
        """Return the body as one record, which may be JSON or XML."""
        return _object(self.data())

    def json_object(self) -> dict[str, Any]:
        return _object(self.json())

    def record_url(self, sobject: str, record_id: str) -> str:
        return f"/services/data/v{self.version}/sobjects/{sobject}/{record_id}"


def _object(document: Any) -> dict[str, Any]:
    if not isinstance(document, dict):
        raise parser_error("The HTTP entity body is required, and must be a JSON object")
    return document


def read_json(content: bytes) -> Any:
    """Parse a request body."""
    try:
        text = content.decode("utf-8-sig")
        if not text.strip():
            raise parser_error("No content to map to Object due to end of input")
        return json.loads(text, parse_float=Decimal, parse_constant=_refuse_constant)
    except UnicodeDecodeError:
        raise parser_error("Invalid UTF-8 in the request body") from None
    except json.JSONDecodeError as error:
        message = f"{error.msg} at [line:{error.lineno}, column:{error.colno}]"
        raise parser_error(message) from None
    except (ValueError, InvalidOperation):  # more digits, or a longer exponent, than Python reads
        raise parser_error("Numeric value is out of range") from None
    except RecursionError:
        raise parser_error("The request body is nested too deeply") from None


def parser_error(message: str) -> OrgError:
    return OrgError(400, "JSON_PARSER_ERROR", message)


def _refuse_constant(name: str) -> NoReturn:
    raise parser_error(f"Non-standard token '{name}'")
