"""Members of campaigns: a lead or a contact each, and each once."""

import pytest

from sfsync.testing.errors import OrgError
from sfsync.testing.org import Org


@pytest.fixture
def people(org: Org, user: str) -> dict[str, str]:
    """A campaign, a lead and a contact, as the values of a member."""
    return {
        "CampaignId": org.create("Campaign", {"Name": "C"}, user),
        "LeadId": org.create("Lead", {"LastName": "L", "Company": "Co"}, user),
        "ContactId": org.create("Contact", {"LastName": "C"}, user),
    }


def without(people: dict[str, str], *names: str) -> dict[str, str]:
    return {name: value for name, value in people.items() if name not in names}


def test_a_member_is_a_lead_or_a_contact(org: Org, user: str, people: dict[str, str]) -> None:
    with pytest.raises(OrgError, match="REQUIRED_FIELD_MISSING") as refused:
        org.create("CampaignMember", without(people, "LeadId", "ContactId"), user)
    assert refused.value.fields == ["LeadId", "ContactId"]
    for other in ("LeadId", "ContactId"):
        org.create("CampaignMember", without(people, other), user)


def test_of_both_the_contact_stays(org: Org, user: str, people: dict[str, str]) -> None:
    member = org.create("CampaignMember", people, user)
    record = org.read("CampaignMember", member, ["LeadId", "ContactId", "Type"], user)
    assert (record["LeadId"], record["ContactId"], record["Type"]) == (None, people["ContactId"], "Contact")
    campaign = org.read("Campaign", people["CampaignId"], ["NumberOfLeads", "NumberOfContacts"], user)
    assert (campaign["NumberOfLeads"], campaign["NumberOfContacts"]) == (0, 1)


@pytest.mark.parametrize("other", ["LeadId", "ContactId"])
def test_nobody_is_a_member_twice(org: Org, user: str, people: dict[str, str], other: str) -> None:
    member = org.create("CampaignMember", without(people, other), user)
    with pytest.raises(OrgError) as refused:
        org.create("CampaignMember", without(people, other), user)
    assert (refused.value.code, refused.value.message) == ("DUPLICATE_VALUE", "Already a campaign member.")
    org.update("CampaignMember", member, {"Status": "Responded"}, user)
    elsewhere = org.create("Campaign", {"Name": "Elsewhere"}, user)
    org.create("CampaignMember", {**without(people, other), "CampaignId": elsewhere}, user)
