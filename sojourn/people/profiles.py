"""What is known of a person now: the newest value of each trait, sealed as a whole.

A profile is kept with the person it was given to; when people merge, reading puts the profiles
together and the newest value of each trait wins. Nothing is rewritten.
"""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa

from sojourn import control, tables
from sojourn.event import PropertyValue
from sojourn.vault import Vault

CATEGORY = "profile"
"""The data category under whose key a person's traits are sealed."""

Traits = dict[str, tuple[PropertyValue, int]]
"""Each trait with its value and the instant (ms UTC) it was given."""


def update(
    connection: sa.Connection,
    project: int,
    vault: Vault,
    given: Iterable[tuple[int, int, dict[str, PropertyValue]]],
) -> None:
    """Take over traits, given as (person, ts, traits) in order of arrival."""
    changes = list(given)
    people = list(dict.fromkeys(person for person, _, _ in changes))
    vault.prepare(connection, [(person, CATEGORY) for person in people])
    profiles = load(connection, project, vault, people)
    for person, ts, traits in changes:
        profile = profiles.setdefault(person, {})
        for name, value in traits.items():
            if name not in profile or profile[name][1] <= ts:
                profile[name] = (value, ts)
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
    """The traits of one person, who is all of `people`; by name."""
    newest: Traits = {}
    for profile in load(connection, project, vault, people).values():
        for name, (value, ts) in profile.items():
            if name not in newest or newest[name][1] <= ts:
                newest[name] = (value, ts)
    return {name: value for name, (value, _) in sorted(newest.items())}


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
            profiles[person] = {name: (value, ts) for name, (value, ts) in opened.items()}
    return profiles
