"""What stands in the braces of FIND: words, phrases, wildcards and operators, and which texts they match.

Source: "FIND {SearchQuery}" and "Example Text Searches" (SOQL and SOSL Reference). Texts are split into words of
letters and digits; AND and AND NOT bind closer than OR.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from ..errors import OrgError
from ..wording import Unsourced

# "SOSL Syntax": beyond these a search finds nothing, or has no operators.
MAX_TERM, MAX_WITH_OPERATORS = 10_000, 4_000
MAX_DEPTH = 100
_WORD = re.compile(r"[^\W_]+")
_PIECE = re.compile(
    r"""\\(?P<escaped>.)|(?P<quote>")|(?P<wildcard>[*?])|(?P<parenthesis>[()])|(?P<space>\s+)"""
    r"""|(?P<reserved>[&|!{}\[\]^~:'+\\-])|(?P<character>.)""",
    re.DOTALL,
)

Texts = Sequence[Sequence[str]]
"""The words of each searched field of a record, in lower case."""
Refusal = Callable[[int, str], OrgError]
"""(place in the term, the character that cannot stand there) -> the error"""


@dataclass(frozen=True)
class Phrase:
    """Words that stand behind each other in one field, each a pattern."""

    words: tuple[re.Pattern[str], ...]

    def matches(self, texts: Texts) -> bool:
        return any(self._in(text) for text in texts)

    def _in(self, text: Sequence[str]) -> bool:
        starts = range(len(text) - len(self.words) + 1)
        return any(all(word.fullmatch(text[at + i]) for i, word in enumerate(self.words)) for at in starts)


@dataclass(frozen=True)
class Every:
    """Terms that a record must have, and those that it must not have."""

    wanted: tuple[Term, ...]
    unwanted: tuple[Term, ...] = ()

    def matches(self, texts: Texts) -> bool:
        has_all = all(term.matches(texts) for term in self.wanted)
        return has_all and not any(term.matches(texts) for term in self.unwanted)


@dataclass(frozen=True)
class Either:
    terms: tuple[Term, ...]

    def matches(self, texts: Texts) -> bool:
        return any(term.matches(texts) for term in self.terms)


Term = Phrase | Every | Either
NOTHING = Either(())


@dataclass(frozen=True)
class _Token:
    """A parenthesis, an operator, or a phrase as pairs of characters and whether they are wildcards."""

    kind: str
    characters: tuple[tuple[str, bool], ...] = ()


def words_of(text: str) -> list[str]:
    """Return the words of a text as searches compare them."""
    return _WORD.findall(text.lower())


def read_term(text: str, refusal: Refusal | None, *, words: Literal["all", "any"] = "all") -> Term:
    """Return what a search looks for.

    `refusal` makes the error for a reserved character that is not escaped; None lets such characters separate
    words, as simple searches do. `words` says what words without an operator between them mean. Raises OrgError
    MALFORMED_SEARCH, also for less than two letters or digits.
    """
    if len(text) > MAX_TERM:
        return NOTHING
    tokens = _Lexer(refusal).read(text)
    if sum(char.isalnum() for token in tokens for char, _ in token.characters) < 2:
        raise Unsourced("short_search")
    if len(text) > MAX_WITH_OPERATORS:
        return Either(tuple(_phrase(token) for token in tokens if token.kind == "phrase"))
    return _Parser(tokens, words).read()


class _Lexer:
    """Cut the text of a search into tokens. Reserved characters are refused inside of quotes, too."""

    def __init__(self, refusal: Refusal | None) -> None:
        self._refusal = refusal
        self._tokens: list[_Token] = []
        self._word: list[tuple[str, bool]] = []
        self._is_plain = True  # without an escape or a wildcard: a word that may be an operator
        self._is_quoted = False

    def read(self, text: str) -> list[_Token]:
        for piece in _PIECE.finditer(text):
            getattr(self, f"_{piece.lastgroup}")(piece[piece.lastgroup or 0], piece.start())
        if self._is_quoted and self._refusal is not None:
            raise self._refusal(len(text), "}")
        self._finish()
        return self._tokens

    def _escaped(self, char: str, at: int) -> None:
        self._is_plain = False
        self._word.append((char, False))

    def _character(self, char: str, at: int) -> None:
        self._word.append((char, False))

    def _wildcard(self, char: str, at: int) -> None:
        self._is_plain = False
        self._word.append((char, True))

    def _quote(self, char: str, at: int) -> None:
        self._finish()
        self._is_quoted = not self._is_quoted

    def _space(self, char: str, at: int) -> None:
        if self._is_quoted:
            self._word.append((" ", False))
        else:
            self._finish()

    def _parenthesis(self, char: str, at: int) -> None:
        if self._is_quoted or self._refusal is None:
            self._reserved(char, at)
        else:
            self._finish()
            self._tokens.append(_Token(char))

    def _reserved(self, char: str, at: int) -> None:
        if self._refusal is not None:
            raise self._refusal(at, char)
        self._space(char, at)

    def _finish(self) -> None:
        """Make a token of the characters read so far."""
        name = "".join(char for char, _ in self._word).upper()
        if self._is_plain and not self._is_quoted and name in ("AND", "OR", "NOT"):
            self._tokens.append(_Token(name))
        elif words_of(name):
            self._tokens.append(_Token("phrase", tuple(self._word)))
        self._word, self._is_plain = [], True


class _Parser:
    """Make a term of the tokens, by recursive descent."""

    def __init__(self, tokens: Sequence[_Token], words: Literal["all", "any"]) -> None:
        self._tokens = list(tokens)
        self._words = words

    def read(self) -> Term:
        term = self._either(0)
        if self._tokens:
            raise self._unexpected()
        return term

    def _either(self, depth: int) -> Term:
        terms = [self._every(depth)]
        while self._take("OR") or (self._words == "any" and self._at_term()):
            terms.append(self._every(depth))
        return terms[0] if len(terms) == 1 else Either(tuple(terms))

    def _every(self, depth: int) -> Term:
        wanted, unwanted = [self._one(depth)], list[Term]()
        while True:
            if self._take("AND"):
                (unwanted if self._take("NOT") else wanted).append(self._one(depth))
            elif self._words == "all" and self._at_term():
                wanted.append(self._one(depth))
            else:
                return Every(tuple(wanted), tuple(unwanted))

    def _one(self, depth: int) -> Term:
        if depth > MAX_DEPTH:
            raise Unsourced("too_complicated")
        if self._take("("):
            term = self._either(depth + 1)
            if not self._take(")"):
                raise self._unexpected()
            return term
        if not self._at_term():
            raise self._unexpected()
        return _phrase(self._tokens.pop(0))

    def _at_term(self) -> bool:
        return bool(self._tokens) and self._tokens[0].kind in ("phrase", "(")

    def _take(self, kind: str) -> bool:
        if self._tokens and self._tokens[0].kind == kind:
            del self._tokens[0]
            return True
        return False

    def _unexpected(self) -> OrgError:
        return Unsourced("bad_search", token=self._tokens[0].kind if self._tokens else "}")


def _phrase(token: _Token) -> Phrase:
    """Return the patterns of a phrase's words; a wildcard at the beginning of it counts for nothing."""
    characters = list(token.characters)
    while characters and characters[0][1]:
        del characters[0]
    patterns, pattern = list[str](), ""
    for char, is_wildcard in [*characters, (" ", False)]:
        if is_wildcard:
            pattern += ".*" if char == "*" else "."
        elif _WORD.fullmatch(char):
            pattern += re.escape(char.lower())
        elif pattern:
            patterns.append(pattern)
            pattern = ""
    return Phrase(tuple(re.compile(one) for one in patterns))
