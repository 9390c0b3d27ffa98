"""`sojourn import`: files of events, through the way that every event takes."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from cyclopts import App
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from sojourn import settings
from sojourn.application import FORMATS, Sojourn
from sojourn.errors import SojournError
from sojourn.format import Format, Row, format_of
from sojourn.ingest import importing
from sojourn.ingest.applier import outcome_of
from sojourn.ingest.importing import Columns, Summary
from sojourn.ingest.project import Project

app = App(name="import", help="Import files of events.")


@app.default
def import_(
    *files: Path,
    project: str,
    user: str | None = None,
    time: str | None = None,
    event: str | None = None,
    properties: str | None = None,
    anonymous: str | None = None,
    event_name: str = "",
    data: Path | None = None,
) -> None:
    """Import CSV, JSON lines or Parquet files, packed with gzip or not.

    Columns are guessed from their names; all that have no role become properties. The project is
    made if it does not exist. Importing a file again stores nothing twice.

    Parameters
    ----------
    files
        The files, each of the format its name tells.
    project
        The project that the events belong to.
    user
        The column with the user id.
    time
        The column with the instant: ISO 8601, or an epoch in seconds, ms or µs.
    event
        The column with the event's name.
    properties
        The column with a JSON object of properties.
    anonymous
        The column with an anonymous id, such as a device's.
    event_name
        The name of every event, where no column has it.
    data
        The data folder.
    """
    if not files:
        raise SojournError("No file is named", mend="sojourn import FILE… --project NAME")
    given = {"user": user, "time": time, "event": event, "properties": properties}
    with Sojourn(settings.from_environment(data=data)) as sojourn:
        sojourn.start()
        opened = _project(sojourn, project)
        for path in files:
            kind = format_of(path, FORMATS)
            summary = _import(
                sojourn, opened, path, kind, given | {"anonymous": anonymous}, event_name
            )
            _print(path, summary)


def _project(sojourn: Sojourn, name: str) -> Project:
    if name not in (project.name for project in sojourn.projects()):
        if not sojourn.writes:
            raise SojournError(
                f"There is no project “{name}”, and a server holds the data folder",
                mend=f"`sojourn project create {name}` makes it.",
            )
        sojourn.create_project(name)
    return sojourn.project(name)


def _import(
    sojourn: Sojourn,
    project: Project,
    path: Path,
    kind: Format,
    given: dict[str, str | None],
    event_name: str,
) -> Summary:
    progress = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TextColumn("{task.fields[rows]:,} rows"),
        TimeRemainingColumn(),
        console=Console(stderr=True),
    )
    with progress:
        size = path.stat().st_size if path.exists() else None
        task = progress.add_task(path.name, total=size, rows=0)
        rows = kind.read(path, lambda read: progress.update(task, completed=read))
        columns, rows = _columns(rows, path, given, event_name)
        summary, inbox_rows = importing.run(
            rows,
            columns,
            project.zone,
            lambda events: sojourn.accept(project, events),
            lambda summary: progress.update(task, rows=summary.read),
            typed=kind.typed,
        )
        progress.update(task, completed=size, description=f"{path.name}: applying")
        sojourn.wait_until_applied(max(inbox_rows, default=0))
        progress.update(task, description=path.name)
    with sojourn.engine.begin() as connection:
        summary.stored, summary.duplicates = outcome_of(connection, project.id, inbox_rows)
    return summary


def _columns(
    rows: Iterator[Row], path: Path, given: dict[str, str | None], event_name: str
) -> tuple[Columns, Iterator[Row]]:
    """The columns, by the first row that can be read, and the rows with what was read of them."""
    read: list[Row] = []
    for row in rows:
        read.append(row)
        if isinstance(row[1], dict):
            columns = importing.choose_columns(row[1], event_name=event_name, **given)
            return columns, chain(read, rows)
    if not read:
        raise SojournError("The file has no rows", where=str(path))
    raise SojournError("No row of the file can be read", detail=read[0][1].detail, where=str(path))  # type: ignore[union-attr]


def _print(path: Path, summary: Summary) -> None:
    console = Console()
    console.print(
        f"[bold]{path.name}[/]  {summary.read:,} rows read · {summary.stored:,} stored · "
        f"{summary.duplicates:,} known already · "
        f"{sum(refusals.rows for refusals in summary.refused.values()):,} refused",
        highlight=False,
        soft_wrap=True,
    )
    if summary.refused:
        table = Table("refused because", "what", "first lines")
        table.add_column("rows", justify="right")
        for reason, refusals in summary.refused.items():
            lines = ", ".join(map(str, refusals.lines))
            more = ", …" if refusals.rows > len(refusals.lines) else ""
            table.add_row(reason, refusals.detail, lines + more, f"{refusals.rows:,}")
        console.print(table)
