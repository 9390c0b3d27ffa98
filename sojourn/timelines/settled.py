"""Settled parts: history as committed, one part a bucket, written to files and then mapped.

A generation is all settled parts of a project as of one commit and one state of the merges. A part
holds the people whose bucket it is, whole: rows that were committed under an id which has since
become one of them are fetched from the buckets of those ids. The first generation is read from the
table; the later ones come from the one before and its tail, which is many times as fast.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from sojourn.store import BUCKETS, EVERY_ORDER, Store
from sojourn.timeline import Column, PropertyType
from sojourn.timelines import cache, columns
from sojourn.timelines.cache import Cache
from sojourn.timelines.canon import NOBODY_MOVED, Moved
from sojourn.timelines.ledger import Ledger, let_go
from sojourn.timelines.part import ARRAYS, NEEDED, Part, Rows
from sojourn.vocabulary import Vocabulary

MOVED = ("ids", "persons")
"""The arrays that tell who has moved, each a file of a generation's folder."""

Making = Iterator[tuple[dict[str, NDArray[Any]], Iterable[tuple[str, Column]]]]
"""What becomes a generation, bucket by bucket: the arrays of a part, and columns that it has."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where settled parts come from: the table, and who has `moved` by merges.

    `keeps` says whether columns that were read may be written to the cache, which only the process
    that applies does.
    """

    store: Store
    moved: Moved
    ledger: Ledger
    keeps: bool

    def part(self, arrays: dict[str, NDArray[Any]], bucket: int, folder: Path | None) -> Part:
        """A bucket's part of these arrays, which lie in a folder of the cache if it has one."""
        read = partial(self._column, bucket, folder)
        return Part(**arrays, ledger=self.ledger, read=read)

    def _column(
        self, bucket: int, folder: Path | None, part: Part, kind: PropertyType, name: str
    ) -> Column:
        """A property of a settled part: mapped, or else read from the table and then mapped."""
        known = cache.map_column(folder, name, kind) if folder else None
        if known is not None:
            return known
        read = self._from_table(bucket, part, kind, name)
        # A generation that has been replaced meanwhile has no folder to write to.
        if folder is not None and self.keeps:
            with suppress(FileNotFoundError):
                cache.write_column(folder, name, read)
                return cache.map_column(folder, name, kind) or read
        return read

    def _from_table(self, bucket: int, part: Part, kind: PropertyType, name: str) -> Column:
        """Row for row: `order` says which is which. A question in flight may still have rows that
        have been taken out of the table since; they have no value any more."""
        last = int(part.order.max(initial=0))
        tables = list(_rows_of(bucket, self, ("order", name), last))
        table = pa.concat_tables(tables, promote_options="default")
        if name not in table.column_names:
            return columns.absent(kind, len(part.order))
        orders = table["order"].to_numpy()
        there = np.argsort(orders)
        values = columns.from_arrow(kind, table[name])
        if len(orders) < len(part.order):
            held = np.isin(part.order, orders)
            places = [np.flatnonzero(held), np.flatnonzero(~held)]
            rows = there[np.searchsorted(orders[there], part.order[held])]
            pieces = [columns.take(values, rows), columns.absent(kind, len(places[1]))]
            return columns.scattered(kind, pieces, places)
        # Both have the same rows, so the next in order of arrival here is the next one there.
        rows = np.empty(len(part.order), dtype=np.int64)
        rows[np.argsort(part.order)] = there
        let_go(part.order)
        return columns.take(values, rows)


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
        tables = _rows_of(bucket, source, NEEDED, last)
        rows = Rows.joined([Rows.of(table, vocabulary) for table in tables])
        arrays, _ = rows.arranged(source.moved.of_all(rows.person))
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
        for name, column in carried:
            cache.write_column(place, name, column)
    return load(cached.finish(folder, through, merges), through, merges, source)


def _rows_of(
    bucket: int, source: Source, names: tuple[str, ...], last: int = EVERY_ORDER[1]
) -> Iterable[pa.Table]:
    """The rows whose person today is of this bucket, with the columns asked for."""
    store, moved = source.store, source.moved.ids
    now = source.moved.persons % BUCKETS
    leaving = moved[(moved % BUCKETS == bucket) & (now != bucket)]
    coming = moved[(moved % BUCKETS != bucket) & (now == bucket)]
    asked = names if "person" in names or not len(leaving) else (*names, "person")
    home = store.read(asked, bucket=bucket, orders=(0, last))
    if len(leaving):
        home = home.filter(pa.array(~np.isin(home["person"].to_numpy(), leaving)))
    yield home
    for other in np.unique(coming % BUCKETS):
        people = coming[coming % BUCKETS == other]
        yield store.read(names, bucket=int(other), people=people, orders=(0, last))
