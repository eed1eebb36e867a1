"""A server that answers as a test tells it to, for what no org does on a good day."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

ORG_ID = "00D000000000001EAA"


@dataclass
class Reply:
    """One raw answer. `pause` seconds pass between the pieces of the body."""

    status: int = 200
    body: bytes = b"{}"
    headers: dict[str, str] = field(default_factory=dict)
    pieces: Iterable[bytes] | None = None
    pause: float = 0.0
    hang_up: bool = False

    @classmethod
    def json(cls, body: Any, status: int = 200, **headers: str) -> Reply:
        return cls(status, json.dumps(body).encode(), headers)


@dataclass(frozen=True)
class Seen:
    """A request as it arrived."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


class ScriptedOrg:
    """Answer the token endpoint by `token`, and everything else by `replies`, in their order."""

    def __init__(self) -> None:
        self.replies: list[Reply] = []
        self.seen: list[Seen] = []
        self.sign_ins = 0
        self.signed_in: list[Seen] = []
        self.date = formatdate(usegmt=True)
        self.token: Reply | None = None
        self._stopped = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *args: object) -> None:
        self._stopped.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def token_body(self, **changes: Any) -> dict[str, Any]:
        body = {
            "access_token": f"00D!secret-{self.sign_ins}",
            "instance_url": self.url,
            "id": f"https://login.salesforce.com/id/{ORG_ID}/005000000000001AAA",
            "token_type": "Bearer",
        }
        return {key: value for key, value in (body | changes).items() if value is not None}

    def answer(self, seen: Seen) -> Reply:
        if seen.path == "/services/oauth2/token":
            self.sign_ins += 1
            self.signed_in.append(seen)
            return self.token or Reply.json(self.token_body())
        self.seen.append(seen)
        return self.replies.pop(0)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        org = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_any(self) -> None:
                chunked = self.headers.get("Transfer-Encoding") == "chunked"
                body = self.chunks() if chunked else self.rfile.read(int(self.headers["Content-Length"] or 0))
                seen = Seen(self.command, self.path, dict(self.headers.items()), body)
                self.send(org.answer(seen))

            do_GET = do_HEAD = do_POST = do_PATCH = do_DELETE = do_PUT = handle_any

            def chunks(self) -> bytes:
                body = b""
                while size := int(self.rfile.readline(), 16):
                    body += self.rfile.read(size)
                    self.rfile.readline()
                self.rfile.readline()
                return body

            def send(self, reply: Reply) -> None:
                self.close_connection = reply.hang_up or reply.pieces is not None
                if reply.hang_up:
                    return
                self.send_response_only(reply.status)
                headers = {"Date": org.date, "Content-Length": str(len(reply.body)), **reply.headers}
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                for piece in [reply.body] if reply.pieces is None else reply.pieces:
                    self.wfile.write(piece)
                    self.wfile.flush()
                    org._stopped.wait(reply.pause)

            def log_message(self, format: str, *args: Any) -> None:
                return None

        return Handler
