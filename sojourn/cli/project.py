"""`sojourn project`: make and list projects, and say how they tell people apart and what they leave
out."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import msgspec
from cyclopts import App, Parameter
from rich.console import Console
from rich.table import Table

from sojourn import settings
from sojourn.accounts import keys
from sojourn.application import Sojourn
from sojourn.cli.texts import print_json, read_policy
from sojourn.ingest.collecting import Collecting
from sojourn.period import WeekStart
from sojourn.policy import versions

app = App(name="project")
ACTOR = "command line"
Entries = Annotated[list[str] | None, Parameter(consume_multiple=True)]
"""The entries of a list, which take the place of those there were."""


@app.command
def create(
    name: str,
    *,
    title: str = "",
    timezone: str = "UTC",
    week_start: WeekStart = "monday",
    preset: str = versions.PRESET,
    policy: Path | None = None,
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
    policy
        A file with a policy of your own, that it begins with instead.
    data
        The data folder.
    """
    with Sojourn(settings.from_environment(data=data)) as sojourn:
        project = sojourn.create_project(
            name,
            title=title,
            timezone=timezone,
            week_start=week_start,
            preset=preset,
            policy=read_policy(policy) if policy else "",
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


@app.command
def hierarchy(name: str, *types: str, drop: bool = False, data: Path | None = None) -> None:
    """Show the types of identifier that a project knows, the highest first, or give it others. They
    hold for what arrives from then on.

    Parameters
    ----------
    name
        The project.
    types
        Such as user_id account_number email anonymous_id, from the highest to the lowest.
    drop
        Let types go that people have identifiers of: nothing leads to them by those any more.
    data
        The data folder.
    """
    with Sojourn(settings.from_environment(data=data)) as sojourn:
        project = sojourn.project(name)
        known = project.people.hierarchy
        if types:
            known = sojourn.change_hierarchy(project, types, drop=drop, actor=ACTOR)
    print(" > ".join(known.types))


@app.command
def collection(name: str, *, data: Path | None = None) -> None:
    """Show what a project leaves out, and where its links may lead, as JSON.

    Parameters
    ----------
    name
        The project.
    data
        The data folder.
    """
    with Sojourn(settings.from_environment(data=data)) as sojourn:
        print_json(sojourn.project(name).collection)


@app.command(name="set")
def choose(
    name: str,
    *,
    redirects: Entries = None,
    excluded_addresses: Entries = None,
    excluded_agents: Entries = None,
    excluded_people: Entries = None,
    excluded_properties: Entries = None,
    blocked_events: Entries = None,
    bots: bool | None = None,
    data: Path | None = None,
) -> None:
    """Choose what a project leaves out from now on, and where its links may lead. What is not named
    stays as it is.

    Parameters
    ----------
    name
        The project.
    redirects
        Hosts to which a tracked link may lead.
    excluded_addresses
        Addresses and networks from which nothing is collected, such as 10.0.0.0/8.
    excluded_agents
        Words: nothing is collected from agents that contain one.
    excluded_people
        Identifiers of people of whom nothing is collected.
    excluded_properties
        Properties that are taken out of what is collected.
    blocked_events
        Events that are not collected.
    bots
        Collect what machines do, too.
    data
        The data folder.
    """
    chosen = {
        "redirects": redirects,
        "excluded_addresses": excluded_addresses,
        "excluded_agents": excluded_agents,
        "excluded_people": excluded_people,
        "excluded_properties": excluded_properties,
        "blocked_events": blocked_events,
        "bots": bots,
    }
    given = {
        field: tuple(value) if isinstance(value, list) else value
        for field, value in chosen.items()
        if value is not None
    }
    with Sojourn(settings.from_environment(data=data)) as sojourn:
        project = sojourn.project(name)
        collecting = Collecting(project, sojourn.engine, sojourn.clock_ms)
        collecting.change(msgspec.structs.replace(project.collection, **given), actor=ACTOR)
        print_json(project.collection)
