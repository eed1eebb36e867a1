from typing import Any

import pytest

from sfsync.testing.schema import columns, standard_schema
from sfsync.testing.schema.derive import field_properties, object_properties

from .recordings import DESCRIBES, GLOBAL, OLD_DESCRIBES, recorded

# Newer orgs have longer labels for these values.
LABELS_OF_TODAY = {"Account"}
NAMES = [spec.name for spec in standard_schema()]
# The recording org has no Marketing User, so that it could not write campaigns.
MAY_NOT = {"Campaign": {"createable": False, "deletable": False, "undeletable": False, "updateable": False}}


def test_57_properties_in_order_of_name() -> None:
    for spec in standard_schema():
        for field in spec.fields.values():
            properties = field_properties(field)
            assert len(properties) == 57
            assert list(properties) == sorted(properties)


def values_of(described: dict[str, Any], sobject: str) -> dict[str, Any]:
    """Return the properties of a field, with picklists cut down to what may be compared."""
    keys = ("value", "label") if sobject in LABELS_OF_TODAY else ("value",)
    entries = [tuple(entry[key] for key in keys) for entry in described["picklistValues"]]
    targets = [name for name in described["referenceTo"] if name in KNOWN]
    return {**described, "picklistValues": entries, "referenceTo": targets}


KNOWN = {*NAMES, "Calendar", "Group"}


@pytest.mark.parametrize("sobject", sorted(DESCRIBES))
def test_properties_equal_those_of_live_orgs(sobject: str) -> None:
    live = {field["name"]: field for field in recorded(DESCRIBES[sobject])["fields"]}
    ours = standard_schema().get(sobject).fields
    shared = [name for name in ours if name in live]
    assert shared == [name for name in live if name in ours]
    assert len(shared) > 10
    for name in shared:
        derived = field_properties(ours[name])
        assert list(derived) == list(live[name])
        assert values_of(derived, sobject) == values_of(live[name], sobject), name


@pytest.mark.parametrize("sobject", NAMES)
def test_object_properties_equal_those_of_a_live_org(sobject: str) -> None:
    [live] = [entry for entry in recorded(GLOBAL)["sobjects"] if entry["name"] == sobject]
    ours = object_properties(standard_schema().get(sobject), "59.0")
    assert list(ours) == list(live)
    assert list(ours["urls"]) == list(live["urls"])
    assert {**ours, **MAY_NOT.get(sobject, {})} == live


@pytest.mark.parametrize("sobject", sorted(OLD_DESCRIBES))
def test_properties_equal_those_of_older_describes(sobject: str) -> None:
    ours = standard_schema().get(sobject).fields
    live = [field for field in recorded(OLD_DESCRIBES[sobject])["fields"] if field["name"] in ours]
    assert [field["name"] for field in live] == [name for name in ours if name != "Django_Id__c"]
    for field in live:
        derived = field_properties(ours[field["name"]])
        assert values_of({**derived, **field}, sobject) == values_of(derived, sobject), field["name"]


def test_the_external_id() -> None:
    for name in ("Account", "Contact", "Opportunity"):
        properties = field_properties(standard_schema().get(name).fields["Django_Id__c"])
        expected = {
            "externalId": True,
            "unique": True,
            "idLookup": True,
            "caseSensitive": False,
            "custom": True,
        }
        assert expected.items() <= properties.items()
        assert (properties["length"], properties["byteLength"], properties["type"]) == (36, 108, "string")


def test_a_polymorphic_lookup() -> None:
    who = field_properties(columns.lookup("WhoId", "Name ID", "Contact", "Lead"))
    assert (who["namePointing"], who["polymorphicForeignKey"]) == (True, True)
    assert (who["referenceTo"], who["relationshipName"]) == (["Contact", "Lead"], "Who")
