"""What tests in other processes arrange, under `/__org__/`: faults, time, open transactions, limits, access.

Everything is JSON, as in `inspection`.
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

from ..access import Level, access_of
from ..automation import KINDS, Rule
from ..errors import OrgError
from ..faults import FaultError
from ..storage import format_moment
from ..transactions import TransactionError
from .answer import Answer, no_content
from .call import Call, parser_error
from .inspection import number_of, refusal


def faults(call: Call) -> Answer:
    return Answer(200, {"faults": call.site.faults.body()})


def add_faults(call: Call) -> Answer:
    """Add one fault, or an array of them: `{"action": "status", "status": 503, "times": 3}`."""
    document = call.json()
    added = []
    for item in document if isinstance(document, list) else [document]:
        if not isinstance(item, dict) or not isinstance(item.get("action"), str):
            raise parser_error("A fault is an object with an action")
        options = {name: _plain(value) for name, value in item.items() if name != "action"}
        try:
            added.append(call.site.faults.add(item["action"], **options).body())
        except FaultError as error:
            raise refusal(error) from None
    return Answer(201, {"faults": added})


def clear_faults(call: Call) -> Answer:
    call.site.faults.clear()
    return no_content()


def remove_fault(call: Call, number: str) -> Answer:
    try:
        call.site.faults.remove(number_of(number))
    except FaultError as error:
        raise refusal(error) from None
    return no_content()


def clock(call: Call) -> Answer:
    moment = call.org.clock
    return Answer(200, {"now": format_moment(moment.now()), "standing": moment.is_standing})


def set_clock(call: Call) -> Answer:
    """Change the org's time.

    `set` is a time to go on from, `advance` a number of seconds, `stand` true lets the clock stand still (or a
    time to stand at), `skew` lets it run so many seconds ahead of the system's.
    """
    document, moment = call.json_object(), call.org.clock
    try:
        if "set" in document:
            moment.set(_moment(document["set"]))
        if "skew" in document:
            moment.run(float(document["skew"]))
        if "advance" in document:
            moment.advance(float(document["advance"]))
        if document.get("stand"):
            moment.stand(None if document["stand"] is True else _moment(document["stand"]))
    except (OverflowError, TypeError, ValueError) as error:
        raise refusal(error) from None
    return clock(call)


def transactions(call: Call) -> Answer:
    return Answer(200, {"transactions": [one.body() for one in call.org.transactions]})


def open_transaction(call: Call) -> Answer:
    """Open a transaction, with the first `writes` if there are any."""
    document = call.json_object() if call.content.strip() else {}
    opened = call.org.transactions.open()
    try:
        _write(call, opened.number, document)
    except OrgError:
        call.org.transactions.roll_back(opened)
        raise
    return Answer(201, opened.body())


def write(call: Call, number: str) -> Answer:
    """Write into an open transaction: `{"writes": [...]}`."""
    return Answer(200, {"written": _write(call, number_of(number), call.json_object())})


def commit(call: Call, number: str) -> Answer:
    try:
        return Answer(200, {"written": call.org.transactions.commit(number_of(number))})
    except TransactionError as error:
        raise refusal(error) from None


def roll_back(call: Call, number: str) -> Answer:
    try:
        call.org.transactions.roll_back(number_of(number))
    except TransactionError as error:
        raise refusal(error) from None
    return no_content()


def limits(call: Call) -> Answer:
    usage = call.site.usage
    return Answer(200, {"used": usage.used, "limit": usage.limit})


def set_limits(call: Call) -> Answer:
    """Set how many API calls the last 24 hours saw (`used`), and how many there may be (`limit`)."""
    document = call.json_object()
    if not all(isinstance(document.get(name, 0), int) for name in ("used", "limit")):
        raise parser_error("used and limit are whole numbers")
    if "limit" in document:
        call.site.usage.limit = document["limit"]
    if "used" in document:
        call.site.usage.set(document["used"])
    return limits(call)


def set_access(call: Call, user: str) -> Answer:
    """Set what a user may do, as `Access` has it; `share` names the records shared, with their level."""
    document = dict(call.json_object())
    share: dict[str, Level] = document.pop("share", {})
    if not isinstance(share, dict):
        raise parser_error("share is an object of levels by record id")
    table = call.org.permissions.table
    try:
        table.set(user, access_of(document))
        for record_id, level in share.items():
            table.share(user, [record_id], level)
    except (TypeError, ValueError) as error:
        raise refusal(error) from None
    return no_content()


def automation(call: Call) -> Answer:
    rules = [_rule(number, rule) for number, rule in call.org.automation.items()]
    return Answer(200, {"automation": rules})


def add_automation(call: Call) -> Answer:
    """Add a rule, or an array of them: `kind` is validation, duplicate or trigger, the rest its options."""
    document = call.json()
    numbers = []
    for item in document if isinstance(document, list) else [document]:
        if not isinstance(item, dict) or not isinstance(item.get("kind"), str):
            raise parser_error("An automation is an object with a kind")
        try:
            numbers.append(call.org.automation.add(**item))
        except (TypeError, ValueError) as error:
            raise refusal(error) from None
    return Answer(201, {"ids": numbers})


def clear_automation(call: Call) -> Answer:
    call.org.automation.clear()
    return no_content()


def remove_automation(call: Call, number: str) -> Answer:
    try:
        call.org.automation.remove(number_of(number))
    except ValueError as error:
        raise refusal(error) from None
    return no_content()


def _rule(number: int, rule: Rule) -> dict[str, Any]:
    kind = next(name for name, made in KINDS.items() if isinstance(rule, made))
    body = {"id": number, "kind": kind, **asdict(rule)}
    return {name: None if callable(value) else value for name, value in body.items()}


def _write(call: Call, number: int, document: dict[str, Any]) -> list[str]:
    writes = document.get("writes", [])
    if not isinstance(writes, list) or not all(isinstance(item, dict) for item in writes):
        raise parser_error("writes is an array of objects")
    try:
        return call.org.transactions.write(number, writes)
    except TransactionError as error:
        raise refusal(error) from None


def _moment(text: Any) -> datetime:
    moment = datetime.fromisoformat(str(text))
    if moment.tzinfo is None:
        raise ValueError("a time needs its offset from UTC, such as Z")
    return moment


def _plain(value: Any) -> Any:
    """Return a fraction as a float: requests are read with exact decimals."""
    return float(value) if type(value).__name__ == "Decimal" else value
