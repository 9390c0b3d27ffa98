"""The control database: everything but the events, as one list of tables.

SQLite beside the data by default, PostgreSQL when a URL says so; only what both can do is used.
Migrations in `migrations/` make the tables; this list is what they must add up to, which a test
compares.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from operator import itemgetter, methodcaller
from pathlib import Path
from typing import Any

import sqlalchemy as sa

PARAMETERS_MAX = 5_000
"""Values in one statement: well under what both databases take (32,766 and 65,535)."""


def connect(url: str) -> sa.Engine:
    """An engine on which a commit is on disk when it returns."""
    engine = sa.create_engine(url)
    if engine.dialect.name == "sqlite":
        sa.event.listen(engine, "connect", _set_up_sqlite)
        sa.event.listen(engine, "begin", _begin_at_once)
    return engine


def sqlite_url(path: Path) -> str:
    """The URL of a SQLite file, whose folder is made if need be."""
    path.parent.mkdir(parents=True, exist_ok=True)
    return f"sqlite:///{path}"


def _set_up_sqlite(connection: Any, _record: Any) -> None:
    # The driver must not open transactions of its own: `_begin_at_once` does.
    connection.isolation_level = None
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "busy_timeout=30000",
        "secure_delete=ON",
        "cache_size=-65536",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_at_once(connection: sa.Connection) -> None:
    # A reader keeps the snapshot of its first statement; a writer announces itself
    # (`execution_options(writes=True)`) so that two writers queue instead of failing half-way.
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def writing(engine: sa.Engine) -> sa.Engine:
    """The same database, for transactions that write."""
    return engine.execution_options(writes=True)


def cut_log(engine: sa.Engine) -> None:
    """Empty the write-ahead log, in which what was deleted still stands."""
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:
            raw: Any = connection.connection.dbapi_connection
            raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()


def upsert(
    connection: sa.Connection,
    table: sa.Table,
    rows: Sequence[Mapping[str, Any]],
    *,
    add: str = "",
) -> None:
    """Insert rows, no two of one primary key; where that exists already, overwrite, or `add` to one
    column."""
    if not rows:
        return
    primary = [column.name for column in table.primary_key]
    new = {name: f'excluded."{name}"' for name in rows[0] if name not in primary}
    if add:
        new[add] = f'"{table.name}"."{add}" + excluded."{add}"'
    keys = ", ".join(f'"{name}"' for name in primary)
    update = ", ".join(f'"{name}" = {value}' for name, value in new.items())
    _insert(connection, table, rows, f" ON CONFLICT ({keys}) DO UPDATE SET {update}")


def insert_many(
    connection: sa.Connection, table: sa.Table, rows: Sequence[Mapping[str, Any]]
) -> None:
    """Insert many rows with the same columns."""
    if rows:
        _insert(connection, table, rows)


def _insert(
    connection: sa.Connection,
    table: sa.Table,
    rows: Sequence[Mapping[str, Any]],
    conflict: str = "",
) -> None:
    """Written out, as in `found_in` and for its reason; and many rows to a statement, for SQLite's
    driver lets other threads in before each, which take their time: twenty times that of a row."""
    columns = list(rows[0])
    mark = "?" if connection.dialect.name == "sqlite" else "%s"
    names = ", ".join(f'"{name}"' for name in columns)
    line = f"({', '.join([mark] * len(columns))})"
    size = max(1, PARAMETERS_MAX // len(columns))
    # One name alone would give its value, not a tuple of it.
    in_order = itemgetter(*columns) if len(columns) > 1 else methodcaller("values")
    for begin in range(0, len(rows), size):
        some = rows[begin : begin + size]
        text = f'INSERT INTO "{table.name}" ({names}) VALUES {", ".join([line] * len(some))}'
        values = tuple(chain.from_iterable(map(in_order, some)))
        connection.exec_driver_sql(text + conflict, values)


def rows_of(
    source: sa.Engine | sa.Connection, text: str, values: Sequence[Any]
) -> list[tuple[Any, ...]]:
    """The rows of one SELECT (`?` stands for each value), in the transaction of a connection or, by
    an engine, in none: as of this moment.

    For what every question asks first: to begin a transaction, and to build and unpack a statement,
    lets other threads in a dozen times, and with three of them busy took 7 ms. This takes 0.6.
    """
    mark = "?" if source.dialect.name == "sqlite" else "%s"
    raw = source.raw_connection() if isinstance(source, sa.Engine) else source.connection
    try:
        cursor = raw.cursor()
        cursor.execute(text.replace("?", mark), tuple(values))
        return list(cursor.fetchall())
    finally:
        if isinstance(source, sa.Engine):
            raw.close()


def found_in(
    connection: sa.Connection,
    columns: Sequence[sa.Column[Any]],
    project: int,
    column: sa.Column[Any],
    values: Iterable[Any],
) -> Iterator[tuple[Any, ...]]:
    """The `columns` of a project's rows whose `column` is one of many values.

    The applier asks this for every batch, with thousands of values, so the statement is written out
    here: building it as an expression takes longer than running it.
    """
    names = ", ".join(f'"{wanted.name}"' for wanted in columns)
    select = f'SELECT {names} FROM "{column.table.name}" WHERE project'
    wanted_values = list(values)
    for begin in range(0, len(wanted_values), PARAMETERS_MAX):
        some = wanted_values[begin : begin + PARAMETERS_MAX]
        if connection.dialect.name == "sqlite":
            marks = ",".join("?" * len(some))
            text, parameters = f'{select} = ? AND "{column.name}" IN ({marks})', (project, *some)
        else:
            text, parameters = f'{select} = %s AND "{column.name}" = ANY(%s)', (project, some)
        yield from map(tuple, connection.exec_driver_sql(text, parameters).all())
