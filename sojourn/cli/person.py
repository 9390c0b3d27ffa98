"""`sojourn person`: show one, undo a merge, and list those that were blocked."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec
from cyclopts import App
from rich.console import Console, RenderableType
from rich.table import Table

from sojourn import settings
from sojourn.api.people import allowed_for
from sojourn.application import Sojourn
from sojourn.consent import records
from sojourn.errors import BadQuestion, NotFound
from sojourn.event import PropertyValue
from sojourn.ingest.project import Project
from sojourn.people import merges
from sojourn.people.details import PersonDetail, detail
from sojourn.people.merges import BlockedMerge
from sojourn.report import PURPOSE

app = App(name="person")
ACTOR = "command line"
VEILED = "•••"


@app.command
def show(who: str, *, project: str, purpose: str = PURPOSE, data: Path | None = None) -> None:
    """Show what is known of a person, as far as a purpose allows. Sealed values stay veiled.

    Parameters
    ----------
    who
        The number of a person, or one of their identifiers, whole.
    project
        The project.
    purpose
        What for.
    data
        The data folder.
    """
    with Sojourn(settings.from_environment(data=data)) as sojourn:
        opened = sojourn.project(project)
        allowed, snapshot = allowed_for(opened, purpose), sojourn.governance(opened).seen(purpose)
        person = _find(sojourn, opened, who)
        sojourn.governance(opened).require_seen(person, purpose)
        with sojourn.engine.begin() as connection:
            directory, days = sojourn.directory(opened), sojourn.days(opened)
            shown = detail(connection, directory, snapshot, person, days, allowed)
    if shown is None:
        raise _nobody(who)
    console = Console()
    for table in _tables(shown, opened.zone):
        console.print(table)


@app.command
def consents(who: str, *, project: str, data: Path | None = None) -> None:
    """Print what a person decided, as proof: the consent records as JSON, the oldest first, with
    what was said under their identifiers before anybody knew whose they were.

    Parameters
    ----------
    who
        The number of a person, or one of their identifiers, whole.
    project
        The project.
    data
        The data folder.
    """
    with Sojourn(settings.from_environment(data=data)) as sojourn:
        opened = sojourn.project(project)
        members = opened.parts.members(_find(sojourn, opened, who))
        with sojourn.engine.begin() as connection:
            found = records.of_people(connection, opened.id, members)
    print(msgspec.json.format(msgspec.json.encode(found)).decode())


@app.command
def split(person: int, *, project: str, merge: int | None = None, data: Path | None = None) -> None:
    """Undo a merge: every event goes back under the person it came under. The two stay two until
    an alias says that they are one.

    Parameters
    ----------
    person
        The number of the person.
    project
        The project.
    merge
        The number of the merge, which `sojourn person show` tells. Without it, the newest.
    data
        The data folder.
    """
    with Sojourn(settings.from_environment(data=data)) as sojourn:
        opened = sojourn.project(project)
        undone = sojourn.split(opened, _checked(person), merge=merge, actor=ACTOR)
        left = opened.parts.today(undone.into)
    print(f"Merge {undone.number} is undone: there are person {left} and person {undone.person}.")


@app.command
def blocked(*, project: str, data: Path | None = None) -> None:
    """List people who share an identifier and were not merged, the latest first.

    Parameters
    ----------
    project
        The project.
    data
        The data folder.
    """
    with Sojourn(settings.from_environment(data=data)) as sojourn:
        opened = sojourn.project(project)
        with sojourn.engine.begin() as connection:
            found = merges.blocked(connection, opened.id, opened.parts)
    Console().print(_blocked(found, opened.zone) if found else f"Project {project} has none.")


def _find(sojourn: Sojourn, project: Project, who: str) -> int:
    """The person of a number or, if there is none, of an identifier."""
    if who.isdigit() and len(who) < len(str(sys.maxsize)):
        person = project.parts.today(int(who))
        part_of = (part.people for part in project.parts.now().parts)
        if any(person in people for people in part_of):
            return person
    with sojourn.engine.begin() as connection:
        found = sojourn.directory(project).search(connection, who)
    if not found:
        raise _nobody(who)
    if len(found) > 1:
        raise BadQuestion(
            f"“{who[:60]}” leads to {len(found)} people",
            detail=f"They are {', '.join(map(str, found))}.",
            mend="Name one of them by the number.",
        )
    return found[0]


def _checked(person: int) -> int:
    if not 0 < person < sys.maxsize:
        raise _nobody(str(person))
    return person


def _nobody(who: str) -> NotFound:
    return NotFound(
        f"There is no person “{who[:60]}”",
        mend="Name the number of a person, or one of their identifiers, whole.",
    )


def _tables(shown: PersonDetail, zone: ZoneInfo) -> Iterable[RenderableType]:
    """What is shown of a person, a table for each kind of thing that there is."""
    yield _facts(shown, zone)
    identifiers = [(one.type, one.masked) for one in shown.person.identifiers]
    yield from _table("Identifiers", ("type", "veiled"), identifiers)
    properties = [
        (one.name, VEILED if one.value is None else _told(one.value), one.source, _at(one.at, zone))
        for one in shown.properties
    ]
    yield from _table("Properties", ("name", "value", "source", "told"), properties)
    touches = [
        (
            one.name,
            *(_told(one.first), _at(one.first_at, zone)),
            *(_told(one.last), _at(one.last_at, zone)),
        )
        for one in shown.touches
    ]
    yield from _table("Touches", ("", "first", "when", "last", "when"), touches)
    devices = [
        (
            f"{one.type} {one.masked}",
            _at(one.first, zone),
            _at(one.last, zone),
            " · ".join(map(_told, one.properties.values())),
        )
        for one in shown.devices
    ]
    yield from _table("Devices", ("device", "first seen", "last seen", "told"), devices)
    merged = [
        (str(one.number), f"{one.person} → {one.into}", one.shared, _at(one.at, zone))
        for one in shown.merges
    ]
    yield from _table("Merges", ("merge", "person", "shared", "when"), merged)
    if shown.blocked:
        yield _blocked(shown.blocked, zone)


def _facts(shown: PersonDetail, zone: ZoneInfo) -> Table:
    totals = shown.totals
    table = Table(
        title=f"{shown.person.label}, {'known' if shown.person.known else 'anonymous'}",
        title_justify="left",
        show_header=False,
    )
    for name, value in (
        ("events", f"{totals.events:,}"),
        ("visits", f"{totals.visits:,}"),
        ("days active", f"{totals.days:,}"),
        ("time spent", _lasting(totals.seconds)),
        ("first seen", _at(totals.first, zone)),
        ("last seen", _at(totals.last, zone)),
    ):
        table.add_row(name, value)
    return table


def _table(
    title: str, columns: Sequence[str], rows: Sequence[Sequence[str]]
) -> Iterable[RenderableType]:
    """A table with a title; none without rows."""
    if rows:
        table = Table(title=title, title_justify="left")
        for column in columns:
            table.add_column(column, overflow="fold")
        for row in rows:
            table.add_row(*row)
        yield table


def _blocked(found: Sequence[BlockedMerge], zone: ZoneInfo) -> Table:
    table = Table(
        *("people", "shared", "barrier", "times", "last"),
        title="Not merged",
        title_justify="left",
    )
    for one in found:
        people = f"{one.person} and {one.other}"
        table.add_row(people, one.shared, one.barrier, f"{one.times:,}", _at(one.last, zone))
    return table


def _told(value: PropertyValue) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:.15g}" if isinstance(value, float) else value


def _at(instant: datetime | None, zone: ZoneInfo) -> str:
    return "" if instant is None else f"{instant.astimezone(zone):%Y-%m-%d %H:%M}"


def _lasting(seconds: float) -> str:
    hours, minutes = int(seconds // 3_600), int(seconds % 3_600 // 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {int(seconds % 60)} s"
