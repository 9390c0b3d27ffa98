"""`sojourn quarantine`: see what was refused for its form, replay it, drop it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
from cyclopts import App
from rich.console import Console
from rich.table import Table

from sojourn import audit, settings
from sojourn.application import Sojourn
from sojourn.cli.texts import print_json
from sojourn.control import writing
from sojourn.errors import BadQuestion
from sojourn.event import Identifier
from sojourn.ingest.project import Project
from sojourn.ingest.quarantine import Chosen

app = App(name="quarantine")
ACTOR = "command line"


@app.command(name="list")
def list_(
    *, project: str, reason: str | None = None, limit: int = 20, data: Path | None = None
) -> None:
    """List what waits, by reason, and what came last.

    Parameters
    ----------
    project
        The project.
    reason
        Show entries of this reason only.
    limit
        How many entries to show.
    data
        The data folder.
    """
    with Sojourn(settings.from_environment(data=data)) as sojourn:
        opened = sojourn.project(project)
        reasons = sojourn.quarantine.reasons(opened)
        entries = sojourn.quarantine.newest(opened, Chosen(reason=reason), limit=limit)
    if not reasons:
        print(f"Nothing waits in project {project}.")
        return
    table = Table("reason", "events", "first", "last")
    for one in reasons:
        table.add_row(one.reason, str(one.events), _at(one.first_ms), _at(one.last_ms))
    Console().print(table)
    table = Table("id", "reason", "wire", "came", "goes")
    for entry in entries:
        table.add_row(
            entry.id, entry.reason, entry.wire, _at(entry.received_ms), _at(entry.until_ms)
        )
    Console().print(table)


@app.command
def show(id: str, *, project: str, data: Path | None = None) -> None:
    """Show what one entry holds, as JSON; that is written to the audit log.

    Parameters
    ----------
    id
        The entry's id, as `list` shows it.
    project
        The project.
    data
        The data folder.
    """
    with Sojourn(settings.from_environment(data=data)) as sojourn:
        opened = sojourn.project(project)
        entry, held = sojourn.quarantine.look(opened, id)
        _note(sojourn, opened, "open quarantined event", entry.id)
    shown: dict[str, Any] = {"reason": entry.reason, "detail": held.detail}
    print_json({**shown, "event": msgspec.to_builtins(held.event)})


@app.command
def replay(
    *, project: str, reason: str | None = None, id: tuple[str, ...] = (), data: Path | None = None
) -> None:
    """Send what waits through the pipeline again, under today's policy and settings.

    Parameters
    ----------
    project
        The project.
    reason
        Replay entries of this reason only.
    id
        Replay this entry only; say it again for more.
    data
        The data folder.
    """
    with Sojourn(settings.from_environment(data=data)) as sojourn:
        opened = sojourn.project(project)
        replayed = sojourn.replay(opened, _chosen(reason, id))
        _note(sojourn, opened, "replay quarantine", f"{reason or 'all'}: {replayed.kept} kept")
    print(f"{_events(replayed.kept)} kept.")
    for why, count in replayed.stay.items():
        print(f"{_events(count)} still waiting: {why}.")
    for why, count in replayed.gone.items():
        print(f"{_events(count)} gone, as no longer allowed to wait: {why}.")


@app.command
def drop(
    *,
    project: str,
    reason: str | None = None,
    id: tuple[str, ...] = (),
    person: str | None = None,
    data: Path | None = None,
) -> None:
    """Take out what is not wanted, or everything that somebody's identifier stands in.

    Parameters
    ----------
    project
        The project.
    reason
        Drop entries of this reason only.
    id
        Drop this entry only; say it again for more.
    person
        Drop what came under this identifier, such as user_id=42.
    data
        The data folder.
    """
    with Sojourn(settings.from_environment(data=data)) as sojourn:
        opened = sojourn.project(project)
        if person is None:
            gone = sojourn.quarantine.drop(opened, _chosen(reason, id))
            subject = reason or (f"{len(id)} by id" if id else "everything")
        else:
            gone = sojourn.quarantine.drop_of(opened, _identifier(person))
            subject = "of a person"
        _note(sojourn, opened, "drop from quarantine", f"{subject}: {gone}")
    print(f"{_events(gone)} dropped.")


def _chosen(reason: str | None, ids: tuple[str, ...]) -> Chosen:
    return Chosen(reason, ids or None)


def _identifier(text: str) -> Identifier:
    kind, equals, value = text.partition("=")
    if not (kind and equals and value):
        raise BadQuestion(
            f"“{text[:60]}” is no identifier", where="person", mend="Write it as user_id=42."
        )
    return Identifier(kind, value)


def _events(count: int) -> str:
    return f"{count} event{'' if count == 1 else 's'}"


def _at(instant_ms: int) -> str:
    return f"{datetime.fromtimestamp(instant_ms / 1000, UTC):%F %H:%M}"


def _note(sojourn: Sojourn, project: Project, action: str, subject: str) -> None:
    with writing(sojourn.engine).begin() as connection:
        audit.write(connection, sojourn.clock_ms(), ACTOR, action, f"{project.name}: {subject}")
