"""Strays: rows that lie in the bucket of an id whose person, since a merge, has another bucket.

Whoever looks for those of one part goes through the whole table. So they are read for all parts at
once: the first part that asks finds those of every part, and each takes its own.
"""

from __future__ import annotations

from threading import Lock

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from sojourn.store import BUCKETS, EVERY_ORDER, Store
from sojourn.timelines.canon import Moved
from sojourn.timelines.ledger import Ledger


class Strays:
    """The strays of a table as of one state of the merges. Those that wait for their part leave
    when memory is short, and are read again."""

    def __init__(self, store: Store, moved: Moved, ledger: Ledger) -> None:
        away = moved.ids % BUCKETS != moved.persons % BUCKETS
        self._store, self._ledger = store, ledger
        self._ids: NDArray[np.int64] = moved.ids[away]
        self._buckets: NDArray[np.int64] = moved.persons[away] % BUCKETS
        self._waiting: dict[str, dict[int, pa.Table]] = {}
        self._lock = Lock()

    def take(
        self, bucket: int, names: tuple[str, ...], last: int = EVERY_ORDER[1]
    ) -> list[pa.Table]:
        """The strays that have come to a bucket, up to an order of arrival, with those of these
        columns that the table has; nothing where there are none."""
        if not (self._buckets == bucket).any():
            return []
        reading = f"{last} {' '.join(names)}"
        with self._lock:
            # Memory may run short at any moment, so this is held on to and put down again.
            waiting = self._waiting.get(reading, {})
            if bucket not in waiting:
                waiting = self._read(names, last)
            own = waiting.pop(bucket)
            if waiting:
                self._waiting[reading] = waiting
                self._ledger.use(self, reading, sum(rows.nbytes for rows in waiting.values()))
            elif self._waiting.pop(reading, None) is not None:
                self._ledger.release(self, reading)
        return [own]

    def drop(self, name: str) -> None:
        """Let go of what one reading has left waiting."""
        self._waiting.pop(name, None)

    def _read(self, names: tuple[str, ...], last: int) -> dict[int, pa.Table]:
        """The strays that have come to each bucket."""
        asked = names if "person" in names else (*names, "person")
        table = self._store.read(asked, people=self._ids, orders=(0, last)).combine_chunks()
        to = self._buckets[np.searchsorted(self._ids, table["person"].to_numpy())]
        table = table.take(pa.array(np.argsort(to, kind="stable")))
        ends = np.cumsum(np.bincount(to, minlength=BUCKETS)).tolist()
        return {
            bucket: table.slice(begin, end - begin)
            for bucket, (begin, end) in enumerate(zip([0, *ends], ends, strict=False))
        }
