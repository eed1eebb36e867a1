"""HTTP to one org of Salesforce. Knows neither Django nor mappings."""

from .auth import (
    ClientCredentials,
    JWTBearer,
    MemoryTokenStore,
    Password,
    RefreshToken,
    RefreshTokenStore,
    Secret,
    SfCli,
    SignIn,
    SoapLogin,
    Token,
    TokenStore,
)
from .client import Client
from .collections import (
    Retrieved,
    SaveError,
    SaveResult,
    create_request,
    delete_request,
    save_results,
    update_request,
)
from .composite import SubRequest, SubResponse
from .connection import Connection
from .exchange import Exchange
from .queries import Page
from .replication import Deletes, PollResult, Updates, Window
from .stream import Stream

__all__ = [
    "Client",
    "ClientCredentials",
    "Connection",
    "Deletes",
    "Exchange",
    "JWTBearer",
    "MemoryTokenStore",
    "Page",
    "Password",
    "PollResult",
    "RefreshToken",
    "RefreshTokenStore",
    "Retrieved",
    "SaveError",
    "SaveResult",
    "Secret",
    "SfCli",
    "SignIn",
    "SoapLogin",
    "Stream",
    "SubRequest",
    "SubResponse",
    "Token",
    "TokenStore",
    "Updates",
    "Window",
    "create_request",
    "delete_request",
    "save_results",
    "update_request",
]
