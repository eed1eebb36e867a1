"""Any text goes in by an ingest job and comes out of a query job as the record rules leave it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sfsync.testing.bulk.dialect import DELIMITERS, LINE_ENDINGS
from sfsync.testing.bulk.text import quoted_line
from sfsync.testing.clock import Clock

from .conftest import Loader, make_loader, rows

TEXTS = st.text(
    st.one_of(
        st.sampled_from('",;|^`\t\r\n #NA/=\'\\\x00'), st.characters(exclude_categories=["Cs"], max_codepoint=0x1FFFF)
    ),
    max_size=12,
)  # fmt: skip


@pytest.fixture(scope="module")
def loader() -> Iterator[Loader]:
    loader = make_loader(Clock(datetime(2026, 11, 23, tzinfo=UTC)))
    yield loader
    loader.org.close()


@settings(max_examples=60, deadline=None)
@given(
    st.lists(TEXTS, max_size=5),
    st.sampled_from(sorted(DELIMITERS)),
    st.sampled_from(sorted(LINE_ENDINGS)),
)
def test_texts_there_and_back(loader: Loader, texts: list[str], delimiter: str, line_ending: str) -> None:
    mark, end = DELIMITERS[delimiter], LINE_ENDINGS[line_ending]
    data = quoted_line(["Name", "Description"], mark, end)
    data += "".join(quoted_line([str(at), text], mark, end) for at, text in enumerate(texts))
    dialect = {"columnDelimiter": delimiter, "lineEnding": line_ending}
    job = loader.load(data, **dialect)
    assert (job.state, job.processed, job.failed) == ("JobComplete", len(texts), 0)

    created = rows(loader.text(job, "successfulresults"), mark)[1:]
    assert [row[2:] for row in created] == [[str(at), text] for at, text in enumerate(texts)]

    wanted = ", ".join(f"'{row[0]}'" for row in created) or "''"
    soql = f"SELECT Name, Description FROM Account WHERE Id IN ({wanted}) ORDER BY Name"
    answer = rows(loader.answer(soql, **dialect), mark) if created else [["Name", "Description"]]
    expected = [[str(at), "" if text == "#N/A" else trimmed(text)] for at, text in enumerate(texts)]
    assert answer == [["Name", "Description"], *expected]


def trimmed(text: str) -> str:
    """Return what string fields keep of a text: no control characters and blanks at its ends."""
    return text.strip("".join(map(chr, range(0x21))))
