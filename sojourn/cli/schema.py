"""`sojourn schema`: see which events and properties there are, and say what they mean."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
import yaml
from cyclopts import App, Parameter
from rich.console import Console
from rich.table import Table

from sojourn import schema, settings
from sojourn.application import Sojourn
from sojourn.cli.texts import print_json, read_text
from sojourn.errors import BadQuestion, NotFound
from sojourn.ingest.planning import Kind, Planning
from sojourn.schema import EventDetail, Known, PropertyDetail
from sojourn.timeline import PropertyType
from sojourn.tracking_plan import EventEntry, PropertyEntry, TrackingPlan

app = App(name="schema")
ACTOR = "command line"
ENTRIES: dict[Kind, type[EventEntry] | type[PropertyEntry]] = {
    "event": EventEntry,
    "property": PropertyEntry,
}


@app.command
def show(
    kind: Kind | None = None,
    name: str | None = None,
    *,
    project: str,
    archived: bool = False,
    data: Path | None = None,
) -> None:
    """List events and properties with what was counted of them, or show one whole, as JSON.

    Parameters
    ----------
    kind
        List only events, or only properties.
    name
        Show this one.
    project
        The project.
    archived
        List what is archived, too.
    data
        The data folder.
    """
    with Sojourn(settings.from_environment(data=data)) as sojourn:
        opened = sojourn.project(project)
        plan = Planning(opened, sojourn.engine, sojourn.clock_ms).plan()
        known = Known(*schema.look(sojourn.governance(opened)), plan, opened.rules)
    if name is not None:
        print_json(_one(known, kind or "event", name))
        return
    if kind != "property":
        events = [one for one in known.events() if archived or not one.entry.archived]
        Console().print(_events(events) if events else f"Project {project} has no events.")
    if kind != "event":
        properties = [one for one in known.properties() if archived or not one.entry.archived]
        Console().print(
            _properties(properties) if properties else f"Project {project} has no properties."
        )


@app.command(name="set")
def describe(
    kind: Kind,
    name: str,
    *,
    project: str,
    title: str | None = None,
    description: str | None = None,
    icon: str | None = None,
    sentence: str | None = None,
    data: Path | None = None,
) -> None:
    """Say what an event or a property is called and means; what is not named stays as it was.

    Parameters
    ----------
    kind
        Whether it is an event or a property.
    name
        Its name, as it arrives.
    project
        The project.
    title
        What people call it.
    description
        What it means.
    icon
        Of an event: one of Tabler's, such as shopping-cart.
    sentence
        Of an event: how a timeline tells it, such as "{person} paid {total}[ for {plan}]".
    data
        The data folder.
    """
    given = {"title": title, "description": description, "icon": icon, "sentence": sentence}
    said = {field: text for field, text in given.items() if text is not None}
    _change(project, data, kind, name, **said)


@app.command
def archive(kind: Kind, name: str, *, project: str, data: Path | None = None) -> None:
    """Put a name away: its events are kept and counted, and it is no longer offered.

    Parameters
    ----------
    kind
        Whether it is an event or a property.
    name
        Its name.
    project
        The project.
    data
        The data folder.
    """
    _change(project, data, kind, name, archived=True)


@app.command
def restore(kind: Kind, name: str, *, project: str, data: Path | None = None) -> None:
    """Offer a name again that was archived.

    Parameters
    ----------
    kind
        Whether it is an event or a property.
    name
        Its name.
    project
        The project.
    data
        The data folder.
    """
    _change(project, data, kind, name, archived=False)


@app.command
def block(
    kind: Kind, name: str, *, project: str, lift: bool = False, data: Path | None = None
) -> None:
    """Collect an event no more, or take a property out of all events, from the next event on.

    Parameters
    ----------
    kind
        Whether it is an event or a property.
    name
        Its name.
    project
        The project.
    lift
        Collect it again.
    data
        The data folder.
    """
    _change(project, data, kind, name, blocked=not lift)


@app.command
def plan(
    kind: Kind,
    name: str,
    *,
    project: str,
    type: PropertyType | None = None,
    lift: bool = False,
    data: Path | None = None,
) -> None:
    """Expect a name. An event that has a property of another type is refused.

    Parameters
    ----------
    kind
        Whether it is an event or a property.
    name
        Its name.
    project
        The project.
    type
        Of a property: what its values are.
    lift
        Expect it no longer.
    data
        The data folder.
    """
    if not lift and (kind == "property") != (type is not None):
        raise BadQuestion(
            "A property is planned with its type, an event without one",
            where="type",
            mend="Say --type text, number or flag for a property.",
        )
    planned: Any = (None if lift else type) if kind == "property" else not lift
    _change(project, data, kind, name, planned=planned)


@app.command
def export(
    *, project: str, format: Literal["yaml", "json"] = "yaml", data: Path | None = None
) -> None:
    """Print the tracking plan: all that is said of events and properties.

    Parameters
    ----------
    project
        The project.
    format
        YAML, or JSON.
    data
        The data folder.
    """
    with _planning(project, data) as planning:
        said = msgspec.to_builtins(planning.plan())
    if format == "json":
        print_json(said)
    else:
        print(yaml.safe_dump(said, allow_unicode=True, sort_keys=False, width=100), end="")


@app.command(name="import")
def take_over(
    file: Annotated[Path, Parameter(allow_leading_hyphen=True)],
    *,
    project: str,
    data: Path | None = None,
) -> None:
    """Say what a tracking plan says of its names; other names are left as they are.

    Parameters
    ----------
    file
        A plan in YAML or JSON, as `export` prints it, or - for standard input.
    project
        The project.
    data
        The data folder.
    """
    said = _read(file)
    with _planning(project, data) as planning:
        planning.say(said, actor=ACTOR)
    print(f"{len(said.events)} events and {len(said.properties)} properties are described.")


@contextmanager
def _planning(project: str, data: Path | None) -> Iterator[Planning]:
    with Sojourn(settings.from_environment(data=data)) as sojourn:
        yield Planning(sojourn.project(project), sojourn.engine, sojourn.clock_ms)


def _change(project: str, data: Path | None, kind: Kind, name: str, **said: Any) -> None:
    """Say this of a name, besides what is said of it already."""
    with _planning(project, data) as planning:
        plan = planning.plan()
        before = (plan.events if kind == "event" else plan.properties).get(name, ENTRIES[kind]())
        try:
            entry: Any = msgspec.convert(msgspec.to_builtins(before) | said, ENTRIES[kind])
        except msgspec.ValidationError as failure:
            raise BadQuestion(
                f"That cannot be said of the {kind} “{name[:60]}”",
                detail=f"{failure}.",
                mend="`sojourn schema set --help` tells what can be.",
            ) from None
        changed = TrackingPlan(**{"events" if kind == "event" else "properties": {name: entry}})
        planning.say(changed, actor=ACTOR)
    print_json(entry)


def _read(file: Path) -> TrackingPlan:
    text = read_text(file, "plan")
    try:
        return msgspec.yaml.decode(text, type=TrackingPlan)
    except (msgspec.MsgspecError, yaml.YAMLError) as failure:
        raise BadQuestion(
            "This is no tracking plan",
            detail=str(failure),
            where=str(file),
            mend="`sojourn schema export` prints one.",
        ) from None


def _one(known: Known, kind: Kind, name: str) -> EventDetail | PropertyDetail:
    if kind == "event" and (name in known.counted.events or name in known.plan.events):
        return known.event(name, whole=True)
    if kind == "property" and (name in known.counted.properties or name in known.plan.properties):
        return known.property(name)
    raise NotFound(f"The {kind} “{name[:60]}” is unknown", mend="`sojourn schema show` lists all.")


def _events(events: Sequence[EventDetail]) -> Table:
    table = _table("event", "title", "category", "last seen", "", figures=("events", "people"))
    for one in events:
        known = (one.name, one.entry.title, one.category or "", _day(one.last), _state(one.entry))
        table.add_row(*known, f"{one.events:,}", f"{one.people:,}")
    return table


def _properties(properties: Sequence[PropertyDetail]) -> Table:
    texts = ("property", "title", "types", "category", "last seen", "examples", "")
    table = _table(*texts, figures=("values", "people"))
    for one in properties:
        types = ", ".join(own.type for own in one.types)
        examples = ", ".join(str(own.value) for own in one.examples)
        last, state = _day(one.last), _state(one.entry)
        known = (one.name, one.entry.title, types, one.category or "", last, examples, state)
        table.add_row(*known, f"{one.filled + one.facts:,}", f"{one.people:,}")
    return table


def _table(*texts: str, figures: Sequence[str]) -> Table:
    table = Table(*texts)
    for figure in figures:
        table.add_column(figure, justify="right")
    return table


def _state(entry: EventEntry | PropertyEntry) -> str:
    states = {"planned": entry.planned, "blocked": entry.blocked, "archived": entry.archived}
    return ", ".join(state for state, holds in states.items() if holds)


def _day(instant: datetime | None) -> str:
    return f"{instant:%F}" if instant else "never"
