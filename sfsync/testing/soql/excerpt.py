"""SOQL errors that point at their place: an excerpt of the query, a caret, row and column, the sentence."""

import re

from ..errors import OrgError
from ..wording import Unsourced

_REACH = 30
_WORD = re.compile(r"[^\s,()]")


def located(text: str, offset: int, error: OrgError, *, before: int = 0) -> OrgError:
    """Return the error with a message that shows `text` around `offset` first, as the query resource does.

    The excerpt reaches about 30 characters to either side and is widened to whole words; rows and columns
    count from one. Recorded answers of live orgs agree with this rule; `before` is how far before the place
    the caret and the column of a search are.
    """
    row = text.count("\n", 0, offset) + 1
    line_start = text.rfind("\n", 0, offset) + 1
    line = text[line_start:].split("\n", 1)[0].rstrip("\r")
    column = offset - line_start
    start, end = _window(line, column)
    column = max(start, column - before)
    caret = " " * (column - start) + "^"
    place = f"\n{line[start:end]}\n{caret}\nERROR at Row:{row}:Column:{column + 1}\n"
    if isinstance(error, Unsourced):
        return error.placed(place)
    return OrgError(error.status, error.code, place + error.message)


def _window(line: str, column: int) -> tuple[int, int]:
    start = max(0, column - _REACH)
    while start > 0 and _WORD.match(line[start - 1]):
        start -= 1
    end = min(len(line), column + _REACH)
    while end < len(line) and _WORD.match(line[end]):
        end += 1
    return start, end
