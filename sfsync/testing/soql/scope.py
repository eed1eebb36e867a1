"""What the names of a query mean: its object, the parents its paths reach, and the columns these have."""

from __future__ import annotations

from dataclasses import dataclass, replace

from .. import errors
from ..errors import OrgError
from ..permissions import Permissions
from ..schema.base import FieldSpec, Schema, SObjectSpec
from ..wording import Unsourced
from .excerpt import located
from .parse import malformed
from .relative import Calendar
from .tables import NAME, PolymorphicTable, Table, quoted
from .tree import Call, Operand, Path, Query

# "Relationship Query Limitations": no more than five child-to-parent relationships in one path.
MAX_PARENTS = 5
# SQLite joins 64 tables; a query of Salesforce reaches 55 parents, some of which are of several objects here.
MAX_TABLES = 60


@dataclass(frozen=True)
class Column:
    """A value of each record in SQL; ``relationships`` are the canonical names of the way there.

    A fractional column holds fractions of the field's smallest step, as an average does.
    """

    sql: str
    field: FieldSpec
    relationships: tuple[str, ...] = ()
    fractional: bool = False


@dataclass(frozen=True)
class View:
    """What one user sees of an org at one moment, and the whole text that errors point into.

    With `include_deleted` records in the recycle bin take part. `polymorphic_type` is the type of a parent
    that a polymorphic lookup reached, None for that of its record.
    """

    schema: Schema
    permissions: Permissions
    user: str
    calendar: Calendar
    include_deleted: bool = False
    polymorphic_type: str | None = "Name"
    grouping_ignores_case: bool = True
    text: str = ""

    def of(self, query: Query) -> View:
        """Return the view with the text of this query, if it knows its own."""
        return replace(self, text=query.text) if query.text else self

    def error(self, place: Operand, error: OrgError) -> OrgError:
        """Return the error with the place in the query that it is about."""
        return located(self.text, place.offset, error)

    def find_object(self, name: str) -> SObjectSpec | None:
        spec = self.schema.find(name)
        if spec is None or not spec.queryable or not self.permissions.is_visible(self.user, spec):
            return None
        return spec

    def sees(self, spec: SObjectSpec, field: FieldSpec) -> bool:
        visible = self.permissions.visible_fields(self.user, spec)
        return self.find_object(spec.name) is spec and field in visible

    def alive(self, table: SObjectSpec, alias: str) -> str:
        """Return the condition that a row takes part in the query at all."""
        alive = "1" if self.include_deleted else f'{alias}."IsDeleted" = 0'
        allowed = self.permissions.record_filter(self.user, table, alias)
        return alive if allowed == "1" else f"{alive} AND {allowed}"


class Scope:
    """Resolve the paths of one query, joining each parent once.

    What the user may not see does not exist for the query. A parent that is deleted reads as no parent,
    except with `include_deleted`. `spec` is given for a subquery, whose source names a relationship.
    """

    def __init__(self, view: View, query: Query, spec: SObjectSpec | None = None) -> None:
        self.view = view.of(query)
        self._query = query
        source = spec or self.view.find_object(query.source.name)
        if source is None:
            raise located(self.view.text, query.source.offset, errors.invalid_type(query.source.name))
        self.root = Table(source, "t0", view.user)
        self._tables: dict[tuple[str, ...], Table] = {(): self.root}
        self._aliases = 1

    @property
    def alive(self) -> str:
        """Return the condition that a record takes part in the query at all."""
        return self.view.alive(self.root.spec, self.root.alias)

    @property
    def from_sql(self) -> str:
        """Return the FROM clause with the joins that the paths resolved so far need."""
        joins = "".join(table.join for table in self._tables.values())
        return f"{quoted(self.root.spec.name)} AS t0{joins}"

    def column(self, operand: Operand) -> Column:
        """Return the column of a path; raise OrgError INVALID_FIELD pointing at it when there is none."""
        if isinstance(operand, Call):
            raise self.misplaced(operand)
        names = self._without_root(operand.names)
        table, relationships = self.root, tuple[str, ...]()
        if len(names) - 1 > MAX_PARENTS:
            raise Unsourced("path_too_long", most=MAX_PARENTS, path=operand)
        for name in names[:-1]:
            lookup = self._lookup(table, name, operand)
            relationships += (str(lookup.relationship_name),)
            table = self._tables.get(relationships) or self._join(table, lookup, relationships)
        field = self._field(table, names[-1], operand)
        return Column(table.sql(field), field, relationships)

    def parent(self, relationships: tuple[str, ...]) -> Table:
        """Return a parent that a resolved path goes through."""
        return self._tables[relationships]

    def error(self, place: Operand, error: OrgError) -> OrgError:
        return self.view.error(place, error)

    def misplaced(self, call: Call) -> OrgError:
        """Return the error for a function where none can stand, or for one that this org does not have."""
        if call.function in ("COUNT", "COUNT_DISTINCT", "SUM", "AVG", "MIN", "MAX"):
            return self.error(call, Unsourced("misplaced_aggregate", call=call))
        return malformed(f"The function {call.function}() is not supported by this simulated org yet")

    def _without_root(self, names: tuple[str, ...]) -> tuple[str, ...]:
        source = self._query.source
        qualifiers = {self.root.spec.name.lower(), (source.alias or source.name).lower()}
        return names[1:] if len(names) > 1 and names[0].lower() in qualifiers else names

    def _lookup(self, table: Table, name: str, path: Path) -> FieldSpec:
        lookup = table.spec.find_relationship(name)
        if lookup is None or not self._visible(table, lookup) or isinstance(table, PolymorphicTable):
            raise self.error(path, Unsourced("no_such_relationship", name=name))
        return lookup

    def _join(self, table: Table, lookup: FieldSpec, relationships: tuple[str, ...]) -> Table:
        if len(lookup.reference_to) > 1:
            made: Table = self._polymorphic(table, lookup)
        else:
            spec = self.view.schema.get(lookup.reference_to[0], errors.invalid_type)
            made = self._parent_table(table, lookup, spec)
        self._tables[relationships] = made
        return made

    def _parent_table(self, table: Table, lookup: FieldSpec, spec: SObjectSpec) -> Table:
        if self._aliases >= MAX_TABLES:
            raise Unsourced("too_many_parents")
        alias = f"t{self._aliases}"
        self._aliases += 1
        condition = f'{alias}."Id" = {table.sql(lookup)} AND {self.view.alive(spec, alias)}'
        join = f" LEFT JOIN {quoted(spec.name)} AS {alias} ON {condition}"
        return Table(spec, alias, self.view.user, join)

    def _polymorphic(self, table: Table, lookup: FieldSpec) -> PolymorphicTable:
        known = (self.view.find_object(name) for name in lookup.reference_to)
        targets = tuple(self._parent_table(table, lookup, spec) for spec in known if spec is not None)
        joins = "".join(target.join for target in targets)
        return PolymorphicTable(NAME, "", self.view.user, joins, targets, self.view.polymorphic_type)

    def _field(self, table: Table, name: str, path: Path) -> FieldSpec:
        field = table.spec.find(name)
        if field is None or not self._visible(table, field):
            raise self.error(path, Unsourced("no_such_column", name=name, sobject=table.spec.name))
        return field

    def _visible(self, table: Table, field: FieldSpec) -> bool:
        if isinstance(table, PolymorphicTable):
            return True
        return field in self.view.permissions.visible_fields(self.view.user, table.spec)
