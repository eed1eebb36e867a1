"""HTTP to one org of Salesforce. Knows neither Django nor mappings."""

from .auth import ClientCredentials, MemoryTokenStore, Token, TokenStore
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
from .queries import Page
from .replication import Deletes, PollResult, Updates, Window

__all__ = [
    "Client",
    "ClientCredentials",
    "Connection",
    "Deletes",
    "MemoryTokenStore",
    "Page",
    "PollResult",
    "Retrieved",
    "SaveError",
    "SaveResult",
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
