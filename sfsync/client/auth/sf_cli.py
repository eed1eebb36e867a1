"""The session of Salesforce's command line tool, for development.

Salesforce CLI Command Reference, "org display" and "org auth show-access-token": since May 2026 the first
names no secrets any more, and the second shows the token; older versions know only the first. Both renew
an expired session.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from typing import Any

from ...exceptions import ConfigurationError, SignInFailed
from ..exchange import Exchange
from .token import Secret, Token, secret_of

SECONDS = 60  # the tool may ask the org for a new session meanwhile


class SfCli:
    """Use the session of `sf`, of its default org or of one by alias or user name."""

    def __init__(self, target_org: str = "") -> None:
        self._target = ["--target-org", target_org] if target_org else []

    def __call__(self, exchange: Exchange) -> Token:
        shown = self._run("org", "display")
        access_token = session_id(shown.result.get("accessToken"))
        if access_token is None:
            again = self._run("org", "auth", "show-access-token", "--no-prompt")
            access_token = session_id(again.result.get("accessToken"))
        return Token.checked(
            exchange,
            access_token=access_token,
            instance_url=shown.result.get("instanceUrl"),
            org_id=shown.result.get("id"),
        )

    def _run(self, *command: str) -> Shown:
        program = shutil.which("sf")
        if program is None:
            raise ConfigurationError(
                'SF_AUTH = "sf_cli" needs the Salesforce CLI, and there is no program "sf" on the PATH.',
                hint="Install it (developer.salesforce.com/tools/salesforcecli), or choose another SF_AUTH.",
                check="sfsync.E022",
            )
        return Shown(" ".join(("sf", *command)), [program, *command, *self._target, "--json"])


class Shown:
    """What the tool printed; its repr does not show it."""

    def __init__(self, name: str, command: list[str]) -> None:
        self.result: dict[str, Any] = {}
        reason = ""
        try:
            done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=SECONDS)
        except subprocess.TimeoutExpired:
            reason = f"no answer in {SECONDS} seconds"
        except OSError as error:
            reason = error.strerror or "it cannot be started"
        else:
            reason = f"exit code {done.returncode}" if done.returncode else ""
            self.result = {} if reason else _result(done.stdout)
            del done  # its output holds the token
        if reason:  # outside of the except block, so that no output of the tool hangs on it
            raise SignInFailed(
                f"{name} failed ({reason}). Type: {name}; if it does not show the org, type: sf org login web, "
                "and check SF_CLI_ORG.",
                resource=name,
            )


def session_id(value: Any) -> Secret | None:
    """Return a session id, which begins with the org's id; None for what stands in its place."""
    return secret_of(value) if isinstance(value, str) and value.startswith("00D") else None


def _result(output: bytes) -> dict[str, Any]:
    try:
        document = json.loads(output)
    except ValueError:
        return {}
    result = document.get("result") if isinstance(document, dict) else None
    return result if isinstance(result, dict) else {}
