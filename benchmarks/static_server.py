"""An HTTP server that answers from memory, in a process of its own, so that it costs the measured one nothing.

`serve({"/path?with=query": response})` gives its address. A response is the bytes that go over the wire, head and
body; see `response`. A POST is answered like a GET of the same path; an unknown path is answered by 404.
"""

from __future__ import annotations

import multiprocessing
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from email.utils import formatdate
from multiprocessing.connection import Connection

NOT_FOUND = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"


def response(body: bytes, **headers: str) -> bytes:
    """Return an answer of 200 as it goes over the wire; `_` in names of headers stands for `-`."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    named |= {"Date": formatdate(usegmt=True), "Content-Length": str(len(body))}
    head = "".join(f"{name}: {value}\r\n" for name, value in named.items())
    return f"HTTP/1.1 200 OK\r\n{head}\r\n".encode() + body


@contextmanager
def serve(responses: Mapping[str, bytes]) -> Iterator[str]:
    """Serve responses by path and query string until the block ends; the block gets the address."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_run, args=(dict(responses), theirs), daemon=True)
    process.start()
    try:
        yield f"http://127.0.0.1:{ours.recv()}"
    finally:
        process.terminate()
        process.join()
        process.close()
        ours.close()
        theirs.close()


def _run(responses: dict[str, bytes], parent: Connection) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        token = f'{{"access_token":"00D!x","instance_url":"http://127.0.0.1:{port}",'
        token += '"id":"https://login.salesforce.com/id/00D000000000001EAA/005000000000001AAA"}'
        responses["/services/oauth2/token"] = response(token.encode(), Content_Type="application/json")
        parent.send(port)
        while True:
            client, _ = listener.accept()
            threading.Thread(target=_answer, args=(client, responses), daemon=True).start()


def _answer(client: socket.socket, responses: Mapping[str, bytes]) -> None:
    """Answer the requests of one connection, which come one after the other and have short bodies."""
    client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    with client, suppress(ConnectionError):
        waiting = b""
        while True:
            while b"\r\n\r\n" not in waiting:
                received = client.recv(1 << 16)
                if not received:
                    return
                waiting += received
            head, _, waiting = waiting.partition(b"\r\n\r\n")
            length = next(
                (int(line[15:]) for line in head.split(b"\r\n") if line[:15].lower() == b"content-length:"), 0
            )
            while len(waiting) < length:
                waiting += client.recv(1 << 16)
            waiting = waiting[length:]
            client.sendall(responses.get(head.split(b" ", 2)[1].decode(), NOT_FOUND))
