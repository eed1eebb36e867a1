"""The command line tool is a small program on the PATH that prints what the real one prints."""

import json
import sys

import pytest

from sfsync.client import SfCli
from sfsync.client.auth import sf_cli
from sfsync.exceptions import ConfigurationError, MalformedResponse, SignInFailed

REDACTED = "[REDACTED] Use 'sf org auth show-access-token' to view"


class Tool:
    """The program `sf`: prints `answers[command]`, and notes what it was called with."""

    def __init__(self, folder):
        self._folder = folder
        self._log = folder / "calls"

    def install(self, answers, exit_code=0, seconds=0):
        (self._folder / "answers.json").write_text(json.dumps(answers))
        script = self._folder / "sf"
        script.write_text(
            f"#!{sys.executable}\n"
            "import json, sys, time\n"
            f"folder = {str(self._folder)!r}\n"
            "arguments = sys.argv[1:]\n"
            "open(folder + '/calls', 'a').write(json.dumps(arguments) + chr(10))\n"
            f"time.sleep({seconds})\n"
            "answers = json.load(open(folder + '/answers.json'))\n"
            "command = next(name for name in answers if ' '.join(arguments).startswith(name))\n"
            "print(json.dumps({'status': 0, 'result': answers[command], 'warnings': []}))\n"
            f"sys.exit({exit_code})\n"
        )
        script.chmod(0o700)

    @property
    def calls(self):
        return [json.loads(line) for line in self._log.read_text().splitlines()]


@pytest.fixture
def tool(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    return Tool(tmp_path)


@pytest.fixture
def shown(simulated_org):
    """What `sf org display` of a version before May 2026 shows of the simulated org."""
    settings = simulated_org.org.settings
    return {
        "id": settings.org_id,
        "accessToken": simulated_org.site.sessions.open(settings.user_id).token,
        "instanceUrl": simulated_org.url,
        "username": settings.username,
    }


def test_the_session_of_the_tool(simulated_org, connect, tool, shown):
    tool.install({"org display": shown})
    client = connect(simulated_org, auth=SfCli("acme"))
    assert client.describe("Account")["name"] == "Account"
    assert client.org_id == simulated_org.org.settings.org_id
    assert tool.calls == [["org", "display", "--target-org", "acme", "--json"]]
    assert [request.path for request in simulated_org.requests] == [
        "/services/data/v66.0/sobjects/Account/describe"
    ]


@pytest.mark.parametrize("shows", [{"accessToken": REDACTED}, {}])
def test_a_newer_version_shows_the_token_by_a_command_of_its_own(simulated_org, connect, tool, shown, shows):
    token = shown.pop("accessToken")
    tool.install({"org display": shown | shows, "org auth show-access-token": {"accessToken": token}})
    client = connect(simulated_org, auth=SfCli())
    assert client.describe("Account")["name"] == "Account"
    assert tool.calls == [
        ["org", "display", "--json"],
        ["org", "auth", "show-access-token", "--no-prompt", "--json"],
    ]


def test_an_expired_session_is_asked_for_again(simulated_org, connect, tool, shown):
    tool.install({"org display": shown})
    client = connect(simulated_org, auth=SfCli())
    client.describe("Account")
    simulated_org.expire_sessions()
    fresh = simulated_org.site.sessions.open(simulated_org.org.settings.user_id).token
    tool.install({"org display": shown | {"accessToken": fresh}})
    client.describe("Account")
    assert len(tool.calls) == 2


def test_without_the_tool_it_says_what_to_install(simulated_org, connect, tool):
    with pytest.raises(ConfigurationError, match="Salesforce CLI"):
        connect(simulated_org, auth=SfCli()).org_id


def test_a_failure_of_the_tool_says_what_to_type(simulated_org, connect, tool, shown):
    tool.install({"org display": shown | {"accessToken": "00D!marked"}}, exit_code=1)
    with pytest.raises(
        SignInFailed, match=r"sf org display failed \(exit code 1\).*sf org login web"
    ) as caught:
        connect(simulated_org, auth=SfCli()).org_id
    assert caught.value.__context__ is None
    assert "marked" not in str([entry.frame.f_locals for entry in caught.traceback[1:]])


def test_a_tool_that_hangs_is_left(simulated_org, connect, tool, shown, monkeypatch):
    monkeypatch.setattr(sf_cli, "SECONDS", 0.5)
    tool.install({"org display": shown}, seconds=60)
    with pytest.raises(SignInFailed, match="no answer in") as caught:
        connect(simulated_org, auth=SfCli()).org_id
    assert caught.value.__context__ is None


@pytest.mark.parametrize(
    "changes",
    [
        {"instanceUrl": "http://169.254.169.254/"},
        {"instanceUrl": "https://evil.example"},
        {"instanceUrl": None},
        {"id": "005000000000001AAA"},
        {"id": None},
    ],
)
def test_a_session_for_another_host_or_of_no_org_is_refused(simulated_org, connect, tool, shown, changes):
    """Covers F87."""
    tool.install({"org display": shown | changes})
    with pytest.raises(MalformedResponse):
        connect(simulated_org, auth=SfCli()).org_id
    assert simulated_org.requests == []
