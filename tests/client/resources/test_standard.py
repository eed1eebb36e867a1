"""Resources that every org has, and those that only the org knows."""

import pytest

from sfsync import exceptions

from ..scripted import Reply

BASE = "/services/data/v66.0/sobjects/User"


def test_what_only_the_org_knows_is_left_to_the_org(scripted, scripted_client):
    urls = {
        "passwordUtilities": f"{BASE}/{{ID}}/password",
        "namedLayouts": f"{BASE}/describe/namedLayouts/{{LayoutName}}",
    }
    listed = [{"name": "User", "urls": urls}]
    scripted.replies = [Reply.json({"sobjects": listed}), Reply(204, b""), Reply.json({"a": 1})]
    user = {"id": "005000000000001AAA"}
    assert scripted_client.post("User.passwordUtilities", user, {"NewPassword": "new"}) == {}
    assert scripted_client.get("User.namedLayouts", {"LayoutName": "a b"}) == {"a": 1}
    assert [(seen.method, seen.path) for seen in scripted.seen[1:]] == [
        ("POST", f"{BASE}/005000000000001AAA/password"),
        ("GET", f"{BASE}/describe/namedLayouts/a%20b"),
    ]
    with pytest.raises(exceptions.ResourceError, match="needs the params LayoutName"):
        scripted_client.get("User.namedLayouts")


@pytest.mark.parametrize("name", ["query", "queryAll"])
def test_a_query_too_long_for_an_address_has_another_way(simulated_org, client, name):
    """Covers F35."""
    soql = f"SELECT Id FROM Account WHERE Name IN ({', '.join(repr(str(number)) for number in range(3_000))})"
    with pytest.raises(exceptions.ResourceError, match=r"api\.query"):
        client.get(name, {"q": soql})
    assert simulated_org.requests == []
    assert list(client.query(soql)) == []
