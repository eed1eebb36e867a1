"""The paths under `/__org__/`, with the handler of each method."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from . import inspection, objects, staging, users
from .answer import Answer
from .call import Call


def index(call: Call) -> Answer:
    """Return the resources there are, by name."""
    return Answer(200, {path.removeprefix("/__org__/"): path for path in PATHS if path.count("/") == 2})


PATHS: Mapping[str, Mapping[str, Callable[..., Answer]]] = {
    "/__org__": {"GET": index},
    "/__org__/access/<user>": {"PUT": staging.set_access, "POST": staging.set_access},
    "/__org__/automation": {
        "GET": staging.automation,
        "POST": staging.add_automation,
        "DELETE": staging.clear_automation,
    },
    "/__org__/automation/<number>": {"DELETE": staging.remove_automation},
    "/__org__/certificate": {"POST": users.set_certificate},
    "/__org__/clock": {"GET": staging.clock, "POST": staging.set_clock},
    "/__org__/delete-log": {"GET": objects.delete_log, "POST": objects.purge_delete_log},
    "/__org__/faults": {
        "GET": staging.faults,
        "POST": staging.add_faults,
        "DELETE": staging.clear_faults,
    },
    "/__org__/faults/<number>": {"DELETE": staging.remove_fault},
    "/__org__/limits": {"GET": staging.limits, "POST": staging.set_limits},
    "/__org__/objects": {"GET": objects.objects, "POST": objects.add_objects},
    "/__org__/records": {"GET": inspection.record_counts},
    "/__org__/records/<sobject>": {"GET": inspection.records},
    "/__org__/records/<sobject>/<record_id>": {"GET": inspection.record},
    "/__org__/recycle-bin": {"DELETE": objects.empty_recycle_bin},
    "/__org__/refresh-tokens": {"POST": users.add_refresh_token},
    "/__org__/requests": {"GET": inspection.requests, "DELETE": inspection.forget_requests},
    "/__org__/reset": {"POST": inspection.reset},
    "/__org__/sessions": {"DELETE": inspection.end_sessions},
    "/__org__/shares": {"POST": users.share},
    "/__org__/snapshots": {"GET": inspection.snapshots, "POST": inspection.take_snapshot},
    "/__org__/snapshots/<number>": {"POST": inspection.restore, "DELETE": inspection.drop_snapshot},
    "/__org__/transactions": {"GET": staging.transactions, "POST": staging.open_transaction},
    "/__org__/transactions/<number>": {"POST": staging.write, "DELETE": staging.roll_back},
    "/__org__/transactions/<number>/commit": {"POST": staging.commit},
    "/__org__/users": {"GET": users.users, "POST": users.add_user},
}
