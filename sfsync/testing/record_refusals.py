"""Refusals of records and operations for documented reasons, in words that no source gives.

They stand in the section "records" of `wording.TEXTS`; `OrgSettings.texts` puts other sentences in their place.
"""

from __future__ import annotations

from .wording import Unsourced

_DONE = {"create": "inserted", "update": "updated", "delete": "deleted"}


def unsupported_operation(sobject: str, operation: str) -> Unsourced:
    """Refuse an operation that the describe of the object rules out."""
    return Unsourced("operation_not_supported", fields=[], sobject=sobject, operation=operation)


def operation_not_permitted(sobject: str, operation: str) -> Unsourced:
    """Refuse an operation, a key of `_DONE`, that the user has no permission for on the object."""
    return Unsourced("operation_not_permitted", fields=[], sobject=sobject, done=_DONE[operation])


def key_in_body(name: str) -> Unsourced:
    """Refuse the external id of an upsert among the values, as an Id is (whether, is not sourced either)."""
    return Unsourced("key_in_body", fields=[name], field=name)


def foreign_key_ambiguous(value: str, field: str, sobject: str) -> Unsourced:
    """Refuse a parent named by an external id that several records carry."""
    return Unsourced("ambiguous_key", fields=[], value=value, field=field, sobject=sobject)


def circular_reference(label: str) -> Unsourced:
    """Refuse a record as its own ancestor (SOAP guide, StatusCode CIRCULAR_DEPENDENCY)."""
    return Unsourced("own_ancestor", fields=[], field=label)


def not_in_recycle_bin() -> Unsourced:
    """Refuse to bring back, or to purge, what is not deleted (SOAP guide, "undelete()")."""
    return Unsourced("not_in_recycle_bin", fields=[])


def merge_refused() -> Unsourced:
    """Refuse a merge of too many records, or of one with itself (SOAP guide, "merge()")."""
    return Unsourced("merge_of_others", fields=[])


def precondition_failed() -> Unsourced:
    """Refuse a conditional write (REST guide, "Status Codes": 412)."""
    return Unsourced("precondition_failed", status=412)


def too_many_ids(limit: int) -> Unsourced:
    """Refuse a replication window with too many ids (REST guide, "sObject Get Updated")."""
    return Unsourced("too_many_ids", most=limit)
