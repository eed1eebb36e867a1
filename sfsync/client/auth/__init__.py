"""Signing in: tokens, where they are kept, and the ways to get them. One module per way."""

from .client_credentials import ClientCredentials
from .jwt_bearer import JWTBearer
from .password import Password
from .private_key import read_key_file
from .refresh_token import RefreshToken
from .sf_cli import SfCli
from .sign_in import SignIn, refusal
from .soap_login import SoapLogin
from .stores import MemoryTokenStore, RefreshTokenStore, TokenStore
from .token import TOKEN_PATH, Bearer, Secret, Token

__all__ = [
    "TOKEN_PATH",
    "Bearer",
    "ClientCredentials",
    "JWTBearer",
    "MemoryTokenStore",
    "Password",
    "RefreshToken",
    "RefreshTokenStore",
    "Secret",
    "SfCli",
    "SignIn",
    "SoapLogin",
    "Token",
    "TokenStore",
    "read_key_file",
    "refusal",
]
