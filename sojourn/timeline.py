"""A timeline: every event of some people, in order. The only shape stores give and kernels take.

People lie one after another; the run of person `i` is `[starts[i], ends[i])`:

    people   17          42     58
    facts    0           5      5
    starts   1           5      5            a run may be empty: that person lives in another part,
    ends     5           5      7            or may not be seen
    ts       7 1 2 2 9          3 7          ascending in a run; equal instants in order of arrival
    event    - 0 1 0 2          0 0          codes into `names`
    purposes . . . . .          . .          bit mask: for which purposes the event was lawful

What was told of a person (the traits of an identify call) stands before their events, in rows
`[facts[i], starts[i])`, by time: the properties of these rows are the person's. Nothing happened in
them, so whatever goes through events never meets them.

The arrays are plain and contiguous and may be memory-mapped. Rows in no run mean nothing: those of
who has gone, and room for what will come, which may be filled while a question looks.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

EVERY_PURPOSE = 0xFFFF
"""The mask of an event that is lawful for every purpose (the mask has 16 bits)."""

PropertyType = Literal["number", "text", "flag"]


NONE: dict[PropertyType, float] = {"number": np.nan, "text": -1, "flag": -1}
"""What stands in a column where there is no value."""


@dataclass(frozen=True, slots=True)
class Column:
    """The values of one property, of one type, one an event of the timeline.

    number  float64, NaN where the event has none
    text    int32 codes into `words`, -1 where the event has none
    flag    int8, 0 or 1, -1 where the event has none
    """

    type: PropertyType
    values: NDArray[np.generic]
    words: tuple[str, ...] = ()

    def at(self, rows: NDArray[np.int64]) -> Column:
        """The values of some rows."""
        return Column(self.type, self.values[rows], self.words)


Instants = NDArray[np.int64]
Codes = NDArray[np.uint16]
Arrays = tuple[Instants, Instants, Instants, Codes, Codes]
"""starts · ends · ts · event · purposes"""


@dataclass(frozen=True, slots=True)
class Timeline:
    """Whole timelines of `n` people in `m` rows; see the module for the layout.

    people int64[n] · facts int64[n] · starts int64[n] · ends int64[n] · ts int64[m] ms UTC ·
    event uint16[m] · purposes uint16[m] · names: the project's event names by code, the same in
    every part.
    """

    people: NDArray[np.int64]
    facts: NDArray[np.int64]
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    ts: NDArray[np.int64]
    event: NDArray[np.uint16]
    purposes: NDArray[np.uint16]
    names: tuple[str, ...]
    read_property: Callable[[str], tuple[Column, ...]]

    @property
    def arrays(self) -> Arrays:
        """starts · ends · ts · event · purposes: how every kernel takes a timeline."""
        return self.starts, self.ends, self.ts, self.event, self.purposes

    def columns(self, name: str) -> tuple[Column, ...]:
        """The columns of a property: one for each type it has arrived with, none if unknown."""
        return self.read_property(name)

    def only(self, chosen: NDArray[np.bool_]) -> Timeline:
        """The same people, of whom only those chosen (bool[n]) have events."""
        return replace(self, ends=np.where(chosen, self.ends, self.starts))

    def reading(self, read_property: Callable[[str], tuple[Column, ...]]) -> Timeline:
        """The same, whose properties are read in another way."""
        # Written out, for every part of every question comes by: `replace` takes ten times as long.
        runs = (self.people, self.facts, self.starts, self.ends)
        return Timeline(*runs, self.ts, self.event, self.purposes, self.names, read_property)


def codes_of(event: str | None, names: Sequence[str]) -> NDArray[np.bool_]:
    """Which codes into `names` mean an event: bool[len(names)]; all of them when it is None."""
    return np.array([event is None or name == event for name in names], dtype=np.bool_)
