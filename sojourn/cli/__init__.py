"""The command line: one file a command, each a thin edge over `application.py`."""

from __future__ import annotations

import sys

from cyclopts import App
from rich.console import Console

from sojourn.cli import (
    demo,
    hold,
    importing,
    key,
    login,
    openapi,
    person,
    policy,
    project,
    quarantine,
    report,
    retain,
    schema,
    serve,
    sql,
)
from sojourn.errors import SojournError

app = App(
    name="sojourn",
    help="Customer-journey analytics that you host, whose privacy policy is its program.",
    version_flags=["--version"],
)
COMMANDS = (
    demo,
    serve,
    importing,
    report,
    sql,
    policy,
    schema,
    quarantine,
    retain,
    hold,
    project,
    person,
    key,
    login,
    openapi,
)
for command in COMMANDS:
    app.command(command.app)

errors = Console(stderr=True, highlight=False)


def main() -> None:
    """Run one command; a failure says what, where and what now, and ends with status 1."""
    try:
        app()
    except SojournError as failure:
        errors.print(f"[bold red]{failure.title}[/]", soft_wrap=True)
        for label, text in (("", failure.detail), ("at ", failure.where), ("→ ", failure.mend)):
            if text:
                errors.print(f"  {label}{text}", soft_wrap=True, markup=False)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        sys.exit(0)
