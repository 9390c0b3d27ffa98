"""ClickHouse in this process (chdb), the log in one table of a given order, merged into one part.

The event is an enum of one byte, which is faster than a string of low cardinality; the person has
32 bits, and the day is a column, so that neither is computed or read at full width.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from chdb.session import Session

from bench.engine import CORES, rows_of
from bench.question import Answer, Question, Rows
from bench.workload import NAMES, Advance

ORDERS = {"by_person": "person, ts", "by_day": "day, event, person"}
"""The orders that are tried."""


class ClickHouseEngine:
    """A database folder; `order` says which statement of a question suits it."""

    def __init__(self, folder: Path) -> None:
        self._order = folder.name
        self._session: Any = Session(str(folder))  # type: ignore[no-untyped-call]

    def ask(self, question: Question) -> Any:
        statement = question.clickhouse[self._order]
        statement += ", " if "SETTINGS" in statement else " SETTINGS "
        statement += f"max_threads = {CORES}"
        return self._session.query(statement, "ArrowStream")

    def plain(self, question: Question, given: Any) -> Answer:
        return question.of_rows(_rows(given))

    def close(self) -> None:
        self._session.close()


def size(folder: Path) -> int:
    """The bytes of the table, without what ClickHouse writes about itself."""
    session: Any = Session(str(folder))  # type: ignore[no-untyped-call]
    sizes = session.query(
        "SELECT sum(bytes_on_disk) FROM system.parts WHERE active AND table = 'events'",
        "ArrowStream",
    )
    ((bytes_,),) = _rows(sizes)
    session.close()
    return int(bytes_)


def fill(folder: Path, rows: Path, advance: Advance) -> None:
    """Make the table, in the order that the folder is named for, and merge it into one part."""
    session: Any = Session(str(folder))  # type: ignore[no-untyped-call]
    names = ", ".join(f"'{name}' = {number}" for number, name in enumerate(("", *NAMES)))
    session.query(f"""
        CREATE TABLE events (
            day Date, person UInt32, ts UInt64, event Enum8({names}),
            price Nullable(Float64), duration Float64, page LowCardinality(String),
            country LowCardinality(String), device LowCardinality(String), member Bool
        ) ENGINE = MergeTree ORDER BY ({ORDERS[folder.name]})""")
    for file in sorted(rows.iterdir()):
        session.query(f"""
            INSERT INTO events
            SELECT toDate(fromUnixTimestamp64Milli(ts, 'UTC'), 'UTC'), person, ts, event,
                   price, duration, page, country, device, member
            FROM file('{file}', Parquet)""")
        advance(pq.read_metadata(file).num_rows)
    session.query("OPTIMIZE TABLE events FINAL")
    session.close()


def _rows(result: Any) -> Rows:
    return rows_of(pa.ipc.open_stream(pa.py_buffer(result.bytes())).read_all())
