import json

import pytest

from sfsync.testing.org import Org

from .recordings import DESCRIBES, GLOBAL, ORGANIZATION, recorded

# What a live org has and this one does not: other objects, pages of the user interface, sharing.
LEFT_OUT = {"actionOverrides", "childRelationships", "fields", "recordTypeInfos", "supportedScopes", "urls"}
OF_LATER_VERSIONS = {"associateEntityType", "associateParentEntity", "implementedBy", "isInterface"}
OF_LATER_VERSIONS |= {"extendedBy", "extendsInterfaces", "implementsInterfaces", "defaultImplementation"}
OF_LATER_VERSIONS |= {"sobjectDescribeOption"}


@pytest.mark.parametrize("sobject", sorted(DESCRIBES))
def test_keys_and_values_equal_those_of_live_orgs(org: Org, user: str, sobject: str) -> None:
    live, ours = recorded(DESCRIBES[sobject]), org.describe(sobject, user, "58.0")
    assert [name for name in ours if name in live or name not in OF_LATER_VERSIONS] == list(live)
    for name in set(live) - LEFT_OUT:
        assert ours[name] == live[name], name
    for info in live["recordTypeInfos"]:
        assert ours["recordTypeInfos"][0].keys() == info.keys()
    assert [scope for scope in ours["supportedScopes"] if scope not in live["supportedScopes"]] == []


@pytest.mark.parametrize("sobject", ["Account", "Case", "Contact", "Lead"])
def test_child_relationships_equal_those_of_live_orgs(org: Org, user: str, sobject: str) -> None:
    live = recorded(DESCRIBES[sobject])["childRelationships"]
    ours = org.describe(sobject, user)["childRelationships"]
    assert len(ours) >= 2
    assert [child for child in ours if child not in live] == []


def test_child_relationships(org: Org, user: str) -> None:
    found = {
        (child["childSObject"], child["field"]): (child["relationshipName"], child["cascadeDelete"])
        for child in org.describe("account", user)["childRelationships"]
    }
    assert (
        found.items()
        >= {
            ("Account", "ParentId"): ("ChildAccounts", False),
            ("Case", "AccountId"): ("Cases", False),
            ("Contact", "AccountId"): ("Contacts", True),
            ("Opportunity", "AccountId"): ("Opportunities", True),
            ("Task", "WhatId"): ("Tasks", True),
        }.items()
    )


def test_global(org: Org, user: str) -> None:
    body = org.describe_global(user, "60.0")
    assert list(body) == ["encoding", "maxBatchSize", "sobjects"]
    names = [entry["name"] for entry in body["sobjects"]]
    assert names == sorted(names)
    assert {"Account", "Case", "ContentVersion", "EntityDefinition", "Task", "User"} < set(names)
    assert body["sobjects"][0]["urls"]["describe"] == "/services/data/v60.0/sobjects/Account/describe"


def test_global_keys_equal_those_of_a_live_org(org: Org, user: str) -> None:
    assert list(recorded(GLOBAL)) == list(org.describe_global(user))


def test_fields_of_organization_come_in_the_order_of_a_live_org(org: Org, user: str) -> None:
    live = list(recorded(ORGANIZATION))
    ours = [field["name"] for field in org.describe("Organization", user)["fields"]]
    shared = [name for name in ours if name in live and not name.endswith(("Date", "ById", "Modstamp"))]
    assert shared == [name for name in live if name in shared]
    assert len(shared) > 25


def test_bodies_are_json(org: Org, user: str) -> None:
    for name in org.schema.objects:
        assert json.loads(json.dumps(org.describe(name, user))) == org.describe(name, user)
