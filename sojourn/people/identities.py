"""Whose event it is: from the identifiers a client sent to one person.

Woopra's rule. Identifier types are ranked (`Hierarchy` in `event.py`); an event is matched from
its highest identifier down, and the first that is known wins; if none is, there is a new person.
What else the event names then joins that person, and a lower identifier that leads to somebody
else merges them, unless there is a *barrier*: the two differ in a higher identifier (the same
e-mail with another user id stays another person), they were told apart by hand, or together they
would be a crowd. A link from an identifier never moves; merging is a layer above (`Canon`), and an
event is given to whom its highest identifier links to, so that undoing a merge parts the events by
what they came under.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from itertools import repeat
from operator import itemgetter
from typing import NamedTuple

import sqlalchemy as sa

from sojourn import control, tables
from sojourn.event import Event, Hierarchy, Identifier, Kind
from sojourn.kept import Kept, Lot, Placed
from sojourn.people import hierarchy
from sojourn.people.linking import Blocked, Changes, Link, Merge
from sojourn.timelines.canon import Canon
from sojourn.vault import Vault

LINKS_CACHED_MAX = 350_000
"""About 100 MB; beyond it the cache starts anew and the next batch asks the database."""
ALIKE_MAX = 100
"""Identifiers of one type that a person may have: a browser that forgets its cookies weekly makes
as many in two years. Whoever has more is a shared device, “guest” or test@example.com, and would
swallow everybody."""
SEEN_STEP_MS = 3_600_000
"""How much later than noted an identifier must be seen again to be noted anew."""
ALIAS, SPLIT, CROWD = "alias", "split", "crowd"
"""In place of an identifier's type: what joined two people outright, or keeps them two."""


class Owned(NamedTuple):
    """A lot whose people are known: the id of each event's."""

    lot: Lot
    people: list[int]


class Identities:
    """Identifiers and merges of one project, as the applier knows them."""

    def __init__(
        self,
        project: int,
        vault: Vault,
        canon: Canon,
        next_person: int,
        hierarchy: Hierarchy,
    ) -> None:
        self.hierarchy = hierarchy
        self._project = project
        self._vault = vault
        self._canon = canon
        self._next_person = next_person
        self._links: dict[bytes, int | None] = {}
        self._seen: dict[bytes, int] = {}
        self._digests: dict[str, dict[str, bytes]] = {}
        self._types: dict[int, Counter[str]] = {}

    def prepare(self, connection: sa.Connection, events: Sequence[Event]) -> None:
        """Have at hand what the identifiers of these events lead to."""
        named = self._named_by(events)
        self._look_up(connection, named)
        self._prepare_types(connection, named)

    def parted(self, connection: sa.Connection, kept: Kept) -> tuple[list[Owned], list[Placed]]:
        """The lots, as far as their events tell nothing new of who is who, with their people; and
        the other events in their order, prepared for `resolve`."""
        named = self._named_by([event for _, event in kept.others])
        for lot in kept.lots:
            for kind, values in zip(lot.heading.types, lot.whose, strict=True):
                named.setdefault(kind, set()).update(values)
        self._look_up(connection, named)
        owned: list[Owned] = []
        left = list(kept.others)
        for lot in kept.lots:
            people = self._known(lot)
            if 0 in people:
                left += [(lot.places[at], lot.at(at)) for at, own in enumerate(people) if not own]
                lot, people = lot.only([own > 0 for own in people]), [own for own in people if own]
            owned.append(Owned(lot, people))
        left.sort(key=itemgetter(0))
        self._prepare_types(connection, self._named_by([event for _, event in left]))
        return owned, left

    def _known(self, lot: Lot) -> list[int]:
        """The id that each event of a lot is given, 0 where it may tell something new: all that it
        came under is known, of one person, and was seen just now."""
        # No other event of the batch can change that: links never move, and merges only join.
        today = self._canon.of
        people, *others = map(self._just_seen, lot.heading.types, lot.whose, repeat(lot.ts))
        for linked in others:
            people = [
                own if own == other or (own and other and today(own) == today(other)) else 0
                for own, other in zip(people, linked, strict=True)
            ]
        return people

    def _just_seen(self, kind: str, values: Sequence[str], instants: Sequence[int]) -> list[int]:
        """The ids that identifiers of a type link to, 0 for one that is new or to be noted as seen
        at its instant."""
        links, seen = self._links, self._seen
        return [
            known if (known := links[digest]) and ts < seen[digest] + SEEN_STEP_MS else 0
            for digest, ts in zip(self.digests(kind, values), instants, strict=True)
        ]

    def _named_by(self, events: Sequence[Event]) -> dict[str, set[str]]:
        """The identifiers of some events, by type."""
        named: dict[str, set[str]] = {}
        for event in events:
            former = () if event.previous is None else self._former(event.previous)
            for identifier in (*event.identifiers, *former):
                named.setdefault(identifier.type, set()).add(identifier.value)
        return named

    def _look_up(self, connection: sa.Connection, named: Mapping[str, AbstractSet[str]]) -> None:
        """Have at hand to whom identifiers link, given by type."""
        if len(self._links) > LINKS_CACHED_MAX:
            self.forget()
        self._digests = {
            kind: dict(zip(values, self._vault.digests(kind, values), strict=True))
            for kind, values in named.items()
        }
        digests = [digest for own in self._digests.values() for digest in own.values()]
        unknown = [digest for digest in digests if digest not in self._links]
        self._links.update(dict.fromkeys(unknown))
        table = tables.identifiers
        columns = (table.c.digest, table.c.person, table.c.last_ms)
        for digest, person, last_ms in control.found_in(
            connection, columns, self._project, table.c.digest, unknown
        ):
            self._links[bytes(digest)] = person
            self._seen[bytes(digest)] = last_ms or 0

    def forget(self) -> None:
        """Ask the database anew: identifiers have been taken out."""
        self._links.clear()
        self._seen.clear()
        self._types.clear()

    def split(self, person: int) -> None:
        """Undo the merge by which this id went; nothing but an alias merges the two again."""
        self._types.pop(self._canon.of(person), None)
        self._canon.split(person)

    def digest(self, identifier: Identifier) -> bytes:
        """The keyed hash of an identifier of a prepared event."""
        return self._digests[identifier.type][identifier.value]

    def digests(self, kind: str, values: Iterable[str]) -> list[bytes]:
        """The keyed hashes of identifiers of one type, of prepared events."""
        return list(map(self._digests[kind].__getitem__, values))

    def find(self, identifiers: Iterable[Identifier]) -> int | None:
        """The id that the highest known identifier links to, None if none is known."""
        for identifier in identifiers:
            person = self._links.get(self.digest(identifier))
            if person is not None:
                return person
        return None

    def resolve(self, event: Event, order: int, changes: Changes) -> int:
        """The id a prepared event is given; what it newly tells about who is who joins `changes`.
        The pipeline has put its identifiers in order."""
        if len(event.identifiers) == 1 and event.previous is None:
            # Most events: one identifier, which is known and was seen just now, tells nothing new.
            digest = self.digest(event.identifiers[0])
            known = self._links[digest]
            if known is not None and event.ts < self._seen[digest] + SEEN_STEP_MS:
                return known
        own = self._winner(event.identifiers)
        if own is None:
            own = self._next_person
            self._next_person += 1
            self._types[own] = Counter()
        for identifier in event.identifiers:
            self._join(identifier, own, event, order, changes)
        if event.kind is Kind.ALIAS and event.previous is not None:
            self._join_alias(event.previous, own, event, order, changes)
        return own

    def _winner(self, ranked: tuple[Identifier, ...]) -> int | None:
        """The id of the first known person who has no other value of a higher identifier given
        here."""
        higher: set[str] = set()
        for identifier in ranked:
            own = self._links[self.digest(identifier)]
            if own is not None and not (higher and higher & self._types_of(own)):
                return own
            higher.add(identifier.type)
        return None

    def _types_of(self, own: int) -> AbstractSet[str]:
        return self._types[self._canon.of(own)].keys()

    def _join(
        self, identifier: Identifier, own: int, event: Event, order: int, changes: Changes
    ) -> None:
        digest, person = self.digest(identifier), self._canon.of(own)
        linked = self._links[digest]
        if linked is None:
            if self._types[person][identifier.type] < ALIKE_MAX:
                self._links[digest], self._seen[digest] = own, event.ts
                self._types[person][identifier.type] += 1
                changes.links.append(Link(digest, identifier, own, event.ts))
            return
        if event.ts >= self._seen[digest] + SEEN_STEP_MS:
            self._seen[digest] = changes.seen[digest] = event.ts
        other = self._canon.of(linked)
        if other == person:
            return
        barrier = self._barrier(person, other, identifier.type)
        if barrier:
            pair = min(own, linked), max(own, linked)
            blocked = Blocked(*pair, identifier.type, barrier)
            changes.blocked[blocked] += 1
            changes.blocked_ms[blocked] = event.ts
        else:
            merge = Merge(other, person, order, identifier.type, event.ts)
            self._merge(merge, changes)

    def _barrier(self, person: int, other: int, shared: str) -> str:
        """What keeps two people apart who share an identifier of a type; empty if nothing does."""
        both = self._types[person].keys() & self._types[other].keys()
        rank_of = self.hierarchy.rank_of
        highest = min(both, key=rank_of, default=shared)
        if rank_of(highest) < rank_of(shared):
            return highest
        if self._canon.kept_apart(other, person):
            return SPLIT
        return CROWD if self._is_crowd(person, other) else ""

    def _is_crowd(self, person: int, other: int) -> bool:
        """Whether two people would have too many identifiers of one type together."""
        return max((self._types[person] + self._types[other]).values(), default=0) > ALIKE_MAX

    def _join_alias(
        self, previous: Identifier, own: int, event: Event, order: int, changes: Changes
    ) -> None:
        """An alias says outright that two are one, so neither a rank nor a split stands against
        it."""
        # It does not say of which type the former name was.
        for kind in self.hierarchy.types:
            linked = self._links[self.digest(Identifier(kind, previous.value))]
            if linked is not None:
                person, other = self._canon.of(own), self._canon.of(linked)
                if other != person and not self._is_crowd(person, other):
                    for pair in self._canon.kept_apart(other, person):
                        self._canon.lift(*pair)
                        changes.lifted.append(pair)
                    self._merge(Merge(other, person, order, ALIAS, event.ts), changes)
                return
        self._join(previous, own, event, order, changes)

    def _merge(self, merge: Merge, changes: Changes) -> None:
        self._types[merge.into] += self._types.pop(merge.person)
        self._canon.merge(merge.person, merge.into)
        changes.merges.append(merge)

    def _prepare_types(
        self, connection: sa.Connection, named: Mapping[str, AbstractSet[str]]
    ) -> None:
        """Have at hand how many identifiers of each type the people have to whom some identifiers
        link, given by type and looked up; merged ones included."""
        linked = [self._links[one] for kind in named for one in self.digests(kind, named[kind])]
        people = {self._canon.of(who) for who in linked if who is not None} - self._types.keys()
        owners = {member: who for who in people for member in (who, *self._canon.members(who))}
        self._types.update({who: Counter() for who in people})
        table = tables.identifiers
        for person, kind in control.found_in(
            connection, (table.c.person, table.c.type), self._project, table.c.person, owners
        ):
            self._types[owners[person]][kind] += 1

    def _former(self, previous: Identifier) -> Iterable[Identifier]:
        """What a former name may be: an alias does not say of which type it was."""
        yield previous
        for kind in self.hierarchy.types:
            yield Identifier(kind, previous.value)


def load_canon(connection: sa.Connection, project: int) -> Canon:
    """Who is who today in a project."""
    table, apart = tables.merges, tables.kept_apart
    canon = Canon()
    for person, into in connection.execute(
        sa.select(table.c.person, table.c.into)
        .where(table.c.project == project)
        .order_by(table.c.number)
    ):
        canon.merge(person, into)
    for person, other in connection.execute(
        sa.select(apart.c.person, apart.c.other).where(apart.c.project == project)
    ):
        canon.keep_apart(person, other)
    return canon


def load(connection: sa.Connection, project: int, vault: Vault, canon: Canon) -> Identities:
    """The identifiers of a project, whose merges are `canon`."""
    known = hierarchy.load(connection, project)
    return Identities(project, vault, canon, next_person(connection, project), known)


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
