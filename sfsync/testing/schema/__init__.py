"""The objects and fields of the simulated org."""

from .account import ACCOUNT
from .activity import EVENT, TASK
from .base import FieldSpec, PicklistValue, RollUp, Schema, SObjectSpec, sobject
from .campaign import CAMPAIGN, CAMPAIGN_MEMBER
from .case import CASE
from .contact import CONTACT
from .contact_role import CONTACT_ROLE
from .file import ATTACHMENT, CONTENT_VERSION
from .lead import LEAD
from .opportunity import OPPORTUNITY
from .organization import ORGANIZATION
from .product import LINE_ITEM, PRICEBOOK, PRICEBOOK_ENTRY, PRODUCT
from .setup import BUSINESS_HOURS, ENTITY_DEFINITION, FIELD_DEFINITION, RECORD_TYPE
from .user import USER

__all__ = ["FieldSpec", "PicklistValue", "RollUp", "SObjectSpec", "Schema", "sobject", "standard_schema"]
TABLES = (
    ACCOUNT, ATTACHMENT, BUSINESS_HOURS, CAMPAIGN, CAMPAIGN_MEMBER, CASE, CONTACT, CONTACT_ROLE,
    CONTENT_VERSION, ENTITY_DEFINITION, EVENT, FIELD_DEFINITION, LEAD, LINE_ITEM, OPPORTUNITY, ORGANIZATION,
    PRICEBOOK, PRICEBOOK_ENTRY, PRODUCT, RECORD_TYPE, TASK, USER,
)  # fmt: skip


def standard_schema() -> Schema:
    """Return a new schema with the standard objects."""
    schema = Schema()
    for table in TABLES:
        schema.add(table)
    return schema
