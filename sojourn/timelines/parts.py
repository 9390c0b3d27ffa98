"""The parts of one project: kept fresh as rows are applied, and handed out to questions."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from sojourn.store import CORE, Store, with_plain_events
from sojourn.timeline import Timeline
from sojourn.timelines import settled, tail
from sojourn.timelines.cache import Cache
from sojourn.timelines.canon import Canon
from sojourn.vocabulary import Vocabulary

TAIL_ROWS_MIN = 100_000
"""A tail up to this size costs a question a few milliseconds, whatever the history."""
TAIL_SHARE_MAX = 0.05
"""Beyond this share of the history, rebuilding the settled parts is worth its time."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The parts at one moment. `first_ms` and `last_ms` span the instants of every event, or are
    None when there is none; they may be a little wider when people have left since."""

    parts: tuple[Timeline, ...]
    first_ms: int | None
    last_ms: int | None

    @property
    def people(self) -> int:
        """How many people have a visible event."""
        return sum(int((part.ends > part.starts).sum()) for part in self.parts)

    @property
    def events(self) -> int:
        """How many events these people have."""
        return sum(int((part.ends - part.starts).sum()) for part in self.parts)


class Parts:
    """The settled parts and the tail of one project.

    `last_order` gives, for an inbox row, the order of the last event it can hold: what it is for
    the committed row is what the table is complete up to. `keeps` says whether this process may
    write the cache; without `cache`, settled parts are built in memory. `opened` is the inbox row
    up to which the table was complete when the parts were opened.
    """

    def __init__(
        self,
        store: Store,
        vocabulary: Vocabulary,
        canon: Canon,
        last_order: Callable[[int], int],
        cache: Path | None = None,
        *,
        keeps: bool = True,
    ) -> None:
        self._store = store
        self._vocabulary = vocabulary
        self._canon = canon
        self._last_order = last_order
        self._cache = Cache(cache) if cache else None
        self._keeps = keeps
        self.opened = 0
        self._generation = settled.empty()
        self._chunks: list[tail.Chunk] = []
        self._current: Snapshot | None = None
        self._lock = Lock()
        self._settling = Lock()

    def open(self, through: int) -> None:
        """Take up the newest generation of the cache, or build one; the rest goes to the tail.

        `through` is what the store had committed before the vocabulary was read: a table that
        another process goes on filling may by now hold events whose names are not known here.
        """
        cached = self._from_cache(through)
        if cached is not None:
            self._generation = cached
        elif through:
            self.settle(through)
        self.opened = through
        since = self._last_order(self._generation.through) + 1
        names = [*CORE.names, *self._vocabulary.every_column()]
        rows = self._store.read(names, orders=(since, self._last_order(through)))
        if len(rows):
            self.add(with_plain_events(rows), [])

    def _from_cache(self, through: int) -> settled.Generation | None:
        """The newest cached generation that is not ahead of `through`, None when there is none.

        Somebody may have deleted files, or a server may be replacing them: a cache that cannot be
        read is as good as none.
        """
        newest = self._cache.newest() if self._cache else None
        if self._cache is None or newest is None:
            return None
        if newest[0] > through or newest[1] > len(self._canon.log):
            return None
        try:
            reader = self._reader(_as_of(self._canon, newest[1]))
            return settled.load(self._cache.folder_of(*newest), *newest, reader)
        except (OSError, ValueError):
            return None

    def add(self, rows: pa.Table, merges: list[tuple[int, int]]) -> None:
        """Make applied rows, and the merges that came with them, part of the next answer."""
        with self._lock:
            for person, into in merges:
                self._canon.merge(person, into)
            if len(rows):
                self._chunks.append(tail.chunk_of(rows, self._vocabulary))
            self._current = None

    def now(self) -> Snapshot:
        """The parts as of this moment; each person's run is in exactly one."""
        with self._lock:
            if self._current is None:
                if len(self._chunks) > 1:
                    self._chunks = [self._one_chunk()]
                parts = tail.parts(self._generation, self._chunks, self._canon, self._vocabulary)
                spans = self._spans()
                self._current = Snapshot(
                    parts,
                    min((first for first, _ in spans), default=None),
                    max((last for _, last in spans), default=None),
                )
            return self._current

    def tail_rows(self, people: NDArray[np.int64]) -> pa.Table:
        """The rows of some people that lie in the tail; those committed since are in the store too.

        `people` are ids as the rows were given them, those of merged people included.
        """
        with self._lock:
            found = [
                chunk.table.filter(pa.array(np.isin(chunk.person, people)))
                for chunk in self._chunks
            ]
        return pa.concat_tables([CORE.empty_table(), *found], promote_options="default")

    def members(self, person: int) -> list[int]:
        """All ids that are this person today, their own first."""
        with self._lock:
            return [person, *self._canon.members(person)]

    def today(self, person: int) -> int:
        """The person that an id is today."""
        with self._lock:
            return self._canon.of(person)

    def _spans(self) -> list[tuple[int, int]]:
        """The first and last instant of the settled parts and of each chunk."""
        arrays = [chunk.ts for chunk in self._chunks if len(chunk.ts)]
        spans = [(int(ts.min()), int(ts.max())) for ts in arrays]
        return [*spans, self._generation.span] if self._generation.span else spans

    def wants_settling(self) -> bool:
        """Whether enough committed rows lie in the tail for a new generation to be worth it."""
        rows = sum(len(chunk.ts) for chunk in self._chunks)
        limit = max(TAIL_ROWS_MIN, TAIL_SHARE_MAX * self._generation.rows)
        return rows > limit and self._store.committed() > self._generation.through

    def settle(self, through: int | None = None) -> None:
        """Build a new generation from what is committed, beside the questions, and take it up."""
        with self._settling:
            through = self._store.committed() if through is None else through
            with self._lock:
                canon = copy.deepcopy(self._canon)
            merges = len(canon.log)
            last = self._last_order(through)
            built = self._build(canon, through, last)
            with self._lock:
                self._generation = built
                self._chunks = [left for chunk in self._chunks if (left := _later(chunk, last))]
                self._current = None
            if self._cache and self._keeps:
                self._cache.drop_others(through, merges)

    def _build(self, canon: Canon, through: int, last: int) -> settled.Generation:
        reader = self._reader(canon)
        if self._cache is None or not self._keeps:
            return settled.build(reader, self._vocabulary, through, last, None)
        merges = len(canon.log)
        made = self._cache.begin(through, merges)
        settled.build(reader, self._vocabulary, through, last, made)
        return settled.load(self._cache.finish(made, through, merges), through, merges, reader)

    def _reader(self, canon: Canon) -> settled.ColumnReader:
        return settled.ColumnReader(self._store, canon, self._keeps)

    def _one_chunk(self) -> tail.Chunk:
        tables = [chunk.table for chunk in self._chunks]
        table = pa.concat_tables(tables, promote_options="default")
        return tail.chunk_of(table, self._vocabulary)


def _later(chunk: tail.Chunk, last: int) -> tail.Chunk | None:
    """The rows of a chunk that arrived after `last`, None when there are none."""
    keep = chunk.order > last
    if not keep.any():
        return None
    return tail.Chunk(
        chunk.person[keep],
        chunk.ts[keep],
        chunk.order[keep],
        chunk.event[keep],
        chunk.purposes[keep],
        chunk.table.filter(pa.array(keep)),
    )


def _as_of(canon: Canon, merges: int) -> Canon:
    """Who was who after the first `merges` merges."""
    then = Canon()
    for person, into in canon.log[:merges]:
        then.merge(person, into)
    return then
