"""The objects and fields of the simulated org."""

from .account import ACCOUNT
from .base import FieldSpec, PicklistValue, Schema, SObjectSpec, sobject
from .contact import CONTACT
from .opportunity import OPPORTUNITY
from .organization import ORGANIZATION
from .user import USER

__all__ = ["FieldSpec", "PicklistValue", "SObjectSpec", "Schema", "sobject", "standard_schema"]


def standard_schema() -> Schema:
    """Return a new schema with the standard objects."""
    schema = Schema()
    for table in (ACCOUNT, CONTACT, OPPORTUNITY, ORGANIZATION, USER):
        schema.add(table)
    return schema
