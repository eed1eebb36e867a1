"""What breaks an encrypted connection after it was made has nothing to do with certificates."""

from __future__ import annotations

import os
import socket
import ssl
import threading
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509

from sfsync.client import Client, Secret, Token
from sfsync.exceptions import Unavailable, Untrusted

from .test_tls import certificate

HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n"


class Breaking:
    """Answer each request with `before`, and then with bytes that are no TLS."""

    def __init__(self, files: tuple[Path, Path], before: bytes) -> None:
        self.before = before
        self.requests = 0
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(*files)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"https://127.0.0.1:{self._listener.getsockname()[1]}"
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(5)

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with self._context.wrap_socket(connection, server_side=True) as encrypted:
                encrypted.recv(65536)
                self.requests += 1
                encrypted.sendall(self.before)
                with socket.socket(fileno=os.dup(encrypted.fileno())) as raw:
                    raw.sendall(b"no record of TLS" * 10)


@pytest.fixture(params=[b"", HEAD], ids=["before the answer", "in its body"])
def breaking(request, tmp_path, monkeypatch):
    files = certificate(tmp_path, x509.IPAddress(ip_address("127.0.0.1")))
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(files[0]))
    server = Breaking(files, request.param)
    yield server
    server.close()


@pytest.fixture
def client(breaking):
    token = Token(Secret("00D!secret"), breaking.url, "00D000000000001EAA")
    client = Client(auth_domain=breaking.url, auth=lambda exchange: token, random=lambda: 0.0)
    yield client
    client.close()


@pytest.mark.parametrize(("method", "attempts"), [("GET", 10), ("PATCH", 1)])
def test_a_read_is_repeated_and_a_write_is_not(breaking, client, method, attempts):
    """Covers F89: only a certificate that was refused says that nothing was sent."""
    with pytest.raises(Unavailable, match="encrypted connection") as caught:
        client.call(method, "sobjects/Account/001000000000001AAA")
    assert not isinstance(caught.value, Untrusted)
    assert "certificate" not in str(caught.value)
    assert caught.value.__context__ is None
    assert breaking.requests == attempts
