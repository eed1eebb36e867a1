"""The search finds what was let out on purpose, wherever that is."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator

import pytest
from django.utils import timezone

from sfsync.exceptions import ConfigurationError, NotFound, RecordError
from sfsync.models import Excluded, Problem
from tests.secrecy.evidence import Evidence
from tests.secrecy.marks import MARK

SECRET = "hush9consumer"


@pytest.fixture
def evidence(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Evidence]:
    found = Evidence((SECRET,))
    with found.listening(monkeypatch):
        yield found


def log(evidence: Evidence) -> None:
    logging.getLogger("urllib3.response").debug("got %s", MARK)


def raise_in_chain(evidence: Evidence) -> None:
    def fail() -> None:
        try:
            int(f"{MARK}")
        except ValueError as error:
            raise RecordError("clean", code="X") from error

    evidence.attempt(fail)


def make_and_drop(evidence: Evidence) -> None:
    NotFound("clean", code=MARK)


def show(evidence: Evidence) -> None:
    evidence.show("a thing", [SECRET])


def store_value(evidence: Evidence) -> None:
    Excluded.objects.create(org="default", mapping="M", sf_id="1", reason=MARK, since=timezone.now())


def store_secret(evidence: Evidence) -> None:
    now = timezone.now()
    Problem.objects.note(("default", "M"), "push", code="X", message="clean", org_message=SECRET, now=now)


LEAKS: dict[Callable[[Evidence], None], str] = {
    log: "a log",
    raise_in_chain: "an error (ValueError)",
    make_and_drop: "an error (NotFound)",
    show: "a thing",
    store_value: "sfsync_excluded.reason",
    store_secret: "sfsync_problem.org_message",
}


@pytest.mark.parametrize(("leak", "where"), LEAKS.items())
def test_what_is_let_out_is_found(evidence: Evidence, leak: Callable[[Evidence], None], where: str) -> None:
    evidence.look("before")
    assert evidence.leaks == {}
    leak(evidence)
    evidence.look("after")
    assert any(place.startswith(where) for place in evidence.leaks), evidence.leaks


def test_variables_of_frames_are_looked_at_for_secrets(evidence: Evidence) -> None:
    from sfsync.conf import text

    secret = [SECRET]
    evidence.attempt(lambda: text(secret, "SF_USER"))
    evidence.look("a variable")
    assert [where for where in evidence.leaks if "variables of text" in where]
    assert evidence.met == {ConfigurationError}


def test_values_are_allowed_where_they_belong(evidence: Evidence) -> None:
    now = timezone.now()
    Problem.objects.note(("default", "M"), "push", code="X", message="clean", org_message=MARK, now=now)
    evidence.made.append(NotFound("clean", org_message=MARK))
    evidence.look("a refusal")
    assert evidence.leaks == {}
