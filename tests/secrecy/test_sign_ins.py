"""Every way to sign in, refused and disturbed: no secret is seen."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sfsync.exceptions import ConfigurationError, SignInFailed
from sfsync.models import StoredToken
from sfsync.orgs import connections
from tests.secrecy import meetings
from tests.secrecy.faults import WIRE, refusal
from tests.secrecy.marks import CREDENTIALS, MARK
from tests.secrecy.world import World

WAYS = ["client_credentials", "jwt", "refresh_token", "password", "soap"]
SIGN_IN = {"soap": "/services/Soap/u/*"}
UNFIT = ("session ends", "wait long", "odd headers")  # these need a session, or are no failure of a sign-in
SHORT = ("no answer, all done", "cut", "broken gzip", "no JSON", "401", "500 page")
HOSTILE: list[dict[str, Any]] = [
    {"action": "edit", "body": {"instance_url": "https://evil.example"}},
    {"action": "edit", "body": {"instance_url": None}},
    {"action": "edit", "body": {"id": f"https://login.salesforce.com/id/{MARK}"}},
    {"action": "edit", "body": {"access_token": f"{CREDENTIALS['password']} with a space"}},
    refusal(400, "invalid_grant"),
    refusal(500, "UNKNOWN_EXCEPTION"),
]


@pytest.fixture(params=WAYS)
def auth(request: pytest.FixtureRequest, world: World) -> str:
    """Sign in in one of the ways, the token kept in the database."""
    given, settings = world.served.org.settings, world.settings
    settings.SILENCED_SYSTEM_CHECKS = ["sfsync.W004"]
    settings.SF_USER, settings.SF_PASSWORD = given.username, given.password
    settings.SF_SECURITY_TOKEN, settings.SF_REFRESH_TOKEN = given.security_token, given.refresh_token
    settings.SF_PRIVATE_KEY = world.served.private_key
    settings.SF_TOKEN_STORE = "sfsync.database.tokens.DatabaseTokenStore"
    settings.SF_AUTH = str(request.param)
    return str(request.param)


def attempt(world: World, scene: str) -> None:
    """Sign in anew, and ask for something."""
    StoredToken.objects.all().delete()
    world.evidence.attempt(lambda: connections["default"].get("limits"))
    world.evidence.look(f"{world.settings.SF_AUTH}: {scene}")
    connections.close()


def test_sign_ins_that_fail(world: World, auth: str) -> None:
    """Covers F88."""
    attempt(world, "as it should be")
    path = SIGN_IN.get(auth, "/services/oauth2/token")
    names = WIRE.keys() - set(UNFIT) if auth == "client_credentials" else SHORT
    for number, fault in enumerate([*(WIRE[name] for name in names), *HOSTILE]):
        if auth == "soap" and fault["action"] == "edit":  # its answer is no JSON
            continue
        with world.fault(**{**fault, "path": path}):
            attempt(world, f"fault {number}")
    world.served.set_access(world.served.org.settings.username, frozen=True)
    attempt(world, "frozen")
    world.evidence.command("sf_pull")
    world.evidence.look("sf_pull of a frozen user")
    meetings.require(world, meetings.SIGN_INS)
    world.served.set_access(world.served.org.settings.username)


def test_secrets_that_are_wrong(world: World, auth: str, tmp_path: Path) -> None:
    """Covers F88."""
    file = tmp_path / "key.pem"
    file.write_text(world.served.private_key)
    file.chmod(0o644)
    wrong: list[dict[str, Any]] = [
        {f"SF_{name.upper()}": f"{secret}wrong" for name, secret in CREDENTIALS.items()}
        | {"SF_USER": "nobody"},
        {"SF_CONSUMER_KEY": "unknown"},
        {"SF_PRIVATE_KEY": world.served.private_key[:200]},
        {"SF_PRIVATE_KEY_FILE": str(file)},
        {"SF_PRIVATE_KEY_FILE": str(file), "SF_PRIVATE_KEY": ""},
        {"SF_AUTH_DOMAIN": "https://user:name@example.com"},
        {"SF_CONSUMER_SECRET": [CREDENTIALS["consumer_secret"]], "SF_PASSWORD": 7},
        {"SF_ORGS": {"emea": {"PASSWORT": CREDENTIALS["password"]}}},
        {"SF_AUTH": "passwort"},
        {"SF_TOKEN_STORE": "nowhere.at_all"},
    ]
    for number, values in enumerate(wrong):
        with world.set(**values):
            attempt(world, f"wrong {number}")
            world.evidence.command("check", "--database", "default")
            world.evidence.look(f"check, wrong {number}")
    assert world.evidence.met >= {ConfigurationError, SignInFailed}
