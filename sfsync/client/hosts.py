"""Which addresses a token may travel to."""

from __future__ import annotations

import ipaddress
from collections.abc import Collection
from urllib.parse import SplitResult, urlsplit

from ..exceptions import ConfigurationError, MalformedResponse

# Domains that belong to Salesforce (Help, "Allow the Required Domains"), the last two for Government Cloud
# and for Salesforce on Alibaba Cloud.
SALESFORCE = (".salesforce.com", ".force.com", ".cloudforce.com", ".salesforce.mil", ".sfcrmproducts.cn")


def auth_domain(url: str, trusted: Collection[str] = ()) -> str:
    """Return the address to sign in at, without a path. Raise ConfigurationError if it is not safe."""
    parts = _split(url)
    if parts is None or parts.path not in ("", "/") or parts.query or parts.fragment:
        raise ConfigurationError(
            "The sign-in address (SF_AUTH_DOMAIN) is not the plain address of a host: "
            'type the org\'s My Domain, such as "https://acme.my.salesforce.com".'
        )
    if parts.scheme == "http" and not is_loopback(parts.hostname):
        raise ConfigurationError(
            "The sign-in address (SF_AUTH_DOMAIN) must begin with https://; http:// is for this machine only."
        )
    if not (is_loopback(parts.hostname) or _is_known(parts, trusted)):
        raise ConfigurationError(
            f"{parts.hostname} is not an address of Salesforce. "
            "Correct SF_AUTH_DOMAIN, or add the host to SF_TRUSTED_HOSTS."
        )
    return f"{parts.scheme}://{parts.netloc}"


def instance_url(url: object, *, signed_in_at: str, trusted: Collection[str] = ()) -> str:
    """Return the address for API calls that a token answer names. Raise MalformedResponse if it is not safe.

    A token may travel over HTTPS to a host of Salesforce or a trusted one. An address on this machine is
    accepted only from a sign-in on this machine, so that no answer leads into the network behind it.
    """
    parts = _split(url) if isinstance(url, str) else None
    if parts is not None and parts.path in ("", "/") and not parts.query and not parts.fragment:
        origin = f"{parts.scheme}://{parts.netloc}"
        if origin == signed_in_at:
            return origin
        if is_loopback(parts.hostname):
            if is_loopback(urlsplit(signed_in_at).hostname):
                return origin
        elif parts.scheme == "https" and _is_known(parts, trusted):
            return origin
    raise MalformedResponse(
        "The sign-in named an address for API calls that sfsync does not trust; nothing was sent there. "
        "If it is yours, add its host to SF_TRUSTED_HOSTS.",
        resource="services/oauth2/token",
    )


def is_loopback(host: str | None) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host or "").is_loopback
    except ValueError:
        return False


def _split(url: str) -> SplitResult | None:
    """Split an http(s) address without user or password; None for anything else."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc:
        return None
    return None if "\\" in url else parts


def _is_known(parts: SplitResult, trusted: Collection[str]) -> bool:
    host = parts.hostname or ""
    if host in trusted or parts.netloc in trusted:
        return True
    return host.endswith(SALESFORCE) and parts.port in (None, 443)
