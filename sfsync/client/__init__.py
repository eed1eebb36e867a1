"""HTTP to one org of Salesforce. Knows neither Django nor mappings."""

from .auth import ClientCredentials, MemoryTokenStore, SignIn, Token, TokenStore
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
    "MemoryTokenStore",
    "Page",
    "PollResult",
    "Retrieved",
    "SaveError",
    "SaveResult",
    "SignIn",
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
