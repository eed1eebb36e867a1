"""Signals, sent after the commit of the transaction that changed the rows; at most once.

`records_pulled` has the arguments `sender` (the model), `mapping`, `created` and `updated` (lists of primary
keys). `records_deleted` has `sender`, `mapping` and `deleted` (a list of Salesforce ids).
"""

from django.dispatch import Signal

records_pulled = Signal()
records_deleted = Signal()
