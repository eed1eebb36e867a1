"""The triggers that log local changes: what they must do, their SQL, and their life with migrations.

For every pushing mapping the model's tables carry triggers that insert one `LocalChange` per write, in the
writer's own transaction. `migrate` keeps them: see `sfsync.database.triggers.plan`.
"""

from sfsync.database.triggers.spec import Column, TriggerSpec, quiet_key, specs_of
from sfsync.database.triggers.upkeep import TriggerProblem, definitions, drop, install, problems, specs

__all__ = [
    "Column",
    "TriggerProblem",
    "TriggerSpec",
    "definitions",
    "drop",
    "install",
    "problems",
    "quiet_key",
    "specs",
    "specs_of",
]
