"""The demo's terminal: real commands, real exit codes."""

import os

import pytest

from example.demo.terminal import CommandFailed, Terminal


@pytest.fixture
def shown():
    return []


@pytest.fixture
def terminal(shown, tmp_path):
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "example.settings",
        "DATABASE_URL": f"sqlite:///{tmp_path / 'terminal.sqlite3'}",
    }
    return Terminal(shown.append, environment)


def test_a_command_is_typed_and_its_output_shown(terminal, shown):
    output = terminal.manage("diffsettings", "--all")
    assert shown[0] == "\n$ python manage.py diffsettings --all"
    assert "terminal.sqlite3" in output
    assert "terminal.sqlite3" in shown[1]


def test_python_is_typed_line_by_line(terminal, shown):
    terminal.shell("""
        greeting = "good day"
        print(greeting.upper())
        """)
    assert shown == [
        "\n$ python manage.py shell",
        '  >>> greeting = "good day"\n  >>> print(greeting.upper())',
        "  GOOD DAY",
    ]


def test_a_failing_command_is_shown_and_stops_the_road(terminal, shown):
    with pytest.raises(CommandFailed, match=r"manage\.py migrate ended with exit code"):
        terminal.manage("migrate", "no_such_app")
    assert "no_such_app" in shown[-1]


def test_failing_python_stops_the_road(terminal):
    with pytest.raises(CommandFailed, match="shell"):
        terminal.shell("raise SystemExit(4)")
