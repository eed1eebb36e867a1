import pytest

from sfsync.testing.org import Org


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ({"LastName": "Barr"}, "Barr"),
        ({"LastName": "Barr", "FirstName": "Tim", "Salutation": "Mr."}, "Tim Barr"),
    ],
)
def test_name_is_computed(org: Org, user: str, given: dict[str, str], name: str) -> None:
    contact = org.create("Contact", given, user)
    assert org.read("Contact", contact, ["Name"], user)["Name"] == name


def test_name_follows_its_parts(org: Org, user: str) -> None:
    contact = org.create("Contact", {"LastName": "Barr", "FirstName": "Tim"}, user)
    org.update("Contact", contact, {"FirstName": None}, user)
    assert org.read("Contact", contact, ["Name"], user)["Name"] == "Barr"


def test_a_bounced_email(org: Org, user: str) -> None:
    contact = org.create("Contact", {"LastName": "B", "EmailBouncedDate": "2026-01-01T00:00:00Z"}, user)
    assert org.read("Contact", contact, ["IsEmailBounced"], user)["IsEmailBounced"] is True
    org.update("Contact", contact, {"EmailBouncedDate": None}, user)
    assert org.read("Contact", contact, ["IsEmailBounced"], user)["IsEmailBounced"] is False
