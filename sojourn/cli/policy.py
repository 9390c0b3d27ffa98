"""`sojourn policy`: check a policy as a compiler does, and print the schema for editors."""

from __future__ import annotations

import sys
from datetime import UTC, date, datetime
from itertools import groupby
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import quote

from cyclopts import App, Parameter
from rich.console import Console
from rich.text import Text

from sojourn.cli import documents, egress, versions
from sojourn.cli.texts import print_json, read_policy
from sojourn.errors import SojournError
from sojourn.policy import compile as compiling
from sojourn.policy import model, sarif
from sojourn.policy.checks.text import unreadable
from sojourn.policy.finding import Finding

app = App(name="policy")
for command in (*versions.COMMANDS, *egress.COMMANDS):
    app.command(command)
for name, own in documents.COMMANDS.items():
    app.command(own, name=name)

LEVELS = {"error": "bold red", "warning": "yellow", "note": "cyan"}
"""The levels of findings, the gravest first, and how a terminal shows each."""


@app.command
def check(
    file: Annotated[Path, Parameter(allow_leading_hyphen=True)],
    *,
    at: date | None = None,
    format: Literal["text", "json", "sarif"] = "text",
) -> None:
    """Tell all that is wrong with the policy in FILE; status 1 when there is any error.

    Parameters
    ----------
    file
        A policy in YAML, or - for standard input.
    at
        The day as of which it is judged, such as 2026-01-31; today without it.
    format
        Lines to read, JSON, or SARIF 2.1.0 for code hosts and editors.
    """
    name = "stdin" if str(file) == "-" else str(file)
    day = at or datetime.now(UTC).date()
    findings = _findings(file, day, format)
    if format == "json":
        print_json(
            {
                "file": name,
                "at": day,
                "findings": findings,
                **{f"{level}s": count for level, count in _counts(findings).items()},
            }
        )
    elif format == "sarif":
        uri = file.as_uri() if file.is_absolute() else quote(Path(name).as_posix())
        print_json(sarif.log(findings, compiling.CODES.values(), uri))
    else:
        _print_lines(findings, name, day)
    if any(found.level == "error" for found in findings):
        sys.exit(1)


def _findings(file: Path, day: date, format: str) -> tuple[Finding, ...]:
    """All that is found in a file. Who asks for a document gets one even where the file cannot be
    read: that is its one finding."""
    try:
        text = read_policy(file)
    except SojournError as failure:
        if format == "text":
            raise
        what = f"{failure.title}: {failure.detail.removesuffix('.')}."
        return (unreadable(what, failure.mend),)
    return compiling.compile(text, day).findings


@app.command
def schema() -> None:
    """Print the JSON schema of a policy, with which an editor completes and checks it."""
    print_json(model.schema())


def _print_lines(findings: tuple[Finding, ...], name: str, day: date) -> None:
    """A line for each finding, with an empty one between the sections of the policy."""
    console = Console(highlight=False, soft_wrap=True)
    for _, section in groupby(findings, key=_section):
        for found in section:
            console.print(_line(found, name))
        console.print()
    told = [_number(count, level) for level, count in _counts(findings).items() if count]
    console.print(f"{', '.join(told) or 'Nothing to mend'}, as of {day}", style="bold")


def _section(found: Finding) -> str:
    """Under which key of the policy a finding stands; what is missing whole stands on top."""
    return "" if (found.line, found.column) == (1, 1) else found.path.split(".")[0]


def _line(found: Finding, name: str) -> Text:
    clauses = f" ({', '.join(found.clauses)})" if found.clauses else ""
    return Text.assemble(
        (f"{name}:{found.line}:{found.column}", "bold"),
        " ",
        (f"{found.level} {found.code}", LEVELS[found.level]),
        f" {found.title}: {found.what.removesuffix('.')}",
        (clauses, "dim"),
        f". {found.mend}",
    )


def _counts(findings: tuple[Finding, ...]) -> dict[str, int]:
    return {level: sum(found.level == level for found in findings) for level in LEVELS}


def _number(count: int, word: str) -> str:
    return f"{count} {word}" if count == 1 else f"{count} {word}s"
