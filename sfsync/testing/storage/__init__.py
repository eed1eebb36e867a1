"""The SQLite store of the org: tables after the schema, transactions, history."""

from .database import Storage
from .values import ExactNumber, decode, dumps, encode, format_moment, parse_moment

__all__ = ["ExactNumber", "Storage", "decode", "dumps", "encode", "format_moment", "parse_moment"]
