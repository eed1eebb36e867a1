"""The demo's simulated org, in a process of its own."""

import socket

import pytest

from example.demo import simulated_org
from example.demo.salesforce import Salesforce

PRINTED = """\
Consumer key: the key
Consumer secret: the secret
Username: admin@example.org
Password: a pass:word
Security token: the token
Simulated org ready at http://127.0.0.1:4711
more that nobody reads
"""


def test_what_the_org_prints_becomes_the_environment():
    credentials = simulated_org.read_credentials(PRINTED.splitlines(keepends=True))
    assert credentials.environment() == {
        "SF_AUTH": "client_credentials",
        "SF_AUTH_DOMAIN": "http://127.0.0.1:4711",
        "SF_CONSUMER_KEY": "the key",
        "SF_CONSUMER_SECRET": "the secret",
        "SF_USER": "admin@example.org",
        "SF_PASSWORD": "a pass:word",
        "SF_SECURITY_TOKEN": "the token",
    }


def test_an_org_that_ends_before_it_is_ready_did_not_start():
    with pytest.raises(simulated_org.DidNotStart):
        simulated_org.read_credentials(PRINTED.splitlines(keepends=True)[:-2])


def test_the_org_runs_for_the_length_of_the_block():
    with simulated_org.running("accounts=4,contacts=4,opportunities=4") as credentials:
        address = credentials.url.removeprefix("http://").split(":")
        records = Salesforce(credentials, write=lambda line: None).query("SELECT Id FROM Account")
        assert len(records) == 4
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((address[0], int(address[1])), timeout=5)


def test_a_seed_it_does_not_know_is_no_start(capfd):
    with pytest.raises(simulated_org.DidNotStart), simulated_org.running("unicorns=4"):
        pass
    assert "unicorns" in capfd.readouterr().err
