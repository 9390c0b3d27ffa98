"""SQL: one SELECT over what a question for one purpose sees, and over nothing else.

Whoever writes a statement may be anybody, so it meets three fences. It must be a single SELECT that
reads the two views (`views.py`) and no function that reads elsewhere. DuckDB runs it in memory,
with no way to files, networks and extensions, and nothing in it can change that. And it may take as
long as any question, and so much memory. What the policy withholds for the purpose is in no view.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event as Signal
from threading import Thread
from typing import Any

import duckdb
import msgspec
import pyarrow as pa

from sojourn import views
from sojourn.asking import Circumstances, prepare_sight
from sojourn.errors import BadQuestion
from sojourn.policy import gate
from sojourn.views import Sight

CHARS_MAX = 100_000
"""A statement longer than this was not written by anybody."""
LOOK_S = 0.05
"""How often it is looked whether it is time to break a statement off."""
MAKERS = frozenset({"generate_series", "range", "unnest"})
"""Functions that make rows out of nothing but their arguments; others read something."""
BATCH_ROWS = 10_000
"""Rows of the result handed out at a time."""

FENCED = {
    "enable_external_access": "false",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "allow_community_extensions": "false",
    "python_enable_replacements": "false",
    "temp_directory": "",
    "lock_configuration": "true",
}
"""No files, no network, no extensions, no variables of this program, and no way to allow them."""


@contextmanager
def select(
    statement: str, purpose: str, around: Circumstances, memory_bytes: int
) -> Iterator[pa.RecordBatchReader]:
    """The rows of a statement, as they are found.

    Raises `BadQuestion` for what is no single SELECT over the views, cannot be run, or takes more
    memory, and `Interrupted` when it takes too long.
    """
    sight = prepare_sight(purpose, around)
    with duckdb.connect(config={**FENCED, "memory_limit": f"{memory_bytes}B"}) as connection:
        _check(statement, connection)
        connection.register("events", views.events(sight))
        connection.register("people", views.people(sight))
        done = Signal()
        watch = Thread(target=_interrupt, args=(connection, around, done), daemon=True)
        watch.start()
        try:
            with _told(sight, purpose, around):
                found = connection.sql(statement).to_arrow_reader(BATCH_ROWS)
            batches = _batches(found, sight, purpose, around)
            yield pa.RecordBatchReader.from_batches(found.schema, batches)
        finally:
            done.set()
            watch.join()


def _interrupt(connection: duckdb.DuckDBPyConnection, around: Circumstances, done: Signal) -> None:
    """Break a statement off when it is time to give up, until it is done: DuckDB forgets what came
    before a statement began."""
    while not done.wait(LOOK_S):
        if around.patience.is_over:
            connection.interrupt()


def _batches(
    found: pa.RecordBatchReader, sight: Sight, purpose: str, around: Circumstances
) -> Iterator[pa.RecordBatch]:
    with _told(sight, purpose, around):
        yield from found


@contextmanager
def _told(sight: Sight, purpose: str, around: Circumstances) -> Iterator[None]:
    """What DuckDB cannot do, told so that somebody can mend it. What it breaks off while its rows
    are read comes from Arrow, as an error of input and output."""
    try:
        yield
    except (duckdb.Error, pa.ArrowException, OSError) as failure:
        # What was given up says so itself; DuckDB would only say that something broke off.
        around.patience.check()
        raise _refusal(failure, sight, purpose, around) from None


def _check(statement: str, connection: duckdb.DuckDBPyConnection) -> None:
    """Refuse all but one SELECT that reads the views and nothing else."""
    if len(statement) > CHARS_MAX:
        raise _unfit(f"It has {len(statement):,} characters; {CHARS_MAX:,} are allowed.")
    try:
        statements = connection.extract_statements(statement)
    except duckdb.Error as failure:
        raise _unfit(str(failure)) from None
    if len(statements) != 1:
        raise _unfit(f"There are {len(statements)} statements; one at a time is run.")
    if statements[0].type != duckdb.StatementType.SELECT:
        raise _unfit("Nothing can be written, attached, copied, installed or set here.")
    (tree,) = connection.execute("SELECT json_serialize_sql(?)", [statement]).fetchall()[0]
    for function in _table_functions(msgspec.json.decode(tree)):
        if function not in MAKERS:
            raise _unfit(
                f"“{function[:60]}” may read what is no view; {', '.join(sorted(MAKERS))} may not."
            )


def _table_functions(tree: Any) -> Iterator[str]:
    """The functions that a statement takes rows from, however deep they stand in it."""
    left = [tree]
    while left:
        match left.pop():
            case {"type": "TABLE_FUNCTION", "function": {"function_name": str(name)}} as node:
                yield name.lower()
                left.extend(node.values())
            case dict() as node:
                left.extend(node.values())
            case list() as nodes:
                left.extend(nodes)


def _unfit(detail: str) -> BadQuestion:
    return BadQuestion(
        "This is no single SELECT over the views",
        detail=detail,
        where="sql",
        mend="Write one SELECT, or WITH … SELECT, that reads `events` and `people`.",
    )


def _refusal(failure: Exception, sight: Sight, purpose: str, around: Circumstances) -> BadQuestion:
    told = str(failure)
    if isinstance(failure, duckdb.BinderException):
        known = {name for name, _ in sight.vocabulary.properties()}
        for name in sorted(known | sight.closed.names):
            if name in sight.closed and f'column "{name}"' in told:
                return gate.refusal(around.project.rules, purpose, name)
    if isinstance(failure, duckdb.OutOfMemoryException) or "Out of Memory" in told:
        mend = "Ask for fewer columns or groups, or raise SOJOURN_MEMORY_MB."
    else:
        mend = "`DESCRIBE events` and `DESCRIBE people` list the columns of the two views."
    return BadQuestion("The statement cannot be run", detail=told, where="sql", mend=mend)
