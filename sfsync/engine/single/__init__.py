"""One record now: the same leases, merge, log and delivery as the commands, for one instance of a model.

`choice` finds the mapping and the row, `turn` takes the lease and turns what went wrong into an error, `pulling`
and `pushing` do the work.
"""

from sfsync.engine.single.pulling import pull
from sfsync.engine.single.pushing import push
from sfsync.engine.single.report import RecordReport

__all__ = ["RecordReport", "pull", "push"]
