"""Rows kept in memory: the slow, obvious store that the others are held against."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from sojourn.store import BUCKETS, CORE, EVERY_ORDER


class MemoryStore:
    """A list of tables; every read looks at every row."""

    def __init__(self) -> None:
        self._table: pa.Table = CORE.empty_table()
        self._through = 0

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
