"""Funnel: how many people get from the first step to the next, and the next.

What a definition may ask is in `counting/attempts/definition.py`, how attempts are found in
`counting/attempts/finding.py`. Here they are counted: in all, by value, by interval; and whoever is
counted is found again behind a cell. All of it comes from the same attempts, so all of it agrees.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from sojourn import breakdown
from sojourn.counting.attempts.checks import check, check_cell
from sojourn.counting.attempts.correlation import (
    Correlations,
    Outcomes,
    correlations,
    outcomes,
    survey,
    those_of,
)
from sojourn.counting.attempts.definition import Correlate as Correlate
from sojourn.counting.attempts.definition import CorrelationCell as CorrelationCell
from sojourn.counting.attempts.definition import Exclusion as Exclusion
from sojourn.counting.attempts.definition import FunnelCell as FunnelCell
from sojourn.counting.attempts.definition import FunnelDefinition as FunnelDefinition
from sojourn.counting.attempts.definition import FunnelStep as FunnelStep
from sojourn.counting.attempts.definition import choices
from sojourn.counting.attempts.durations import FunnelTimes, Lengths, lengths, times
from sojourn.counting.attempts.finding import Attempts, attempts, attempts_by_opening, levels
from sojourn.report import Answer, Report
from sojourn.scope import Label, Scope, Values
from sojourn.timeline import Timeline

Sums = NDArray[np.int64]
"""int64[2, keys, steps]: for each key (a value, an interval, or only one for all) and each step,
how many different people reached it, and how many of what is counted."""

Mask = NDArray[np.bool_]


class FunnelCount(msgspec.Struct, frozen=True):
    """How many reached a step: different people, and what is counted (people, visits, attempts).

    Of what is counted, `conversion` is the share of step 1 and `of_previous` that of the required
    step before; the share of nobody is 0.
    """

    people: int
    count: int
    conversion: float
    of_previous: float


class FunnelStepAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The same for a step of the whole funnel; `median_seconds` from the required step before."""

    event: str
    name: str
    optional: bool
    people: int
    count: int
    conversion: float
    of_previous: float
    median_seconds: float | None = None


class FunnelGroup(msgspec.Struct, frozen=True):
    """The steps of those with one value of the breakdown."""

    value: Label
    steps: tuple[FunnelCount, ...]


class FunnelInterval(msgspec.Struct, frozen=True):
    """The steps of the attempts whose step 1 lies in an interval; not finished while one of them
    may still go on."""

    interval: str
    finished: bool
    steps: tuple[FunnelCount, ...]


class FunnelAnswer(Answer, frozen=True, tag="funnel"):
    """One answer a step, in the order of the definition; the rest as far as it was asked for."""

    steps: tuple[FunnelStepAnswer, ...]
    groups: tuple[FunnelGroup, ...] = ()
    pooled: int = 0
    over_time: tuple[FunnelInterval, ...] = ()
    times: FunnelTimes | None = None
    correlations: Correlations | None = None


@dataclass(frozen=True, slots=True)
class FunnelSums:
    """What one part comes to; what was not asked for is empty."""

    whole: Sums
    groups: Sums
    intervals: Sums
    lengths: Lengths
    outcomes: Outcomes


def partial(definition: FunnelDefinition, timeline: Timeline, scope: Scope) -> FunnelSums:
    """Count the attempts of a part."""
    nothing = np.zeros((2, 0, len(definition.steps)), dtype=np.int64)
    if definition.plain and not definition.detailed:
        whole = _staircase(definition, *levels(definition, timeline, scope))
        return FunnelSums(whole, nothing, nothing, (), Counter())
    found = attempts(definition, timeline, scope)
    intervals = nothing
    if definition.every is not None:
        edges = scope.edges(definition.every)
        intervals = _sums(definition, found, _interval(found, timeline, edges), len(edges) - 1)
    everyone = np.zeros(len(found.owner), dtype=np.int64)
    return FunnelSums(
        whole=_sums(definition, found, everyone, 1),
        groups=nothing
        if definition.breakdown is None
        else _by_value(definition, found, timeline, scope),
        intervals=intervals,
        lengths=lengths(definition, found, timeline.ts) if definition.times else (),
        outcomes=Counter()
        if definition.correlate is None
        else outcomes(definition, found, timeline, scope),
    )


def _staircase(
    definition: FunnelDefinition, reached: NDArray[np.uint8], owner: NDArray[np.int64]
) -> Sums:
    """The sums of plain levels: whoever reached a step reached all before it."""
    steps = len(definition.steps)

    def sums(levels: NDArray[np.uint8]) -> NDArray[np.int64]:
        return np.bincount(levels, minlength=steps + 1)[:0:-1].cumsum()[::-1]

    counted = people = sums(reached)
    if definition.count != "people" and len(owner):
        people = sums(np.maximum.reduceat(reached, np.flatnonzero(np.diff(owner, prepend=-1))))
    return np.array([[people], [counted]])


def _sums(definition: FunnelDefinition, found: Attempts, key: NDArray[Any], size: int) -> Sums:
    """The sums of attempts by key: int[a], each below `size`."""
    sums = np.zeros((2, size, len(definition.steps)), dtype=np.int64)
    for step in range(len(definition.steps)):
        has = found.rows[:, step] >= 0
        sums[1, :, step] = np.bincount(key[has], minlength=size)
        if definition.count == "people":
            sums[0, :, step] = sums[1, :, step]
        elif size == 1:
            sums[0, :, step] = np.count_nonzero(np.diff(found.owner[has], prepend=-1))
        else:
            people = np.unique(found.owner[has] * size + key[has]) % max(size, 1)
            sums[0, :, step] = np.bincount(people, minlength=size)
    return sums


def _interval(found: Attempts, timeline: Timeline, edges: NDArray[np.int64]) -> NDArray[np.intp]:
    """The interval in which each attempt's step 1 lies: int[a]."""
    return np.searchsorted(edges, timeline.ts[found.rows[:, 0]], side="right") - 1


def _by_value(
    definition: FunnelDefinition, found: Attempts, timeline: Timeline, scope: Scope
) -> Sums:
    """The sums by value; the last key is for attempts without the step whose value is asked for."""
    size = scope.values.slots + 1
    if definition.value_of != "every":
        return _sums(definition, found, _slot(definition, found, timeline, scope), size)
    sums = np.zeros((2, size, len(definition.steps)), dtype=np.int64)
    slots = breakdown.slots(definition.breakdown, timeline, scope)
    for slot, own in attempts_by_opening(definition, timeline, scope, slots):
        everyone = np.zeros(len(own.owner), dtype=np.int64)
        sums[:, slot] = _sums(definition, own, everyone, 1)[:, 0]
    return sums


def _slot(
    definition: FunnelDefinition, found: Attempts, timeline: Timeline, scope: Scope
) -> NDArray[np.int64]:
    """The slot of each attempt, from the event that is asked for its value: int64[a]."""
    rows, value_of = found.rows, definition.value_of
    row = rows[:, value_of - 1 if isinstance(value_of, int) else 0]
    if value_of == "last" and len(rows):
        furthest = rows.shape[1] - 1 - np.argmax(rows[:, ::-1] >= 0, axis=1)
        row = rows[np.arange(len(rows)), furthest]
    missing = _labels(scope.values).index(_none(scope.values))
    slots = np.full(len(row), missing, dtype=np.int64)
    slots[row >= 0] = breakdown.slots(definition.breakdown, timeline, scope, row[row >= 0])
    return slots


def add(one: FunnelSums, other: FunnelSums) -> FunnelSums:
    """People of two parts are different people."""
    return FunnelSums(
        one.whole + other.whole,
        one.groups + other.groups,
        one.intervals + other.intervals,
        tuple(np.concatenate(pair) for pair in zip(one.lengths, other.lengths, strict=True)),
        one.outcomes + other.outcomes,
    )


def answer(definition: FunnelDefinition, sums: FunnelSums, scope: Scope) -> FunnelAnswer:
    """The sums as shares, with names."""
    measured = times(sums.lengths) if definition.times else None
    medians = [own.median if own else None for own in measured.steps] if measured else []
    return FunnelAnswer(
        steps=tuple(
            FunnelStepAnswer(
                event=step.event,
                name=step.name or step.event,
                optional=step.optional,
                **msgspec.structs.asdict(counted),
                median_seconds=median,
            )
            for step, counted, median in zip(
                definition.steps,
                _counts(definition, sums.whole[:, 0]),
                medians or [None] * len(definition.steps),
                strict=True,
            )
        ),
        groups=_groups(definition, sums.groups, scope.values) if definition.breakdown else (),
        pooled=scope.values.pooled,
        over_time=_over_time(definition, sums.intervals, scope),
        times=measured,
        correlations=correlations(definition, sums.outcomes, scope)
        if definition.correlate
        else None,
    )


def _counts(definition: FunnelDefinition, sums: NDArray[np.int64]) -> tuple[FunnelCount, ...]:
    """int64[2, steps], as shares."""
    people, count = sums.tolist()

    def share(of: int, whole: int) -> float:
        return round(of / whole, 4) if whole else 0.0

    return tuple(
        FunnelCount(people[s], count[s], share(count[s], count[0]), share(count[s], count[before]))
        for s, before in enumerate(definition.before)
    )


def _none(values: Values) -> Label:
    return (breakdown.MISSING,) * len(values.labels[0] if values.labels else ())


def _labels(values: Values) -> list[Label]:
    """How the keys of groups are named: the slots of the breakdown, and no value at all."""
    return [*(breakdown.label_of(slot, values) for slot in range(values.slots)), _none(values)]


def _groups(definition: FunnelDefinition, sums: Sums, values: Values) -> tuple[FunnelGroup, ...]:
    """Values of which anybody took step 1, in the order of the breakdown."""
    return tuple(
        FunnelGroup(label, _counts(definition, sums[:, key]))
        for key, label in enumerate(_labels(values))
        if sums[1, key, 0]
    )


def _over_time(
    definition: FunnelDefinition, sums: Sums, scope: Scope
) -> tuple[FunnelInterval, ...]:
    if definition.every is None:
        return ()
    edges = scope.edges(definition.every).tolist()
    return tuple(
        FunnelInterval(
            interval=scope.label(edges[place], definition.every),
            finished=edges[place + 1] - 1 + definition.window_ms < scope.now_ms,
            steps=_counts(definition, sums[:, place]),
        )
        for place in range(len(edges) - 1)
    )


def people(
    definition: FunnelDefinition, cell: FunnelCell, timeline: Timeline, scope: Scope
) -> Mask:
    """Who of a part stands behind one cell: bool[n]."""
    check_cell(definition, cell)
    size = len(timeline.people)
    if cell.correlation is not None:
        mask = np.zeros(size, dtype=np.bool_)
        mask[those_of(definition, cell.correlation, timeline, scope)] = True
        return mask
    assert cell.step is not None
    step, before = cell.step - 1, definition.before[cell.step - 1]
    if definition.plain and not definition.detailed:
        best = np.zeros(size, dtype=np.uint8)
        reached, owner = levels(definition, timeline, scope)
        np.maximum.at(best, owner, reached)
        return np.greater(best, step) if cell.reached else np.equal(best, step)
    found = _of_cell(definition, cell, timeline, scope)

    def those_at(own: int) -> Mask:
        mask = np.zeros(size, dtype=np.bool_)
        mask[found.owner[found.rows[:, own] >= 0]] = True
        return mask

    return those_at(step) if cell.reached else those_at(before) & ~those_at(step)


def _of_cell(
    definition: FunnelDefinition, cell: FunnelCell, timeline: Timeline, scope: Scope
) -> Attempts:
    """The attempts of a cell's value and interval."""
    labels = _labels(scope.values)
    keys = [key for key, label in enumerate(labels) if label == cell.value]
    found = attempts(definition, timeline, scope)
    chosen = np.ones(len(found.owner), dtype=np.bool_)
    if cell.value is not None and definition.value_of == "every":
        slots = breakdown.slots(definition.breakdown, timeline, scope)
        each = attempts_by_opening(definition, timeline, scope, slots)
        found = next((own for slot, own in each if slot in keys), found.only(~chosen))
        chosen = np.ones(len(found.owner), dtype=np.bool_)
    elif cell.value is not None:
        chosen &= np.isin(_slot(definition, found, timeline, scope), keys)
    if definition.every is not None and cell.interval is not None:
        edges = scope.edges(definition.every)
        named = [scope.label(int(edge), definition.every) == cell.interval for edge in edges[:-1]]
        chosen &= np.isin(_interval(found, timeline, edges), np.flatnonzero(named))
    return found.only(chosen)


def rows(answer: FunnelAnswer) -> list[dict[str, Any]]:
    """One row a step; then, where asked for, one a value and step, and one an interval and step."""
    shown: list[tuple[dict[str, Any], tuple[Any, ...]]] = [({}, answer.steps)]
    value = {"value": None} if answer.groups else {}
    interval = {"interval": None} if answer.over_time else {}
    for group in answer.groups:
        shown.append(({"value": " · ".join(group.value)}, group.steps))
    for one in answer.over_time:
        shown.append(({"interval": one.interval}, one.steps))
    return [
        {
            **value,
            **interval,
            **which,
            "step": number,
            "event": step.name,
            "people": own.people,
            "count": own.count,
            "conversion": own.conversion,
            "of_previous": own.of_previous,
        }
        for which, steps in shown
        for number, (step, own) in enumerate(zip(answer.steps, steps, strict=True), 1)
    ]


REPORT = Report(
    kind="funnel",
    definition=FunnelDefinition,
    check=check,
    choices=choices,
    breakdown=lambda definition: definition.breakdown,
    partial=partial,
    add=add,
    answer=answer,
    rows=rows,
    cell=FunnelCell,
    people=people,
    valued=lambda place: place.startswith("steps"),
    survey=survey,
)
