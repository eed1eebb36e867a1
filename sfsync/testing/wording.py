"""Refusals whose words no source gives: the rule and the code are documented, the sentence is not.

`OrgSettings.texts` puts other sentences in their place, for clients that read them; no test takes the ones
below for the truth.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from string import Formatter
from typing import Any

from .errors import OrgError

_RELATIONSHIP = (
    "Didn't understand relationship '{name}' in {place}. If you are attempting to use a custom relationship, "
    "be sure to append the '__r' after the custom relationship name. Please reference your WSDL or the describe "
    "call for the appropriate names."
)

# Name of the refusal -> error code and sentence; in braces what the sentence tells of the query.
TEXTS: dict[str, tuple[str, str]] = {
    # the text of a query
    "empty_query": ("MALFORMED_QUERY", "SOQL statements cannot be empty or null"),
    "query_too_long": (
        "QUERY_TOO_COMPLICATED",
        "SOQL statements cannot be longer than {most} characters",
    ),
    "open_string": (
        "MALFORMED_QUERY",
        "line 1:{column} mismatched character '<EOF>' expecting '''",
    ),
    "bind_variable": ("MALFORMED_QUERY", "Bind variables only allowed in Apex code"),
    "string_too_long": (
        "MALFORMED_QUERY",
        "a string literal in WHERE cannot be longer than {most} characters",
    ),
    "bad_escape": (
        "MALFORMED_QUERY",
        "Invalid string literal. Illegal character sequence '\\{escape}' in string literal.",
    ),
    "bad_date": ("MALFORMED_QUERY", "Invalid date: {text}"),
    "bad_datetime": ("MALFORMED_QUERY", "Invalid datetime: {text}"),
    "bad_date_literal": ("MALFORMED_QUERY", "Invalid date literal: {text}"),
    # names and paths
    "no_such_column": (
        "INVALID_FIELD",
        "No such column '{name}' on entity '{sobject}'. If you are attempting to use a custom field, be sure to append "
        "the '__c' after the custom field name. Please reference your WSDL or the describe call for the "
        "appropriate names.",
    ),
    "no_such_relationship": ("INVALID_FIELD", _RELATIONSHIP.replace("{place}", "field path")),
    "no_such_children": (
        "INVALID_TYPE",
        _RELATIONSHIP.replace("{place}", "FROM part of query call"),
    ),
    "path_too_long": (
        "MALFORMED_QUERY",
        "A path may not reach over more than {most} parents: {path}",
    ),
    "too_many_parents": (
        "QUERY_TOO_COMPLICATED",
        "The query reaches over too many relationships",
    ),
    "selected_twice": ("INVALID_FIELD", "duplicate field selected: {path}"),
    "field_and_relationship": (
        "MALFORMED_QUERY",
        "{name} is both a field and a relationship",
    ),
    "fields_without_limit": (
        "MALFORMED_QUERY",
        "The SOQL FIELDS function must have a LIMIT of at most {most}",
    ),
    # conditions and order
    "too_deep": (
        "QUERY_TOO_COMPLICATED",
        "The query's conditions are nested too deeply",
    ),
    "too_complicated": ("QUERY_TOO_COMPLICATED", "The query is too complicated"),
    "not_filterable": (
        "INVALID_FIELD",
        "field '{field}' can not be filtered in a query call",
    ),
    "wrong_operator": (
        "INVALID_QUERY_FILTER_OPERATOR",
        "invalid operator on {type} field",
    ),
    "wrong_literal": (
        "INVALID_FIELD",
        "value of filter criterion for field '{field}' must be of type {type} and {quotes} enclosed in quotes",
    ),
    "bad_id": ("INVALID_QUERY_FILTER_OPERATOR", "invalid ID field: {text}"),
    "not_sortable": (
        "INVALID_FIELD",
        "field '{field}' can not be sorted in a query call",
    ),
    "too_many_orderings": (
        "MALFORMED_QUERY",
        "A query may not be sorted by more than {most} fields",
    ),
    "offset_too_large": (
        "NUMBER_OUTSIDE_VALID_RANGE",
        "Maximum SOQL offset allowed is {most}",
    ),
    "bad_locator": ("INVALID_QUERY_LOCATOR", "invalid query locator"),
    # subqueries
    "too_many_subqueries": (
        "MALFORMED_QUERY",
        "A query may not have more than {most} subqueries",
    ),
    "too_many_levels": (
        "MALFORMED_QUERY",
        "Subqueries may not go down more than {most} levels",
    ),
    "grouped_subquery": ("MALFORMED_QUERY", "A subquery cannot be an aggregate query"),
    # semi-joins
    "join_under_or": (
        "MALFORMED_QUERY",
        "Semi join sub-selects are not allowed with the 'OR' operator",
    ),
    "join_in_join": (
        "MALFORMED_QUERY",
        "Nesting of semi join sub-selects is not supported",
    ),
    "too_many_joins": (
        "MALFORMED_QUERY",
        "Cannot have more than {most} semi join sub-selects",
    ),
    "join_with_clauses": (
        "MALFORMED_QUERY",
        "Semi join sub-selects cannot use COUNT, GROUP BY, ORDER BY, LIMIT or OFFSET",
    ),
    "join_of_several_fields": (
        "MALFORMED_QUERY",
        "Semi join sub-selects must select exactly one field",
    ),
    "join_of_no_ids": (
        "INVALID_FIELD",
        "Semi join sub-selects can only query id fields, cannot use: '{field}'",
    ),
    "join_of_same_object": (
        "MALFORMED_QUERY",
        "The inner and outer selects should not be on the same object type",
    ),
    "join_of_other_object": (
        "MALFORMED_QUERY",
        "The selected field '{field}' in the subquery and the left operand field in the where expression in the "
        "outer query '{operand}' should point to the same object type",
    ),
    # records
    "operation_not_supported": (
        "INVALID_TYPE_FOR_OPERATION",
        "entity type {sobject} does not support {operation}",
    ),
    "operation_not_permitted": (
        "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY",
        "entity type cannot be {done}: {sobject}",
    ),
    "key_in_body": ("INVALID_FIELD", "The {field} field should not be specified in the sobject data."),
    "ambiguous_key": (
        "DUPLICATE_EXTERNAL_ID",
        "More than one record found for external id field: [{field}] in entity {sobject}: {value}",
    ),
    "own_ancestor": ("CIRCULAR_DEPENDENCY", "{field}: record cannot be its own parent"),
    "not_in_recycle_bin": ("UNDELETE_FAILED", "Entity is not in the recycle bin"),
    "merge_of_others": (
        "INVALID_OPERATION",
        "Merge requires one or two records that are not the master record",
    ),
    "precondition_failed": (
        "PRECONDITION_FAILED",
        "The data was modified after the date given in the If-Unmodified-Since header.",
    ),
    "too_many_ids": ("EXCEEDED_ID_LIMIT", "Too many ids: more than {most} in this date range"),
    # searches
    "short_search": ("MALFORMED_SEARCH", "search term must be longer than one character"),
    "bad_search": ("MALFORMED_SEARCH", "unexpected token: '{token}'"),
    "search_too_long": ("QUERY_TOO_COMPLICATED", "SOSL statements cannot be longer than {most} characters"),
    "not_searchable": ("INVALID_SEARCH_SCOPE", "entity {sobject} is not searchable"),
    "missing_search": ("MALFORMED_SEARCH", "The search has no term: {parameter} is missing"),
    "bad_parameter": ("INVALID_SEARCH", "{parameter} must be {expected}"),
    # groups
    "misplaced_aggregate": (
        "MALFORMED_QUERY",
        "aggregate function not allowed here: {call}",
    ),
    "alias_without_aggregate": (
        "MALFORMED_QUERY",
        "only aggregate expressions use field aliasing",
    ),
    "alias_twice": ("MALFORMED_QUERY", "duplicate alias: {name}"),
    "aggregate_with_limit": (
        "MALFORMED_QUERY",
        "Non-grouped query that uses overall aggregate functions cannot also use LIMIT",
    ),
    "group_with_subquery": ("MALFORMED_QUERY", "A grouped query cannot have subqueries"),
    "not_grouped": ("MALFORMED_QUERY", "Field must be grouped or aggregated: {path}"),
    "not_groupable": (
        "INVALID_FIELD",
        "field '{field}' can not be grouped in a query call",
    ),
    "grouped_and_aggregated": (
        "MALFORMED_QUERY",
        "Grouped field should not be aggregated: {path}",
    ),
    "not_aggregatable": (
        "MALFORMED_QUERY",
        "field {field} does not support aggregate operator {function}",
    ),
    "too_many_groups": (
        "EXCEEDED_ID_LIMIT",
        "Aggregate query does not support queryMore(), use LIMIT to restrict the results to a single batch",
    ),
}


class Unsourced(OrgError):
    """Refuse for a documented reason in words of our own; `name` is the one in `TEXTS`.

    `before` is what stands before the sentence, such as the excerpt of a query; `status` and `fields` are those
    of `OrgError`.
    """

    def __init__(
        self,
        name: str,
        /,
        *,
        before: str = "",
        status: int = 400,
        fields: Sequence[str] | None = None,
        **told: Any,
    ) -> None:
        code, text = TEXTS[name]
        super().__init__(status, code, before + text.format(**told), fields)
        self.name = name
        self._told = told
        self._before = before

    def placed(self, before: str) -> Unsourced:
        """Return the refusal with something before its sentence."""
        return Unsourced(self.name, before=before, status=self.status, fields=self.fields, **self._told)

    def worded(self, texts: Mapping[str, str]) -> OrgError:
        """Return the refusal in the words that an org has for it."""
        if self.name not in texts:
            return self
        text = self._before + texts[self.name].format(**self._told)
        return OrgError(self.status, self.code, text, self.fields)


def worded(error: OrgError, texts: Mapping[str, str]) -> OrgError:
    """Return an error as an org says it whose settings hold these texts."""
    return error.worded(texts) if isinstance(error, Unsourced) else error


def check_texts(texts: Mapping[str, str]) -> None:
    """Raise ValueError for a text of no refusal, or with a brace that the refusal does not fill."""
    for name, text in texts.items():
        if name not in TEXTS:
            raise ValueError(f"There is no refusal {name!r}; there are {', '.join(TEXTS)}.")
        unknown = _fields(text) - _fields(TEXTS[name][1])
        if unknown:
            known = ", ".join(sorted(_fields(TEXTS[name][1]))) or "nothing"
            raise ValueError(f"The text {name!r} can tell {known}, not {', '.join(sorted(unknown))}.")


def _fields(text: str) -> set[str]:
    return {field for _, field, _, _ in Formatter().parse(text) if field is not None}
