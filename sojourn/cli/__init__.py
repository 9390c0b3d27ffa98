"""The command line: one file a command, each a thin edge over `application.py`.

A command's file is imported when the command is called: help, and what needs little, come at once.
"""

from __future__ import annotations

import gc
import sys

from cyclopts import App
from rich.console import Console

from sojourn.errors import SojournError

COMMANDS = {
    "demo": "Fill a workspace with a simulated company, and serve it.",
    "serve": "Collect, apply, answer and show, in one process.",
    "import": "Import files of events.",
    "report": "Answer a report's definition.",
    "sql": "Run a SELECT over the events and people that may be seen.",
    "policy": "Check, compare and publish policies.",
    "schema": "Which events and properties there are, and what they mean.",
    "quarantine": "What was refused for its form waits for a while, and can be replayed.",
    "retain": "Take out of a project what its policy makes due.",
    "hold": "Legal holds: what may not be taken out, whatever the policy says.",
    "project": "Make and list projects, and say how they collect.",
    "person": "People: show one, undo a merge, see who was not merged.",
    "key": "Make, list and take back the keys of a project.",
    "login": "Print a new one-time login link.",
    "openapi": "Print the OpenAPI schema of the HTTP interface.",
}
"""What each command is for, in the order in which they are shown."""
FILES = {"import": "importing"}
"""Where a command's file cannot have its name, which is a word of Python's."""

GARBAGE_AFTER = 50_000
"""Objects made since garbage was looked for last: Python's own number, 700, has it looked for a
thousand times while a command loads, which takes a fifth of that time."""

app = App(
    name="sojourn",
    help="Customer-journey analytics that you host, whose privacy policy is its program.",
    version_flags=["--version"],
)
for name, purpose in COMMANDS.items():
    app.command(f"{__name__}.{FILES.get(name, name)}:app", name=name, help=purpose)

errors = Console(stderr=True, highlight=False)


def main() -> None:
    """Run one command; a failure says what, where and what now, and ends with status 1."""
    # Most of what is made while programs load stays, and so does most that comes later in bulk.
    gc.set_threshold(GARBAGE_AFTER)
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
