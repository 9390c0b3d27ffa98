"""Who stands in a part: everybody with all of their rows, until they go to a later one.

A layer has room behind the rows of each of its people. What came last is put there, so that most of
what happens moves nobody:

    layer   ann ······▪▪──    ben ···▪──    cid ·──      rows · grown ▪ room ─

A question that is under way has ends of its own and does not see what is put behind them. It may
look at the room all the same, so whatever comes there means something to it: codes of events that
it has names for, and of words that its columns have.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sojourn.kernels.extend import extend
from sojourn.store import BUCKETS
from sojourn.timelines.joining import Origin, Piece
from sojourn.timelines.part import Part


@dataclass(slots=True)
class Standing:
    """A part and who still stands in it: those who `left` bool[n] have gone to a later layer.
    `ends` is replaced when somebody goes or gets more, never changed: questions may be reading it.
    `origin` tells where the rows of the part come from; `rows` counts those of who still stands
    here. Every question that has seen the part has names for the event codes below `codes`."""

    part: Part
    ends: NDArray[np.int64]
    left: NDArray[np.bool_]
    origin: Origin
    rows: int
    codes: int

    @staticmethod
    def everyone(part: Part, origin: Origin, codes: int) -> Standing:
        """Nobody has gone yet."""
        left = np.zeros(len(part.people), dtype=np.bool_)
        rows = int((part.ends - part.facts).sum())
        return Standing(part, part.ends, left, origin, rows, codes)

    def here(self, people: NDArray[np.int64]) -> NDArray[np.int64]:
        """Where those of some people (ascending) stand who still stand here."""
        index = self.part.find(people)
        return index[~self.left[index]]

    def take(self, index: NDArray[np.int64]) -> Piece:
        """The people at `index`, who go."""
        self.left[index] = True
        self.ends = self.ends.copy()
        self.ends[index] = self.part.starts[index]
        piece = Piece(self.part, self.origin, index)
        self.rows -= piece.rows
        return piece

    def take_all(self) -> Piece:
        """Everyone who still stands here, who go."""
        return self.take(np.flatnonzero(~self.left))

    def grow(self, fresh: Standing, free: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Put what is fresh behind what its people have here: of those who are `free` to get it,
        bool[f], whoever has room for all of it, if it came last, happened, and is lawful for
        nothing that what they did before was not. Who got it: bool[f]."""
        part, own = self.part, fresh.part
        place = part.places(own.people)
        place[~free] = -1
        if place.max(initial=-1) < 0:
            return np.zeros(len(free), dtype=np.bool_)
        ends, every_end = self.ends.copy(), part.ends.copy()
        grown, rows = extend(
            *(place, own.facts, own.starts, own.ends, own.ts, own.order, own.event, own.purposes),
            *(fresh.origin.row, BUCKETS, self.codes, part.facts, part.starts, ends, every_end),
            *(part.ts, part.order, part.event, part.purposes),
            *(self.origin.source, self.origin.row),
        )
        if len(rows):
            self.ends, part.ends = ends, every_end
            self.rows += len(rows)
            part.grown.append(rows)
        return grown
