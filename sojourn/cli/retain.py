"""`sojourn retain`: take out of a project what its policy makes due."""

from __future__ import annotations

from pathlib import Path

from cyclopts import App
from rich.console import Console
from rich.table import Table

from sojourn import settings
from sojourn.application import Sojourn
from sojourn.retaining.run import Kept, Retained

app = App(name="retain")


@app.default
def retain(*, project: str, dry_run: bool = False, data: Path | None = None) -> None:
    """Take out what is due by now, and print what that came to. A server does it once a day.

    Parameters
    ----------
    project
        The project.
    dry_run
        Only tell what is due.
    data
        The data folder.
    """
    with Sojourn(settings.from_environment(data=data)) as sojourn:
        done = sojourn.retain(sojourn.project(project), actor="command line", dry=dry_run)
    console = Console(highlight=False)
    console.print(_table(done))
    would = "would be " if done.dry else ""
    console.print(
        f"{done.dropped} partitions {would}dropped, {done.rewritten} {would}rewritten, "
        f"in {done.seconds:.1f} seconds."
    )


def _table(done: Retained) -> Table:
    table = Table("category", "kept", "due before")
    for column in ("events", "narrowed", "values", "people"):
        table.add_column(column, justify="right")
    for one in done.categories:
        counts = (one.events, one.narrowed, one.values, one.people)
        table.add_row(one.category, one.rule, _before(one), *(f"{count:,}" for count in counts))
    return table


def _before(one: Kept) -> str:
    return f"held: {one.held}" if one.held else str(one.before or "never")
