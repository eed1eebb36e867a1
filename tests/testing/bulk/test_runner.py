from __future__ import annotations

import threading

from sfsync.testing.bulk.runner import Runner


def test_jobs_are_done_one_after_the_other_to_their_end() -> None:
    steps: list[str] = []
    ended = threading.Event()

    def advance(job: str) -> bool:
        steps.append(job)
        more = steps.count(job) < 3
        if job == "b" and not more:
            ended.set()
        return more

    runner = Runner(advance)
    for job in ("a", "b"):
        runner.add(job)
    assert ended.wait(10)
    runner.stop()
    assert steps == ["a"] * 3 + ["b"] * 3


def test_a_job_that_waits_already_is_not_taken_twice() -> None:
    steps: list[str] = []
    began, go_on, ended = (threading.Event() for _ in range(3))

    def advance(job: str) -> bool:
        steps.append(job)
        if job == "c":
            ended.set()
        began.set()
        return not go_on.wait(10)

    runner = Runner(advance)
    runner.add("a")
    assert began.wait(10)
    for job in ("a", "b", "b", "c"):
        runner.add(job)
    go_on.set()
    assert ended.wait(10)
    runner.stop()
    assert steps == ["a", "b", "c"]


def test_stopping_leaves_the_rest() -> None:
    began = threading.Event()

    def advance(job: str) -> bool:
        began.set()
        return True

    runner = Runner(advance)
    runner.add("endless")
    assert began.wait(10)
    runner.stop()
    assert "simulated-org-bulk" not in [thread.name for thread in threading.enumerate()]
    runner.stop()
