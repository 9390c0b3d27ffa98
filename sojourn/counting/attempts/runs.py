"""The runs in which attempts are looked for: a person's events, a visit's, or those of one value.

What is counted is a person or a visit; where a property is held constant, each of them has a run
for every value of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from sojourn.counting.attempts.definition import FunnelDefinition
from sojourn.kernels.split import split
from sojourn.regroup import by_visit
from sojourn.scope import Scope
from sojourn.timeline import Timeline
from sojourn.values import columns_of

Marked = tuple[NDArray[np.int64], NDArray[np.int64]]
"""table · held, see `matching.marks`."""


@dataclass(frozen=True, slots=True)
class Runs:
    """A timeline of runs, and what is known of them.

    timeline  its runs are those in which attempts are looked for
    marked    what its events may be
    unit      int64[runs]: what is counted, as an index; ascending
    owner     int64[units]: the index of the person it belongs to; ascending
    rows      int64[…]: the row in the timeline of the part of each row of `timeline`; None when
              they are the same
    """

    timeline: Timeline
    marked: Marked
    unit: NDArray[np.int64]
    owner: NDArray[np.int64]
    rows: NDArray[np.int64] | None = None


def runs_of(definition: FunnelDefinition, timeline: Timeline, marked: Marked, scope: Scope) -> Runs:
    """The runs that a definition asks to look at."""
    if definition.count == "visits":
        units = by_visit(timeline, scope)
        owner = _owners(timeline.people, units.people)
    else:
        units, owner = timeline, np.arange(len(timeline.people), dtype=np.int64)
    runs = Runs(units, marked, np.arange(len(units.people), dtype=np.int64), owner)
    return runs if definition.hold is None else _by_value(runs, definition, scope)


def opened_by(runs: Runs, slots: NDArray[np.int32]) -> Iterator[tuple[int, Runs]]:
    """Each slot (of int32[m], the part's rows) that an event of step 1 has, and the runs with such
    an event, in which only these are step 1."""
    timeline, (table, held) = runs.timeline, runs.marked
    if not len(table):
        return  # Nothing ever happened: what rows there are tell of people, and name no event.
    opens = table[timeline.event] & 1 != 0
    held = held.copy() if len(held) else np.full(len(opens), -1, dtype=np.int64)
    rows = np.flatnonzero(opens & (held & 1 != 0))
    own = slots[rows if runs.rows is None else runs.rows[rows]]
    held[rows] &= ~1
    for slot in np.unique(own):
        chosen = rows[own == slot]
        held[chosen] |= 1
        some = np.zeros(len(timeline.starts), dtype=np.bool_)
        run = np.searchsorted(timeline.starts, chosen, side="right") - 1
        some[run[run >= 0]] = True
        yield int(slot), replace(runs, timeline=timeline.only(some), marked=(table, held))
        held[chosen] &= ~1


def _owners(people: NDArray[np.int64], repeated: NDArray[np.int64]) -> NDArray[np.int64]:
    """The index in `people` of each of `repeated`, both ascending."""
    different, counts = np.unique(repeated, return_counts=True)
    return np.repeat(np.searchsorted(people, different), counts).astype(np.int64)


def _by_value(runs: Runs, definition: FunnelDefinition, scope: Scope) -> Runs:
    """A run for each value of the property held, of the events that have one.

    Events that mean nothing to the funnel are left out first, unless they interrupt it.
    """
    units, (table, held) = runs.timeline, runs.marked
    assert definition.hold is not None
    codes, kinds = _codes(units, definition.hold, scope)
    wanted = (table != 0) | (definition.order == "strict")
    rows, starts, run = split(units.starts, units.ends, units.event, wanted, codes, kinds)
    timeline = replace(
        units,
        people=units.people[run],
        facts=starts,
        starts=starts,
        ends=np.append(starts[1:], len(rows))[: len(starts)].astype(np.int64),
        ts=units.ts[rows],
        event=units.event[rows],
        purposes=units.purposes[rows],
    )
    marked = table, held[rows] if len(held) else held
    return replace(runs, timeline=timeline, marked=marked, unit=runs.unit[run], rows=rows)


def _codes(timeline: Timeline, property: str, scope: Scope) -> tuple[NDArray[np.int64], int]:
    """A code for each row's value of a property, -1 where there is none; how many there are.

    A value equals only values of its own type.
    """
    codes = np.full(len(timeline.ts), -1, dtype=np.int64)
    kinds = 0
    for column in columns_of(timeline, property, "event", scope):
        if column.type == "number":
            coded = pa.array(column.values, from_pandas=True).dictionary_encode()
            own = pc.fill_null(coded.indices, -1).to_numpy(zero_copy_only=False)
            size = len(coded.dictionary)
        else:
            own = column.values
            size = 2 if column.type == "flag" else len(column.words)
        codes[own >= 0] = own[own >= 0] + kinds
        kinds += size
    return codes, max(kinds, 1)
