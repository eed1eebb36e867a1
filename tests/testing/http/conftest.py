"""An org that serves a whole module, and a client that is signed in to it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import requests

from sfsync.testing import SimulatedOrg


class Api:
    """Call the resources of one API version as the signed-in user."""

    def __init__(self, simulated: SimulatedOrg, version: str = "66.0") -> None:
        self.simulated = simulated
        self.base = f"/services/data/v{version}"
        self.session = requests.Session()
        self.session.headers["Authorization"] = f"Bearer {sign_in(simulated)['access_token']}"

    def __call__(self, method: str, path: str, **options: Any) -> requests.Response:
        url = self.simulated.url + (path if path.startswith("/services") else self.base + path)
        return self.session.request(method, url, timeout=20, **options)

    def get(self, path: str, **parameters: str) -> requests.Response:
        return self("GET", path, params=parameters)

    def query(self, soql: str) -> dict[str, Any]:
        response = self.get("/query", q=soql)
        assert response.status_code == 200, response.text
        return response.json()

    def create(self, sobject: str, **values: Any) -> str:
        response = self("POST", f"/sobjects/{sobject}", json=values)
        assert response.status_code == 201, response.text
        return response.json()["id"]

    def composite(self, *subrequests: dict[str, Any], **options: Any) -> list[dict[str, Any]]:
        response = self("POST", "/composite", json={"compositeRequest": subrequests, **options})
        assert response.status_code == 200, response.text
        return response.json()["compositeResponse"]


def sign_in(simulated: SimulatedOrg, **form: str) -> dict[str, Any]:
    credentials = {
        "grant_type": "client_credentials",
        "client_id": simulated.consumer_key,
        "client_secret": simulated.consumer_secret,
    }
    response = requests.post(simulated.url + "/services/oauth2/token", data=credentials | form, timeout=20)
    return response.json()


@pytest.fixture(scope="module")
def served() -> Iterator[SimulatedOrg]:
    """Serve an org for all tests of a module; each test makes the records it needs."""
    with SimulatedOrg() as simulated:
        yield simulated


@pytest.fixture
def api(served: SimulatedOrg) -> Iterator[Api]:
    """Sign in to the module's org."""
    client = Api(served)
    with client.session:
        yield client


@pytest.fixture
def fresh_api(simulated_org: SimulatedOrg) -> Iterator[Api]:
    """Sign in to an empty org of this test's own."""
    client = Api(simulated_org)
    with client.session:
        yield client
