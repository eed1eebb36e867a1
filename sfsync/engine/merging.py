"""The one decision about a field, for both directions.

`merge` compares canonical values (`sfsync.values.canonical`) and never looks at a clock or a database:

=============================  =======================================================================
org equals what we sent        our own echo: the base becomes the org's value, then as below
local = org                    agreed, nothing is written
no base                        one side blank: the other side's value; both set: the policy decides
org = base                     the local change stands and is written to the org
local = base                   the org's change is written here
all three differ               conflict: the policy decides, the loser is kept
=============================  =======================================================================
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final

from sfsync.mappings import ConflictPolicy

Canonical = str | bool | None


class Absent(Enum):
    """The value of a base or of a sent value that does not exist; None is a value."""

    ABSENT = "absent"


ABSENT: Final = Absent.ABSENT


class Side(Enum):
    """A side of the sync, as stored in `Conflict.loser`."""

    LOCAL = "local"
    SALESFORCE = "salesforce"


@dataclass(frozen=True)
class Outcome:
    """What happens to one field: at most one side is written, a conflict names the losing side."""

    writes: Side | None
    loser: Side | None = None

    @property
    def is_conflict(self) -> bool:
        return self.loser is not None


AGREED = Outcome(None)
TAKE_ORG = Outcome(Side.LOCAL)
SEND_LOCAL = Outcome(Side.SALESFORCE)


def merge(
    *,
    base: Canonical | Absent,
    local: Canonical,
    org: Canonical,
    sent: Canonical | Absent = ABSENT,
    policy: ConflictPolicy,
) -> Outcome:
    """Decide one field. The new base is always `org`.

    `base` is the value both sides last agreed on, `sent` a value sent and not yet settled; both may be ABSENT.
    """
    if sent is not ABSENT and org == sent:
        base = org
    if local == org:
        return AGREED
    if base is ABSENT:
        return _without_base(local, org, policy)
    if org == base:
        return SEND_LOCAL
    if local == base:
        return TAKE_ORG
    return _decide(policy)


def _without_base(local: Canonical, org: Canonical, policy: ConflictPolicy) -> Outcome:
    if local is None:
        return TAKE_ORG
    if org is None:
        return SEND_LOCAL
    return _decide(policy)


def _decide(policy: ConflictPolicy) -> Outcome:
    if policy is ConflictPolicy.LOCAL:
        return Outcome(Side.SALESFORCE, loser=Side.SALESFORCE)
    return Outcome(Side.LOCAL, loser=Side.LOCAL)
