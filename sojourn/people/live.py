"""What happens now: the newest events as the applier shows them, and who is online.

A ring of a few hundred rows in memory, for a few minutes. Whoever listens holds nothing but a place
in it, so a slow listener costs nothing: it loses the oldest rows, and is told how many. What
happened long ago, such as what an import brings, is no news.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterable, Iterator
from itertools import count
from secrets import token_hex
from threading import Lock
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from sojourn.errors import TooBusy, Unavailable
from sojourn.store import FACT

ONLINE_MS = 5 * 60_000
"""Who did something within so long is online."""
KEPT = 500
"""Rows in the ring: more than anybody reads between two looks."""
LISTENERS_MAX = 32
"""Of one project, each of whom asks the database once a second what may still be seen."""
LEASE_S = 60.0
"""Who has not looked for so long does not listen any more."""
HIDDEN = ["alias", "sealed"]
"""What of a row identifies somebody, and is never kept here."""
SIGHTINGS_MAX = 50_000
"""Sightings that may wait before they are put together: a megabyte."""

Occurrence = tuple[int, int, str]
"""Whose, when and which: what an event keeps while it is open and when it closes."""


class News(NamedTuple):
    """The rows that came since a place, oldest first, the place after them, and how many rows in
    between are `lost`."""

    rows: list[dict[str, Any]]
    place: int
    lost: int


class Live:
    """What happens now in one project. The applier writes, requests read."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._tables: deque[tuple[int, int, pa.Table]] = deque()
        self._end = 0
        self._opened: dict[Occurrence, None] = {}
        self._sightings = np.empty((3, 0), dtype=np.int64)
        self._waiting: list[NDArray[np.int64]] = []
        self._listeners: dict[int, float] = {}
        self._numbers = count(1)
        self._closed = False
        self._run = token_hex(4)

    def show(self, applied: pa.Table, open_still: pa.Table, now_ms: int) -> None:
        """Take over the rows that were applied, and those of events that were touched and may still
        change: somebody is at it now, whenever the event began."""
        fresh = _since(applied, applied["ts"].to_numpy(), now_ms)
        touched = _since(open_still, np.full(len(open_still), now_ms), now_ms)
        if not len(fresh) and not len(touched):
            return
        with self._lock:
            self._see(fresh, np.minimum(fresh["ts"].to_numpy(), now_ms), now_ms)
            self._see(touched, np.full(len(touched), now_ms), now_ms)
            self._keep(self._unseen(fresh.slice(max(0, len(fresh) - KEPT))), now_ms)
            self._keep(self._newly_open(touched), now_ms)

    def after(self, place: int, now_ms: int) -> News:
        """What came since a place; the first one is 0."""
        with self._lock:
            self._let_go(now_ms)
            tables, end = list(self._tables), self._end
        rows: list[dict[str, Any]] = []
        for begin, _, table in tables:
            rows += table.slice(max(0, place - begin)).to_pylist()
        return News(rows, end, max(0, end - place - len(rows)))

    def mark(self, place: int) -> str:
        """A place as a listener is told it, to come back to."""
        return f"{self._run}-{place}"

    def place_of(self, mark: str) -> int:
        """The place that a listener came back to, 0 where it is none of this run."""
        run, _, place = mark.partition("-")
        return int(place) if run == self._run and place.isdecimal() and len(place) < 16 else 0

    def online(self, purposes: int, now_ms: int) -> dict[int, int]:
        """Who did something just now that has one of these purposes (a mask): when they did, ms
        UTC, by the ids of their rows."""
        with self._lock:
            self._put_together(now_ms)
            people, purpose, at = self._sightings
        lawful = purpose & purposes != 0
        found: dict[int, int] = {}
        for person, ms in zip(people[lawful].tolist(), at[lawful].tolist(), strict=True):
            found[person] = max(ms, found.get(person, ms))
        return found

    def close(self) -> None:
        """Let go of everybody who listens, and take nobody any more."""
        with self._lock:
            self._closed = True
            self._listeners.clear()

    def listen(self) -> int:
        """A listener's number; raises `TooBusy` when there are too many."""
        with self._lock:
            if self._closed:
                raise Unavailable("The server is stopping", mend="Come back when it runs again.")
            oldest = time.monotonic() - LEASE_S
            self._listeners = {one: at for one, at in self._listeners.items() if at > oldest}
            if len(self._listeners) >= LISTENERS_MAX:
                raise TooBusy(
                    "Too many look at the live list",
                    detail=f"{LISTENERS_MAX} may at a time.",
                    mend="Close one of the pages that show it.",
                )
            number = next(self._numbers)
            self._listeners[number] = time.monotonic()
            return number

    def goes_on(self, listener: int) -> bool:
        """Say that a listener still listens; whether it may."""
        with self._lock:
            if listener in self._listeners:
                self._listeners[listener] = time.monotonic()
            return listener in self._listeners

    def leave(self, listener: int) -> None:
        """A listener listens no more."""
        with self._lock:
            self._listeners.pop(listener, None)

    def _see(self, rows: pa.Table, at: NDArray[np.int64], now_ms: int) -> None:
        if len(rows):
            person, purposes = (rows[name].to_numpy() for name in ("person", "purposes"))
            self._waiting.append(np.stack((person, purposes.astype(np.int64), at)))
            if sum(one.shape[1] for one in self._waiting) > SIGHTINGS_MAX:
                self._put_together(now_ms)

    def _put_together(self, now_ms: int) -> None:
        """Of each person and mask of purposes the newest sighting, while it is new."""
        every = np.concatenate([self._sightings, *self._waiting], axis=1)
        every = every[:, every[2] >= now_ms - ONLINE_MS]
        person, purposes, _ = ordered = every[:, np.lexsort(every[::-1])]
        last = np.ones(ordered.shape[1], dtype=np.bool_)
        last[:-1] = (person[1:] != person[:-1]) | (purposes[1:] != purposes[:-1])
        self._sightings, self._waiting = ordered[:, last], []

    def _unseen(self, rows: pa.Table) -> pa.Table:
        """The rows that were not shown already when they were open."""
        if not self._opened:
            return rows
        shown = [self._opened.pop(one, one) is None for one in _occurrences(rows)]
        return rows.filter(pa.array([not one for one in shown], pa.bool_()))

    def _newly_open(self, rows: pa.Table) -> pa.Table:
        """The rows of events that have just opened."""
        new = []
        for one in _occurrences(rows):
            new.append(one not in self._opened)
            self._opened[one] = None
        while len(self._opened) > KEPT:
            del self._opened[next(iter(self._opened))]
        return rows.filter(pa.array(new, pa.bool_()))

    def _keep(self, rows: pa.Table, now_ms: int) -> None:
        if not len(rows):
            return
        # A copy of what is kept: a slice would hold the whole batch in memory.
        copy = rows.drop_columns(HIDDEN).take(pa.array(range(len(rows)), pa.int64()))
        self._tables.append((self._end, now_ms, copy))
        self._end += len(rows)
        self._let_go(now_ms)

    def _let_go(self, now_ms: int) -> None:
        """Keep as many of the newest rows as there is room for, as long as they are news."""
        while self._tables:
            begin, shown_ms, table = self._tables[0]
            has_room = self._end - begin - len(table) < KEPT
            if has_room and shown_ms >= now_ms - ONLINE_MS:
                break
            self._tables.popleft()


def _since(rows: pa.Table, at: NDArray[np.int64], now_ms: int) -> pa.Table:
    """The events of some rows (facts are none) that are news."""
    fresh = pa.array(at >= now_ms - ONLINE_MS)
    if not pc.any(fresh).as_py():
        return rows.slice(0, 0)
    return rows.filter(pc.and_(fresh, pc.not_equal(rows["event"], FACT)))


def _occurrences(rows: pa.Table) -> Iterator[Occurrence]:
    named: Iterable[list[Any]] = (rows[name].to_pylist() for name in ("person", "ts", "event"))
    return zip(*named, strict=True)
