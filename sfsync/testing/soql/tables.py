"""The tables of a query in SQL: objects under their aliases, and the many objects of a polymorphic lookup."""

from __future__ import annotations

from dataclasses import dataclass, field

from ..schema import columns
from ..schema.base import FieldSpec, SObjectSpec, sobject
from ..viewing import field_sql


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


@dataclass(frozen=True)
class Table:
    """One object taking part in the query of a user, under its alias in SQL."""

    spec: SObjectSpec
    alias: str
    user: str
    join: str = ""

    def sql(self, field: FieldSpec) -> str:
        return field_sql(field, self.alias, self.user)

    @property
    def id_sql(self) -> str:
        return self.sql(self.spec.fields["Id"])


# What a path over a polymorphic lookup can name ("Understanding Relationship Fields and Polymorphic Fields";
# Object Reference, "Name").
NAME = sobject(
    name="Name",
    label="Name",
    label_plural="Names",
    key_prefix=None,
    fields=(
        columns.record_id("Name ID"),
        columns.text("Name", "Name", 255),
        columns.picklist("Type", "Type", "", 40),
        columns.text("LastName", "Last Name", 80),
        columns.text("FirstName", "First Name", 40),
        columns.text("Title", "Title", 128),
        columns.email("Email", "Email"),
        columns.phone("Phone", "Phone"),
        columns.text("Alias", "Alias", 8),
        columns.text("Username", "Username", 80),
        columns.boolean("IsActive", "Active"),
        columns.lookup("ProfileId", "Profile ID", "Profile"),
        columns.lookup("UserRoleId", "Role ID", "UserRole"),
        columns.lookup("RecordTypeId", "Record Type ID", "RecordType"),
    ),
    queryable=False,
)


@dataclass(frozen=True)
class PolymorphicTable(Table):
    """The records that a polymorphic lookup reaches, whatever their object.

    `attributes_type` is the type that such a parent goes out with, None for the type of the record.
    """

    targets: tuple[Table, ...] = field(default=())
    attributes_type: str | None = "Name"

    def sql(self, field: FieldSpec) -> str:
        if field.name == "Type":
            return self.type_sql
        return _first([sql for target in self.targets if (sql := _column(target, field.name))])

    @property
    def type_sql(self) -> str:
        """Return the name of the object that the record is of."""
        cases = " ".join(f"WHEN {one.id_sql} IS NOT NULL THEN '{one.spec.name}'" for one in self.targets)
        return f"CASE {cases} END" if cases else "NULL"


def _column(target: Table, name: str) -> str | None:
    found = target.spec.name_field if name == "Name" else target.spec.find(name)
    return target.sql(found) if found is not None and found.stored else None


def _first(columns: list[str]) -> str:
    """Return the one that is not null; COALESCE wants two at least."""
    if len(columns) < 2:
        return columns[0] if columns else "NULL"
    return f"COALESCE({', '.join(columns)})"
