"""A store: the committed events of one project, in an open table. The contract.

Rows go in as Arrow tables and come back as Arrow tables, with these columns and one more for each
property (see `properties` in `control.py` for which column holds which property):

    person    int64   the person the event was given at collection
    ts        int64   ms UTC
    order     int64   order of arrival, unique; breaks ties between equal instants
    event     string; empty for a fact: nothing happened, something was told of the person
    alias     binary  digest of the identifier it came under, so that a merge can be undone
    source    string
    purposes  int32   bit mask: for which purposes it was lawful when it was collected
    sealed    binary  personal values of this one event, sealed under the person's key

A commit carries the inbox row up to which everything of the project is in the table, so that a
crash at any instruction neither loses nor doubles an event. `tests/test_store.py` is the suite
that every implementation passes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

BUCKETS = 16
"""Parts a project's people are spread over, by id: several a core, and few enough files a month."""

EVERY_ORDER = (0, 2**63 - 1)

FACT = ""
"""In place of an event's name: the row is a fact, its properties were told of the person."""

CORE = pa.schema(
    [
        pa.field("person", pa.int64(), nullable=False),
        pa.field("ts", pa.int64(), nullable=False),
        pa.field("order", pa.int64(), nullable=False),
        pa.field("event", pa.string(), nullable=False),
        pa.field("alias", pa.binary()),
        pa.field("source", pa.string()),
        pa.field("purposes", pa.int32(), nullable=False),
        pa.field("sealed", pa.binary()),
    ]
)


def with_plain_events(rows: pa.Table) -> pa.Table:
    """The same rows with event names as plain text, so that tables of all stores fit together."""
    place = rows.column_names.index("event")
    return rows.set_column(place, "event", rows["event"].cast(pa.string()))


class Rewritten(NamedTuple):
    """What a change came to: how many partitions went as a whole, and how many became others."""

    dropped: int = 0
    rewritten: int = 0


class Change(Protocol):
    """Something to be done to rows wherever it concerns any."""

    @property
    def columns(self) -> Sequence[str]:
        """What `concerns` needs to see."""
        ...

    def concerns(self, rows: pa.Table) -> bool:
        """Whether it may be that some of these rows change. Many are looked at, few change."""
        ...

    def weigh(self, rows: pa.Table) -> int | None:
        """How many of a partition's whole rows would be left; None when nothing changes."""
        ...

    def made(self, rows: pa.Table) -> pa.Table:
        """What is left of some rows, changed."""
        ...


class Store(Protocol):
    """What `timelines/`, the applier and the keep gate need of a store."""

    def committed(self) -> int:
        """The inbox row up to which everything of this project is in the table; 0 at first."""
        ...

    def append(self, rows: pa.Table, through: int) -> None:
        """Add rows and move `committed` to `through`, both or neither, on disk when it returns."""
        ...

    def read(
        self,
        columns: Sequence[str],
        *,
        bucket: int | None = None,
        people: NDArray[np.int64] | None = None,
        orders: tuple[int, int] = EVERY_ORDER,
    ) -> pa.Table:
        """The rows of one bucket (`person % BUCKETS`) or all, of some people or all, whose order of
        arrival is within `orders`, ends included; in no particular order. Columns that the table
        lacks are left out; `event` may come dictionary-encoded."""
        ...

    def edition(self) -> int:
        """How often rows were changed or taken out. What is derived from the rows of one edition is
        not true of another."""
        ...

    def rewrite(self, change: Change, *, dry: bool = False) -> Rewritten:
        """Change rows where a change concerns any, all or none of it, on disk when it returns; a
        partition of which nothing is left is dropped. `dry` only tells what would be done.

        Nothing may be appended meanwhile.
        """
        ...

    def forget(self) -> None:
        """Leave nothing on disk of rows that are not in the table any more. Nothing may be appended
        meanwhile."""
        ...
