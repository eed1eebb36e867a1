"""What the client costs over bare requests. The limits hold on a machine that has nothing else to do."""

from collections.abc import Callable

import pytest
import requests

from benchmarks import client
from benchmarks.ratio import Peak, Ratio
from benchmarks.static_server import response, serve


@pytest.mark.slow
@pytest.mark.parametrize("question", client.QUESTIONS)
def test_an_answer_is_within_its_limit(question: Callable[[], Ratio | Peak]) -> None:
    answer = question()
    assert answer.value <= answer.limit, str(answer)


@pytest.mark.parametrize("question", client.QUESTIONS)
def test_a_question_can_be_asked_of_less(question: Callable[[int], Ratio | Peak]) -> None:
    """Each raises an error unless both sides count the same records."""
    answer = question(8)
    assert answer.value > 0
    assert "8 " in str(answer)


def test_memory_is_told_in_megabytes() -> None:
    assert str(Peak("Rows", 1_234_567, 2_000_000)) == "Rows: 1.23 MB (at most 2)"


def test_the_server_answers_from_memory() -> None:
    with serve({"/a?b=c": response(b"text", Content_Type="text/csv")}) as url, requests.Session() as session:
        for _ in range(2):
            answer = session.get(f"{url}/a?b=c", timeout=10)
            assert (answer.content, answer.headers["Content-Type"]) == (b"text", "text/csv")
        assert session.get(f"{url}/a", timeout=10).status_code == 404
        assert session.post(f"{url}/a?b=c", data="x" * 10_000, timeout=10).text == "text"
