"""The versions of a project's policy: what a new one changes, publishing it, and those there were.

These are commands of `sojourn policy`.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime
from getpass import getuser
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter, validators
from rich.console import Console
from rich.table import Table

from sojourn import settings
from sojourn.application import Sojourn
from sojourn.cli.texts import print_json, read_policy
from sojourn.counterfactual import Consequence
from sojourn.ingest.project import Project
from sojourn.period import from_ms
from sojourn.policy import versions
from sojourn.policy.change import Change
from sojourn.policy.compile import compile, compiled_to_compare
from sojourn.policy.difference import asks_again, differences
from sojourn.policy.suggestion import entries

File = Annotated[Path, Parameter(allow_leading_hyphen=True)]
Days = Annotated[int, Parameter(validator=validators.Number(gte=1, lte=36_500))]

EFFECTS = {
    "refused": "refused",
    "needs consent": "refused without a consent that was not needed",
    "kept longer": "kept longer",
    "sent": "sent",
    "told": "told more of these people",
}
"""What another policy would have done, as a table says it."""


def diff(
    old: File,
    new: File,
    *,
    project: str | None = None,
    days: Days = 30,
    format: Literal["text", "json"] = "text",
    data: Path | None = None,
) -> None:
    """Tell what the policy NEW lets happen that OLD did not, and what it no longer does.

    With a project, also what NEW would have done with the events that came in the last days.

    Parameters
    ----------
    old
        A policy in YAML, or - for standard input.
    new
        Another one.
    project
        The project whose stored events are judged by NEW.
    days
        How many days back.
    format
        Tables to read, or JSON.
    data
        The data folder.
    """
    today = datetime.now(UTC).date()
    before, after = (compiled_to_compare(read_policy(one), today).policy for one in (old, new))
    changes = differences(before, after)
    again = asks_again(before, after, changes)
    found: list[Consequence] | None = None
    if project is not None:
        with Sojourn(settings.from_environment(data=data)) as sojourn:
            opened = sojourn.project(project)
            found = sojourn.governance(opened).consequences(before, after, days)
    if format == "json":
        told = {"changes": changes, "asks_again": again}
        print_json(told if found is None else {**told, "days": days, "consequences": found})
        return
    _print_changes(changes, again)
    if found is not None:
        _print_consequences(found, days)


def publish(
    file: File,
    *,
    project: str,
    from_: Annotated[date | None, Parameter(name="--from")] = None,
    data: Path | None = None,
) -> None:
    """Make the policy in FILE that of a project, from today or a later day on.

    A version that widens what is done waits until people have been told of it.

    Parameters
    ----------
    file
        A policy in YAML, or - for standard input.
    project
        The project.
    from_
        The day from which it holds, such as 2026-01-31; at once without it.
    data
        The data folder.
    """
    text, console = read_policy(file), Console(highlight=False)
    with Sojourn(settings.from_environment(data=data)) as sojourn:
        opened = sojourn.project(project)
        published = sojourn.governance(opened).publish(text, begin=from_, actor=_who())
        day = _day(published.version.effective_ms, opened)
    number = published.version.number
    if not published.new:
        console.print(f"This is version {number} already; nothing has changed.")
        return
    if published.changes:
        _print_changes(published.changes, published.version.asks_again)
    console.print(f"Version {number} of “{project}” is published; it holds from {day} on.")


def history(
    *,
    project: str,
    format: Literal["text", "json"] = "text",
    data: Path | None = None,
) -> None:
    """List the versions of a project's policy.

    Parameters
    ----------
    project
        The project.
    format
        A table to read, or JSON.
    data
        The data folder.
    """
    with Sojourn(settings.from_environment(data=data)) as sojourn:
        opened = sojourn.project(project)
        found = sojourn.governance(opened).history()
        in_force = sojourn.governance(opened).in_force().number if found else 0
    if format == "json":
        print_json([versions.summary(one) for one in found])
        return
    # Five columns, of which only the last is as wide as it happens to be: 80 characters are enough.
    table = Table("")
    for column in ("number", "version", "hash", "holds from"):
        table.add_column(column, no_wrap=True)
    table.add_column("published", overflow="fold")
    withdrawn = versions.withdrawn(found)
    for one in found:
        begins = _day(one.effective_ms, opened) if one.effective_ms else "the beginning"
        published = f"{_day(one.published_ms, opened)} by {one.actor}"
        again = f"\nasks again: {', '.join(one.asks_again)}" if one.asks_again else ""
        table.add_row(
            "▸" if one.number == in_force else "",
            str(one.number),
            one.version,
            one.digest.hex()[:12],
            "withdrawn" if one.number in withdrawn else begins,
            published + again,
        )
    Console(highlight=False).print(table)


def presets() -> None:
    """List the policies that a project can begin with."""
    table = Table("preset", "what it is for")
    for name, text in versions.presets().items():
        table.add_row(name, versions.idea(text))
    Console(highlight=False).print(table)


def suggest(*, project: str, data: Path | None = None) -> None:
    """Propose entries of the catalogue for what has arrived and the policy does not name.

    Parameters
    ----------
    project
        The project.
    data
        The data folder.
    """
    with Sojourn(settings.from_environment(data=data)) as sojourn:
        opened = sojourn.project(project)
        today = datetime.fromtimestamp(sojourn.clock_ms() / 1000, UTC).date()
        policy = compile(sojourn.governance(opened).in_force().text, today).policy
        words = opened.vocabulary
        properties = dict.fromkeys(name for name, _ in words.properties())
    print(entries(policy, words.names, properties), end="")


def _who() -> str:
    """Who is at the command line, for the history and the audit log."""
    try:
        return f"{getuser()} at the command line"
    except (KeyError, OSError):
        return "the command line"


def _day(ms: int, project: Project) -> str:
    return from_ms(ms, project.zone).date().isoformat()


def _print_changes(changes: Iterable[Change], again: tuple[str, ...]) -> None:
    table = Table("", "where", "what", "clauses")
    for one in changes:
        weight = "widens" if one.widens else "material" if one.material else ""
        table.add_row(weight, one.path, one.what, ", ".join(one.clauses))
    console = Console(highlight=False)
    if not table.row_count:
        console.print("Nothing changes in what is done with data.")
        return
    console.print(table)
    if again:
        console.print(f"Consent is asked for again: {', '.join(again)}.")


def _print_consequences(found: list[Consequence], days: int) -> None:
    console = Console(highlight=False)
    if not found:
        console.print(f"Nothing would have become of the events of {days} days but what did.")
        return
    table = Table("it would have", "which", title=f"Of the events of the last {days} days")
    for column in ("events", "people"):
        table.add_column(column, justify="right")
    for one in found:
        which = one.of or "in all"
        which = f"to {which}" if one.kind in ("sent", "told") else which
        table.add_row(EFFECTS[one.kind], which, f"{one.events:,}", f"{one.people:,}")
    console.print(table)


COMMANDS = (diff, publish, history, presets, suggest)
