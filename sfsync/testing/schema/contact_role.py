"""The table of OpportunityContactRole: what a contact has to do with an opportunity."""

from __future__ import annotations

from .base import sobject
from .columns import UNCONTROLLED, boolean, is_deleted, lookup, picklist, record_id, stamps

ROLES = (
    "Business User|Decision Maker|Economic Buyer|Economic Decision Maker|Evaluator|Executive Sponsor"
    "|Influencer|Technical Buyer|Other"
)
FIELDS = (  # in the order of its describe
    record_id("Contact Role ID"),
    lookup(
        "OpportunityId", "Opportunity ID", "Opportunity", nillable=False, updateable=False,
        child_relationship="OpportunityContactRoles", on_parent_delete="cascade",
        describe={"searchPrefilterable": False},
    ),
    lookup(
        "ContactId", "Contact ID", "Contact", nillable=False,
        child_relationship="OpportunityContactRoles", on_parent_delete="cascade",
        describe={"searchPrefilterable": False},
    ),
    picklist("Role", "Role", ROLES, 40, **UNCONTROLLED),
    boolean("IsPrimary", "Primary", **UNCONTROLLED),
    *stamps(),
    is_deleted(),
)  # fmt: skip
CONTACT_ROLE = sobject(
    name="OpportunityContactRole",
    label="Opportunity Contact Role",
    label_plural="Opportunity Contact Role",
    key_prefix="00K",
    fields=FIELDS,
    searchable=False,
    undeletable=False,
    urls=("compactLayouts", "rowTemplate", "describe", "quickActions", "layouts", "sobject"),
    describe={"feedEnabled": False, "mruEnabled": False},
)
