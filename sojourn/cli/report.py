"""`sojourn report`: ask a question that stands in a file, or comes from standard input."""

from __future__ import annotations

import csv
import sys
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
import pyarrow as pa
from cyclopts import App, Parameter
from rich.console import Console
from rich.table import Table

from sojourn import settings
from sojourn.application import Sojourn
from sojourn.asking import REPORTS, decode_definition
from sojourn.errors import SojournError
from sojourn.report import About, Answer

app = App(name="report")


@app.default
def report(
    file: Annotated[Path, Parameter(allow_leading_hyphen=True)],
    *,
    project: str,
    format: Literal["table", "json", "csv", "arrow"] = "table",
    data: Path | None = None,
) -> None:
    """Answer the definition in FILE: the same JSON that the HTTP interface takes.

    Parameters
    ----------
    file
        A JSON file, or - for standard input.
    project
        The project to ask.
    format
        How to print the answer: a table to read, the JSON of the HTTP interface, CSV, or an Arrow
        stream.
    data
        The data folder.
    """
    try:
        text = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
    except OSError as failure:
        raise SojournError(
            "The definition cannot be read", detail=failure.strerror or "", where=str(file)
        ) from None
    with Sojourn(settings.from_environment(data=data)) as sojourn:
        definition = decode_definition(text)
        answer = sojourn.ask(sojourn.project(project), definition)
        _print(answer, REPORTS[answer.__struct_config__.tag].rows(answer), format)


def _print(answer: Answer, rows: list[dict[str, Any]], format: str) -> None:
    if format == "json":
        print(msgspec.json.format(msgspec.json.encode(answer), indent=2).decode())
    elif format == "csv":
        writer = csv.DictWriter(sys.stdout, list(rows[0]) if rows else [], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    elif format == "arrow":
        table = pa.Table.from_pylist(rows)
        with pa.ipc.new_stream(sys.stdout.buffer, table.schema) as stream:
            stream.write_table(table)
    elif not rows:
        Console().print("Nothing to show: no event is within the question's reach.")
    else:
        Console().print(_table(rows))
        Console().print(_account(answer.about), style="dim", highlight=False)


SHARES = {"conversion", "of_previous", "share", "bounce_rate", "change"}
"""Columns that are shown as percentages."""


def _table(rows: list[dict[str, Any]]) -> Table:
    table = Table()
    for name in rows[0]:
        number = all(isinstance(row[name], int | float | None) for row in rows)
        table.add_column(name, justify="right" if number else "left")
    for row in rows:
        table.add_row(*(_shown(name, value) for name, value in row.items()))
    return table


def _account(about: About) -> str:
    """What the answer is about, in a line below the table."""
    unseen = f", {about.unseen:.1%} of all people unseen" if about.unseen else ""
    return f"of {about.people:,} people{unseen}; {about.events:,} events read in {about.ms:,.0f} ms"


def _shown(name: str, value: Any) -> str:
    if value is None:
        return ""
    if name in SHARES and isinstance(value, int | float):
        return f"{value:.1%}"
    if isinstance(value, float):
        return f"{value:,.2f}".rstrip("0").rstrip(".")
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    return " · ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
