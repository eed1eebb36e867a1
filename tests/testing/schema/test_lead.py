import pytest

from sfsync.testing.errors import OrgError
from sfsync.testing.org import Org


def test_a_converted_lead_is_not_changed(org: Org, user: str) -> None:
    lead = org.create("Lead", {"LastName": "A", "Company": "A", "IsConverted": True}, user)
    with pytest.raises(OrgError) as refused:
        org.update("Lead", lead, {"LastName": "B"}, user)
    assert refused.value.body() == [
        {
            "message": "cannot reference converted lead",
            "errorCode": "CANNOT_UPDATE_CONVERTED_LEAD",
            "fields": [],
        }
    ]
    assert org.read("Lead", lead, ["LastName"], user)["LastName"] == "A"
    org.delete("Lead", lead, user)


def test_any_other_lead_is(org: Org, user: str) -> None:
    lead = org.create("Lead", {"LastName": "A", "Company": "A"}, user)
    org.update("Lead", lead, {"LastName": "B"}, user)
    assert org.read("Lead", lead, ["Name"], user)["Name"] == "B"
