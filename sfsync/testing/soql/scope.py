"""What the names of a query mean: its object, the parents its paths reach, and the columns these have."""

from dataclasses import dataclass

from .. import errors
from ..errors import OrgError
from ..permissions import Permissions
from ..schema.base import FieldSpec, Schema, SObjectSpec
from .excerpt import located
from .parse import malformed
from .tree import Path, Query

# "Relationship Query Limitations": no more than five child-to-parent relationships in one path.
MAX_PARENTS = 5


@dataclass(frozen=True)
class Table:
    """One object taking part in the query, under its alias in SQL."""

    spec: SObjectSpec
    alias: str
    join: str = ""

    def sql(self, field: FieldSpec) -> str:
        return f"{self.alias}.{quoted(field.name)}"


@dataclass(frozen=True)
class Column:
    """One field of one table; ``relationships`` are the canonical names of the way there."""

    table: Table
    field: FieldSpec
    relationships: tuple[str, ...] = ()

    @property
    def sql(self) -> str:
        return self.table.sql(self.field)


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


class Scope:
    """Resolve the paths of one query, joining each parent once.

    What the user may not see does not exist for the query. A parent that is deleted reads as no parent,
    except with `include_deleted`.
    """

    def __init__(
        self, schema: Schema, permissions: Permissions, query: Query, *, user: str, include_deleted: bool
    ) -> None:
        self._schema = schema
        self._permissions = permissions
        self._user = user
        self._query = query
        self._include_deleted = include_deleted
        spec = schema.find(query.source.name)
        if spec is None or not spec.queryable or spec not in permissions.visible_objects(user):
            message = errors.invalid_type(query.source.name).message
            raise located(query.text, query.source.offset, "INVALID_TYPE", message)
        self.root = Table(spec, "t0")
        self._tables: dict[tuple[str, ...], Table] = {(): self.root}

    @property
    def from_sql(self) -> str:
        """Return the FROM clause with the joins that the paths resolved so far need."""
        joins = "".join(table.join for table in self._tables.values())
        return f"{quoted(self.root.spec.name)} AS t0{joins}"

    def column(self, path: Path) -> Column:
        """Return the column of a path; raise OrgError INVALID_FIELD pointing at it when there is none."""
        names = self._without_root(path.names)
        table, relationships = self.root, tuple[str, ...]()
        if len(names) - 1 > MAX_PARENTS:
            raise malformed(f"A path may not reach over more than {MAX_PARENTS} parents: {path}")
        for name in names[:-1]:
            lookup = self._lookup(table, name, path)
            relationships += (str(lookup.relationship_name),)
            table = self._tables.get(relationships) or self._join(table, lookup, relationships)
        return Column(table, self._field(table, names[-1], path), relationships)

    def parent(self, relationships: tuple[str, ...]) -> Table:
        """Return a parent that a resolved path goes through."""
        return self._tables[relationships]

    def error(self, path: Path, code: str, message: str) -> OrgError:
        return located(self._query.text, path.offset, code, message)

    def _without_root(self, names: tuple[str, ...]) -> tuple[str, ...]:
        source = self._query.source
        qualifiers = {self.root.spec.name.lower(), (source.alias or source.name).lower()}
        return names[1:] if len(names) > 1 and names[0].lower() in qualifiers else names

    def _lookup(self, table: Table, name: str, path: Path) -> FieldSpec:
        lookup = table.spec.find_relationship(name)
        if lookup is None or lookup not in self._permissions.visible_fields(self._user, table.spec):
            message = (
                f"Didn't understand relationship '{name}' in field path. If you are attempting to use a "
                "custom relationship, be sure to append the '__r' after the custom relationship name. Please "
                "reference your WSDL or the describe call for the appropriate names."
            )
            raise self.error(path, "INVALID_FIELD", message)
        if len(lookup.reference_to) > 1:
            raise malformed(f"The polymorphic path {path} is not supported by this simulated org yet")
        return lookup

    def _join(self, table: Table, lookup: FieldSpec, relationships: tuple[str, ...]) -> Table:
        spec = self._schema.get(lookup.reference_to[0], errors.invalid_type)
        alias = f"t{len(self._tables)}"
        alive = "" if self._include_deleted else f' AND {alias}."IsDeleted" = 0'
        join = f' LEFT JOIN {quoted(spec.name)} AS {alias} ON {alias}."Id" = {table.sql(lookup)}{alive}'
        self._tables[relationships] = Table(spec, alias, join)
        return self._tables[relationships]

    def _field(self, table: Table, name: str, path: Path) -> FieldSpec:
        field = table.spec.find(name)
        if field is None or field not in self._permissions.visible_fields(self._user, table.spec):
            message = (
                f"No such column '{name}' on entity '{table.spec.name}'. If you are attempting to use a "
                "custom field, be sure to append the '__c' after the custom field name. Please reference "
                "your WSDL or the describe call for the appropriate names."
            )
            raise self.error(path, "INVALID_FIELD", message)
        return field
