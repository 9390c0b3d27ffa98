"""The parts of one project: kept fresh as rows are applied, and handed out to questions."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from pathlib import Path
from threading import Lock

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from sojourn.store import CORE, Store, with_plain_events
from sojourn.timelines import settled
from sojourn.timelines.cache import Cache, discard
from sojourn.timelines.canon import NOBODY_MOVED, Canon, Moved
from sojourn.timelines.ledger import Ledger
from sojourn.timelines.settled import Generation, Source
from sojourn.timelines.snapshot import Snapshot
from sojourn.timelines.standing import Standing
from sojourn.timelines.tail import Tail
from sojourn.vocabulary import Vocabulary

TAIL_ROWS_MIN = 100_000
"""A tail up to this size costs a question a few milliseconds, whatever the history."""
TAIL_SHARE_MAX = 0.05
"""Beyond this share of the history, rebuilding the settled parts is worth its time."""

REST = 4
"""How many times as long as it took settling rests: it never takes most of a core."""
CHEAP_ROWS = 20_000
"""What moves fewer rows into the tail is so quick that every question sees the very latest."""
GOOD_FOR_ROW_S, GOOD_FOR_MAX_S = 4e-6, 0.5
"""How long the last snapshot will do otherwise: many times as long as making it took, so that most
questions find the columns that they need already made, and within the second after which events are
seen."""

ASKED_S = 5.0
"""For how long whoever asked is taken to ask again."""


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
        ledger: Ledger,
        cache: Path | None = None,
        *,
        keeps: bool = True,
    ) -> None:
        self._store = store
        self._vocabulary = vocabulary
        self._canon = canon
        self._last_order = last_order
        self._folder = cache
        self._cache: Cache | None = None
        self._keeps = keeps
        self._written: Cache | None = None
        self._ledger = ledger
        self.opened = 0
        self._tail = Tail(Generation(), vocabulary, self._ledger)
        self._hidden = np.empty(0, dtype=np.int64)
        self._current: Snapshot | None = None
        self._good_until = 0.0
        self._asked_s = -ASKED_S
        self._rests_until = 0.0
        self._lock = Lock()
        self._settling = Lock()

    def open(self, through: int) -> None:
        """Take up the newest generation of the cache, or build one; the rest goes to the tail.

        `through` is what the store had committed before the vocabulary was read: a table that
        another process goes on filling may by now hold events whose names are not known here.
        """
        self._turn_to_edition()
        generation = self._from_cache(through)
        if generation is None and through:
            generation = self._from_table(through)
        if generation is not None:
            self._tail = Tail(generation, self._vocabulary, self._ledger)
        self.opened = through
        since = self._last_order(self._tail.generation.through) + 1
        names = [*CORE.names, *self._vocabulary.every_column()]
        rows = self._store.read(names, orders=(since, self._last_order(through)))
        if len(rows):
            self.add(with_plain_events(rows), [])
        self.drop_other_editions()

    def _from_cache(self, through: int) -> Generation | None:
        """The newest cached generation that is not ahead of `through`, None when there is none.

        Somebody may have deleted files, or a server may be replacing them: a cache that cannot be
        read is as good as none.
        """
        newest = self._cache.newest() if self._cache else None
        if self._cache is None or newest is None:
            return None
        if newest[0] > through:
            return None
        try:
            source = self._source(NOBODY_MOVED)
            return settled.load(self._cache.folder_of(*newest), *newest, source)
        except (OSError, ValueError):
            return None

    def _from_table(self, through: int) -> Generation:
        with self._lock:
            source, merges = self._source(self._canon.moved()), len(self._canon.log)
        making = settled.read(source, self._vocabulary, self._last_order(through))
        return settled.make(making, through, merges, source, self._written)

    def add(
        self, rows: pa.Table, merges: list[tuple[int, int]], withdrawn: Collection[int] = ()
    ) -> None:
        """Make applied rows, and the merges that came with them, part of the next answer; the
        provisional rows of the orders `withdrawn` are none from then on."""
        with self._lock:
            for person, into in merges:
                self._canon.merge(person, into)
            self._tail.withdraw(withdrawn)
            self._tail.add(rows)

    def split(self, person: int) -> None:
        """Undo the merge by which this id went: every row is again whose it was before."""
        with self._lock:
            self._canon.split(person)
            self._good_until = 0.0

    def hide(self, people: Collection[int]) -> None:
        """From now on these people, whoever they become, and nobody else may not be seen."""
        with self._lock:
            self._hidden = np.array(sorted(people), dtype=np.int64)
            self._current = None

    def now(self, *, latest: bool = False) -> Snapshot:
        """The parts as of this moment or, unless it must be the `latest`, of a moment ago when
        catching up takes its time; each person's run is in exactly one."""
        self._asked_s, current = time.monotonic(), self._current
        will_do = not latest and self._asked_s < self._good_until + GOOD_FOR_MAX_S
        if not self._lock.acquire(blocking=current is None or not will_do):
            # Another thread is catching up. Who asks meanwhile sees what there was until now.
            assert current is not None
            return current
        try:
            if latest or self._current is None or self._asked_s >= self._good_until:
                self._current = self._caught_up()
            return self._current
        finally:
            self._lock.release()

    def make_ready(self) -> None:
        """Have the rows in memory that the first question would wait for."""
        for source in self.now().sources:
            source.bring_in()

    def keep_fresh(self) -> None:
        """Catch up if somebody asked a moment ago, and make the columns that were asked for: then
        the next question need not. Who applies calls this."""
        if time.monotonic() - self._asked_s >= ASKED_S:
            return
        with self._lock:
            snapshot = self._current = self._caught_up()
            settled = self._tail.generation.parts
        used = settled[0].columns_in_use() if settled else ()
        for layer in snapshot.sources[: len(snapshot.sources) - len(settled)]:
            layer.columns(used)

    def _caught_up(self) -> Snapshot:
        moved = self._tail.catch_up(self._canon)
        if moved >= CHEAP_ROWS:
            good_for = min(moved * GOOD_FOR_ROW_S, GOOD_FOR_MAX_S)
            self._good_until = time.monotonic() + good_for
        return self._snapshot() if moved or self._current is None else self._current

    def _snapshot(self) -> Snapshot:
        # The applier may add words meanwhile; all parts of one moment have the same ones.
        names, span = self._vocabulary.names, self._tail.span
        hidden = np.unique(self._canon.of_all(self._hidden))
        standing = self._tail.standing()
        shown = [_without(hidden, one) for one in standing]
        return Snapshot(
            tuple(
                one.part.timeline(ends, names, self._vocabulary)
                for one, (ends, _) in zip(standing, shown, strict=True)
            ),
            int(span[0]) if len(span) else None,
            int(span[-1]) if len(span) else None,
            sum(gone for _, gone in shown),
            tuple(one.part for one in standing),
        )

    @property
    def tail_size(self) -> int:
        """How many rows the tail has, or takes room for."""
        with self._lock:
            return self._tail.rows

    def tail_rows(self, people: NDArray[np.int64]) -> pa.Table:
        """The rows of some people that lie in the tail; those committed since are in the store too.

        `people` are ids as the rows were given them, those of merged people included.
        """
        with self._lock:
            return self._tail.arrivals.of_people(people)

    def members(self, person: int) -> list[int]:
        """All ids that are this person today, their own first."""
        with self._lock:
            return [person, *self._canon.members(person)]

    def today(self, person: int) -> int:
        """The person that an id is today."""
        with self._lock:
            return self._canon.of(person)

    def wants_settling(self) -> bool:
        """Whether so much lies in the tail that a new generation is worth its time."""
        if time.monotonic() < self._rests_until:
            return False
        with self._lock:
            rows, generation = self._tail.rows, self._tail.generation
            crowded = len(self._tail.arrivals.withdrawn) > TAIL_ROWS_MIN
        limit = max(TAIL_ROWS_MIN, TAIL_SHARE_MAX * generation.rows)
        return crowded or (rows > limit and self._has_more_than(generation))

    def _has_more_than(self, generation: Generation) -> bool:
        """Whether anything that would make another generation came since this one."""
        changed = len(self._canon.log) != generation.merges
        return changed or self._store.committed() > generation.through

    def settle(self) -> None:
        """Make what is committed a new generation, beside the questions, and take it up.

        Only the process that applies may: all that is committed went through its tail.
        """
        with self._settling:
            began = time.monotonic()
            if not self._has_more_than(self._tail.generation):
                self._take_up(self._tail.generation)
                return
            through = self._store.committed()
            with self._lock:
                # Whoever asks while parts settle sees what the tail has caught up with for it.
                self._current = self._caught_up()
                canon, tail = self._canon.copy(), self._tail.frozen()
            making = tail.settle(self._last_order(through), canon)
            source, merges = self._source(canon.moved()), len(canon.log)
            self._take_up(settled.make(making, through, merges, source, self._written))
            self._drop_others()
            now = time.monotonic()
            self._rests_until = now + REST * (now - began)

    def renew(self) -> None:
        """Take up another edition of the table: nothing is left of what it does not hold. Questions
        in flight keep the rows that they have."""
        with self._settling:
            through = self._store.committed()
            self._turn_to_edition()
            self._take_up(self._from_table(through))
            self.drop_other_editions()

    def withdraw(self, people: NDArray[np.int64]) -> None:
        """Take out the provisional rows of some people, ids as the rows were given them. Nothing is
        left of them, whereas a row that was replaced takes room until parts settle."""
        with self._settling:
            with self._lock:
                orders = self._tail.arrivals.provisional_of(people)
                self._tail.withdraw(orders)
            if orders:
                self._take_up(self._tail.generation)

    def drop_other_editions(self) -> None:
        """Delete what was derived from other editions of the table."""
        if self._folder is not None and self._written is not None and self._folder.exists():
            for path in self._folder.iterdir():
                if path != self._written.folder:
                    discard(path)

    def _turn_to_edition(self) -> None:
        """Read and write the cache of the table's edition: no other is true of it."""
        if self._folder is not None:
            self._cache = Cache(self._folder / f"edition-{self._store.edition()}")
            self._written = self._cache if self._keeps else None

    def _drop_others(self) -> None:
        if self._written:
            generation = self._tail.generation
            self._written.drop_others(generation.through, generation.merges)

    def _take_up(self, built: Generation) -> None:
        """Put a generation in the place of the last one, with the tail that belongs to it."""
        tail = Tail(built, self._vocabulary, self._ledger)
        with self._lock:
            canon, before = self._canon.copy(), self._tail
            later = before.arrivals.after(self._last_order(built.through))
            known = len(before.arrivals)
        # Most of the work is done here, while questions go on with what there was.
        tail.add(later)
        tail.catch_up(canon)
        for old, new in zip(before.generation.parts, built.parts, strict=False):
            new.columns(old.columns_in_use())
        with self._lock:
            tail.add(before.arrivals.standing_since(known))
            tail.withdraw(tail.arrivals.provisional() - before.arrivals.provisional())
            self._tail = tail
            self._current = None

    def _source(self, moved: Moved) -> Source:
        return Source(self._store, moved, self._ledger, self._keeps)


def _without(people: NDArray[np.int64], standing: Standing) -> tuple[NDArray[np.int64], int]:
    """The ends of a part's runs when some people (ascending) may not be seen, and how many of them
    have events here."""
    index = standing.part.find(people)
    index = index[standing.ends[index] > standing.part.starts[index]]
    if not len(index):
        return standing.ends, 0
    ends = standing.ends.copy()
    ends[index] = standing.part.starts[index]
    return ends, len(index)
