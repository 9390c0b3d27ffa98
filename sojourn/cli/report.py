"""`sojourn report`: ask a question that stands in a file, or comes from standard input."""

from __future__ import annotations

import csv
import sys
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
from cyclopts import App, Parameter
from rich.console import Console
from rich.table import Table

from sojourn import settings
from sojourn.application import REPORTS, Sojourn, decode_definition
from sojourn.errors import SojournError

app = App(name="report", help="Answer a report's definition.")


@app.default
def report(
    file: Annotated[Path, Parameter(allow_leading_hyphen=True)],
    *,
    project: str,
    format: Literal["table", "json", "csv"] = "table",
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
        How to print the answer: a table to read, the JSON of the HTTP interface, or CSV.
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


def _print(answer: msgspec.Struct, rows: list[dict[str, Any]], format: str) -> None:
    if format == "json":
        print(msgspec.json.format(msgspec.json.encode(answer), indent=2).decode())
    elif format == "csv":
        writer = csv.DictWriter(sys.stdout, list(rows[0]) if rows else [], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    elif not rows:
        Console().print("Nothing to show: no event is within the question's reach.")
    else:
        table = Table()
        for name, value in rows[0].items():
            number = isinstance(value, int | float)
            table.add_column(name, justify="right" if number else "left")
        for row in rows:
            table.add_row(*(_shown(name, value) for name, value in row.items()))
        Console().print(table)


def _shown(name: str, value: Any) -> str:
    if name == "conversion":
        return f"{value:.1%}"
    return f"{value:,}" if isinstance(value, int) else "" if value is None else str(value)
