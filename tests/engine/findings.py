"""What is wrong at the end of a history: the invariants, checked against the oracle."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sfsync.engine.parents import UNLINKED
from sfsync.models import Conflict, Delivery, Excluded, LocalChange, Problem
from tests.engine.histories import History
from tests.engine.oracle import KINDS, LOCAL, ORG, Story, blank_root, lost, misjudged, past, plain


class End:
    """Both sides of every story as they are in the end."""

    def __init__(self, history: History) -> None:
        self.history, self.world = history, history.world
        self.here = {self.world.of_row(kind, row): row for kind in KINDS for row in self.world.rows(kind)}
        self.there = {
            self.world.of_record(kind, each): each for kind in KINDS for each in self.world.alive(kind)
        }
        excluded = set(Excluded.objects.values_list("sf_id", flat=True))
        self.excluded = {each for each in self.world.stories if each.sf_ids & excluded}
        self.losers: dict[tuple[Story, str], list[Any]] = {}
        for each in Conflict.objects.all():
            story = self.world.by_sf_id[each.sf_id]
            value = each.local if each.loser == LOCAL else each.salesforce
            if KINDS[story.kind][each.field].type == "reference":
                value = self._parent(value)
            else:
                value = plain(value, KINDS[story.kind][each.field].type)
            self.losers.setdefault((story, each.field), []).append(value)

    def _parent(self, value: Any) -> Any:
        if isinstance(value, str) and value.startswith(UNLINKED):
            value = int(value.removeprefix(UNLINKED))
            return next(
                (repr(each) for each, row in self.here.items() if (each.kind, row.pk) == ("Account", value)),
                value,
            )
        return repr(self.world.by_sf_id[value]) if value in self.world.by_sf_id else value

    def dead(self, name: Any) -> bool:
        """Tell whether a value names an account that somebody deleted."""
        return any(
            repr(each) == name and (each.deaths or each in self.excluded) for each in self.world.stories
        )

    def options(self, story: Story) -> dict[str, Any]:
        return self.history.options[story.kind]


def findings(history: History) -> list[str]:
    end = End(history)
    found = [text for story in history.world.stories for text in _of_story(end, story)]
    return [*found, *_left_over(), *_unquiet(history)]


def _of_story(end: End, story: Story) -> Iterator[str]:
    here, there = end.here.get(story), end.there.get(story)
    if story in end.excluded:
        yield from _of_excluded(end, story, here, there)
        return
    if here is not None and there is not None:
        yield from _of_pair(end, story, here, there)
    elif here is not None or there is not None:
        where, deleted = "here" if here is not None else "there", [side for side, _ in story.deaths]
        yield f"{story} is only {where}, deleted by {deleted}"
    else:
        yield from _of_gone(end, story)


def _of_excluded(end: End, story: Story, here: Any, there: str | None) -> Iterator[str]:
    """What was deleted on one side and is kept on the other is still there, unless somebody deleted it."""
    sides = {side for side, _ in story.deaths}
    if any(end.dead(each.value) for _, each in story.all()):
        return  # Salesforce deletes the children of an account whose delete is pushed
    if here is None and LOCAL not in sides and story.uid is not None:
        yield f"{story} was to be kept here"
    if there is None and ORG not in sides:
        yield f"{story} was to be kept there"


def _of_pair(end: End, story: Story, row: Any, sf_id: str) -> Iterator[str]:
    if row.sf_id != sf_id:
        yield f"{story} is linked to {row.sf_id} and not to {sf_id}"
    here, there = end.world.local_values(story.kind, row), end.world.org_values(story.kind, sf_id)
    for name, attribute in KINDS[story.kind].items():
        if attribute.type == "reference" and any(end.dead(each.value) for each in story.versions[name]):
            if not end.dead(here[name]) and not end.dead(there[name]) and here[name] != there[name]:
                yield f"{story}.{name} is {here[name]!r} here and {there[name]!r} there"
            continue
        if here[name] != there[name]:
            yield f"{story}.{name} is {here[name]!r} here and {there[name]!r} there"
        elif attribute.tracked:
            yield from _of_field(end, story, name, here[name])
    for side, knew in story.deaths:
        other = [name for name, each in story.unknown_to((side, knew)) if each.side != side]
        if not other:
            yield f"{story} was deleted ({side}), nobody edited it since, and it is back"


def _of_field(end: End, story: Story, name: str, final: Any) -> Iterator[str]:
    dropped = set().union(*(knew for _, knew in story.deaths))
    for each in lost(story, name, final, end.losers.get((story, name), [])):
        if each in dropped:
            continue
        yield f"{story}.{name}: {each.value!r} ({each.side}) is lost, {final!r} is there"
    if not story.loose and not story.deaths and misjudged(story, name, final):
        yield f"{story}.{name} ended as {final!r}, not as {[each.value for each in story.leaves(name)]}"


def _of_gone(end: End, story: Story) -> Iterator[str]:
    cascaded = any(end.dead(each.value) for _, each in story.all())
    if not story.deaths and not cascaded:
        yield f"{story} is gone, and nobody deleted it"
    if cascaded:
        return
    known = set().union(*(knew for _, knew in story.deaths))
    for name, each in story.all():
        if not KINDS[story.kind][name].tracked or KINDS[story.kind][name].type == "reference":
            continue
        kept = past(v for v in story.versions[name] if v.value in end.losers.get((story, name), []))
        if each not in known and each not in kept and not blank_root(each):
            yield f"{story}.{name}: {each.value!r} ({each.side}) is lost with its record, deleted {end.options(story)}"


def _left_over() -> Iterator[str]:
    for change in LocalChange.objects.all():
        yield f"left over: {change.operation} {change.mapping} {change.pk_text} {change.sf_id} {change.old}"
    for delivery in Delivery.objects.exclude(state="settled"):
        yield f"left over: delivery {delivery} {delivery.pk_text} {delivery.sf_id} {delivery.error_code}"
    for problem in Problem.objects.all():
        yield f"left over: problem {problem.direction} {problem.record}: {problem.message} / {problem.org_message}"


def _unquiet(history: History) -> Iterator[str]:
    before = history.state()
    for arguments in (["sf_pull"], ["sf_push"], ["sf_pull", "--full", "--allow-deletes"], ["sf_push"]):
        history.pass_time(61)
        history.command(*arguments)
        after = history.state()
        changed = [name for name in before if before[name] != after[name]]
        if changed:
            yield f"{' '.join(arguments)} still changed {changed}"
            before = after
