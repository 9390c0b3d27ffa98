"""Settled parts: history as committed, one part a bucket, built from the table and then mapped.

A generation is all settled parts of a project as of one commit and one state of the merges. A part
holds the people whose bucket it is, whole: rows that were committed under an id which has since
become one of them are fetched from the buckets of those ids.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from sojourn.store import BUCKETS, EVERY_ORDER, Store
from sojourn.timeline import Column, PropertyType
from sojourn.timelines import cache, columns, ordering
from sojourn.timelines.canon import Canon
from sojourn.vocabulary import Vocabulary

NEEDED = ("person", "ts", "order", "event", "purposes")
ARRAYS = ("people", "starts", "ends", "ts", "event", "purposes", "order")


@dataclass(slots=True)
class SettledPart:
    """One bucket of a generation: the arrays of a `Timeline`, and `order` int64[m] for merging."""

    people: NDArray[np.int64]
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    ts: NDArray[np.int64]
    event: NDArray[np.uint16]
    purposes: NDArray[np.uint16]
    order: NDArray[np.int64]
    bucket: int
    folder: Path | None
    read: ColumnReader
    _columns: dict[str, Column]
    _lock: Lock

    def column(self, kind: PropertyType, name: str) -> Column:
        """One property column, in the order of the events; kept once it has been read."""
        with self._lock:
            known = self._columns.get(name)
            if known is None and self.folder is not None:
                known = cache.map_column(self.folder, name, kind)
            if known is None:
                known = self.read.column(self, kind, name)
                # A generation that has been replaced meanwhile has no folder to write to.
                if self.folder is not None and self.read.keeps:
                    with suppress(FileNotFoundError):
                        cache.write_column(self.folder, name, known)
                        known = cache.map_column(self.folder, name, kind) or known
            self._columns[name] = known
            return known


@dataclass(frozen=True, slots=True)
class ColumnReader:
    """Reads a property of a settled part from the table, row for row: `order` says which is which.

    `canon` is the state of the merges that the part was built with; `keeps` says whether columns
    that were read may be written to the cache, which only the process that applies does.
    """

    store: Store
    canon: Canon
    keeps: bool

    def column(self, part: SettledPart, kind: PropertyType, name: str) -> Column:
        tables = list(_rows_of(part.bucket, self.store, self.canon, ("order", name)))
        table = pa.concat_tables(tables, promote_options="default")
        if name not in table.column_names or not len(part.order):
            return columns.absent(kind, len(part.order))
        order = table["order"].to_numpy()
        sorted_rows = np.argsort(order)
        rows = sorted_rows[np.searchsorted(order, part.order, sorter=sorted_rows)]
        return columns.take(columns.from_arrow(kind, table[name]), rows)


@dataclass(frozen=True, slots=True)
class Generation:
    """The settled parts of a project: everything up to inbox row `through`, `merges` merges in."""

    through: int
    merges: int
    parts: tuple[SettledPart, ...]
    span: tuple[int, int] | None = None
    """The first and last instant of all events, None when there is none."""

    @property
    def rows(self) -> int:
        return sum(len(part.ts) for part in self.parts)


def empty() -> Generation:
    """The generation before anything was committed."""
    return Generation(0, 0, ())


def _generation(through: int, merges: int, parts: list[SettledPart]) -> Generation:
    filled = [part for part in parts if len(part.ts)]
    first = min((int(part.ts[part.starts].min()) for part in filled), default=0)
    last = max((int(part.ts[part.ends - 1].max()) for part in filled), default=0)
    return Generation(through, merges, tuple(parts), (first, last) if filled else None)


def load(folder: Path, through: int, merges: int, reader: ColumnReader) -> Generation:
    """A generation from the cache, mapped."""
    parts = []
    for bucket in range(BUCKETS):
        place = cache.part_folder(folder, bucket)
        arrays = {name: cache.map_array(place, name) for name in ARRAYS}
        parts.append(_part(arrays, bucket, place, reader))
    return _generation(through, merges, parts)


def build(
    reader: ColumnReader, vocabulary: Vocabulary, through: int, last: int, made: Path | None
) -> Generation:
    """Read the table and build its parts; into the folder `made`, or in memory without one.

    `through` is the inbox row up to which the table is complete, `last` the order of arrival of the
    last event it can hold; what the table got since is left to the tail.
    """
    store, canon = reader.store, reader.canon
    parts = []
    for bucket in range(BUCKETS):
        tables = list(_rows_of(bucket, store, canon, NEEDED, last))
        arrays = _arrays(tables, canon, vocabulary)
        place = cache.part_folder(made, bucket) if made else None
        if place is not None:
            cache.write_arrays(place, arrays)
        parts.append(_part(arrays, bucket, place, reader))
    return _generation(through, len(canon.log), parts)


def _part(
    arrays: dict[str, NDArray[np.generic]], bucket: int, place: Path | None, reader: ColumnReader
) -> SettledPart:
    typed: dict[str, Any] = {name: arrays[name] for name in ARRAYS}
    return SettledPart(**typed, bucket=bucket, folder=place, read=reader, _columns={}, _lock=Lock())


def _rows_of(
    bucket: int,
    store: Store,
    canon: Canon,
    names: tuple[str, ...],
    last: int = EVERY_ORDER[1],
) -> Iterable[pa.Table]:
    """The rows whose person today is of this bucket, with the columns asked for."""
    moved = canon.moved()
    now = canon.of_all(moved) % BUCKETS
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


def _arrays(
    tables: list[pa.Table], canon: Canon, vocabulary: Vocabulary
) -> dict[str, NDArray[np.generic]]:
    person = canon.of_all(_joined(tables, "person", np.int64))
    ts = _joined(tables, "ts", np.int64)
    order = _joined(tables, "order", np.int64)
    rows = ordering.by_person(person, ts, order)
    people, starts, ends = ordering.runs(person[rows])
    event = np.concatenate([event_codes(table["event"], vocabulary) for table in tables])
    purposes = _joined(tables, "purposes", np.uint16)
    return {
        "people": people,
        "starts": starts,
        "ends": ends,
        "ts": ts[rows],
        "event": event[rows],
        "purposes": purposes[rows],
        "order": order[rows],
    }


def _joined(tables: list[pa.Table], name: str, dtype: type[np.generic]) -> NDArray[Any]:
    pieces = [table[name].to_numpy().astype(dtype, copy=False) for table in tables]
    # Almost always there is one table, and a copy of tens of millions of rows takes its time.
    return pieces[0] if len(pieces) == 1 else np.concatenate(pieces)


def event_codes(names: pa.ChunkedArray, vocabulary: Vocabulary) -> NDArray[np.uint16]:
    """The codes of a column of event names: uint16[m]."""
    pieces = [np.empty(0, dtype=np.uint16)]
    for chunk in names.chunks:
        coded = chunk if pa.types.is_dictionary(chunk.type) else chunk.dictionary_encode()
        words = coded.dictionary.to_pylist()
        table = np.array([vocabulary.codes[word] for word in words], dtype=np.uint16)
        pieces.append(table[coded.indices.to_numpy(zero_copy_only=False)])
    return np.concatenate(pieces)
