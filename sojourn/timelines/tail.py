"""The tail: complete timelines of everyone who changed since the settled parts were built.

Whoever has a new row, a late one, or was merged is taken out of the part they stand in (their run
there becomes empty) and stands in a new *layer* with all of their history, so that each person is
in exactly one part and a kernel never has to look in two places.

    settled parts ───┬────────────┬──────────┬──── taken, with all of their rows
    arrivals ────────┴─► layer ───┴─► layer ─┴─► layer

A layer costs what its own people have, whatever the tail holds already. Several that are alike
become one, so layers shrink fast from the oldest to the newest and no row moves often.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from copy import copy
from dataclasses import dataclass, replace
from functools import cached_property, partial

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from sojourn.store import BUCKETS, FACT
from sojourn.timeline import Column
from sojourn.timelines import columns, ordering
from sojourn.timelines.arrivals import Arrivals
from sojourn.timelines.canon import Canon
from sojourn.timelines.columns import ColumnName
from sojourn.timelines.ledger import Ledger
from sojourn.timelines.part import ARRAYS, Part, Rows, span_of
from sojourn.timelines.settled import Generation, Making
from sojourn.vocabulary import Vocabulary

ALIKE_MAX = 4
"""So many layers about as large as what comes, or smaller, become one with it: there are never more
than a few for each power of this, and a row moves once for each."""


@dataclass(frozen=True)
class Origin:
    """Where rows come from: the bucket of a settled part, or `BUCKETS` for arrivals (uint8[m]), and
    the row or the number there (int64[m])."""

    source: NDArray[np.uint8]
    row: NDArray[np.int64]

    @cached_property
    def apart(self) -> list[tuple[int, NDArray[np.int64]]]:
        """Each source that occurs, with the positions of its rows; every column asks for it."""
        return ordering.apart(self.source)

    def at(self, rows: NDArray[np.int64]) -> Origin:
        """Where some of the rows come from."""
        return Origin(self.source[rows], self.row[rows])


Piece = tuple[Rows, Origin]


@dataclass(slots=True)
class Standing:
    """A part and who still stands in it: those who `left` bool[n] have gone to a later layer.
    `ends` is replaced when somebody goes, never changed: questions may be reading it. `origin`
    tells where some rows of the part come from; `rows` counts those of who still stands here."""

    part: Part
    ends: NDArray[np.int64]
    left: NDArray[np.bool_]
    origin: Callable[[NDArray[np.int64]], Origin]
    rows: int

    def here(self, people: NDArray[np.int64]) -> NDArray[np.int64]:
        """Where those of some people (ascending) stand who still stand here."""
        index = self.part.find(people)
        return index[~self.left[index]]

    def take(self, index: NDArray[np.int64]) -> Piece:
        """The rows of the people at `index`, who go."""
        self.left[index] = True
        self.ends = self.ends.copy()
        self.ends[index] = self.part.starts[index]
        rows = ordering.gather(self.part.facts[index], self.part.ends[index])
        self.rows -= len(rows)
        return self.part.rows_at(rows, index), self.origin(rows)


class Tail:
    """The settled parts of a generation and the layers above them. Not for two threads at once."""

    def __init__(self, generation: Generation, vocabulary: Vocabulary, ledger: Ledger) -> None:
        self.generation = generation
        self.arrivals = Arrivals()
        self._vocabulary = vocabulary
        self._ledger = ledger
        self._shown = 0
        self._gone = 0
        self._merges: int | None = None
        self._settled = [_settled(part, bucket) for bucket, part in enumerate(generation.parts)]
        self._layers = [] if generation.parts else [self._layer([self._fresh()], Canon())]
        spans = [part.span for part in generation.parts]
        self.span = span_of(np.concatenate([np.empty(0, np.int64), *spans]))
        """The first and the last instant of an event; empty when there is none."""

    @property
    def rows(self) -> int:
        """How many rows stand in layers, are still to come there, or went and take room still."""
        layers = sum(layer.rows for layer in self._layers)
        return layers + len(self.arrivals) - self._shown + len(self.arrivals.withdrawn)

    def add(self, table: pa.Table) -> None:
        """Rows that were applied. They are in the parts once the tail has caught up."""
        if len(table):
            self.arrivals.add(table)
            happened = table.filter(pc.field("event") != FACT)["ts"].to_numpy()
            self.span = span_of(np.concatenate([self.span, happened]))

    def withdraw(self, orders: Collection[int]) -> None:
        """Take out provisional rows: they are in no part once the tail has caught up."""
        self.arrivals.withdraw(orders)

    def catch_up(self, canon: Canon) -> int:
        """Give those who changed a layer of their own; how many rows it has."""
        arrivals = self.arrivals
        now = len(canon.log), len(arrivals), len(arrivals.withdrawn)
        if (self._merges, self._shown, self._gone) == now:
            return 0
        moved = np.concatenate([self._merged(canon), self._withdrawn()])
        fresh, origin = self._fresh()
        changed = np.concatenate([canon.of_all(fresh.person), moved, canon.of_all(moved)])
        self._merges, self._shown, self._gone = now
        if not len(changed):
            return 0
        pieces = [*self._take(np.unique(changed), len(fresh.ts)), (fresh, origin)]
        self._layers.append(self._layer(pieces, canon))
        return self._layers[-1].rows

    def standing(self) -> list[Standing]:
        """Every part with who stands in it: at least one, the layers first."""
        # A layer may be larger than a settled part, and what is begun first does not end last.
        return [*self._layers, *self._settled]

    def frozen(self) -> Tail:
        """The tail as it stands, for a thread of its own."""
        now = copy(self)
        now._settled = [replace(one, left=one.left.copy()) for one in self._settled]
        now._layers = [replace(one, left=one.left.copy()) for one in self._layers]
        return now

    def settle(self, last: int, canon: Canon) -> Making:
        """Everyone with all of their rows up to an order of arrival, as the parts of a generation,
        with the columns that are in use. Nobody is left here: only a frozen tail can settle."""
        for bucket in range(BUCKETS):
            settled = self._settled[bucket : bucket + 1]
            pieces = []
            for one in (*settled, *self._layers):
                mine = ~one.left & (one.part.people % BUCKETS == bucket)
                rows, origin = one.take(np.flatnonzero(mine))
                early = np.flatnonzero(rows.order <= last)
                pieces.append((rows.at(early), origin.at(early)))
            part = self._layer(pieces, canon).part
            used = [column for one in settled for column in one.part.columns_in_use()]
            size = self._ledger.together(len(part.ts))
            groups = (used[begin : begin + size] for begin in range(0, len(used), size))
            carried = (part.read(part, group) for group in groups)
            yield {name: getattr(part, name) for name in ARRAYS}, carried

    def _merged(self, canon: Canon) -> NDArray[np.int64]:
        """Everyone who was merged or split since the tail caught up last: their rows stand under
        one of these."""
        if self._merges is None:
            return canon.changed_since(self.generation.moved)
        return np.array(canon.log[self._merges :], dtype=np.int64).ravel()

    def _withdrawn(self) -> NDArray[np.int64]:
        """Whose provisional rows went since the tail caught up last."""
        return np.array(self.arrivals.withdrawn[self._gone :], dtype=np.int64)

    def _fresh(self) -> Piece:
        """The arrivals that are in no layer yet."""
        table = self.arrivals.standing_since(self._shown)
        numbers = np.arange(self._shown, len(self.arrivals))
        numbers = numbers[self.arrivals.stand(numbers)]
        source = np.full(len(numbers), BUCKETS, dtype=np.uint8)
        return Rows.of(table, self._vocabulary), Origin(source, numbers)

    def _take(self, people: NDArray[np.int64], size: int) -> list[Piece]:
        """Take people (ascending) from where they stand, and with them layers that are alike.

        `size` is how many rows they have besides.
        """
        pieces = []
        for bucket, settled in enumerate(self._settled):
            index = settled.here(people[people % BUCKETS == bucket])
            if len(index):
                pieces.append(settled.take(index))
        for layer in self._layers:
            pieces.append(layer.take(layer.here(people)))
        size += sum(len(rows.ts) for rows, _ in pieces)
        while len(alike := self._no_larger_than(2 * size)) >= ALIKE_MAX:
            for layer in alike:
                size += layer.rows
                pieces.append(layer.take(np.flatnonzero(~layer.left)))
            del self._layers[-len(alike) :]
        return [self._standing_rows(piece) for piece in pieces]

    def _standing_rows(self, piece: Piece) -> Piece:
        """The rows of a piece without those that were replaced or withdrawn since."""
        rows, origin = piece
        if not self.arrivals.withdrawn:
            return piece
        stands = np.ones(len(rows.ts), dtype=np.bool_)
        arrived = origin.source == BUCKETS
        stands[arrived] = self.arrivals.stand(origin.row[arrived])
        left = np.flatnonzero(stands)
        return (rows, origin) if len(left) == len(stands) else (rows.at(left), origin.at(left))

    def _no_larger_than(self, rows: int) -> list[Standing]:
        """The last layers, as long as they are no larger than so many rows."""
        count = 0
        while count < len(self._layers) and self._layers[-count - 1].rows <= rows:
            count += 1
        return self._layers[len(self._layers) - count :]

    def _layer(self, pieces: list[Piece], canon: Canon) -> Standing:
        rows = Rows.joined([rows for rows, _ in pieces])
        arrays, places = rows.arranged(canon.of_all(rows.person))
        origin = Origin(
            np.concatenate([origin.source for _, origin in pieces])[places],
            np.concatenate([origin.row for _, origin in pieces])[places],
        )
        read = partial(_columns, origin, self.generation.parts, self.arrivals)
        return _standing(Part(**arrays, ledger=self._ledger, read=read), origin.at)


def _standing(part: Part, origin: Callable[[NDArray[np.int64]], Origin]) -> Standing:
    left = np.zeros(len(part.people), dtype=np.bool_)
    return Standing(part, part.ends, left, origin, len(part.ts))


def _settled(part: Part, bucket: int) -> Standing:
    return _standing(part, lambda rows: Origin(np.full(len(rows), bucket, dtype=np.uint8), rows))


def _columns(
    origin: Origin,
    settled: tuple[Part, ...],
    arrivals: Arrivals,
    part: Part,
    asked: Sequence[ColumnName],
) -> dict[str, Column]:
    """Properties of a layer, from wherever its rows come."""
    pieces: dict[str, list[Column]] = {name: [] for _, name in asked}
    for source, at in origin.apart:
        rows = origin.row[at]
        if source == BUCKETS:
            own = [arrivals.column(kind, name, rows) for kind, name in asked]
        else:
            own = [columns.few(column, rows) for column in settled[source].columns(asked)]
        for name, column in zip(pieces, own, strict=True):
            pieces[name].append(column)
    places = [at for _, at in origin.apart]
    return {name: columns.scattered(kind, pieces[name], places) for kind, name in asked}
