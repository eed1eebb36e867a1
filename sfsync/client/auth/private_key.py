"""The private key of the JWT bearer flow, from a file that nobody else may read."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from ...exceptions import ConfigurationError
from .token import Secret


def read_key_file(path: str) -> Secret:
    """Return the text of a key file. Raise ConfigurationError if it cannot be read, or others can read it."""
    try:
        with Path(path).open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            text = Secret(file.read().decode("ascii", "replace"))
    except OSError as error:
        reason = error.strerror or "it cannot be read"
    else:
        if os.name == "posix" and mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise ConfigurationError(
                f"The file of the private key (SF_PRIVATE_KEY_FILE), {path}, is open to other users.",
                hint=f"Type: chmod 600 {path}.",
                check="sfsync.E022",
            )
        return text
    raise ConfigurationError(
        f"The file of the private key (SF_PRIVATE_KEY_FILE), {path}, cannot be read: {reason}.",
        hint="Correct the path, or make the user of this process its owner.",
        check="sfsync.E022",
    )
