"""What docs/testing.rst shows works as it stands there."""

import re
from pathlib import Path
from typing import Any

import pytest

from crm.models import Contact
from sfsync import test as sfsync_test
from sfsync.test import SalesforceOrg
from sfsync.testing import SimulatedOrg
from sfsync.testing.faults import FaultError
from tests.testing.http.conftest import Api

PAGE = (Path(__file__).parents[2] / "docs" / "testing.rst").read_text()
BLOCKS = [
    re.sub(r"^    ", "", block, flags=re.M)
    for block in re.findall(r"\.\. code-block:: python\n\n((?:    .*\n|\n)+)", PAGE)
]
NAMES: dict[str, Any] = {"Contact": Contact} | {
    name: getattr(sfsync_test, name) for name in sfsync_test.__all__
}


def defined(block: str) -> dict[str, Any]:
    names = dict(NAMES)
    exec(block, names)
    return names


def test_a_mapping_in_ten_lines(db: None, salesforce_org: SalesforceOrg) -> None:
    body = BLOCKS[0].partition("def ")[2].strip().splitlines()
    assert len(body) <= 10
    defined(BLOCKS[0])["test_contacts"](db, salesforce_org)


def test_with_the_runner_of_django(db: None) -> None:
    case = defined(BLOCKS[1])["ContactTests"]("test_contacts")
    case.setUp()
    case.test_contacts()
    case.doCleanups()


def test_a_fault_in_three_lines(db: None, salesforce_org: SalesforceOrg) -> None:
    defined(BLOCKS[2])["test_a_lost_answer"](db, salesforce_org)


def test_the_factory(salesforce_org: SalesforceOrg) -> None:
    exec(BLOCKS[3], {**NAMES, "salesforce_org": salesforce_org})
    assert len(salesforce_org.ids("Contact")) == 200


def test_the_options() -> None:
    defined(BLOCKS[4].replace("@pytest.mark", "import pytest\n@pytest.mark", 1))


ACTIONS = re.findall(r"``(\w+)``", re.split(r"Actions\s+are", PAGE)[1].partition("A wrong")[0])


@pytest.mark.parametrize("action", ACTIONS)
def test_every_action_exists(action: str, salesforce_org: SalesforceOrg) -> None:
    required: dict[str, dict[str, Any]] = {
        "redirect": {"location": "https://elsewhere.example"},
        "write": {"writes": []},
    }
    try:
        salesforce_org.faults.add(action, **required.get(action, {}))
    except FaultError as error:
        raise AssertionError(action) from error


def block_with(text: str) -> str:
    return next(block for block in BLOCKS if text in block)


def test_a_resource_of_ones_own() -> None:
    with SimulatedOrg() as simulated:
        exec(block_with("apex.add("), {"salesforce_org": simulated})
        api = Api(simulated)
        answer = api.get("/services/apexrest/invoices/7", lines="all")
        assert answer.json() == {"number": "7", "lines": "all"}
        api.session.close()
