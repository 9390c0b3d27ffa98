"""DuckDB in this process, the log in one table sorted by (person, ts), the event an enum."""

from __future__ import annotations

from pathlib import Path
from threading import Timer
from typing import Any

import duckdb

from bench.engine import CORES, LIMIT_S, TooLong, rows_of
from bench.question import Answer, Question
from bench.workload import NAMES, Advance

FILE = "events.db"


class DuckDBEngine:
    """A database file; what does not fit into memory goes to a folder beside it."""

    def __init__(self, folder: Path) -> None:
        self._connection = _connect(folder, read_only=True)

    def ask(self, question: Question) -> Any:
        limit = Timer(LIMIT_S, self._connection.interrupt)
        limit.start()
        try:
            return self._connection.sql(question.duckdb).to_arrow_table()
        except duckdb.InterruptException:
            raise TooLong from None
        finally:
            limit.cancel()

    def plain(self, question: Question, given: Any) -> Answer:
        return question.of_rows(rows_of(given))

    def close(self) -> None:
        self._connection.close()


def size(folder: Path) -> int:
    """The bytes of the file."""
    return (folder / FILE).stat().st_size


def fill(folder: Path, rows: Path, advance: Advance) -> None:
    """Make the table from all rows at once, sorted."""
    folder.mkdir()
    with _connect(folder) as connection:
        names = ", ".join(f"'{name}'" for name in NAMES)
        connection.execute(f"CREATE TYPE event_name AS ENUM ({names})")
        connection.execute(f"""
            CREATE TABLE events AS
            SELECT epoch_ms(ts)::DATE AS day, person::UINTEGER AS person, ts,
                   event::event_name AS event, price, duration, page, country, device, member
            FROM read_parquet('{rows}/*.parquet') ORDER BY person, ts""")
        counted = connection.execute("SELECT count(*) FROM events").fetchone()
        advance(counted[0] if counted else 0)


def _connect(folder: Path, *, read_only: bool = False) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(str(folder / FILE), read_only=read_only)
    connection.execute(f"SET threads = {CORES}")
    connection.execute(f"SET temp_directory = '{folder / 'spilled'}'")
    connection.execute("SET enable_progress_bar = false")
    return connection
