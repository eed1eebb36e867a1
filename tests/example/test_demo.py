"""`manage.py demo` walks the whole road and ends with both sides equal."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

MANAGE = Path(__file__).parents[2] / "example_project" / "manage.py"
SEED = "accounts=6,contacts=12,opportunities=8"
SECONDS = 300


def start(cwd, *arguments, **environment):
    """Start the demo from any directory, with the user's own database named in the environment."""
    variables = {
        "PATH": os.environ["PATH"],
        "DATABASE_URL": f"sqlite:///{cwd / 'mine.sqlite3'}",
        "TMPDIR": str(cwd),
        **environment,
    }
    return subprocess.Popen(
        [sys.executable, str(MANAGE), "demo", *arguments],
        cwd=cwd,
        env=variables,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_the_whole_road_ends_with_both_sides_equal(tmp_path):
    process = start(tmp_path, "--seed", SEED)
    out, err = process.communicate(timeout=SECONDS)
    assert process.returncode == 0, out + err
    for typed in ("sf_describe", "sf_pull", "sf_push --dry-run", "sf_push", "sf_pull --json"):
        assert f"\n$ python manage.py {typed}\n" in out
    assert "Contact: 13 here, 13 in Salesforce" in out
    assert "Opportunity: 7 here, 7 + 1 deleted here and kept there in Salesforce" in out
    assert out.rstrip().endswith("Both sides are equal.")
    # The user's own database was not touched, and the temporary one is gone.
    assert list(tmp_path.iterdir()) == []


def test_a_database_with_records_is_refused(tmp_path):
    url = f"sqlite:///{tmp_path / 'full.sqlite3'}"
    environment = {"PATH": os.environ["PATH"], "DATABASE_URL": url}
    code = "from crm.models import Account; Account.objects.create(name='Mine')"
    for arguments in (["migrate"], ["shell", "--command", code]):
        subprocess.run([sys.executable, MANAGE, *arguments], env=environment, check=True, capture_output=True)
    process = start(tmp_path, "--seed", SEED, "--database-url", url)
    out, err = process.communicate(timeout=SECONDS)
    assert process.returncode == 1
    assert "already holds records" in err
    assert "sf_pull" not in out


@pytest.mark.parametrize("seed", ["accounts=3,contacts=9,opportunities=9", "accounts=9", "many"])
def test_a_seed_too_small_for_the_edits_is_refused(tmp_path, seed):
    process = start(tmp_path, "--seed", seed)
    _, err = process.communicate(timeout=SECONDS)
    assert process.returncode == 1
    assert "--seed needs" in err


def test_a_sigterm_takes_the_org_and_the_database_along(tmp_path):
    process = start(tmp_path, "--seed", SEED)
    first = process.stdout.readline()
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=SECONDS)
    assert "A simulated Salesforce org listens at http://127.0.0.1:" in first
    assert process.returncode == 143
    assert list(tmp_path.iterdir()) == []
