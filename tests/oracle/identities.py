"""Who is who, slowly and obviously: every id is a node, every merge that stands an edge, and people
are what hangs together."""

from __future__ import annotations

from sojourn.event import Identifier, type_ranks

Given = tuple[str, str]
"""An identifier: its type and its value."""


class NaivePeople:
    """Woopra's rule as one would tell it, with merges that can be undone. A person who would have
    more than `crowd` identifiers of one type takes up nobody."""

    def __init__(self, crowd: int) -> None:
        self.crowd = crowd
        self.types = list(type_ranks)
        self.links: dict[Given, int] = {}
        self.people = 0
        self.merges: list[tuple[int, int]] = []
        self.apart: list[tuple[int, int]] = []
        self.blocked: list[tuple[int, int]] = []
        self.events: list[tuple[int, int]] = []

    def whole(self, person: int) -> set[int]:
        """All ids that are one person with this one."""
        found, more = {person}, {person}
        while more:
            more = {
                one if other in found else other
                for one, other in self.merges
                if (one in found) != (other in found)
            }
            found |= more
        return found

    def today(self, person: int) -> int:
        """The id among them that went nowhere."""
        (stays,) = self.whole(person) - {gone for gone, _ in self.merges}
        return stays

    def identifiers(self, person: int) -> list[Given]:
        return [given for given, own in self.links.items() if own in self.whole(person)]

    def take(self, number: int, given: set[Given], previous: Identifier | None = None) -> None:
        ranked = sorted(given, key=lambda one: self.types.index(one[0]))
        own = self.first_that_fits(ranked)
        if own is None:
            self.people += 1
            own = self.people
        for identifier in ranked:
            self.join(identifier, own)
        if previous is None:
            self.events.append((number, own))
        else:
            self.alias(previous, own)

    def first_that_fits(self, ranked: list[Given]) -> int | None:
        for place, identifier in enumerate(ranked):
            if identifier in self.links:
                higher = {kind for kind, _ in ranked[:place]}
                known = {kind for kind, _ in self.identifiers(self.links[identifier])}
                if not higher & known:
                    return self.links[identifier]
        return None

    def join(self, identifier: Given, own: int) -> None:
        if identifier not in self.links:
            known = [kind for kind, _ in self.identifiers(own)]
            if known.count(identifier[0]) < self.crowd:
                self.links[identifier] = own
            return
        other = self.links[identifier]
        if other in self.whole(own):
            return
        above = self.types[: self.types.index(identifier[0])]
        differ = {kind for kind, _ in self.identifiers(own)} & {
            kind for kind, _ in self.identifiers(other)
        }
        if differ & set(above) or self.told_apart(own, other) or self.are_crowd(own, other):
            self.blocked.append((own, other))
        else:
            self.merges.append((self.today(other), self.today(own)))

    def told_apart(self, one: int, other: int) -> list[tuple[int, int]]:
        both = (self.whole(one), self.whole(other))
        return [
            (a, b)
            for a, b in self.apart
            if (a in both[0] and b in both[1]) or (a in both[1] and b in both[0])
        ]

    def are_crowd(self, one: int, other: int) -> bool:
        kinds = [kind for kind, _ in self.identifiers(one) + self.identifiers(other)]
        return any(kinds.count(kind) > self.crowd for kind in kinds)

    def alias(self, previous: Identifier, own: int) -> None:
        for kind in self.types:
            other = self.links.get((kind, previous.value))
            if other is not None:
                if other not in self.whole(own) and not self.are_crowd(own, other):
                    lifted = self.told_apart(own, other)
                    self.apart = [pair for pair in self.apart if pair not in lifted]
                    self.merges.append((self.today(other), self.today(own)))
                return
        self.join((previous.type, previous.value), own)

    def split(self, index: int) -> tuple[int, int]:
        """Undo a merge that stands; which it was."""
        undone = self.merges.pop(index)
        self.apart.append(undone)
        return undone

    def timelines(self) -> dict[int, list[int]]:
        """The numbers of each person's events, in order."""
        found: dict[int, list[int]] = {}
        for number, own in self.events:
            found.setdefault(self.today(own), []).append(number)
        return found

    def blocked_pairs(self) -> set[frozenset[int]]:
        """Those who met and were not merged, and are still two."""
        pairs = {frozenset((self.today(one), self.today(other))) for one, other in self.blocked}
        return {pair for pair in pairs if len(pair) == 2}
