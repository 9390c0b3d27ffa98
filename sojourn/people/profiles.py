"""What is known of a person now: their traits, sealed as a whole.

A profile is kept with the person it was given to; when people merge, reading puts the profiles
together, see `traits.py`. Nothing is rewritten, so a split takes them apart again.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec
import sqlalchemy as sa

from sojourn import control, tables
from sojourn.event import Event, PropertyValue
from sojourn.people.traits import Change, Trait, Traits, changed, joined
from sojourn.vault import Vault

CATEGORY = "profile"
"""The data category under whose key a person's traits are sealed."""


def update(
    connection: sa.Connection, project: int, vault: Vault, told: Iterable[tuple[int, Event]]
) -> None:
    """Take over the traits of messages, given with their people in order of arrival."""
    changes = list(told)
    people = list(dict.fromkeys(person for person, _ in changes))
    vault.prepare(connection, [(person, CATEGORY) for person in people])
    profiles = load(connection, project, vault, people)
    for person, event in changes:
        profile = profiles.setdefault(person, {})
        for name, value in event.traits.items():
            open_for = event.purposes if name in event.told else 0
            change = Change(event.how.get(name, ""), value, event.ts, event.source, open_for)
            became = changed(profile.get(name), change)
            if became is not None:
                profile[name] = became
    rows = [
        {
            "project": project,
            "person": person,
            "sealed": vault.seal((person, CATEGORY), profiles[person]),
        }
        for person in people
    ]
    control.upsert(connection, tables.profiles, rows)


def read(
    connection: sa.Connection, project: int, vault: Vault, people: Iterable[int]
) -> dict[str, PropertyValue]:
    """What is known of one person, who is all of `people`; by name."""
    found = newest(connection, project, vault, people)
    known = {name: trait.known() for name, trait in found.items()}
    return {name: value for name, value in known.items() if value is not None}


def newest(connection: sa.Connection, project: int, vault: Vault, people: Iterable[int]) -> Traits:
    """The traits of one person, who is all of `people`, those unset among them; by name, in its
    order."""
    found: dict[str, list[Trait]] = {}
    for profile in load(connection, project, vault, people).values():
        for name, trait in profile.items():
            found.setdefault(name, []).append(trait)
    return {name: joined(traits) for name, traits in sorted(found.items())}


def load(
    connection: sa.Connection, project: int, vault: Vault, people: Iterable[int]
) -> dict[int, Traits]:
    """The profiles that these people were given, as far as their keys exist."""
    table = tables.profiles
    profiles: dict[int, Traits] = {}
    columns = (table.c.person, table.c.sealed)
    for person, sealed in control.found_in(connection, columns, project, table.c.person, people):
        opened = vault.open(connection, (person, CATEGORY), bytes(sealed))
        if opened is not None:
            profiles[person] = msgspec.convert(opened, Traits)
    return profiles
