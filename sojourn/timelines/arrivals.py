"""Arrivals: the rows applied since the settled parts were built, numbered from 0.

They come in small tables by the thousand. Two neighbours become one whenever the later is at least
half as large as the earlier, so that there are never more than a few, and none is copied often.

The row of an event that may still change is *provisional*: its order of arrival lies beyond every
other, so that it is never settled, and a row of the same order replaces it. A row that was replaced
or withdrawn keeps its number, and is no part of anything from then on.
"""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from sojourn.store import CORE
from sojourn.timeline import Column, PropertyType
from sojourn.timelines import columns, ordering

PROVISIONAL = 1 << 62
"""From this order of arrival on rows are provisional."""


class Arrivals:
    """Grows by `add`; the number of a row stays its own. `withdrawn` are the ids, one for each row
    that went, in the order of their going."""

    def __init__(self) -> None:
        self.withdrawn: list[int] = []
        self._tables: tuple[pa.Table, ...] = ()
        self._provisional: dict[int, tuple[int, int]] = {}
        self._stands: NDArray[np.bool_] = np.ones(0, dtype=np.bool_)

    def __len__(self) -> int:
        return sum(map(len, self._tables))

    def add(self, table: pa.Table) -> None:
        """Append rows. A provisional one replaces that of the same order."""
        self._note_provisional(table)
        tables = list(self._tables)
        while tables and len(tables[-1]) <= 2 * len(table):
            table = pa.concat_tables([tables.pop(), table], promote_options="default")
        # A question may be reading: it keeps the tuple it found.
        self._tables = (*tables, table.combine_chunks())

    def withdraw(self, orders: Collection[int]) -> None:
        """Take out the provisional rows of these orders, as far as there are any."""
        for order in orders:
            known = self._provisional.pop(order, None)
            if known is not None:
                number, person = known
                self._stands[number] = False
                self.withdrawn.append(person)

    def provisional(self) -> frozenset[int]:
        """The orders of the provisional rows that stand."""
        return frozenset(self._provisional)

    def provisional_of(self, people: NDArray[np.int64]) -> list[int]:
        """The orders of those among them that were given to some ids."""
        own = set(people.tolist())
        return [order for order, (_, person) in self._provisional.items() if person in own]

    @property
    def stands(self) -> NDArray[np.bool_]:
        """Which rows were neither replaced nor withdrawn, by number: bool, longer than needed."""
        return self._stands

    def standing_since(self, number: int) -> pa.Table:
        """The rows from a number on that were neither replaced nor withdrawn."""
        table = self.since(number)
        if not self.withdrawn:
            return table
        return table.filter(pa.array(self._stands[number : number + len(table)]))

    def since(self, number: int) -> pa.Table:
        """The rows from a number on, those that went among them."""
        pieces = [CORE.empty_table()]
        first = 0
        for table in self._tables:
            if first + len(table) > number:
                pieces.append(table.slice(max(0, number - first)))
            first += len(table)
        return pa.concat_tables(pieces, promote_options="default")

    def of_people(self, people: NDArray[np.int64]) -> pa.Table:
        """The rows given to some ids."""
        return self.standing_since(0).filter(pc.field("person").isin(pa.array(people)))

    def after(self, order: int) -> pa.Table:
        """The rows that arrived later than an order of arrival."""
        return self.standing_since(0).filter(pc.field("order") > order)

    def _note_provisional(self, table: pa.Table) -> None:
        """Make room to say which of some new rows stand, and remember the provisional ones."""
        first = len(self)
        if first + len(table) > len(self._stands):
            grown = np.ones(2 * (first + len(table)), dtype=np.bool_)
            grown[:first] = self._stands[:first]
            self._stands = grown
        orders = table["order"].to_numpy()
        rows = np.flatnonzero(orders >= PROVISIONAL)
        if len(rows):
            people = table["person"].to_numpy()[rows].tolist()
            self.withdraw(orders[rows].tolist())
            for row, person in zip(rows.tolist(), people, strict=True):
                self._provisional[int(orders[row])] = (first + row, person)

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
