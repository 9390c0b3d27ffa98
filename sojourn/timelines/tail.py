"""The tail part: complete timelines of everyone who changed since the settled parts were built.

Whoever has a new event, a late one, or was merged is taken out of the settled parts (their run
there becomes empty) and stands here with all of their history, so that each person is in exactly
one part and a kernel never has to look in two places.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from sojourn.store import BUCKETS, CORE
from sojourn.timeline import Column, PropertyType, Timeline
from sojourn.timelines import columns, ordering
from sojourn.timelines.canon import Canon
from sojourn.timelines.settled import Generation, SettledPart, event_codes
from sojourn.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some applied rows, as arrays; their properties stay in the table until asked for."""

    person: NDArray[np.int64]
    ts: NDArray[np.int64]
    order: NDArray[np.int64]
    event: NDArray[np.uint16]
    purposes: NDArray[np.uint16]
    table: pa.Table


def chunk_of(table: pa.Table, vocabulary: Vocabulary) -> Chunk:
    """Applied rows (see `store.py` for the columns) as a chunk of the tail."""
    return Chunk(
        table["person"].to_numpy(),
        table["ts"].to_numpy(),
        table["order"].to_numpy(),
        event_codes(table["event"], vocabulary),
        table["purposes"].to_numpy().astype(np.uint16),
        table,
    )


@dataclass(frozen=True, slots=True)
class Taken:
    """What the tail takes from one settled part: whose runs, and the rows of those runs."""

    part: SettledPart
    index: NDArray[np.int64]
    rows: NDArray[np.int64]


def parts(
    generation: Generation, chunks: list[Chunk], canon: Canon, vocabulary: Vocabulary
) -> tuple[Timeline, ...]:
    """All parts of a project as timelines: the settled ones, and the tail if anyone changed."""
    # The applier may add words meanwhile; all parts of one moment have the same ones.
    names = vocabulary.names
    chunks = chunks or [chunk_of(CORE.empty_table(), vocabulary)]
    merged = canon.log[generation.merges :]
    changed = _changed(chunks, merged, canon)
    keys = np.unique(np.concatenate([changed, [gone for gone, _ in merged]]).astype(np.int64))
    taken = [_take(part, keys[keys % BUCKETS == part.bucket]) for part in generation.parts]
    settled = tuple(_without(take, vocabulary, names) for take in taken)
    if settled and not len(changed):
        return settled
    return (*settled, _tail(taken, chunks, canon, vocabulary, names))


def _changed(chunks: list[Chunk], merged: list[tuple[int, int]], canon: Canon) -> NDArray[np.int64]:
    """The people of today who have anything new."""
    fresh = [chunk.person for chunk in chunks]
    joined = np.array([who for pair in merged for who in pair], dtype=np.int64)
    return np.unique(canon.of_all(np.concatenate([*fresh, joined])))


def _take(part: SettledPart, keys: NDArray[np.int64]) -> Taken:
    place = np.searchsorted(part.people, keys)
    inside = place < len(part.people)
    index = place[inside][part.people[place[inside]] == keys[inside]]
    return Taken(part, index, ordering.gather(part.starts[index], part.ends[index]))


def _without(take: Taken, vocabulary: Vocabulary, names: tuple[str, ...]) -> Timeline:
    """A settled part in which the runs of those taken are empty."""
    part, ends = take.part, take.part.ends
    if len(take.index):
        ends = part.ends.copy()
        ends[take.index] = part.starts[take.index]
    return Timeline(
        people=part.people,
        starts=part.starts,
        ends=ends,
        ts=part.ts,
        event=part.event,
        purposes=part.purposes,
        names=names,
        read_property=lambda name: tuple(
            part.column(kind, column) for kind, column in vocabulary.columns(name)
        ),
    )


def _tail(
    taken: list[Taken],
    chunks: list[Chunk],
    canon: Canon,
    vocabulary: Vocabulary,
    names: tuple[str, ...],
) -> Timeline:
    def joined(pick: Callable[[Taken], NDArray[Any]], field: str) -> NDArray[Any]:
        fresh = [getattr(chunk, field) for chunk in chunks]
        return np.concatenate([*(pick(take) for take in taken), *fresh])

    owners = [
        np.repeat(take.part.people[take.index], (take.part.ends - take.part.starts)[take.index])
        for take in taken
    ]
    person = canon.of_all(np.concatenate([*owners, *(chunk.person for chunk in chunks)]))
    ts = joined(lambda take: take.part.ts[take.rows], "ts")
    order = joined(lambda take: take.part.order[take.rows], "order")
    rows = ordering.by_person(person, ts, order)
    people, starts, ends = ordering.runs(person[rows])
    return Timeline(
        people=people,
        starts=starts,
        ends=ends,
        ts=ts[rows],
        event=joined(lambda take: take.part.event[take.rows], "event")[rows],
        purposes=joined(lambda take: take.part.purposes[take.rows], "purposes")[rows],
        names=names,
        read_property=lambda name: tuple(
            _column(kind, column, taken, chunks, rows) for kind, column in vocabulary.columns(name)
        ),
    )


def _column(
    kind: PropertyType,
    name: str,
    taken: list[Taken],
    chunks: list[Chunk],
    rows: NDArray[np.int64],
) -> Column:
    pieces = [
        columns.take(take.part.column(kind, name), take.rows) for take in taken if len(take.rows)
    ]
    for chunk in chunks:
        if name in chunk.table.column_names:
            pieces.append(columns.from_arrow(kind, chunk.table[name]))
        else:
            pieces.append(columns.absent(kind, len(chunk.ts)))
    return columns.take(columns.joined(kind, pieces), rows)
