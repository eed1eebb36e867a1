"""The declarative classes: which model goes with which sObject, field by field."""

from sfsync.mappings.external_id import ExternalId
from sfsync.mappings.fields import Field
from sfsync.mappings.mapping import Mapping
from sfsync.mappings.options import Options
from sfsync.mappings.policies import ConflictPolicy, DeletePolicy, Direction, Mark
from sfsync.mappings.references import Reference

__all__ = [
    "ConflictPolicy",
    "DeletePolicy",
    "Direction",
    "ExternalId",
    "Field",
    "Mapping",
    "Mark",
    "Options",
    "Reference",
]
