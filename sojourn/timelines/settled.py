"""Settled parts: history as committed, one part a bucket, written to files and then mapped.

A generation is all settled parts of a project as of one commit and one state of the merges. A part
holds the people whose bucket it is, whole: rows that were committed under an id which has since
become one of them are fetched from the buckets of those ids. The first generation is read from the
table; the later ones come from the one before and its tail, which is many times as fast.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from sojourn.store import BUCKETS, Store
from sojourn.timeline import Column
from sojourn.timelines import cache, columns
from sojourn.timelines.cache import Cache
from sojourn.timelines.canon import NOBODY_MOVED, Moved
from sojourn.timelines.columns import ColumnName
from sojourn.timelines.ledger import Ledger, let_go
from sojourn.timelines.part import ARRAYS, NEEDED, Part, Rows
from sojourn.timelines.strays import Strays
from sojourn.vocabulary import Vocabulary

MOVED = ("ids", "persons")
"""The arrays that tell who has moved, each a file of a generation's folder."""

Making = Iterator[tuple[dict[str, NDArray[Any]], Iterable[dict[str, Column]]]]
"""What becomes a generation, bucket by bucket: the arrays of a part, and columns that it has, some
at a time."""


@dataclass(slots=True)
class Source:
    """Where settled parts come from: the table, and who has `moved` by merges.

    `keeps` says whether columns that were read may be written to the cache, which only the process
    that applies does. With the columns of one part `rows_read` are read at most.
    """

    store: Store
    moved: Moved
    ledger: Ledger
    keeps: bool
    strays: Strays = field(init=False)
    rows_read: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        self.strays = Strays(self.store, self.moved, self.ledger)

    def part(self, arrays: dict[str, NDArray[Any]], bucket: int, folder: Path | None) -> Part:
        """A bucket's part of these arrays, which lie in a folder of the cache if it has one."""
        read = partial(self._columns, bucket, folder)
        # Ids are spread evenly: as many strays are read with its own rows as came to all parts.
        rows = len(arrays["order"]) + BUCKETS * len(arrays["moved"])
        self.rows_read = max(self.rows_read, rows)
        return Part(**arrays, ledger=self.ledger, read=read)

    def _columns(
        self, bucket: int, folder: Path | None, part: Part, asked: Sequence[ColumnName]
    ) -> dict[str, Column]:
        """Properties of a settled part: mapped, or else read from the table, as many together as
        memory allows, and then mapped."""
        found = cache.map_columns(folder, asked) if folder else {}
        lacking = [one for one in asked if one[1] not in found]
        # The same for every part, so that what one reads of the strays is what the others take.
        size = self.ledger.together(self.rows_read)
        for begin in range(0, len(lacking), size):
            group = lacking[begin : begin + size]
            read = self._from_table(bucket, part, group)
            found |= read
            # A generation that has been replaced meanwhile has no folder to write to.
            if folder is not None and self.keeps:
                with suppress(FileNotFoundError):
                    cache.write_columns(folder, read)
                    found |= cache.map_columns(folder, group)
        return found

    def _from_table(
        self, bucket: int, part: Part, asked: Sequence[ColumnName]
    ) -> dict[str, Column]:
        """Row for row: `order` says which is which. A question in flight may still have rows that
        have been taken out of the table since; they have no value any more."""
        names = ("order", *(name for _, name in asked))
        home = self.store.read(names, bucket=bucket, orders=(0, int(part.order.max(initial=0))))
        tables = [home, *self.strays.take(bucket, names)]
        table = pa.concat_tables(tables, promote_options="default")
        rows = _matched(part.order, table["order"].to_numpy())
        let_go(part.order)
        return {
            name: columns.take(columns.from_arrow(kind, table[name]), rows)
            if name in table.column_names
            else columns.absent(kind, len(rows))
            for kind, name in asked
        }


@dataclass(frozen=True, slots=True)
class Generation:
    """The settled parts of a project, by bucket: everything up to inbox row `through`, with those
    `moved` who had been merged. `merges` counts merges and splits, and tells generations apart that
    hold the same rows. Before anything was committed there are no parts."""

    through: int = 0
    merges: int = 0
    moved: Moved = NOBODY_MOVED
    parts: tuple[Part, ...] = ()

    @property
    def rows(self) -> int:
        """How many rows the parts have."""
        return sum(len(part.ts) for part in self.parts)


def load(folder: Path, through: int, merges: int, source: Source) -> Generation:
    """A generation from the cache, mapped. It tells itself who has moved, whatever `source` says:
    merges may have been made or undone since."""
    ids, persons = (cache.map_array(folder, name).astype(np.int64) for name in MOVED)
    moved = Moved(ids, persons)
    source = replace(source, moved=moved)
    parts = []
    for bucket in range(BUCKETS):
        place = cache.part_folder(folder, bucket)
        arrays = {name: cache.map_array(place, name) for name in ARRAYS}
        parts.append(source.part(arrays, bucket, place))
    return Generation(through, merges, moved, tuple(parts))


def read(source: Source, vocabulary: Vocabulary, last: int) -> Making:
    """What the table holds. `last` is the order of arrival of the last row that it is complete up
    to; what it got since is left to the tail."""
    for bucket in range(BUCKETS):
        home = source.store.read(NEEDED, bucket=bucket, orders=(0, last))
        tables = [home, *source.strays.take(bucket, NEEDED, last)]
        rows = Rows.joined([Rows.of(table, vocabulary) for table in tables])
        person = source.moved.of_all(rows.person)
        here = person % BUCKETS == bucket
        if not here.all():
            rows, person = rows.at(np.flatnonzero(here)), person[here]
        arrays, _ = rows.arranged(person)
        yield arrays, ()


def make(
    making: Making, through: int, merges: int, source: Source, cached: Cache | None
) -> Generation:
    """A generation: written to the cache and mapped, or in memory without one."""
    if cached is None:
        parts = (source.part(arrays, bucket, None) for bucket, (arrays, _) in enumerate(making))
        return Generation(through, merges, source.moved, tuple(parts))
    folder = cached.begin(through, merges)
    cache.write_arrays(folder, {name: getattr(source.moved, name) for name in MOVED})
    for bucket, (arrays, carried) in enumerate(making):
        place = cache.part_folder(folder, bucket)
        cache.write_arrays(place, arrays)
        for some in carried:
            cache.write_columns(place, some)
    return load(cached.finish(folder, through, merges), through, merges, source)


def _matched(held: NDArray[np.int64], orders: NDArray[np.int64]) -> NDArray[np.int64]:
    """For each row that is held the row of the table that has its order of arrival, -1 where none
    has: int64[m]."""
    rows = np.full(len(held), -1, dtype=np.int64)
    if len(orders):
        # Looked for in ascending order, each lies beside the one before.
        by_order, there = np.argsort(held), np.argsort(orders)
        wanted = held[by_order]
        place = np.minimum(np.searchsorted(orders[there], wanted), len(orders) - 1)
        rows[by_order] = np.where(orders[there[place]] == wanted, there[place], -1)
    return rows
