"""Journeys by their definition: every attempt is made, event by event."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from itertools import pairwise

from sojourn.counting.itinerary import JourneyDefinition, JourneyStep
from sojourn.filter import EventChoice
from sojourn.reports.journey import (
    JourneyAnswer,
    JourneyBranchAnswer,
    JourneyCell,
    JourneyFlow,
    JourneyOf,
    JourneyStepAnswer,
)
from sojourn.scope import Scope
from tests.oracle.definitions import SECONDS, fits, visible
from tests.oracle.history import Row, Value

Took = dict[int, int]
"""By step, from 0: the number of the event that completed it."""


def length_ms(text: str) -> int:
    """A duration."""
    count, unit = text.split()
    return int(count) * SECONDS[unit.rstrip("s")] * 1000


def label(step: JourneyStep, number: int) -> str:
    """The name of a branch of a fixed step."""
    branch = step.branches[number]
    return branch.name or str(branch.event)


def is_meant(step: JourneyStep, row: Row) -> bool:
    """Whether an event counts for a step."""
    return any(fits(branch.event, branch.where, row) for branch in step.branches)


def in_time(definition: JourneyDefinition, number: int, opened: Row, row: Row) -> bool:
    """Whether a step is taken soon enough after step 1."""
    own = definition.steps[number].within
    limits = [definition.within, *([own] if own else [])]
    return all(row.ts - opened.ts <= length_ms(limit) for limit in limits)


def attempt(definition: JourneyDefinition, own: list[Row], opener: int) -> Took:
    """The required steps of the attempt that step 1 opens with this event."""
    took = {0: opener}
    last = opener
    for number, step in enumerate(definition.steps):
        if number == 0 or step.optional:
            continue
        meant = [at for at in range(last + 1, len(own)) if is_meant(step, own[at])]
        if len(meant) < step.at_least:
            break
        last = meant[step.at_least - 1]
        if not in_time(definition, number, own[opener], own[last]):
            break
        took[number] = last
    return took


def taken(definition: JourneyDefinition, own: list[Row]) -> Took:
    """The furthest attempt, the earliest of equals, with its optional steps."""
    steps = definition.steps
    meant = [at for at, row in enumerate(own) if is_meant(steps[0], row)]
    attempts = [attempt(definition, own, at) for at in meant[steps[0].at_least - 1 :]]
    if not attempts:
        return {}
    took = max(attempts, key=len)
    needed = [number for number, step in enumerate(steps) if not step.optional]
    furthest = max(took)
    for number, step in enumerate(steps):
        next_needed = next((one for one in needed if one > number), None)
        missing = [one for one in needed if furthest < one < number]
        if not step.optional or missing:
            continue
        last = max(at for one, at in took.items() if one < number)
        until = took.get(next_needed, len(own)) if next_needed is not None else len(own)
        fitting = [at for at in range(last + 1, len(own)) if is_meant(step, own[at])]
        if len(fitting) >= step.at_least:
            at = fitting[step.at_least - 1]
            if at < until and in_time(definition, number, own[took[0]], own[at]):
                took[number] = at
    return took


def written(value: Value | None) -> str:
    """How a value is shown."""
    if value is None:
        return "(none)"
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:g}" if isinstance(value, int | float) else value


def value_of(step: JourneyStep, row: Row, told: dict[str, Value]) -> str:
    """Under which value somebody who took a step with this event is shown."""
    if step.by == "event":
        return row.name
    if step.by is None:
        fitting = (
            number
            for number, branch in enumerate(step.branches)
            if fits(branch.event, branch.where, row)
        )
        return label(step, next(fitting))
    properties = told if step.by.of == "person" else row.properties
    return written(properties.get(step.by.property))


def is_in(definition: JourneyDefinition, name: str | None, own: list[Row], scope: Scope) -> bool:
    """Whether a person is in a compared segment; those of the tests ask whether something was done,
    or was not."""
    if name is None:
        return True
    segment = next(one.segment for one in definition.compare if one.name == name)
    wanted = bool(segment.did)
    did = segment.did or segment.not_.did  # type: ignore[union-attr]
    lawful = [row for row in own if row.purposes & scope.purpose and row.name]
    choice = EventChoice(did.event, did.where)  # type: ignore[union-attr]
    return any(fits(choice.event, choice.where, row) for row in lawful) == wanted


def ways(
    definition: JourneyDefinition, name: str | None, rows: list[Row], scope: Scope
) -> dict[int, tuple[dict[int, str], bool]]:
    """By person: the value of each shown step that was taken, and whether the journey is whole."""
    found = {}
    for person, own in visible([row for row in rows if row.name], scope).items():
        history = [row for row in rows if row.person == person]
        took = taken(definition, own)
        if not took or not is_in(definition, name, history, scope):
            continue
        told: dict[str, Value] = {}
        for row in sorted((row for row in history if not row.name), key=lambda row: row.ts):
            told |= row.properties if row.purposes & scope.purpose else {}
        steps = definition.steps
        whole = all(number in took for number, step in enumerate(steps) if not step.optional)
        values = {
            number: value_of(steps[number], own[at], told)
            for number, at in sorted(took.items())
            if not steps[number].hidden
        }
        found[person] = values, whole
    return found


def journey(definition: JourneyDefinition, rows: list[Row], scope: Scope) -> JourneyAnswer:
    """Everybody's way, counted."""
    names: list[str | None] = [one.name for one in definition.compare]
    names = names or [None]
    all_ways = [ways(definition, name, rows, scope) for name in names]
    columns: dict[int, list[str]] = {}
    pooled: dict[int, int] = {}
    for number, step in enumerate(definition.steps):
        if step.by is None:
            columns[number], pooled[number] = (
                [label(step, at) for at in range(len(step.branches))],
                0,
            )
            continue
        often = Counter(
            own[number] for found in all_ways for own, _ in found.values() if number in own
        )
        values = sorted(often, key=lambda value: (-often[value], value))
        pooled[number] = max(0, len(values) - step.top)
        columns[number] = values[: step.top] + (["(other)"] if pooled[number] else [])

    def shown(number: int, value: str) -> str:
        return value if value in columns[number] else "(other)"

    return JourneyAnswer(
        journeys=tuple(
            of(definition, name, found.values(), columns, pooled, shown)
            for name, found in zip(names, all_ways, strict=True)
        )
    )


def of(definition, name, found, columns, pooled, shown) -> JourneyOf:  # type: ignore[no-untyped-def]
    """The journey of one segment."""
    found = [({at: shown(at, value) for at, value in own.items()}, whole) for own, whole in found]
    here = Counter(one for own, _ in found for one in own.items())
    dropped = Counter(list(own.items())[-1] for own, whole in found if not whole)
    flows: Counter[tuple[int, str, int, str]] = Counter()
    for own, _ in found:
        way = list(own.items())
        flows.update((*one, *other) for one, other in pairwise(way))
    steps = []
    first = before = 0
    for number, step in enumerate(definition.steps):
        if step.hidden:
            continue
        people = sum(here[number, value] for value in columns[number])
        if number == 0:
            first = before = people
        steps.append(
            JourneyStepAnswer(
                step=number + 1,
                name=step.title,
                optional=step.optional,
                people=people,
                conversion=round(people / first, 4) if first else 0.0,
                of_previous=round(people / before, 4) if before else 0.0,
                dropped=sum(dropped[number, value] for value in columns[number]),
                branches=tuple(
                    JourneyBranchAnswer(value, here[number, value], dropped[number, value])
                    for value in columns[number]
                ),
                pooled=pooled[number],
            )
        )
        before = before if step.optional else people
    return JourneyOf(
        segment=name,
        completed=sum(whole for _, whole in found),
        steps=tuple(steps),
        flows=tuple(
            JourneyFlow(one + 1, value, other + 1, to, flows[one, value, other, to])
            for one in columns
            for value in columns[one]
            for other in columns
            for to in columns[other]
            if flows[one, value, other, to]
        ),
    )


def people_behind(
    definition: JourneyDefinition, cell: JourneyCell, rows: list[Row], scope: Scope
) -> set[int]:
    """Who took a step as the cell says."""
    found = ways(definition, cell.segment, rows, scope)
    number = cell.step - 1

    def stands(own: dict[int, str], whole: bool) -> bool:
        if number not in own or own[number] in cell.besides:
            return False
        dropped: Iterable[bool] = (not cell.dropped, max(own) == number and not whole)
        return cell.branch in (None, own[number]) and any(dropped)

    return {person for person, (own, whole) in found.items() if stands(own, whole)}
