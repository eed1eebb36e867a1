"""The HTTP server: HTTP/1.1 with keep-alive, several threads, TLS on demand."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any

from cheroot.server import HTTPConnection
from cheroot.ssl.builtin import BuiltinSSLAdapter
from cheroot.wsgi import Gateway_10
from cheroot.wsgi import Server as WSGIServer

from .app import Application
from .site import Site

THREADS = 16
IDLE_SECONDS = 60
IDLE_CONNECTIONS = 100


class _Gateway(Gateway_10):
    """Hand the connection to the application, which may want to break it."""

    def get_environ(self) -> dict[str, Any]:  # type: ignore[override]  # the stubs have it return nothing
        environ: dict[str, Any] = super().get_environ()
        environ["sfsync.connection"] = self.req.conn
        return environ


class _Connection(HTTPConnection):
    """Give up what a client that has gone will never read, instead of leaving it to the garbage collector."""

    def close(self) -> None:
        with suppress(OSError):
            self.wfile.close()
        super().close()


class _WSGIServer(WSGIServer):
    """Close the socket of a port that is in use, which the server itself leaves to the garbage collector."""

    @staticmethod
    def bind_socket(socket_: socket.socket, bind_addr: Any) -> socket.socket:
        try:
            bound: socket.socket = WSGIServer.bind_socket(socket_, bind_addr)
        except OSError:
            socket_.close()
            raise
        return bound


class Server:
    """Serve a site on a thread of its own, from `start` to `stop`.

    `port` 0 takes a free one. `tls` is a pair of PEM files, certificate and key. `start` raises OSError where
    the port is in use.
    """

    def __init__(
        self,
        site: Site,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        tls: tuple[str | Path, str | Path] | None = None,
    ) -> None:
        self._site = site
        application = Application(site)
        self._server = _WSGIServer((host, port), application, numthreads=THREADS, server_name="sfdcedge")
        self._server.gateway = _Gateway
        self._server.ConnectionClass = _Connection
        self._server.timeout = IDLE_SECONDS
        self._server.keep_alive_conn_limit = IDLE_CONNECTIONS
        self._server.expiration_interval = 0.1  # how long stopping waits for the next turn of its loop
        self._scheme = "http"
        if tls is not None:
            self._server.ssl_adapter = BuiltinSSLAdapter(str(tls[0]), str(tls[1]))
            self._scheme = "https"
        self._host = host
        self._thread = threading.Thread(target=self._server.serve, name="simulated-org", daemon=True)

    @property
    def url(self) -> str:
        return f"{self._scheme}://{self._host}:{self._server.bind_addr[1]}"

    def start(self) -> None:
        self._server.prepare()
        self._site.url = self.url
        if self._site.org.settings.base_url is None:
            self._site.org.base_url = self.url
        self._thread.start()

    def stop(self) -> None:
        """Finish what is being answered, and close."""
        self._server.stop()
        self._thread.join()
