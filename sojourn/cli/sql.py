"""`sojourn sql`: a SELECT over what may be seen for a purpose."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any, Literal

import msgspec
import pyarrow as pa
import pyarrow.csv as csv
from cyclopts import App
from rich.console import Console
from rich.table import Table

from sojourn import settings
from sojourn.application import Sojourn
from sojourn.policy.gate import mask_of
from sojourn.questions import Questions
from sojourn.report import PURPOSE

app = App(name="sql")
ASKED = "at the keyboard"
"""Under which name the statement can be cancelled."""
SHOWN_MAX = 1_000
"""Rows of a table to read; the other formats give all."""


@app.default
def sql(
    statement: str,
    *,
    project: str,
    purpose: str = PURPOSE,
    format: Literal["table", "json", "csv", "arrow"] = "table",
    data: Path | None = None,
) -> None:
    """Run one SELECT (DuckDB's SQL) over the views `events` and `people`.

    Parameters
    ----------
    statement
        The SELECT, or WITH … SELECT.
    project
        The project to ask.
    purpose
        What for: events that were not collected for it have no row, and properties that are not
        for it no column.
    format
        How to print the rows: a table to read, a JSON object a line, CSV, or an Arrow stream.
    data
        The data folder.
    """
    with Sojourn(settings.from_environment(data=data)) as sojourn:
        opened, ask = sojourn.project(project), sojourn.questions.select
        with (
            _breaks_off(sojourn.questions),
            ask(opened, statement, purpose=purpose, name=ASKED) as rows,
        ):
            PRINTERS[format](rows)
        unseen = sojourn.governance(opened).seen(purpose).unseen(mask_of(opened.rules, purpose))
    if unseen:
        print(f"{unseen:.2%} of the people are not seen for {purpose}.", file=sys.stderr)


@contextmanager
def _breaks_off(questions: Questions) -> Iterator[None]:
    """Let Ctrl-C break off what runs within. In the midst of a statement DuckDB and Arrow may not
    hear of it, or make some error of it, after which nobody would know that it was Ctrl-C."""
    pressed = False

    def press(number: int, frame: Any) -> None:
        nonlocal pressed
        pressed = True
        questions.cancel(ASKED)
        signal.default_int_handler(number, frame)

    before = signal.signal(signal.SIGINT, press)
    try:
        yield
    except Exception:
        if pressed:
            raise KeyboardInterrupt from None
        raise
    finally:
        signal.signal(signal.SIGINT, before)


def _print_table(rows: pa.RecordBatchReader) -> None:
    table = Table()
    for field in rows.schema:
        number = pa.types.is_integer(field.type) or pa.types.is_floating(field.type)
        table.add_column(field.name, justify="right" if number else "left")
    each = (row for batch in rows for row in batch.to_pylist())
    for row in islice(each, SHOWN_MAX):
        table.add_row(*("" if value is None else str(value) for value in row.values()))
    # Values stand as they are: brackets in them are no markup.
    Console(markup=False).print(table)
    if next(each, None) is not None:
        told = f"The first {SHOWN_MAX:,} rows; the other formats give all."
        Console().print(told, style="dim", highlight=False)


def _print_json(rows: pa.RecordBatchReader) -> None:
    encoder = msgspec.json.Encoder(enc_hook=str, decimal_format="number")
    for batch in rows:
        sys.stdout.buffer.write(encoder.encode_lines(batch.to_pylist()))


def _print_csv(rows: pa.RecordBatchReader) -> None:
    with csv.CSVWriter(sys.stdout.buffer, rows.schema) as writer:
        for batch in rows:
            writer.write_batch(batch)


def _print_arrow(rows: pa.RecordBatchReader) -> None:
    with pa.ipc.new_stream(sys.stdout.buffer, rows.schema) as stream:
        for batch in rows:
            stream.write_batch(batch)


PRINTERS: Mapping[str, Callable[[pa.RecordBatchReader], None]] = {
    "table": _print_table,
    "json": _print_json,
    "csv": _print_csv,
    "arrow": _print_arrow,
}
