"""The simulated org answers as live orgs did, by every recording that concerns a resource it serves."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from .recorded.exchanges import READERS, Exchange, read_story
from .recorded.replay import Replay
from .schema.recordings import RECORDED

NANGO = "NangoHQ+integration-templates"
CASSETTES = "SFDO-Tooling+CumulusCI/cumulusci"
FIXTURES = "restforce+restforce/spec/fixtures"

# Every org has its own fields and features: of these answers, the keys that both have are compared.
WHOLE = re.compile(r"/sobjects(/\w+(/describe|/Id)?(/\w{18})?)?/?$|/limits$|/composite$|/userinfo$|/token$")

# Files that are not compared here, by the beginning of their names, with the reason.
LEFT_OUT = {
    "INDEX.md": "says what the recordings are",
    "errors/errors_observed.json": "compared in test_recorded_errors.py",
    "errors/bulk2_result_samples.txt": "compared in bulk/test_recorded_jobs.py",
    "mohan-chinnappan-n+cli-dx/": "terminal logs of jobs, compared in bulk/test_recorded_jobs.py",
    "forcedotcom+dataloader/": "SOAP of API version 8, which no org speaks any more",
    "jsforce+jsforce/": "a list of names, no answer",
    "apache+nifi/": "trimmed by hand; Account is described in whole by other recordings",
    f"{NANGO}/retrieve-query-more": "a second page without its query; accounts.test.json has both",
    f"{NANGO}/composite-batch": "composite/batch is not served yet",
    f"{NANGO}/composite-graph": "composite/graph is not served yet",
    f"{NANGO}/get-quick-action": "quick actions are not served",
    f"{NANGO}/list-quick-actions": "quick actions are not served",
    f"{CASSETTES}/tests/shared_cassettes/vcr_string_templates/": "templates of Bulk API 1.0, not served yet",
    f"{CASSETTES}/tests/shared_cassettes/GET_sobjects_Custom__c": "an object of that org, trimmed by hand",
    f"{CASSETTES}/utils/salesforce/tests/cassettes/ManualEdit": "a failure made up by hand",
    f"{CASSETTES}/utils/tests/cassettes/ManualEdit": "describes trimmed by hand, keys in another order",
    "openstax+openstax_salesforce_api/query_pagination": "the envelopes only, of a query for unknown types",
    "grouparoo+grouparoo/create_Topic": "Topic is not among the objects",
    "grouparoo+grouparoo/describe_Topic": "Topic is not among the objects",
    f"{FIXTURES}/": "answers without their requests, compared in test_recorded_answers.py",
}

# Single exchanges of a story that are passed over: a pattern of method, path and body, with the reason.
PASSED_OVER = {
    r"/services/async/": "Bulk API 1.0 is not served yet",
    r"TYPEOF": "TYPEOF is not supported yet",
    r"Profile\.Name": "Profile is not among the objects",
    r"CaseComment": "CaseComment is not among the objects",
}

FILES = [path.relative_to(RECORDED).as_posix() for path in sorted(RECORDED.rglob("*")) if path.is_file()]
STORIES = [name for name in FILES if not name.startswith(tuple(LEFT_OUT))]


def passed_over(exchange: Exchange) -> bool:
    request = f"{exchange.method} {exchange.path} {exchange.body}"
    return any(re.search(pattern, request) for pattern in PASSED_OVER)


@pytest.fixture
def replay() -> Iterator[Replay]:
    replay = Replay()
    yield replay
    replay.close()


@pytest.mark.parametrize("name", STORIES)
def test_answers_as_recorded(name: str, replay: Replay) -> None:
    found = []
    for number, exchange in enumerate(read_story(RECORDED / name), 1):
        if not passed_over(exchange):
            different = replay.differences(exchange, partial=bool(WHOLE.search(exchange.path)))
            found += [f"{number}. {exchange.method} {exchange.path[:90]}: {line}" for line in different]
    assert not found, "\n".join(found)


@pytest.mark.skipif(not FILES, reason="the recordings are not here")
def test_whatever_is_left_out_is_there() -> None:
    for beginning in LEFT_OUT:
        assert any(name.startswith(beginning) for name in FILES), beginning
    assert {Path(name).suffix for name in STORIES} <= READERS.keys()
    exchanges = [exchange for name in STORIES for exchange in read_story(RECORDED / name)]
    for pattern in PASSED_OVER:
        assert any(re.search(pattern, f"{each.method} {each.path} {each.body}") for each in exchanges), (
            pattern
        )
