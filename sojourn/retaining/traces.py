"""The traces of people beside their rows: traits of profiles, and identifiers.

A trait runs from when it was given. An identifier is given anew with everything that its person
does, so it runs from the last that is known of them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray

from sojourn import control, tables
from sojourn.people import identities, linking, profiles
from sojourn.people.traits import Trait, Traits
from sojourn.policy.keeping import EVERY_PURPOSE, Happened, Keeping, Lasts
from sojourn.retaining.tally import Tally
from sojourn.vault import Vault

PAGE = 5_000
"""Profiles opened, and rows taken out, at a time."""
Item = TypeVar("Item")


@dataclass(slots=True)
class Traces:
    """What is due: profiles with what is left of them, and the digests of identifiers."""

    profiles: dict[int, Traits] = field(default_factory=dict)
    identifiers: list[bytes] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Circle:
    """Whose traces are looked at: a project's people, with who they are `today`, what `happened` to
    them, and when something was known of them last (`seen`)."""

    project: int
    vault: Vault
    today: Callable[[NDArray[np.int64]], NDArray[np.int64]]
    happened: Happened
    seen: Lasts


def due(connection: sa.Connection, circle: Circle, keeping: Keeping, tally: Tally) -> Traces:
    """What a project's people left that is due."""
    found = Traces()
    pieces = [(circle.seen.people, circle.seen.instants)]
    for page in _profiles(connection, circle):
        people = circle.today(np.fromiter(page, dtype=np.int64))
        newest = [
            max((trait.ts for trait in traits.values()), default=0) for traits in page.values()
        ]
        pieces.append((people, np.array(newest, dtype=np.int64)))
        found.profiles |= _without_due(page, people, circle, keeping, tally)
    _find_identifiers(connection, circle, keeping, Lasts.gathered(pieces), found, tally)
    return found


def remove(connection: sa.Connection, circle: Circle, traces: Traces) -> None:
    """Take out what is due. Where nothing is left under a key, the key goes, too."""
    project, vault = circle.project, circle.vault
    identities.remember_people(connection, project)
    left = {person: traits for person, traits in traces.profiles.items() if traits}
    gone = traces.profiles.keys() - left.keys()
    vault.prepare_known(connection, [(person, profiles.CATEGORY) for person in left])
    rows = [
        {
            "project": project,
            "person": person,
            "sealed": vault.seal((person, profiles.CATEGORY), traits),
        }
        for person, traits in left.items()
    ]
    control.upsert(connection, tables.profiles, rows)
    table, keys = tables.profiles, tables.person_keys
    for some in _paged(sorted(gone)):
        connection.execute(
            sa.delete(table).where(table.c.project == project, table.c.person.in_(some))
        )
        connection.execute(
            sa.delete(keys).where(
                keys.c.project == project,
                keys.c.category == profiles.CATEGORY,
                keys.c.person.in_(some),
            )
        )
    known = tables.identifiers
    for digests in _paged(traces.identifiers):
        connection.execute(
            sa.delete(known).where(known.c.project == project, known.c.digest.in_(digests))
        )
    if traces.identifiers:
        named = sa.select(known.c.person).where(known.c.project == project)
        connection.execute(
            sa.delete(keys).where(
                keys.c.project == project,
                keys.c.category == linking.CATEGORY,
                keys.c.person.not_in(named),
            )
        )


def _profiles(connection: sa.Connection, circle: Circle) -> Iterator[dict[int, Traits]]:
    """All profiles that can be opened, some at a time."""
    table = tables.profiles
    last = -1
    while True:
        following = (
            sa.select(table.c.person)
            .where(table.c.project == circle.project, table.c.person > last)
            .order_by(table.c.person)
            .limit(PAGE)
        )
        people = list(connection.execute(following).scalars())
        if not people:
            return
        last = people[-1]
        keys = [(person, profiles.CATEGORY) for person in people]
        circle.vault.prepare_known(connection, keys)
        yield profiles.load(connection, circle.project, circle.vault, people)
        circle.vault.trim()


def _without_due(
    page: dict[int, Traits],
    people: NDArray[np.int64],
    circle: Circle,
    keeping: Keeping,
    tally: Tally,
) -> dict[int, Traits]:
    """The profiles of which some traits are due, without them."""
    given: defaultdict[tuple[str, ...], list[tuple[int, int, str, int]]] = defaultdict(list)
    for (own, traits), person in zip(page.items(), people.tolist(), strict=True):
        for name, trait in traits.items():
            told = [(own, person, name, ts) for ts in dict.fromkeys(trait.instants())]
            given[keeping.of_property(name)] += told
    gone: defaultdict[int, defaultdict[str, set[int]]] = defaultdict(lambda: defaultdict(set))
    for categories, some in given.items():
        who = np.array([person for _, person, _, _ in some], dtype=np.int64)
        when = np.array([ts for *_, ts in some], dtype=np.int64)
        is_due = keeping.due(categories, who, when, circle.happened) == EVERY_PURPOSE
        tally.add(tally.values, categories, who[is_due])
        for index in np.flatnonzero(is_due):
            own, _, name, ts = some[index]
            gone[own][name].add(ts)
    return {person: dict(_left(page[person], names)) for person, names in gone.items()}


def _left(traits: Traits, gone: Mapping[str, AbstractSet[int]]) -> Iterator[tuple[str, Trait]]:
    """What is left of some traits without what was told of each at the instants that are due."""
    for name, trait in traits.items():
        left = trait.without(gone.get(name, frozenset()))
        if left is not None:
            yield name, left


def _find_identifiers(
    connection: sa.Connection,
    circle: Circle,
    keeping: Keeping,
    seen: Lasts,
    found: Traces,
    tally: Tally,
) -> None:
    table = tables.identifiers
    chosen = sa.select(table.c.digest, table.c.type, table.c.person).where(
        table.c.project == circle.project
    )
    by_type: defaultdict[str, list[tuple[bytes, int]]] = defaultdict(list)
    for digest, kind, person in connection.execute(chosen):
        by_type[kind].append((bytes(digest), person))
    for kind, some in by_type.items():
        who = circle.today(np.array([person for _, person in some], dtype=np.int64))
        categories = keeping.of_identifier(kind)
        is_due = keeping.due(categories, who, seen.of(who, 0), circle.happened) == EVERY_PURPOSE
        tally.add(tally.values, categories, who[is_due])
        found.identifiers += [some[index][0] for index in np.flatnonzero(is_due)]


def _paged(items: list[Item]) -> Iterator[list[Item]]:
    for begin in range(0, len(items), PAGE):
        yield items[begin : begin + PAGE]
