"""The runner over databases."""

from __future__ import annotations

from pathlib import Path
from typing import IO

import pytest

from tests import run

Capture = pytest.CaptureFixture[str]

REPORT = """<testsuites><testsuite>
<testcase name="a"/><testcase name="b"><failure/></testcase><testcase name="c"><skipped/></testcase>
<testcase name="d"><error/></testcase><testcase name="e"><failure/><error/></testcase>
</testsuite></testsuites>"""


def test_a_report_is_counted(tmp_path: Path) -> None:
    report = tmp_path / "report.xml"
    report.write_text(REPORT)
    assert run.Tally.read(report) == run.Tally(passed=1, failed=3, skipped=1)
    assert str(run.Tally(1, 2, 3) + run.Tally(1, 0, 0)) == "2 passed, 2 failed, 3 skipped"


@pytest.fixture
def no_server(monkeypatch: pytest.MonkeyPatch) -> None:
    """Point PostgreSQL at a port where nothing listens."""
    monkeypatch.setenv("SFSYNC_TEST_POSTGRESQL_PORT", "9")


@pytest.mark.usefixtures("no_server")
def test_a_named_server_that_does_not_answer_is_a_failure(
    monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.setenv("SFSYNC_TEST_DATABASES", "postgresql")
    assert run.main([]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[-1] == "0 passed, 1 failed, 0 skipped"
    assert lines[-2].startswith(
        "PostgreSQL: FAILED, it is named in SFSYNC_TEST_DATABASES and does not answer"
    )


@pytest.mark.usefixtures("no_server")
def test_a_server_nobody_named_is_left_out(monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    monkeypatch.delenv("SFSYNC_TEST_DATABASES", raising=False)
    monkeypatch.setattr(run, "run", lambda database, arguments, output: (run.Tally(passed=2), True))
    assert run.main([]) == 0
    out = capsys.readouterr().out
    assert "SQLite: 2 passed, 0 failed, 0 skipped" in out
    assert "PostgreSQL: left out, it does not answer" in out


def test_what_each_database_prints_stands_below_its_name(
    monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    def printing(database: str, arguments: list[str], output: IO[str] | None) -> tuple[run.Tally, bool]:
        print(f"this is {database}", file=output, flush=True)
        return run.Tally(passed=1), database != "mysql"

    monkeypatch.setenv("SFSYNC_TEST_DATABASES", "sqlite,postgresql,mysql")
    monkeypatch.setattr(run, "run", printing)
    monkeypatch.setattr(run, "reason_against", lambda database: "")
    assert run.main([]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert sorted(lines[:2]) == ["--- SQLite", "this is sqlite"]
    assert lines[2:6] == ["--- PostgreSQL", "this is postgresql", "--- MariaDB", "this is mysql"]
    assert lines[-1] == "3 passed, 0 failed, 0 skipped"


def test_a_failing_run_fails_the_whole(monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    monkeypatch.setenv("SFSYNC_TEST_DATABASES", "sqlite")
    assert run.main(["tests/no_such_file.py"]) == 1
    assert capsys.readouterr().out.splitlines()[-1] == "0 passed, 0 failed, 0 skipped"


def test_an_unknown_name_is_refused(monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    monkeypatch.setenv("SFSYNC_TEST_DATABASES", "oracle")
    assert run.main([]) == 2
    assert "unknown oracle" in capsys.readouterr().out
