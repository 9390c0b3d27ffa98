"""Arrivals: the rows applied since the settled parts were built, numbered from 0.

They come in small tables by the thousand. Two neighbours become one whenever the later is at least
half as large as the earlier, so that there are never more than a few, and none is copied often.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from sojourn.store import CORE
from sojourn.timeline import Column, PropertyType
from sojourn.timelines import columns, ordering


class Arrivals:
    """Grows by `add`; the number of a row stays its own."""

    def __init__(self) -> None:
        self._tables: tuple[pa.Table, ...] = ()

    def __len__(self) -> int:
        return sum(map(len, self._tables))

    def add(self, table: pa.Table) -> None:
        """Append rows."""
        tables = list(self._tables)
        while tables and len(tables[-1]) <= 2 * len(table):
            table = pa.concat_tables([tables.pop(), table], promote_options="default")
        # A question may be reading: it keeps the tuple it found.
        self._tables = (*tables, table.combine_chunks())

    def since(self, number: int) -> pa.Table:
        """The rows from a number on."""
        pieces = [CORE.empty_table()]
        first = 0
        for table in self._tables:
            if first + len(table) > number:
                pieces.append(table.slice(max(0, number - first)))
            first += len(table)
        return pa.concat_tables(pieces, promote_options="default")

    def of_people(self, people: NDArray[np.int64]) -> pa.Table:
        """The rows given to some ids."""
        return self.since(0).filter(pc.field("person").isin(pa.array(people)))

    def after(self, order: int) -> pa.Table:
        """The rows that arrived later than an order of arrival."""
        return self.since(0).filter(pc.field("order") > order)

    def column(self, kind: PropertyType, name: str, numbers: NDArray[np.int64]) -> Column:
        """One property of the rows of these numbers."""
        tables = self._tables
        firsts = np.cumsum([0, *map(len, tables)])
        pieces, places = [], []
        for index, at in ordering.apart(_table_of(firsts, numbers)):
            rows = numbers[at] - firsts[index]
            pieces.append(_values(tables[index], kind, name, rows))
            places.append(at)
        return columns.scattered(kind, pieces, places)


def _table_of(firsts: NDArray[np.int64], numbers: NDArray[np.int64]) -> NDArray[np.uint8]:
    """In which table each row stands; there are never so many that a byte would not do."""
    return (np.searchsorted(firsts, numbers, "right") - 1).astype(np.uint8)


def _values(table: pa.Table, kind: PropertyType, name: str, rows: NDArray[np.int64]) -> Column:
    if name not in table.column_names:
        return columns.absent(kind, len(rows))
    return columns.from_arrow(kind, table[name].take(pa.array(rows)))
