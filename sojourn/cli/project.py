"""`sojourn project`: make and list projects."""

from __future__ import annotations

from pathlib import Path

from cyclopts import App
from rich.console import Console
from rich.table import Table

from sojourn import settings
from sojourn.accounts import keys
from sojourn.application import Sojourn
from sojourn.period import WeekStart
from sojourn.policy import versions

app = App(name="project", help="Make and list projects.")


@app.command
def create(
    name: str,
    *,
    title: str = "",
    timezone: str = "UTC",
    week_start: WeekStart = "monday",
    preset: str = versions.PRESET,
    data: Path | None = None,
) -> None:
    """Make a project and print its write key, which clients send with.

    Parameters
    ----------
    name
        Lower-case letters, digits, - and _; it stands in addresses.
    title
        What people call it.
    timezone
        Whose days, weeks and months reports count, such as Europe/Berlin.
    week_start
        The day on which weeks begin.
    preset
        The policy that it begins with; `sojourn policy presets` lists them.
    data
        The data folder.
    """
    with Sojourn(settings.from_environment(data=data)) as sojourn:
        project = sojourn.create_project(
            name, title=title, timezone=timezone, week_start=week_start, preset=preset
        )
        key = sojourn.create_key(project, "write", wire=keys.SEGMENT)
    Console().print(f"Project [bold]{name}[/] is made. Its write key, shown only now:\n{key}")


@app.command(name="list")
def show(*, data: Path | None = None) -> None:
    """List the projects with their events and people.

    Parameters
    ----------
    data
        The data folder.
    """
    table = Table("project", "title", "time zone")
    for column in ("people", "events"):
        table.add_column(column, justify="right")
    with Sojourn(settings.from_environment(data=data)) as sojourn:
        for project in sojourn.projects():
            now = project.parts.now()
            counts = (f"{now.people:,}", f"{now.events:,}")
            table.add_row(project.name, project.title, project.zone.key, *counts)
    if table.row_count:
        Console().print(table)
    else:
        Console().print("There is no project yet. `sojourn project create NAME` makes one.")
