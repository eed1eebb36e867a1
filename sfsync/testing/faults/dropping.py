"""The end of a connection as the application sees it."""

from __future__ import annotations

import errno


class ConnectionDropped(ConnectionResetError):
    """Leave the client without an answer, or without the rest of it.

    Raised through the WSGI application: the server closes the socket, and a transport without a socket turns
    it into its own connection error.
    """

    def __init__(self) -> None:
        super().__init__(errno.ECONNRESET, "the simulated org dropped the connection")
