"""Whose event it is: from the identifiers a client sent to one person.

Woopra's rule. Identifier types are ranked (`type_ranks` in `event.py`); an event is matched from
its highest identifier down, and the first that is known wins; if none is, there is a new person.
What else the event names then joins that person, and a lower identifier that leads to somebody
else merges them, unless the two differ in a higher identifier: the same e-mail with another user id
stays another person. A link from an identifier never moves; merging is a layer above (`Canon`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import sqlalchemy as sa

from sojourn import control, tables
from sojourn.event import Event, Identifier, Kind, rank, rank_of, type_ranks
from sojourn.timelines.canon import Canon
from sojourn.vault import Vault

CATEGORY = "identifier"
"""The data category under whose key a person's identifiers are sealed."""
LINKS_CACHED_MAX = 500_000
"""About 100 MB; beyond it the cache starts anew and the next batch asks the database."""


@dataclass(frozen=True, slots=True)
class Link:
    """A new link from an identifier to a person."""

    digest: bytes
    identifier: Identifier
    person: int


@dataclass(slots=True)
class Changes:
    """What one batch of events made: links, and merges as (gone, into, order of arrival)."""

    links: list[Link] = field(default_factory=list)
    merges: list[tuple[int, int, int]] = field(default_factory=list)


class Identities:
    """Identifiers and merges of one project, as the applier knows them."""

    def __init__(self, project: int, vault: Vault, canon: Canon, next_person: int) -> None:
        self._project = project
        self._vault = vault
        self._canon = canon
        self._next_person = next_person
        self._links: dict[bytes, int | None] = {}
        self._digests: dict[Identifier, bytes] = {}
        self._types: dict[int, set[str]] = {}

    def prepare(self, connection: sa.Connection, events: Iterable[Event]) -> None:
        """Have at hand what the identifiers of these events lead to."""
        if len(self._links) > LINKS_CACHED_MAX:
            self.forget()
        named = {identifier for event in events for identifier in _named(event)}
        self._digests = {
            identifier: self._vault.digest(identifier.type, identifier.value)
            for identifier in named
        }
        digests = list(self._digests.values())
        unknown = [digest for digest in digests if digest not in self._links]
        self._links.update(dict.fromkeys(unknown))
        table = tables.identifiers
        for digest, person in control.found_in(
            connection, (table.c.digest, table.c.person), self._project, table.c.digest, unknown
        ):
            self._links[bytes(digest)] = person
        people = {self._canon.of(who) for d in digests if (who := self._links[d]) is not None}
        self._prepare_types(connection, people - self._types.keys())

    def forget(self) -> None:
        """Ask the database anew: identifiers have been taken out."""
        self._links.clear()
        self._types.clear()

    def digest(self, identifier: Identifier) -> bytes:
        """The keyed hash of an identifier of a prepared event."""
        return self._digests[identifier]

    def find(self, identifiers: Iterable[Identifier]) -> int | None:
        """The person that the highest known identifier leads to, None if none is known."""
        for identifier in sorted(identifiers, key=rank):
            person = self._links.get(self.digest(identifier))
            if person is not None:
                return self._canon.of(person)
        return None

    def resolve(self, event: Event, order: int, changes: Changes) -> int:
        """The person of a prepared event; what it newly tells about who is who joins `changes`."""
        # Most events come under one identifier, and there are tens of thousands a second.
        ranked = list(event.identifiers)
        if len(ranked) > 1:
            ranked.sort(key=rank)
        person = self._winner(ranked)
        if person is None:
            person = self._next_person
            self._next_person += 1
            self._types[person] = set()
        for identifier in ranked:
            self._join(identifier, person, order, changes)
        if event.kind is Kind.ALIAS and event.previous is not None:
            self._join_alias(event.previous, person, order, changes)
        return person

    def _winner(self, ranked: list[Identifier]) -> int | None:
        """The first known person who has no other value of a higher identifier given here."""
        higher: set[str] = set()
        for identifier in ranked:
            linked = self._links[self.digest(identifier)]
            if linked is not None:
                person = self._canon.of(linked)
                if not higher & self._types[person]:
                    return person
            higher.add(identifier.type)
        return None

    def _join(self, identifier: Identifier, person: int, order: int, changes: Changes) -> None:
        digest = self.digest(identifier)
        linked = self._links[digest]
        if linked is None:
            self._links[digest] = person
            self._types[person].add(identifier.type)
            changes.links.append(Link(digest, identifier, person))
            return
        other = self._canon.of(linked)
        if other != person and not self._differ_above(person, other, identifier):
            self._merge(other, person, order, changes)

    def _differ_above(self, person: int, other: int, identifier: Identifier) -> bool:
        """Whether both have an identifier of a type ranked above this one: not the same, then."""
        shared = self._types[person] & self._types[other]
        return any(rank_of(kind) < rank(identifier) for kind in shared)

    def _join_alias(self, previous: Identifier, person: int, order: int, changes: Changes) -> None:
        """An alias says outright that two are one, so no rank stands against it."""
        for kind in type_ranks:
            linked = self._links[self.digest(Identifier(kind, previous.value))]
            if linked is not None:
                other = self._canon.of(linked)
                if other != person:
                    self._merge(other, person, order, changes)
                return
        self._join(previous, person, order, changes)

    def _merge(self, person: int, into: int, order: int, changes: Changes) -> None:
        self._types[into] |= self._types.pop(person)
        self._canon.merge(person, into)
        changes.merges.append((person, into, order))

    def _prepare_types(self, connection: sa.Connection, people: set[int]) -> None:
        """Which types of identifier these people have, merged ones included."""
        owners = {member: who for who in people for member in (who, *self._canon.members(who))}
        self._types.update({who: set() for who in people})
        table = tables.identifiers
        for person, kind in control.found_in(
            connection, (table.c.person, table.c.type), self._project, table.c.person, owners
        ):
            self._types[owners[person]].add(kind)


def save(connection: sa.Connection, project: int, vault: Vault, changes: Changes) -> None:
    """Write what a batch changed; the identifiers themselves are sealed."""
    vault.prepare(connection, [(link.person, CATEGORY) for link in changes.links])
    control.insert_many(
        connection,
        tables.identifiers,
        [
            {
                "project": project,
                "digest": link.digest,
                "type": link.identifier.type,
                "person": link.person,
                "sealed": vault.seal((link.person, CATEGORY), link.identifier.value),
            }
            for link in changes.links
        ],
    )
    control.insert_many(
        connection,
        tables.merges,
        [
            {"project": project, "person": person, "into": into, "order": order}
            for person, into, order in changes.merges
        ],
    )


def load_canon(connection: sa.Connection, project: int) -> Canon:
    """Who is who today in a project."""
    table = tables.merges
    canon = Canon()
    for person, into in connection.execute(
        sa.select(table.c.person, table.c.into)
        .where(table.c.project == project)
        .order_by(table.c.number)
    ):
        canon.merge(person, into)
    return canon


def next_person(connection: sa.Connection, project: int) -> int:
    """The first person id that was never given."""
    table, progress = tables.identifiers, tables.progress
    newest = sa.select(sa.func.max(table.c.person)).where(table.c.project == project)
    gone = sa.select(progress.c.value).where(progress.c.name == _people(project))
    known = (connection.execute(newest).scalar(), connection.execute(gone).scalar())
    return max(person or 0 for person in known) + 1


def remember_people(connection: sa.Connection, project: int) -> None:
    """Write down how many ids have been given, before identifiers go: their people's rows may stay,
    and nobody else may get them."""
    last = next_person(connection, project) - 1
    control.upsert(connection, tables.progress, [{"name": _people(project), "value": last}])


def _people(project: int) -> str:
    return f"people of {project}"


def _named(event: Event) -> Iterable[Identifier]:
    yield from event.identifiers
    if event.previous is not None:
        # An alias does not say of which type the former name was.
        yield from (Identifier(kind, event.previous.value) for kind in type_ranks)
