"""Finding attempts: which events of a part make up what is counted.

Where nothing is asked but how far people get, the plain kernels tell just that, and fastest.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sojourn.counting.attempts.definition import FunnelDefinition, choices, overlapping
from sojourn.counting.attempts.runs import Marked, Runs, opened_by, runs_of
from sojourn.kernels import between, funnel
from sojourn.kernels.attempts import reach, trace
from sojourn.kernels.roles import roles
from sojourn.kernels.succession import succession
from sojourn.kernels.together import together
from sojourn.kernels.unbroken import unbroken
from sojourn.matching import marks
from sojourn.period import duration_ms
from sojourn.scope import Scope
from sojourn.timeline import Timeline


@dataclass(frozen=True, slots=True)
class Attempts:
    """What counts in a funnel: one attempt of each person or visit, or all attempts.

    owner  int64[a]: the index of the person, ascending
    rows   int64[a, steps]: the row of the part that fulfils each step, -1 for one not reached
    """

    owner: NDArray[np.int64]
    rows: NDArray[np.int64]

    def only(self, chosen: NDArray[np.bool_] | NDArray[np.int64]) -> Attempts:
        """Some of the attempts, by a mask or by number."""
        return Attempts(self.owner[chosen], self.rows[chosen])


def levels(
    definition: FunnelDefinition, timeline: Timeline, scope: Scope
) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """How many steps of a plain funnel each person or visit reached: uint8[units]; and the index of
    the person each belongs to: int64[units]."""
    runs = runs_of(definition, timeline, _marked(definition, timeline, scope), scope)
    if definition.order == "any":
        kernel = funnel.unordered_overlapping if overlapping(definition) else funnel.unordered
    else:
        kernel = funnel.strict if definition.order == "strict" else funnel.ordered
    reached: NDArray[np.uint8] = kernel(
        *runs.timeline.arrays,
        *runs.marked,
        len(definition.steps),
        definition.window_ms,
        *scope.bounds,
    )
    if definition.hold is None:
        return reached, runs.owner
    best = np.zeros(len(runs.owner), dtype=np.uint8)
    np.maximum.at(best, runs.unit, reached)
    return best, runs.owner


def attempts(definition: FunnelDefinition, timeline: Timeline, scope: Scope) -> Attempts:
    """The attempts that count."""
    runs = runs_of(definition, timeline, _marked(definition, timeline, scope), scope)
    return _of_runs(definition, runs, scope)


def attempts_by_opening(
    definition: FunnelDefinition, timeline: Timeline, scope: Scope, slots: NDArray[np.int32]
) -> Iterator[tuple[int, Attempts]]:
    """For each of the slots (int32[m]) the attempts that count if only its events are step 1."""
    runs = runs_of(definition, timeline, _marked(definition, timeline, scope), scope)
    for slot, own in opened_by(runs, slots):
        yield slot, _of_runs(definition, own, scope)


def _of_runs(definition: FunnelDefinition, runs: Runs, scope: Scope) -> Attempts:
    run, rows, dropped = _found(definition, runs, scope)
    if np.any(dropped):
        unit = runs.unit if definition.count != "attempts" else runs.owner[runs.unit]
        keep = ~np.isin(unit[run], unit[dropped])
        run, rows = run[keep], rows[keep]
    unit = runs.unit[run]
    rows = _with_optional(definition, runs, run, rows, scope)
    if runs.rows is not None:
        rows = np.where(rows >= 0, runs.rows[rows], -1)
    found = Attempts(runs.owner[unit], rows)
    if definition.hold is None or definition.count == "attempts":
        return found
    return _furthest_of_each(definition, found, unit)


def _marked(definition: FunnelDefinition, timeline: Timeline, scope: Scope) -> Marked:
    """What each event may be, as bits: required steps first, then exclusions, then optional steps.

    table int64[names] · held int64[m] or [0], to be ANDed.
    """
    table, held = marks([choice for _, choice in choices(definition)], timeline, scope)
    bits = _roles(definition)
    if bits == list(range(len(bits))):
        return table, held
    own = np.array(bits, dtype=np.int64)
    if len(held):
        held = roles(timeline.event, table, held, own)
    given = table[:, None] >> np.arange(len(own)) & 1
    return np.bitwise_or.reduce(given << own, axis=1, initial=0), held


def _roles(definition: FunnelDefinition) -> list[int]:
    """The bit of each of the definition's choices."""
    required, optional = definition.required, _optional(definition)
    exclusions = range(len(required), len(required) + len(definition.exclude))
    bit = {step: place for place, step in enumerate(required)}
    bit |= {step: exclusions.stop + place for place, step in enumerate(optional)}
    steps = [bit[number] for number, step in enumerate(definition.steps) for _ in step.events]
    return [*steps, *exclusions]


def _optional(definition: FunnelDefinition) -> list[int]:
    return [number for number, step in enumerate(definition.steps) if step.optional]


def _found(
    definition: FunnelDefinition, runs: Runs, scope: Scope
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_]]:
    """run · rows by required step · bool[runs] which ones an exclusion took out."""
    table, held = runs.marked
    required = definition.required
    chain = (1 << (len(required) + len(definition.exclude))) - 1
    given = *runs.timeline.arrays, table & chain, held
    gaps, guards = _gaps(definition, required), _guards(definition)
    window, drop = definition.window_ms, definition.exclusion == "person"
    found: Any
    if definition.count == "attempts":
        strict = definition.order == "strict"
        return succession(*given, gaps, guards, window, drop, strict, *scope.bounds)
    dropped = np.zeros(len(runs.unit), dtype=np.bool_)
    if definition.order == "ordered":
        reached, best = reach(*given, gaps, guards, window, drop, *scope.bounds)
        found = trace(*given, gaps, guards, window, reached, best, *scope.bounds)
        dropped = reached < 0
    elif definition.order == "strict":
        found = unbroken(*given, gaps, window, *scope.bounds)
    else:
        groups = np.array(definition.groups, dtype=np.int64)
        found = together(*given, groups, window, *scope.bounds)
    return *found, dropped


def _gaps(definition: FunnelDefinition, steps: list[int]) -> NDArray[np.int64]:
    """How long each of these steps may take from the required step before."""
    window = definition.window_ms
    own = [definition.steps[step].within for step in steps]
    lengths = [window if text is None else duration_ms(text, "steps.within") for text in own]
    return np.minimum(np.array(lengths, dtype=np.int64), window)


def _guards(definition: FunnelDefinition) -> NDArray[np.int64]:
    """For each exclusion the numbers of required steps behind an attempt that it ends, as bits."""
    required = definition.required
    result = []
    for excluded in definition.exclude:
        first, last = required.index(excluded.from_ - 1), required.index(excluded.to - 1)
        result.append(sum(1 << (place + 1) for place in range(first, last)))
    return np.array(result, dtype=np.int64)


def _with_optional(
    definition: FunnelDefinition,
    runs: Runs,
    run: NDArray[np.int64],
    rows: NDArray[np.int64],
    scope: Scope,
) -> NDArray[np.int64]:
    """The rows of all steps, from those of the required ones in each attempt's run."""
    optional = _optional(definition)
    if not optional:
        return rows
    required = definition.required
    stops = runs.timeline.ends[run]
    if definition.count == "attempts":
        followed = np.append(run[1:] == run[:-1], False)[: len(run)]
        stops[followed] = np.roll(rows[:, 0], -1)[followed]
    after = np.searchsorted(required, optional).astype(np.int64)
    taken = between.optional(
        *runs.timeline.arrays[2:],
        *runs.marked,
        rows,
        stops,
        after,
        _gaps(definition, optional),
        _guards(definition),
        definition.window_ms,
        *scope.bounds,
    )
    result = np.empty((len(rows), len(definition.steps)), dtype=np.int64)
    result[:, required] = rows
    result[:, optional] = taken
    return result


def _furthest_of_each(
    definition: FunnelDefinition, found: Attempts, unit: NDArray[np.int64]
) -> Attempts:
    """Of the attempts of each person or visit the furthest; of equals, the earliest.

    Earliest is what begins first, or in any order, what is complete first.
    """
    level = np.count_nonzero(found.rows[:, definition.required] >= 0, axis=1)
    time = found.rows.max(axis=1) if definition.order == "any" else found.rows[:, 0]
    order = np.lexsort((time, -level, unit))
    return found.only(order[np.diff(unit[order], prepend=-1) > 0])
