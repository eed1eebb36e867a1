"""A public client against the simulated org, over TLS with certificates that are really checked."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from requests.adapters import HTTPAdapter
from simple_salesforce import Salesforce
from simple_salesforce.exceptions import (
    SalesforceAuthenticationFailed,
    SalesforceExpiredSession,
    SalesforceMalformedRequest,
    SalesforceResourceNotFound,
)

from sfsync.testing import SimulatedOrg


def write_certificates(folder: Path) -> tuple[Path, Path, Path]:
    """Make an authority and a certificate for 127.0.0.1; return their files, and the key's as the last."""
    authority_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    authority = certificate(
        "Test authority", authority_key, "Test authority", authority_key, is_authority=True
    )
    server = certificate("127.0.0.1", key, "Test authority", authority_key, is_authority=False)
    files = folder / "authority.pem", folder / "server.pem", folder / "server.key"
    files[0].write_bytes(authority.public_bytes(serialization.Encoding.PEM))
    files[1].write_bytes(server.public_bytes(serialization.Encoding.PEM))
    files[2].write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return files


def certificate(
    name: str,
    key: ec.EllipticCurvePrivateKey,
    issuer: str,
    issuer_key: ec.EllipticCurvePrivateKey,
    *,
    is_authority: bool,
) -> x509.Certificate:
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)]))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False
        )
    )
    if is_authority:
        usage = x509.KeyUsage(
            digital_signature=True,
            content_commitment=False,
            key_encipherment=False,
            data_encipherment=False,
            key_agreement=False,
            key_cert_sign=True,
            crl_sign=True,
            encipher_only=False,
            decipher_only=False,
        )
        builder = builder.add_extension(usage, critical=True)
    else:
        names = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
        builder = builder.add_extension(names, critical=False)
    return builder.sign(issuer_key, hashes.SHA256())


class LoginHost(HTTPAdapter):
    """Carry what the client sends to its login host, whose name it does not let anyone choose, to the org."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self._url = url

    def send(self, request: requests.PreparedRequest, *args: object, **kwargs: object) -> requests.Response:
        request.url = self._url + urlsplit(str(request.url)).path
        return super().send(request, *args, **kwargs)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[SimulatedOrg, Path]]:
    authority, server, key = write_certificates(tmp_path_factory.mktemp("tls"))
    with SimulatedOrg(tls=(server, key), seed={"accounts": 20, "contacts": 30}) as simulated:
        yield simulated, authority


@pytest.fixture
def session(served: tuple[SimulatedOrg, Path]) -> Iterator[requests.Session]:
    simulated, authority = served
    with requests.Session() as session:
        session.trust_env = False  # REQUESTS_CA_BUNDLE would win over the test's authority
        session.verify = str(authority)
        for host in (
            "https://login.salesforce.com",
            "https://test.salesforce.com",
            "https://acme.my.salesforce.com",
        ):
            session.mount(host, LoginHost(simulated.url))
        yield session


@pytest.fixture
def client(served: tuple[SimulatedOrg, Path], session: requests.Session) -> Salesforce:
    """Sign in with username, password and security token, which the client does by SOAP."""
    settings = served[0].org.settings
    return Salesforce(
        username=settings.username,
        password=settings.password,
        security_token=settings.security_token,
        session=session,
    )


def test_the_certificate_is_checked(served: tuple[SimulatedOrg, Path]) -> None:
    with pytest.raises(requests.exceptions.SSLError):
        requests.get(served[0].url + "/services/data", timeout=20)


def test_a_wrong_password_is_refused(served: tuple[SimulatedOrg, Path], session: requests.Session) -> None:
    username = served[0].org.settings.username
    with pytest.raises(SalesforceAuthenticationFailed, match="INVALID_LOGIN"):
        Salesforce(username=username, password="wrong", security_token="wrong", session=session)


def test_sign_in_by_client_credentials(served: tuple[SimulatedOrg, Path], session: requests.Session) -> None:
    simulated, _ = served
    client = Salesforce(
        consumer_key=simulated.consumer_key,
        consumer_secret=simulated.consumer_secret,
        domain="acme.my",
        session=session,
    )
    assert client.query("SELECT Id FROM Account LIMIT 1")["totalSize"] == 1


def test_sign_in_by_assertion(served: tuple[SimulatedOrg, Path], session: requests.Session) -> None:
    simulated, _ = served
    username = simulated.org.settings.username
    options = {"username": username, "consumer_key": simulated.consumer_key, "session": session}
    client = Salesforce(privatekey=simulated.private_key, **options)
    assert client.query("SELECT Id FROM Account LIMIT 1")["totalSize"] == 1
    simulated.expire_sessions(username)
    assert client.query("SELECT Id FROM Account LIMIT 1")["totalSize"] == 1
    with pytest.raises(SalesforceAuthenticationFailed, match="Audience validation failed"):
        Salesforce(privatekey=simulated.private_key, domain="test", **options)


def test_sign_in_by_username_and_consumer(
    served: tuple[SimulatedOrg, Path], session: requests.Session
) -> None:
    simulated, _ = served
    settings = simulated.org.settings
    client = Salesforce(
        username=settings.username,
        password=settings.password + settings.security_token,
        consumer_key=simulated.consumer_key,
        consumer_secret=simulated.consumer_secret,
        session=session,
    )
    assert client.query("SELECT Id FROM Account LIMIT 1")["totalSize"] == 1


def test_rows(client: Salesforce) -> None:
    created = client.Contact.create({"LastName": "Smith", "Email": "Example@Example.com"})
    assert created["success"] is True
    record_id = created["id"]
    assert client.Contact.get(record_id)["Email"] == "example@example.com"
    assert client.Contact.update(record_id, {"LastName": "Jones", "FirstName": "John"}) == 204
    assert client.Contact.get(record_id)["Name"] == "John Jones"
    assert client.Contact.delete(record_id) == 204
    with pytest.raises(SalesforceResourceNotFound):
        client.Contact.get(record_id)
    with pytest.raises(SalesforceMalformedRequest, match="REQUIRED_FIELD_MISSING"):
        client.Contact.create({"FirstName": "John"})


def test_upsert_and_get_by_custom_id(client: Salesforce) -> None:
    key = str(uuid.uuid4())
    assert client.Account.upsert(f"Django_Id__c/{key}", {"Name": "Edge"}) == 201
    assert client.Account.upsert(f"Django_Id__c/{key}", {"Name": "Edge 2"}) == 200
    assert client.Account.get_by_custom_id("Django_Id__c", key)["Name"] == "Edge 2"


def test_query_all_follows_the_pages(client: Salesforce) -> None:
    key = uuid.uuid4().hex
    for _ in range(2):
        records = [{"attributes": {"type": "Account"}, "Name": key}] * 200
        client.restful("composite/sobjects", method="POST", json={"records": records})
    headers = {"Sforce-Query-Options": "batchSize=200"}
    found = client.query_all(f"SELECT Id, Owner.Name FROM Account WHERE Name = '{key}'", headers=headers)
    assert (found["totalSize"], found["done"], len(found["records"])) == (400, True, 400)
    assert len({record["Id"] for record in found["records"]}) == 400
    listed = client.query_all_iter(f"SELECT Id FROM Account WHERE Name = '{key}'")
    assert len(list(listed)) == 400
    with pytest.raises(SalesforceMalformedRequest, match="INVALID_FIELD"):
        client.query("SELECT Foo FROM Account")


def test_describe(client: Salesforce) -> None:
    described = client.describe()
    assert described is not None
    assert "Contact" in [item["name"] for item in described["sobjects"]]
    fields = {field["name"]: field for field in client.Contact.describe()["fields"]}
    assert fields["Email"]["type"] == "email"
    assert client.Contact.metadata()["objectDescribe"]["keyPrefix"] == "003"
    assert client.limits()["DailyApiRequests"]["Max"] == 15_000


def test_updated_and_deleted(served: tuple[SimulatedOrg, Path], client: Salesforce) -> None:
    kept = client.Account.create({"Name": "kept"})["id"]
    gone = client.Account.create({"Name": "gone"})["id"]
    client.Account.delete(gone)
    now = served[0].org.clock.now()
    start, end = now - timedelta(minutes=10), now + timedelta(minutes=1)
    assert kept in client.Account.updated(start, end)["ids"]
    assert gone in [record["id"] for record in client.Account.deleted(start, end)["deletedRecords"]]


def test_collections(client: Salesforce) -> None:
    records = [{"attributes": {"type": "Account"}, "Name": name} for name in ("A", "", "B")]
    results = client.restful("composite/sobjects", method="POST", json={"records": records})
    assert [result["success"] for result in results] == [True, False, True]
    ids = [result["id"] for result in results if result["success"]]
    body = {"ids": ids, "fields": ["Name"]}
    found = client.restful("composite/sobjects/Account", method="POST", json=body)
    assert [record["Name"] for record in found] == ["A", "B"]
    deleted = client.restful("composite/sobjects", method="DELETE", params={"ids": ",".join(ids)})
    assert [result["id"] for result in deleted] == ids


def test_an_ended_session_is_renewed(served: tuple[SimulatedOrg, Path], client: Salesforce) -> None:
    ended = client.session_id
    served[0].site.sessions.end(ended)
    assert client.query("SELECT Id FROM Account LIMIT 1")["totalSize"] == 1
    assert client.session_id != ended


def test_an_ended_session_without_a_password(
    served: tuple[SimulatedOrg, Path], client: Salesforce, session: requests.Session
) -> None:
    by_token = Salesforce(session_id=client.session_id, instance_url=served[0].url, session=session)
    assert by_token.query("SELECT Id FROM Account LIMIT 1")["totalSize"] == 1
    served[0].site.sessions.end(client.session_id)
    with pytest.raises(SalesforceExpiredSession):
        by_token.query("SELECT Id FROM Account LIMIT 1")
