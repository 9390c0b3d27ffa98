"""The tail: complete timelines of everyone who changed since the settled parts were built.

Whoever has a new row, a late one, or was merged is taken out of the part they stand in (their run
there becomes empty) and stands in a new *layer* with all of their history, so that each person is
in exactly one part and a kernel never has to look in two places.

    settled parts ───┬────────────┬──────────┬──── taken, with all of their rows
    arrivals ────────┴─► layer ───┴─► layer ─┴─► layer

Whoever stands in a layer has room there for what comes next, and moves only where that will not do
(`standing.py`). A new layer costs what its own people have, whatever the tail holds already.
Several that are alike become one, so layers shrink fast from the oldest to the newest and no row
moves often.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from copy import copy
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from sojourn.store import BUCKETS, FACT
from sojourn.timeline import Column, PropertyType
from sojourn.timelines import columns
from sojourn.timelines.arrivals import Arrivals
from sojourn.timelines.canon import Canon
from sojourn.timelines.columns import ColumnName
from sojourn.timelines.joining import NOWHERE, Origin, Piece, joined
from sojourn.timelines.ledger import Ledger
from sojourn.timelines.part import ARRAYS, Part, Rows, span_of
from sojourn.timelines.settled import Generation, Making
from sojourn.timelines.standing import Standing
from sojourn.vocabulary import Vocabulary

ALIKE_MAX = 4
"""So many layers about as large as what comes, or smaller, become one with it: there are never more
than a few for each power of this, and a row moves once for each."""


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
        parts = enumerate(generation.parts)
        self._settled = [Standing.everyone(part, Origin.itself(n), 0) for n, part in parts]
        self._layers = [] if generation.parts else [self._fresh(Canon())]
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
        """Put what came behind what its people have, and give those for whom that will not do a
        layer of their own; how many rows it took."""
        arrivals = self.arrivals
        now = len(canon.log), len(arrivals), len(arrivals.withdrawn)
        if (self._merges, self._shown, self._gone) == now:
            return 0
        moved = np.concatenate([self._merged(canon), self._withdrawn()])
        moved = np.union1d(moved, canon.of_all(moved))
        fresh = self._fresh(canon)
        self._merges, self._shown, self._gone = now
        came = fresh.rows
        fresh.take(np.flatnonzero(self._grow(fresh, moved)))
        changed = np.union1d(fresh.part.people[~fresh.left], moved)
        if not len(changed):
            return came
        # Who was merged long after need not come again; who came just now mostly does.
        room = fresh.rows > 0
        pieces = [*self._take(changed, fresh.rows), fresh.take_all()]
        self._layers.append(self._layer(*joined(pieces, canon, stands=arrivals.stands, room=room)))
        return came + self._layers[-1].rows

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
                pieces.append(one.take(np.flatnonzero(mine)))
            part = self._layer(*joined(pieces, canon, last=last)).part
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

    def _fresh(self, canon: Canon) -> Standing:
        """The arrivals that are in no layer yet, by person."""
        table = self.arrivals.standing_since(self._shown)
        numbers = np.arange(self._shown, len(self.arrivals))
        numbers = numbers[self.arrivals.stands[numbers]]
        rows = Rows.of(table, self._vocabulary)
        arrays, places = rows.arranged(canon.of_all(rows.person))
        source = np.full(len(places), BUCKETS, dtype=np.uint8)
        return self._layer(arrays, Origin(source, numbers[places]))

    def _grow(self, fresh: Standing, moved: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Put what is fresh into the layers, as far as it can be; whose was: bool[f]. Those who
        `moved` cannot stay where they are."""
        people, part = fresh.part.people, fresh.part
        free = ~np.isin(people, moved)
        # What was given to another id is noted when a layer is made.
        free[np.searchsorted(part.facts, part.moved, "right") - 1] = False
        grown = np.zeros(len(people), dtype=np.bool_)
        for layer in self._layers:
            grown |= layer.grow(fresh, free & ~grown)
        return grown

    def _take(self, people: NDArray[np.int64], size: int) -> list[Piece]:
        """Take people (ascending) from where they stand, and with them layers that are alike.

        `size` is how many rows they have besides.
        """
        pieces = []
        for bucket, settled in enumerate(self._settled):
            index = settled.here(people[people % BUCKETS == bucket])
            if len(index):
                pieces.append(settled.take(index))
        pieces += [layer.take(layer.here(people)) for layer in self._layers]
        size += sum(piece.rows for piece in pieces)
        while len(alike := self._no_larger_than(2 * size)) >= ALIKE_MAX:
            size += sum(layer.rows for layer in alike)
            pieces += [layer.take_all() for layer in alike]
            del self._layers[-len(alike) :]
        return pieces

    def _no_larger_than(self, rows: int) -> list[Standing]:
        """The last layers, as long as they are no larger than so many rows."""
        count = 0
        while count < len(self._layers) and self._layers[-count - 1].rows <= rows:
            count += 1
        return self._layers[len(self._layers) - count :]

    def _layer(self, arrays: dict[str, NDArray[Any]], origin: Origin) -> Standing:
        read = partial(_columns, origin, self.generation.parts, self.arrivals)
        part = Part(**arrays, ledger=self._ledger, read=read)
        part.read_more = partial(_arrived, origin, self.arrivals)
        return Standing.everyone(part, origin, len(self._vocabulary.names))


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
        if source == NOWHERE:
            own = [columns.absent(kind, len(rows)) for kind, _ in asked]
        elif source == BUCKETS:
            own = [arrivals.column(kind, name, rows) for kind, name in asked]
        else:
            own = [columns.few(column, rows) for column in settled[source].columns(asked)]
        for name, column in zip(pieces, own, strict=True):
            pieces[name].append(column)
    places = [at for _, at in origin.apart]
    return {name: columns.scattered(kind, pieces[name], places) for kind, name in asked}


def _arrived(
    origin: Origin,
    arrivals: Arrivals,
    kind: PropertyType,
    name: str,
    rows: NDArray[np.int64],
) -> Column:
    """A property at rows of a layer that were filled since it was made."""
    return arrivals.column(kind, name, origin.row[rows])
