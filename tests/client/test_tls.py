"""Certificates are always verified. Covers F89."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from sfsync.exceptions import Unavailable, Untrusted
from sfsync.testing import SimulatedOrg


def certificate(folder: Path, name: x509.GeneralName) -> tuple[Path, Path]:
    """Write a self-signed certificate for one name, and its key, as PEM files."""
    key = ec.generate_private_key(ec.SECP256R1())
    issuer = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "tests")])
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(issuer)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([name]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    files = folder / "certificate.pem", folder / "key.pem"
    files[0].write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    pem, plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    files[1].write_bytes(key.private_bytes(serialization.Encoding.PEM, pem, plain))
    return files


@pytest.fixture
def files(tmp_path):
    return certificate(tmp_path, x509.IPAddress(ip_address("127.0.0.1")))


def test_a_certificate_of_a_trusted_authority(connect, files, monkeypatch):
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(files[0]))
    with SimulatedOrg(tls=files) as simulated_org:
        client = connect(simulated_org)
        assert client.describe("Account")["name"] == "Account"
        assert client.instance_url.startswith("https://")


@pytest.mark.parametrize("variable", ["", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "PYTHONHTTPSVERIFY"])
@pytest.mark.parametrize("value", ["", "0"])
def test_a_self_signed_certificate_is_refused(connect, files, monkeypatch, variable, value):
    """No variable of the environment turns that off, as an empty one does for some programs. Covers F89."""
    monkeypatch.delenv("REQUESTS_CA_BUNDLE", raising=False)
    monkeypatch.delenv("CURL_CA_BUNDLE", raising=False)
    if variable:
        monkeypatch.setenv(variable, value)
    with SimulatedOrg(tls=files) as simulated_org:
        with pytest.raises(Untrusted, match="certificate") as caught:
            connect(simulated_org).describe("Account")
        assert caught.value.__context__ is None
        assert simulated_org.requests == []


def test_a_certificate_of_another_host_is_refused(connect, tmp_path, monkeypatch):
    """Covers F89."""
    files = certificate(tmp_path, x509.DNSName("acme.my.salesforce.com"))
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(files[0]))
    with SimulatedOrg(tls=files) as simulated_org:
        with pytest.raises(Unavailable, match="certificate"):
            connect(simulated_org).describe("Account")
        assert simulated_org.requests == []
