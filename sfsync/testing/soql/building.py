"""What the rules of the grammar become: one method for each rule, one node of the tree from each method."""

from __future__ import annotations

from lark import Token, Transformer, v_args

from .tree import (
    Aliased,
    Call,
    Combination,
    Comparison,
    Condition,
    Grouping,
    Inclusion,
    Join,
    Literal,
    LiteralKind,
    Membership,
    Negation,
    Operand,
    Ordering,
    Path,
    Query,
    Selected,
    Source,
)

_KINDS = {
    "NULL": LiteralKind.NULL,
    "TRUE": LiteralKind.BOOLEAN,
    "FALSE": LiteralKind.BOOLEAN,
    "NUMBER": LiteralKind.NUMBER,
    "STRING": LiteralKind.STRING,
    "DATE": LiteralKind.DATE,
    "DATETIME": LiteralKind.DATETIME,
    "RELATIVE_DATE": LiteralKind.RELATIVE_DATE,
}
Subselect = tuple[Token, Query]


@v_args(inline=True)
class Builder(Transformer[Token, Query]):
    """Turn each rule of the grammar into its node."""

    def path(self, *names: Token) -> Path:
        return Path(tuple(str(name) for name in names), names[0].start_pos or 0)

    def call(self, name: Token, path: Path) -> Call:
        return Call(name.upper(), path, name.start_pos or 0)

    def aliased(self, operand: Operand, alias: Token) -> Aliased:
        return Aliased(operand, str(alias))

    def fields(self, *selected: Selected) -> tuple[Selected, ...]:
        return selected

    def count(self) -> None:
        return None

    def source(self, name: Token, alias: Token | None) -> Source:
        return Source(str(name), None if alias is None else str(alias), name.start_pos or 0)

    def where(self, condition: Condition) -> Condition:
        return condition

    def having(self, condition: Condition) -> Condition:
        return condition

    def all_of(self, *conditions: Condition) -> Combination:
        return Combination("AND", conditions)

    def any_of(self, *conditions: Condition) -> Combination:
        return Combination("OR", conditions)

    def negation(self, condition: Condition) -> Negation:
        return Negation(condition)

    def comparison(self, operand: Operand, operator: Token, literal: Literal) -> Comparison:
        return Comparison(operand, "!=" if operator == "<>" else operator.upper(), literal)

    def member(self, operand: Operand, literals: tuple[Literal, ...]) -> Membership:
        return Membership(operand, literals, negated=False)

    def not_member(self, operand: Operand, literals: tuple[Literal, ...]) -> Membership:
        return Membership(operand, literals, negated=True)

    def inclusion(self, operand: Operand, word: Token, literals: tuple[Literal, ...]) -> Inclusion:
        return Inclusion(operand, literals, negated=word.type == "EXCLUDES")

    def semi_join(self, operand: Operand, inner: Subselect) -> Join:
        return Join(operand, inner[1], negated=False, offset=inner[0].end_pos or 0)

    def anti_join(self, operand: Operand, inner: Subselect) -> Join:
        return Join(operand, inner[1], negated=True, offset=inner[0].end_pos or 0)

    def subselect(self, parenthesis: Token, query: Query) -> Subselect:
        return parenthesis, query

    def list(self, *literals: Literal) -> tuple[Literal, ...]:
        return literals

    def literal(self, token: Token) -> Literal:
        text = token[1:-1] if token.type == "STRING" else str(token)
        return Literal(_KINDS[token.type], text, token.start_pos or 0)

    def group(self, *parts: Path | Condition | None) -> Grouping:
        *paths, having = parts
        return Grouping(
            tuple(path for path in paths if isinstance(path, Path)),
            None if isinstance(having, Path) else having,
        )

    def order(self, *orderings: Ordering) -> tuple[Ordering, ...]:
        return orderings

    def ordering(self, operand: Operand, direction: Token | None, nulls: Token | None) -> Ordering:
        return Ordering(operand, (direction or "").upper() == "DESC", (nulls or "").upper() == "LAST")

    def limit(self, number: Token) -> int:
        return int(number[:20])

    def offset(self, number: Token) -> int:
        return int(number[:20])

    def query(
        self,
        fields: tuple[Selected, ...] | None,
        source: Source,
        where: Condition | None,
        group: Grouping | None,
        order: tuple[Ordering, ...] | None,
        limit: int | None,
        offset: int | None,
    ) -> Query:
        return Query(fields, source, where, group, order or (), limit, offset)
