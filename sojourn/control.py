"""The control database: everything but the events, as one list of tables.

SQLite beside the data by default, PostgreSQL when a URL says so; only what both can do is used.
Migrations in `migrations/` make the tables; this list is what they must add up to, which a test
compares.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

metadata = sa.MetaData()

PARAMETERS_MAX = 5_000
"""Values in one IN list: well under what both databases take in a statement (32,766 and 65,535)."""

projects = sa.Table(
    "projects",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("name", sa.Text, nullable=False, unique=True),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("timezone", sa.Text, nullable=False),
    sa.Column("simulated", sa.Boolean, nullable=False),
    sa.Column("wrapped_key", sa.LargeBinary, nullable=False),
    sa.Column("week_start", sa.Text, nullable=False, server_default="monday"),
)

segments = sa.Table(
    "segments",
    metadata,
    sa.Column("project", sa.Integer, primary_key=True),
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("description", sa.Text, nullable=False),
    sa.Column("definition", sa.LargeBinary, nullable=False),
)

policies = sa.Table(
    "policies",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("project", sa.Integer, nullable=False),
    sa.Column("version", sa.Text, nullable=False),
    sa.Column("digest", sa.LargeBinary, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("published_ms", sa.BigInteger, nullable=False),
    sa.Column("effective_ms", sa.BigInteger, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("asks_again", sa.Text, nullable=False),
    sa.Index("policies_of_project", "project", "effective_ms"),
    sqlite_autoincrement=True,
)

purposes = sa.Table(
    "purposes",
    metadata,
    sa.Column("project", sa.Integer, primary_key=True),
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("bit", sa.Integer, nullable=False),
)

consents = sa.Table(
    "consents",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("project", sa.Integer, nullable=False),
    sa.Column("record", sa.Text, nullable=False, unique=True),
    sa.Column("person", sa.BigInteger),
    sa.Column("at_ms", sa.BigInteger, nullable=False),
    sa.Column("body", sa.LargeBinary, nullable=False),
    sa.Index("consents_of_person", "project", "person"),
    sqlite_autoincrement=True,
)

consent_states = sa.Table(
    "consent_states",
    metadata,
    sa.Column("project", sa.Integer, primary_key=True),
    sa.Column("digest", sa.LargeBinary, primary_key=True),
    sa.Column("purpose", sa.Text, primary_key=True),
    sa.Column("at_ms", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("until_ms", sa.BigInteger),
    sa.Column("state", sa.Text, nullable=False),
)

unseen = sa.Table(
    "unseen",
    metadata,
    sa.Column("project", sa.Integer, primary_key=True),
    sa.Column("purpose", sa.Text, primary_key=True),
    sa.Column("person", sa.BigInteger, primary_key=True, autoincrement=False),
)

recipient_keys = sa.Table(
    "recipient_keys",
    metadata,
    sa.Column("project", sa.Integer, primary_key=True),
    sa.Column("recipient", sa.Text, primary_key=True),
    sa.Column("wrapped", sa.LargeBinary, nullable=False),
)

transfers = sa.Table(
    "transfers",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("project", sa.Integer, nullable=False),
    sa.Column("recipient", sa.Text, nullable=False),
    sa.Column("purpose", sa.Text, nullable=False),
    sa.Column("policy", sa.Integer, nullable=False),
    sa.Column("at_ms", sa.BigInteger, nullable=False),
    sa.Column("person", sa.BigInteger, nullable=False),
    sa.Column("fields", sa.Text, nullable=False),
    sa.Column("bytes", sa.Integer, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("detail", sa.Text, nullable=False),
    sa.Index("transfers_of_project", "project", "at_ms"),
)

holds = sa.Table(
    "holds",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("project", sa.Integer, nullable=False),
    sa.Column("reference", sa.Text, nullable=False),
    sa.Column("categories", sa.Text, nullable=False),
    sa.Column("placed_ms", sa.BigInteger, nullable=False),
    sa.Column("until_ms", sa.BigInteger),
    sa.Column("lifted_ms", sa.BigInteger),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Index("holds_of_project", "project"),
    sqlite_autoincrement=True,
)

retentions = sa.Table(
    "retentions",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("project", sa.Integer, nullable=False),
    sa.Column("at_ms", sa.BigInteger, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("result", sa.Text, nullable=False),
    sa.Index("retentions_of_project", "project", "at_ms"),
    sqlite_autoincrement=True,
)

keys = sa.Table(
    "keys",
    metadata,
    sa.Column("digest", sa.LargeBinary, primary_key=True),
    sa.Column("project", sa.Integer, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("hint", sa.Text, nullable=False),
    sa.Column("created_ms", sa.BigInteger, nullable=False),
)

sessions = sa.Table(
    "sessions",
    metadata,
    sa.Column("digest", sa.LargeBinary, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("expires_ms", sa.BigInteger, nullable=False),
)

identifiers = sa.Table(
    "identifiers",
    metadata,
    sa.Column("project", sa.Integer, primary_key=True),
    sa.Column("digest", sa.LargeBinary, primary_key=True),
    sa.Column("type", sa.Text, nullable=False),
    sa.Column("person", sa.BigInteger, nullable=False),
    sa.Column("sealed", sa.LargeBinary, nullable=False),
    sa.Index("identifiers_of_person", "project", "person"),
)

merges = sa.Table(
    "merges",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("project", sa.Integer, nullable=False),
    sa.Column("person", sa.BigInteger, nullable=False),
    sa.Column("into", sa.BigInteger, nullable=False),
    sa.Column("order", sa.BigInteger, nullable=False),
    sa.UniqueConstraint("project", "person"),
    sqlite_autoincrement=True,
)

person_keys = sa.Table(
    "person_keys",
    metadata,
    sa.Column("project", sa.Integer, primary_key=True),
    sa.Column("person", sa.BigInteger, primary_key=True),
    sa.Column("category", sa.Text, primary_key=True),
    sa.Column("wrapped", sa.LargeBinary, nullable=False),
)

profiles = sa.Table(
    "profiles",
    metadata,
    sa.Column("project", sa.Integer, primary_key=True),
    sa.Column("person", sa.BigInteger, primary_key=True),
    sa.Column("sealed", sa.LargeBinary, nullable=False),
)

event_names = sa.Table(
    "event_names",
    metadata,
    sa.Column("project", sa.Integer, primary_key=True),
    sa.Column("code", sa.Integer, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
)

properties = sa.Table(
    "properties",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("project", sa.Integer, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("type", sa.Text, nullable=False),
    sa.Column("column", sa.Text, nullable=False),
    sa.UniqueConstraint("project", "name", "type"),
    sqlite_autoincrement=True,
)

messages = sa.Table(
    "messages",
    metadata,
    sa.Column("project", sa.Integer, primary_key=True),
    sa.Column("digest", sa.LargeBinary, primary_key=True),
    sa.Column("order", sa.BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

tallies = sa.Table(
    "tallies",
    metadata,
    sa.Column("project", sa.Integer, primary_key=True),
    sa.Column("what", sa.Text, primary_key=True),
    sa.Column("events", sa.BigInteger, nullable=False),
)

outcomes = sa.Table(
    "outcomes",
    metadata,
    sa.Column("inbox_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("project", sa.Integer, nullable=False),
    sa.Column("stored", sa.Integer, nullable=False),
    sa.Column("duplicates", sa.Integer, nullable=False),
)

progress = sa.Table(
    "progress",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("value", sa.BigInteger, nullable=False),
)

audit = sa.Table(
    "audit",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("at_ms", sa.BigInteger, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("action", sa.Text, nullable=False),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("chain", sa.LargeBinary, nullable=False),
)


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
    """Insert rows; where the primary key exists, overwrite, or `add` to one column."""
    if not rows:
        return
    insert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    statement: Any = insert(table)
    primary = [column.name for column in table.primary_key]
    new = {name: statement.excluded[name] for name in rows[0] if name not in primary}
    if add:
        new[add] = table.c[add] + statement.excluded[add]
    statement = statement.on_conflict_do_update(index_elements=primary, set_=new)
    connection.execute(statement, list(rows))


def insert_many(
    connection: sa.Connection, table: sa.Table, rows: Sequence[Mapping[str, Any]]
) -> None:
    """Insert many rows with the same columns; written out, as in `found_in` and for its reason."""
    if not rows:
        return
    columns = list(rows[0])
    mark = "?" if connection.dialect.name == "sqlite" else "%s"
    names = ", ".join(f'"{name}"' for name in columns)
    text = f'INSERT INTO "{table.name}" ({names}) VALUES ({", ".join([mark] * len(columns))})'
    connection.exec_driver_sql(text, [tuple(row.values()) for row in rows])


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
        for row in connection.exec_driver_sql(text, parameters):
            yield tuple(row)
