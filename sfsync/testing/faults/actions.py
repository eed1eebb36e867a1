"""What a fault does, one dataclass each. The HTTP layer gives them their effect.

`when` is "before" (nothing was done or committed yet) or "after" (everything is committed). Shares are
numbers from 0 to 1.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal, get_args

from .types import require_types

When = Literal["before", "after"]

# What somebody else can write: see `transactions`.
OPERATIONS = ("create", "update", "delete", "touch")

ACTIONS: dict[str, type[Action]] = {}


@dataclass(frozen=True, kw_only=True)
class Action:
    """Something that goes wrong. `on_wire` ones concern the connection, so no subrequest of a composite."""

    name: ClassVar[str] = ""
    on_wire: ClassVar[bool] = False

    def __init_subclass__(cls) -> None:
        ACTIONS[cls.name] = cls

    def __post_init__(self) -> None:
        require_types(self)
        when = getattr(self, "when", "after")
        if when not in get_args(When):
            raise ValueError(f"when is 'before' or 'after', not {when!r}")
        share = getattr(self, "share", None)
        if share is not None and not 0 <= share <= 1:
            raise ValueError("share is a number from 0 to 1")


@dataclass(frozen=True, kw_only=True)
class Drop(Action):
    """Close the connection without an answer; by default what was asked for is done and committed."""

    name = "drop"
    on_wire = True
    when: When = "after"


@dataclass(frozen=True, kw_only=True)
class Delay(Action):
    """Let the client wait, in real seconds, before the work or after it."""

    name = "delay"
    on_wire = True
    seconds: float = 1.0
    when: When = "before"


@dataclass(frozen=True, kw_only=True)
class Status(Action):
    """Answer with this status instead.

    With `code` and `message` the body is Salesforce's array of one error; `body` is any other body: text goes
    out as HTML, anything else as JSON. With neither, it is what a real org sends: an HTML page from 500 on
    and for 404, and no body otherwise. `retry_after` is the header, in seconds or as text.
    """

    name = "status"
    status: int = 503
    code: str | None = None
    message: str = ""
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    retry_after: int | str | None = None
    when: When = "before"

    def __post_init__(self) -> None:
        super().__post_init__()
        if not 200 <= self.status <= 599:
            raise ValueError("status is a number from 200 to 599")


@dataclass(frozen=True, kw_only=True)
class Redirect(Action):
    """Send the client elsewhere; `{path}` in the location stands for the path and query it asked for."""

    name = "redirect"
    location: str
    status: int = 302


@dataclass(frozen=True, kw_only=True)
class ExpireToken(Action):
    """End the session of the request first: the answer is 401 INVALID_SESSION_ID, and its cursors die."""

    name = "expire_token"
    on_wire = True


@dataclass(frozen=True, kw_only=True)
class FailRows(Action):
    """Refuse some of the rows that the request writes, before they are written.

    `rows` are positions from 0, counted in the order of writing; without them, a `share` of the rows is drawn
    with the seed of the fault. `fields` None leaves them out.
    """

    name = "fail_rows"
    rows: Sequence[int] | None = None
    share: float = 1.0
    code: str = "UNABLE_TO_LOCK_ROW"
    message: str = ""
    fields: Sequence[str] | None = ()
    status: int = 400


@dataclass(frozen=True, kw_only=True)
class LockRows(FailRows):
    """Refuse a share of the rows with UNABLE_TO_LOCK_ROW (its HTTP status is not documented)."""

    name = "lock_rows"
    share: float = 0.3


@dataclass(frozen=True, kw_only=True)
class Shorten(Action):
    """Leave out the last `by` items of a JSON array: of the answer itself, or of one of its members.

    `member` is the key of that array (such as "records" or "ids"), None for the answer itself.
    """

    name = "shorten"
    by: int = 1
    member: str | None = None


@dataclass(frozen=True, kw_only=True)
class Reorder(Action):
    """Shuffle the items of a JSON array, with the seed of the fault; see Shorten for `member`."""

    name = "reorder"
    member: str | None = None


@dataclass(frozen=True, kw_only=True)
class BlankRows(Action):
    """Put null in the place of a share of the items, as retrieve does for records it cannot show."""

    name = "blank_rows"
    share: float = 1.0
    member: str | None = None


@dataclass(frozen=True, kw_only=True)
class Edit(Action):
    """Change the answer: `body` is a JSON merge patch (RFC 7396: null takes a key away).

    `headers` are set, or taken away with null.
    """

    name = "edit"
    body: Any = field(default_factory=dict)
    headers: Mapping[str, str | None] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Write(Action):
    """Let somebody else write just before, or just after, the request: see `transactions` for `writes`."""

    name = "write"
    writes: Sequence[Mapping[str, Any]]
    when: When = "before"

    def __post_init__(self) -> None:
        super().__post_init__()
        for write in self.writes:
            if (
                not isinstance(write, Mapping)
                or write.get("operation") not in OPERATIONS
                or not write.get("sobject")
            ):
                raise ValueError(f"a write needs an sobject and an operation of {', '.join(OPERATIONS)}")


@dataclass(frozen=True, kw_only=True)
class Cut(Action):
    """End the connection in the middle of the body, after this share of its bytes."""

    name = "cut"
    on_wire = True
    share: float = 0.4


@dataclass(frozen=True, kw_only=True)
class Truncate(Action):
    """Send only this share of the body, as an answer that is complete by its headers."""

    name = "truncate"
    on_wire = True
    share: float = 0.4


@dataclass(frozen=True, kw_only=True)
class BrokenGzip(Action):
    """Send gzip data whose checksum is wrong."""

    name = "broken_gzip"
    on_wire = True


@dataclass(frozen=True, kw_only=True)
class WrongLength(Action):
    """Promise a Content-Length that is this many bytes off the body's, then close the connection."""

    name = "wrong_length"
    on_wire = True
    by: int = 100


@dataclass(frozen=True, kw_only=True)
class Trickle(Action):
    """Send the body in pieces of so many bytes, with a pause of so many real seconds between them."""

    name = "trickle"
    on_wire = True
    piece: int = 64
    pause: float = 0.05


@dataclass(frozen=True, kw_only=True)
class Flood(Action):
    """Send a JSON body of many million bytes instead, or one nested very deeply; `gzip` makes it a bomb."""

    name = "flood"
    on_wire = True
    megabytes: int = 300
    depth: int = 0
    gzip: bool = False
