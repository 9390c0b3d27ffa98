"""`sojourn import`: files of events, through the way that every event takes."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Annotated, Any

from cyclopts import App, Parameter
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from sojourn import settings
from sojourn.application import FORMATS, ORIGINS, Sojourn
from sojourn.errors import NotFound, SojournError
from sojourn.format import Opened, Row, format_of, opened
from sojourn.ingest import importing
from sojourn.ingest.applier import outcome_of
from sojourn.ingest.importing import Columns, EventsOf, Summary
from sojourn.ingest.project import Project
from sojourn.origin import Origin, Reading

SALT_BYTES = 32

app = App(name="import")


@dataclass(frozen=True, slots=True)
class Meaning:
    """What the rows of files mean: where they come from (`origin`), or what was said of their
    columns."""

    origin: Origin | None
    reading: Reading
    columns: dict[str, str | None]
    event_name: str


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
    from_: Annotated[str, Parameter(name="--from")] = "",
    data: Path | None = None,
) -> None:
    """Import CSV, JSON lines or Parquet files, packed with gzip or zip or not.

    Columns are guessed from their names, unless --from says what wrote the files; all that have no
    role become properties. The project is made if it does not exist. Importing a file again stores
    nothing twice.

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
    from_
        What wrote the files: accesslog, amplitude, ga4, matomo, mixpanel, posthog or umami. Of a
        log --user may name the field with the user: `user`, or `identity`.
    data
        The data folder.
    """
    if not files:
        raise SojournError("No file is named", mend="sojourn import FILE… --project NAME")
    given = {"user": user, "time": time, "event": event, "properties": properties}
    with Sojourn(settings.from_environment(data=data)) as sojourn:
        sojourn.start()
        salt = secrets.token_bytes(SALT_BYTES)
        origin = _origin(from_, given | {"anonymous": anonymous}, event_name)
        into = _project(sojourn, project)
        beside: dict[str, dict[str, Any]] = {}
        for path in sorted(files, key=lambda path: _rank(path.name, origin)):
            reading = Reading(sojourn.clock_ms(), salt, user or "", beside=beside)
            meaning = Meaning(origin, reading, given | {"anonymous": anonymous}, event_name)
            _print(path, _import(sojourn, into, path, meaning))


def _origin(name: str, given: dict[str, str | None], event_name: str) -> Origin | None:
    """What wrote the files; that says what their columns are."""
    if not name:
        return None
    if name not in ORIGINS:
        known = ", ".join(sorted(ORIGINS))
        raise NotFound(f"Nothing is known of “{name[:60]}”", mend=f"--from takes {known}.")
    origin = ORIGINS[name]
    others = [column for role, column in given.items() if role != "user"]
    is_user = not given["user"] or given["user"] in origin.users
    if any(others) or event_name or not is_user:
        raise SojournError(
            f"--from {name} says what the columns are",
            mend="Leave out what names columns, or --from.",
        )
    return origin


def _rank(name: str, origin: Origin | None) -> int:
    """The place of a file among others: what the rows of others need is read ahead."""
    return int(origin is not None and origin.is_later(name))


def _project(sojourn: Sojourn, name: str) -> Project:
    if name not in (project.name for project in sojourn.projects()):
        if not sojourn.writes:
            raise SojournError(
                f"There is no project “{name}”, and a server holds the data folder",
                mend=f"`sojourn project create {name}` makes it.",
            )
        sojourn.create_project(name)
    return sojourn.project(name)


def _import(sojourn: Sojourn, project: Project, path: Path, meaning: Meaning) -> Summary:
    progress = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TextColumn("{task.fields[rows]:,} rows"),
        TimeRemainingColumn(),
        console=Console(stderr=True),
    )
    summary, seen, inbox_rows = Summary(), Counter[bytes](), list[int]()
    with progress:
        size = path.stat().st_size if path.exists() else None
        task = progress.add_task(path.name, total=size, rows=0)
        for file in opened(path, lambda name: _rank(name, meaning.origin)):
            rows, events_of = _rows(
                file, meaning, project, lambda read: progress.update(task, completed=read)
            )
            inbox_rows += importing.run(
                rows,
                events_of,
                lambda events: sojourn.accept(project, events),
                lambda summary: progress.update(task, rows=summary.read),
                seen,
                summary,
            )
        progress.update(task, completed=size, description=f"{path.name}: applying")
        sojourn.wait_until_applied(max(inbox_rows, default=0))
        progress.update(task, description=path.name)
    with sojourn.engine.begin() as connection:
        summary.stored, summary.duplicates = outcome_of(connection, project.id, inbox_rows)
    return summary


def _rows(
    file: Opened, meaning: Meaning, project: Project, tell: Callable[[int], None]
) -> tuple[Iterator[Row], EventsOf]:
    """The rows of a file, and what they mean."""
    origin = meaning.origin
    if origin is not None:
        if any(part in file.name for part in origin.passed_over):
            return iter(()), lambda row: []
        read = origin.read or format_of(file.name, FORMATS).read
        return read(file, tell), lambda row: origin.events(row, meaning.reading)
    kind = format_of(file.name, FORMATS)
    columns, rows = _columns(kind.read(file, tell), file.name, meaning)
    return rows, importing.by_columns(columns, project.zone, typed=kind.typed)


def _columns(rows: Iterator[Row], name: str, meaning: Meaning) -> tuple[Columns, Iterator[Row]]:
    """The columns, by the first row that can be read, and the rows with what was read of them."""
    read: list[Row] = []
    for row in rows:
        read.append(row)
        if isinstance(row[1], dict):
            name_of_all = meaning.event_name
            columns = importing.choose_columns(row[1], event_name=name_of_all, **meaning.columns)
            return columns, chain(read, rows)
    if not read:
        raise SojournError("The file has no rows", where=name)
    raise SojournError("No row of the file can be read", detail=read[0][1].detail, where=name)  # type: ignore[union-attr]


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
