"""What must survive a restart. One module per noun."""

from sfsync.models.conflict import Conflict, ConflictStatus, Loser
from sfsync.models.delivery import Delivery, DeliveryOperation, DeliveryState
from sfsync.models.direction import LeaseDirection, RunDirection
from sfsync.models.excluded import Excluded
from sfsync.models.lease import Lease
from sfsync.models.load import BulkJob, LoadedId
from sfsync.models.local_change import LocalChange, Operation
from sfsync.models.mapping_state import MappingState
from sfsync.models.problem import Problem
from sfsync.models.run import JournalEntry, Run, RunStatus
from sfsync.models.stored_token import StoredToken
from sfsync.models.target import Target, Targeted
from sfsync.models.usage import ApiUsage
from sfsync.models.waiting_reference import WaitingReference

__all__ = [
    "ApiUsage",
    "BulkJob",
    "Conflict",
    "ConflictStatus",
    "Delivery",
    "DeliveryOperation",
    "DeliveryState",
    "Excluded",
    "JournalEntry",
    "Lease",
    "LeaseDirection",
    "LoadedId",
    "LocalChange",
    "Loser",
    "MappingState",
    "Operation",
    "Problem",
    "Run",
    "RunDirection",
    "RunStatus",
    "StoredToken",
    "Target",
    "Targeted",
    "WaitingReference",
]
