"""The way to sign in that SF_AUTH names, and the store of its tokens that SF_TOKEN_STORE names."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from django.utils.module_loading import import_string

from sfsync.client import (
    ClientCredentials,
    JWTBearer,
    MemoryTokenStore,
    Password,
    RefreshToken,
    Secret,
    SfCli,
    SignIn,
    SoapLogin,
    TokenStore,
)
from sfsync.client.auth import read_key_file
from sfsync.conf import OrgSettings
from sfsync.exceptions import ConfigurationError
from sfsync.mappings.suggestions import nearest

LOGIN = "https://login.salesforce.com"
# A dotted path, because the tables of the database are above this layer.
DATABASE = "sfsync.database.tokens.DatabaseTokenStore"


def client_credentials(settings: OrgSettings, store: TokenStore) -> SignIn:
    settings.require("auth_domain", "consumer_key", "consumer_secret")
    return ClientCredentials(settings.consumer_key, settings.consumer_secret)


def jwt(settings: OrgSettings, store: TokenStore) -> SignIn:
    settings.require("auth_domain", "consumer_key", "user")
    return JWTBearer(settings.consumer_key, settings.user, private_key(settings), settings.jwt_audience)


def refresh_token(settings: OrgSettings, store: TokenStore) -> SignIn:
    settings.require("auth_domain", "consumer_key", "refresh_token")
    newest = getattr(store, "refresh_token", None)
    if newest is None:
        raise ConfigurationError(
            f"{settings.setting('token_store')} keeps no refresh token: it has no method refresh_token().",
            hint=f"Type {settings.setting('token_store')} = {DATABASE!r}, or give the class that method.",
            check="sfsync.E022",
        )
    return RefreshToken(settings.consumer_key, settings.consumer_secret, newest)


def password(settings: OrgSettings, store: TokenStore) -> SignIn:
    settings.require("auth_domain", "consumer_key", "consumer_secret", "user", "password")
    return Password(
        settings.consumer_key,
        settings.consumer_secret,
        settings.user,
        settings.password,
        settings.security_token,
    )


def soap(settings: OrgSettings, store: TokenStore) -> SignIn:
    settings.require("auth_domain", "user", "password")
    return SoapLogin(settings.user, settings.password, settings.security_token)


def sf_cli(settings: OrgSettings, store: TokenStore) -> SignIn:
    if settings.cli_org.startswith("-"):
        raise ConfigurationError(
            f"{settings.setting('cli_org')} cannot begin with a dash.",
            hint="Type the alias or the user name that sf org list shows.",
            check="sfsync.E022",
        )
    return SfCli(settings.cli_org)


WAYS: dict[str, Callable[[OrgSettings, TokenStore], SignIn]] = {
    "client_credentials": client_credentials,
    "jwt": jwt,
    "refresh_token": refresh_token,
    "password": password,
    "soap": soap,
    "sf_cli": sf_cli,
}


def sign_in(settings: OrgSettings, store: TokenStore) -> SignIn:
    """Return the way to sign in. Raises ConfigurationError naming what is missing or wrong."""
    way = WAYS.get(settings.auth)
    if way is not None:
        return way(settings, store)
    made: SignIn = imported(settings, "auth")(settings)
    return made


def token_store(settings: OrgSettings) -> TokenStore:
    """Return where the tokens of an org are kept: in this process, or where SF_TOKEN_STORE says.

    A refresh token that each use replaces has to be kept where every process finds it: in the database.
    """
    if settings.token_store:
        chosen: TokenStore = imported(settings, "token_store")(settings)
        return chosen
    if settings.auth == "refresh_token":
        default: TokenStore = import_string(DATABASE)(settings)
        return default
    return MemoryTokenStore(settings.refresh_token)


def auth_domain(settings: OrgSettings) -> str:
    """Return the address to sign in at; the Salesforce CLI knows its own, and sends nothing there."""
    return settings.auth_domain or (LOGIN if settings.auth == "sf_cli" else "")


def imported(settings: OrgSettings, name: str) -> Callable[[OrgSettings], Any]:
    """Import what the setting `name` is the dotted path of. Raises ConfigurationError if that is nothing."""
    path, setting = getattr(settings, name), settings.setting(name)
    if name == "auth" and "." not in path:
        raise ConfigurationError(
            f"{setting} = {path!r} is no way to sign in.", hint=nearest(path, WAYS), check="sfsync.E022"
        )
    try:
        found: Any = import_string(path)
    except ImportError as error:
        reason = str(error)
    else:
        reason = "" if callable(found) else "it cannot be called"
    if reason:
        raise ConfigurationError(
            f"{setting} = {path!r} cannot be used: {reason}.",
            hint=f"Type {setting} = the dotted path of a function or class that takes the OrgSettings.",
            check="sfsync.E022",
        )
    factory: Callable[[OrgSettings], Any] = found
    return factory


def private_key(settings: OrgSettings) -> Callable[[], Secret]:
    """Return what reads the private key. Raises ConfigurationError unless exactly one setting says where."""
    file, text = settings.setting("private_key_file"), settings.setting("private_key")
    if bool(settings.private_key_file) == bool(settings.private_key):
        is_missing = not settings.private_key
        raise ConfigurationError(
            f"Not set: {file} or {text}." if is_missing else f"{file} and {text} are both set.",
            hint=f"Type {file} = the path of a PEM file that only its owner can read; "
            f"or {text} = the text of such a file, from the environment.",
            check="sfsync.E022",
        )
    if settings.private_key_file:
        return partial(read_key_file, settings.private_key_file)
    # A variable of the environment often cannot hold line breaks.
    key = Secret(settings.private_key.replace("\\n", "\n"))
    return lambda: key
