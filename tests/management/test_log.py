"""The log of calls is for those who ask for it."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from sfsync.testing import SimulatedOrg

CALL = """
import sys
import django
from django.test import override_settings
django.setup()
from sfsync.orgs import connections
domain, key, secret, logging = sys.argv[1:]
with override_settings(SF_AUTH_DOMAIN=domain, SF_CONSUMER_KEY=key, SF_CONSUMER_SECRET=secret):
    if logging:
        from logging import config
        config.dictConfig({"version": 1, "handlers": {"err": {"class": "logging.StreamHandler"}},
            "loggers": {"sfsync.client": {"handlers": ["err"], "level": logging}}})
    connections["default"].call("GET", "limits")
"""


def call(org: SimulatedOrg, logging: str) -> list[str]:
    """Make one call as a process of its own; returns what it printed."""
    arguments = [org.url, org.consumer_key, org.consumer_secret, logging]
    done = subprocess.run(
        [sys.executable, "-c", CALL, *arguments],
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "tests.settings", "PYTHONPATH": ".:example_project"},
    )
    return (done.stdout + done.stderr).splitlines()


@pytest.mark.parametrize(("level", "lines"), [("", 0), ("WARNING", 0), ("INFO", 2), ("DEBUG", 2)])
def test_calls_are_shown_when_logging_asks_for_it(
    simulated_org: SimulatedOrg, level: str, lines: int
) -> None:
    printed = call(simulated_org, level)
    assert len(printed) == lines
    assert all(" 200 in " in line for line in printed)
