from __future__ import annotations

import socket
import threading
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests

from sfsync.testing import SimulatedOrg
from sfsync.testing.access import Access
from sfsync.testing.errors import OrgError
from tests.testing.http.conftest import Api


def test_records_survive_in_a_file(tmp_path: Path) -> None:
    data = tmp_path / "org.sqlite3"
    with SimulatedOrg(data, seed={"accounts": 3, "contacts": 2, "opportunities": 1}) as simulated:
        api = Api(simulated)
        with api.session:
            record_id = api.create("Account", Name="kept")
    with SimulatedOrg(data, seed={"accounts": 3}) as simulated:
        api = Api(simulated)
        with api.session:
            assert api.get(f"/sobjects/Account/{record_id}").json()["Name"] == "kept"
            assert api.query("SELECT COUNT() FROM Account")["totalSize"] == 4
            assert api.query("SELECT COUNT() FROM Contact")["totalSize"] == 2


def test_a_port_in_use_is_an_error() -> None:
    with SimulatedOrg() as simulated:
        port = urlsplit(simulated.url).port
        with pytest.raises(OSError, match="in use"):
            SimulatedOrg(port=port or 0).start()


def test_stopping_closes_the_port() -> None:
    simulated = SimulatedOrg().start()
    address = urlsplit(simulated.url)
    simulated.stop()
    simulated.stop()
    with pytest.raises(ConnectionError):
        socket.create_connection((address.hostname, address.port), timeout=5)


def test_settings_are_keywords() -> None:
    with SimulatedOrg(consumer_key="mine") as simulated:
        assert simulated.consumer_key == "mine"
        credentials = {"grant_type": "client_credentials", "client_id": "mine"}
        form = credentials | {"client_secret": simulated.consumer_secret}
        answer = requests.post(simulated.url + "/services/oauth2/token", data=form, timeout=20)
        assert answer.status_code == 200


def test_many_threads_lose_nothing() -> None:
    with SimulatedOrg() as simulated:
        created: list[str] = []

        def work() -> None:
            api = Api(simulated)
            with api.session:
                for number in range(10):
                    created.append(api.create("Account", Name=f"A{number}"))
                    api.query("SELECT Id, Owner.Name FROM Account")

        threads = [threading.Thread(target=work) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        api = Api(simulated)
        with api.session:
            records = api.query("SELECT Id FROM Account")["records"]
        assert sorted(record["Id"] for record in records) == sorted(created)
        assert len(set(created)) == 80
        assert simulated.api_calls == 161


def test_access_and_shares_of_a_user() -> None:
    with SimulatedOrg() as simulated:
        org, admin = simulated.org, simulated.org.settings.user_id
        rose = simulated.add_user("rose@example.com", access=Access(view_all=False), FirstName="Rose")
        account = org.create("Account", {"Name": "A"}, admin)
        assert org.retrieve("Account", [account], ["Id"], rose) == [None]
        simulated.share("ROSE@example.com", account)
        assert org.read("Account", account, ["Name"], rose)["Name"] == "A"
        simulated.set_access("rose@example.com", objects={"Account": ""})
        with pytest.raises(OrgError):
            org.read("Account", account, ["Name"], rose)
        with pytest.raises(LookupError):
            simulated.set_access("nobody@example.com")
