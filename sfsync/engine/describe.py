"""What the org says about the mapped sObjects, and what that means for a mapping.

A field that vanished (deleted, or hidden from the user) is left out of reads and writes, so that its local
values stay; one that is new or back has to be read for all records. Neither getUpdated nor getDeleted
reports a change of the schema (SOAP guide, "Checking for Structural Changes in the Object"), so describes
are compared.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sfsync.client import Client
from sfsync.exceptions import SalesforceError
from sfsync.mappings import Mapping
from sfsync.mappings.suggestions import nearest
from sfsync.values import FieldType

FieldTypes = dict[str, FieldType]

LEGIBLE = 300
"""Characters of a list of names that a person still reads; an org has more than a thousand sObjects."""


@dataclass(frozen=True)
class Drift:
    """How the fields that a mapping needs have changed in the org, by their Salesforce names."""

    vanished: tuple[str, ...] = ()
    appeared: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.vanished or self.appeared or self.changed)


def load_described(client: Client, mappings: Iterable[type[Mapping]]) -> dict[str, FieldTypes]:
    """Describe the sObjects of mappings of one org, 25 to a call: {sObject: {Salesforce field: FieldType}}.

    Raises the error of the first sObject that cannot be described; `describe_each` keeps the others.
    """
    described: dict[str, FieldTypes] = {}
    for sobject, answer in describe_each(client, mappings).items():
        if isinstance(answer, SalesforceError):
            raise answer
        described[sobject] = answer
    return described


def describe_each(
    client: Client, mappings: Iterable[type[Mapping]]
) -> dict[str, FieldTypes | SalesforceError]:
    """Describe the sObjects of mappings of one org; one that cannot be described has its error as value.

    Keys are spelled as the mappings spell them. Raises SalesforceError when the whole call fails.
    """
    answers = client.describe_many(mapping.options.sobject for mapping in mappings)
    return {
        sobject: answer if isinstance(answer, SalesforceError) else field_types(answer["fields"])
        for sobject, answer in answers.items()
    }


def field_types(fields: Iterable[dict[str, object]]) -> FieldTypes:
    """Read the `fields` of a describe. Raises MalformedResponse for one that lacks a property."""
    types = [FieldType.from_describe(field) for field in fields]
    return {each.name: each for each in types}


def missing_fields(mapping: type[Mapping], types: FieldTypes) -> dict[str, str]:
    """Return the Salesforce fields that a mapping needs and the org does not show, each with what to do.

    `types` are those of the mapping's own sObject. A name whose case differs is missing, too: answers spell
    fields the org's way.
    """
    sobject = mapping.options.sobject
    return {
        name: f"{mapping.options.name}: {sobject} has no field {name!r}, or hides it from this user. "
        f"{suggest(name, types, f'sf_describe {sobject}')}"
        for name in dict.fromkeys(mapping.salesforce_names())
        if name not in types
    }


def suggest(name: str, known: Iterable[str], command: str) -> str:
    """Return a sentence with the nearest known name, or with the command that lists them."""
    sentence = nearest(name, known)
    return sentence if len(sentence) <= LEGIBLE else f"'manage.py {command}' lists them."


def drift(mapping: type[Mapping], cached: FieldTypes, current: FieldTypes) -> Drift:
    """Compare what the org said before about the fields of a mapping with what it says now."""
    names = tuple(dict.fromkeys(mapping.salesforce_names()))
    return Drift(
        vanished=tuple(name for name in names if name in cached and name not in current),
        appeared=tuple(name for name in names if name in current and name not in cached),
        changed=tuple(
            name for name in names if name in cached and name in current and cached[name] != current[name]
        ),
    )
