"""The log and its triggers under Django's own test cases, and in a test database that is used again."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.test import TestCase, TransactionTestCase

from sfsync.database import triggers
from sfsync.models import LocalChange
from tests.zoo.models import Keeper

ROOT = Path(__file__).resolve().parents[2]


class Twice:
    """Two tests that would see each other's changes if the log outlived a test."""

    def test_first(self) -> None:
        self.write()

    def test_second(self) -> None:
        self.write()

    def write(self) -> None:
        assert triggers.problems("default") == []
        assert not LocalChange.objects.exists()
        Keeper.objects.create(code="a", name="Ann")
        assert LocalChange.objects.get().pk_text == "a"


@pytest.mark.databases
class TestInTestCase(Twice, TestCase):
    pass


@pytest.mark.databases
class TestInTransactionTestCase(Twice, TransactionTestCase):
    pass


@pytest.mark.databases
@pytest.mark.slow
def test_a_database_that_is_used_again() -> None:
    name = f"{__file__}::TestInTransactionTestCase"
    environment = os.environ | {"SFSYNC_TEST_SUFFIX": f"{os.environ.get('SFSYNC_TEST_SUFFIX', '')}again"}
    for option in ("--reuse-db", "--reuse-db", "--create-db"):
        command = [sys.executable, "-m", "pytest", "-o", "addopts=", option, name]
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout
        assert "2 passed" in done.stdout
