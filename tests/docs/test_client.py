"""What docs/client.rst shows works as it stands there."""

import doctest
import re
import sys
import textwrap
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from django.core.cache import cache

from sfsync.testing import SimulatedOrg

PATH = Path(__file__).parents[2] / "docs" / "client.rst"
OWN, SETTINGS = (
    textwrap.dedent(block)
    for block in re.findall(r"\.\. code-block:: python\n\n((?:    .*\n|\n)+)", PATH.read_text())
)


@pytest.fixture
def crm_resources(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the module that the page shows be there, under the name that it has there."""
    module = ModuleType("crm.resources")
    exec(OWN, module.__dict__)
    monkeypatch.setitem(sys.modules, "crm.resources", module)


def test_the_page(org: SimulatedOrg, settings: Any, crm_resources: None) -> None:
    org.apex.add(
        "invoices/{id}",
        lambda request: {"invoice": {"total": 12, "currency": request.parameters["currency"]}},
    )
    org.apex.add("invoices/{id}/lines", lambda request: ["paper", "ink"])
    cache.clear()  # other tests have other orgs of the same id
    given: dict[str, Any] = {}
    exec(SETTINGS, given)
    settings.SF_RESOURCES = given["SF_RESOURCES"]
    found = doctest.testfile(
        str(PATH), module_relative=False, optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
    )
    assert found.attempted >= 40
    assert found.failed == 0
