"""The objects and fields of the simulated org."""

from .account import account
from .base import FieldSpec, PicklistValue, Schema, SObjectSpec, sobject
from .contact import contact
from .opportunity import opportunity
from .organization import organization
from .user import user

__all__ = ["FieldSpec", "PicklistValue", "SObjectSpec", "Schema", "sobject", "standard_schema"]


def standard_schema() -> Schema:
    """Return a new schema with the standard objects."""
    schema = Schema()
    for table in (account, contact, opportunity, organization, user):
        schema.add(table())
    return schema
