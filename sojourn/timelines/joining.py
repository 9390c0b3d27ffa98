"""Joining: people who stand in several parts, as one part, with all of their rows.

    settled part   ann ·········   ben ····
    layer                          ben ··        cid ···
    arrivals       ann ·                         cid ·
                   ─────────────   ───────────   ────────
    joined         ann ··········  ben ······    cid ····

The rows of a part are in order already, so they are put into one another and never sorted again.
Each remembers where it came from first: its properties are read there when somebody asks for them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sojourn.kernels.merge import merge, wanted
from sojourn.store import BUCKETS
from sojourn.timelines import ordering
from sojourn.timelines.arrivals import PROVISIONAL
from sojourn.timelines.canon import Canon
from sojourn.timelines.part import Part, span_of

ROOM_MIN, ROOM_SHARE = 2, 4
"""Behind each person's rows there is room for a quarter as many, and two: who comes once and comes
again need not move, and who has much moves seldom."""
NOWHERE = BUCKETS + 1
"""Where a row comes from that is not filled yet."""

NONE_STAND = np.empty(0, dtype=np.bool_)
"""That no provisional row is wanted."""


@dataclass(frozen=True)
class Origin:
    """Where the rows of a part come from: the bucket of a settled part, `BUCKETS` for arrivals or
    `NOWHERE` (uint8[m]), and the row or the number there (int64[m]). Of a part that is the settled
    one of the bucket `whole` both are empty."""

    source: NDArray[np.uint8]
    row: NDArray[np.int64]
    whole: int = BUCKETS

    @staticmethod
    def itself(bucket: int) -> Origin:
        """Where the rows of a settled part come from."""
        return Origin(np.empty(0, dtype=np.uint8), np.empty(0, dtype=np.int64), bucket)

    @cached_property
    def apart(self) -> list[tuple[int, NDArray[np.int64]]]:
        """Each source that occurs, with the positions of its rows; every column asks for it."""
        return ordering.apart(self.source)


@dataclass(frozen=True)
class Piece:
    """Some people of a part, by where they stand in it (`index` int64[k], ascending), with all of
    their rows."""

    part: Part
    origin: Origin
    index: NDArray[np.int64]

    @cached_property
    def rows(self) -> int:
        """How many rows they have."""
        return int((self.part.ends[self.index] - self.part.facts[self.index]).sum())

    def runs(self) -> tuple[_Runs, _Runs]:
        """What was told of them, and what happened."""
        part, index = self.part, self.index
        facts, starts, ends = part.facts[index], part.starts[index], part.ends[index]
        people = part.people[index]
        return _given_apart(part, facts, starts, people), _given_apart(part, starts, ends, people)


class _Runs(NamedTuple):
    """Runs of rows of a part, and the id that those of each were given: int64[k] each."""

    begins: NDArray[np.int64]
    ends: NDArray[np.int64]
    given: NDArray[np.int64]


def joined(
    pieces: Sequence[Piece],
    canon: Canon,
    *,
    last: int = PROVISIONAL - 1,
    stands: NDArray[np.bool_] = NONE_STAND,
    room: bool = False,
) -> tuple[dict[str, NDArray[Any]], Origin]:
    """The arrays of a part with the people of all pieces as they are today, and where its rows come
    from: those up to the order `last`, and of provisional ones those that still stand, told by the
    number of their arrival (empty when none is wanted). With `room`, more rows can be filled behind
    those of each person."""
    runs = [(piece, kind, own) for piece in pieces for kind, own in enumerate(piece.runs())]
    today = [canon.of_all(own.given) for _, _, own in runs]
    people = np.unique(np.concatenate(today))
    targets = [np.searchsorted(people, whose) for whose in today]
    sizes, counts = np.zeros((2, len(people)), dtype=np.int64), []
    for (piece, kind, own), target in zip(runs, targets, strict=True):
        order, row = piece.part.order, piece.origin.row
        counts.append(wanted(own.begins, own.ends, order, row, last, stands))
        np.add.at(sizes[kind], target, counts[-1])
    rooms = sizes.sum(axis=0)
    if room:
        rooms += ROOM_MIN + rooms // ROOM_SHARE
    facts = np.cumsum(rooms) - rooms
    starts = facts + sizes[0]
    ends = starts + sizes[1]
    first, filled = (facts, starts), np.zeros_like(sizes)
    owner = np.repeat(people, rooms)
    rows = _Rows.of(owner)
    for (piece, kind, own), target, count in zip(runs, targets, counts, strict=True):
        part, origin = piece.part, piece.origin
        what = part.ts, part.order, part.event, part.purposes
        where = origin.source, origin.row, origin.whole
        to = first[kind], filled[kind], *rows
        merge(*(*own, target, count, *what, *where, last, stands, *to))
    left = np.flatnonzero(ends > facts)
    if len(left) < len(people):
        people, facts, starts, ends = people[left], facts[left], starts[left], ends[left]
    moved = np.flatnonzero(rows.given != owner)
    return rows.arranged(people, facts, starts, ends, moved), Origin(rows.source, rows.row)


def _given_apart(
    part: Part, begins: NDArray[np.int64], ends: NDArray[np.int64], people: NDArray[np.int64]
) -> _Runs:
    """Runs of a part parted where the rows of a person were given to different ids: after a split
    these may be different people."""
    some = np.flatnonzero(ends > begins)
    begins, ends, people = begins[some], ends[some], people[some]
    strays = ordering.gather(*(np.searchsorted(part.moved, edges) for edges in (begins, ends)))
    if not len(strays):
        return _Runs(begins, ends, people)
    rows, given = part.moved[strays], part.given[strays]
    # Each row that was given to another id begins a run, and so does the row after it.
    cuts, which = np.unique(np.concatenate([rows, begins, rows + 1]), return_index=True)
    run = np.searchsorted(begins, cuts, "right") - 1
    within = np.flatnonzero(cuts < ends[run])
    cuts, which, run = cuts[within], which[within], run[within]
    stray = which < len(rows)
    whose = people[run]
    whose[stray] = given[which[stray]]
    # Neighbours that were given to the same id stay together.
    first = np.flatnonzero((np.diff(run, prepend=-1) != 0) | (np.diff(whose, prepend=-1) != 0))
    stops = np.minimum(np.append(cuts[first[1:]], ends[-1]), ends[run[first]])
    return _Runs(cuts[first], stops, whose[first])


class _Rows(NamedTuple):
    """Rows on their way into a part: what a part has of each, the id that it was given, and where
    it comes from."""

    ts: NDArray[np.int64]
    order: NDArray[np.int64]
    event: NDArray[np.uint16]
    purposes: NDArray[np.uint16]
    given: NDArray[np.int64]
    source: NDArray[np.uint8]
    row: NDArray[np.int64]

    @staticmethod
    def of(owner: NDArray[np.int64]) -> _Rows:
        """Rows of these people that are not filled yet. A kernel may look at one all the same: it
        has the code of an event that there is."""
        size = len(owner)
        return _Rows(
            ts=np.zeros(size, dtype=np.int64),
            order=np.zeros(size, dtype=np.int64),
            event=np.zeros(size, dtype=np.uint16),
            purposes=np.zeros(size, dtype=np.uint16),
            given=owner.copy(),
            source=np.full(size, NOWHERE, dtype=np.uint8),
            row=np.zeros(size, dtype=np.int64),
        )

    def arranged(
        self,
        people: NDArray[np.int64],
        facts: NDArray[np.int64],
        starts: NDArray[np.int64],
        ends: NDArray[np.int64],
        moved: NDArray[np.int64],
    ) -> dict[str, NDArray[Any]]:
        """The arrays of a part by name, once what there is has been put in."""
        some = ends > starts
        edges = np.concatenate([self.ts[starts[some]], self.ts[ends[some] - 1]])
        return {
            "people": people,
            "facts": facts,
            "starts": starts,
            "ends": ends,
            "ts": self.ts,
            "event": self.event,
            "purposes": self.purposes,
            "order": self.order,
            "span": span_of(edges),
            "moved": moved,
            "given": self.given[moved],
        }
