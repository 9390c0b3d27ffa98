"""Rows kept in memory: the slow, obvious store that the others are held against."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from sojourn.store import BUCKETS, CORE, EVERY_ORDER, Change, Rewritten


class MemoryStore:
    """A list of tables; every read looks at every row."""

    def __init__(self) -> None:
        self._table: pa.Table = CORE.empty_table()
        self._through = 0
        self._edition = 0

    def committed(self) -> int:
        return self._through

    def append(self, rows: pa.Table, through: int) -> None:
        self._table = pa.concat_tables([self._table, rows], promote_options="default")
        self._through = through

    def read(
        self,
        columns: Sequence[str],
        *,
        bucket: int | None = None,
        people: NDArray[np.int64] | None = None,
        orders: tuple[int, int] = EVERY_ORDER,
    ) -> pa.Table:
        person = self._table["person"].to_numpy()
        order = self._table["order"].to_numpy()
        wanted = (order >= orders[0]) & (order <= orders[1])
        if bucket is not None:
            wanted &= person % BUCKETS == bucket
        if people is not None:
            wanted &= np.isin(person, people)
        known = [name for name in columns if name in self._table.column_names]
        return self._table.select(known).filter(pa.array(wanted))

    def edition(self) -> int:
        return self._edition

    def rewrite(self, change: Change, *, dry: bool = False) -> Rewritten:
        left, whole, part = [], 0, 0
        for rows in _partitions(self._table):
            looked_at = rows.select([name for name in change.columns if name in rows.column_names])
            count = change.weigh(rows) if change.concerns(looked_at) else None
            whole, part = whole + (count == 0), part + bool(count)
            left.append(rows if count is None else change.made(rows))
        if not dry and whole + part:
            self._table = pa.concat_tables(left, promote_options="default")
            self._edition += 1
        return Rewritten(whole, part)

    def forget(self) -> None:
        """It never keeps what is not in the table."""


def _partitions(table: pa.Table) -> list[pa.Table]:
    """The rows of each month and bucket."""
    month = table["ts"].to_numpy().astype("datetime64[ms]").astype("datetime64[M]")
    number = month.astype(np.int64) * BUCKETS + table["person"].to_numpy() % BUCKETS
    return [table.filter(pa.array(number == one)) for one in np.unique(number)]
