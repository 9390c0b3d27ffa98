"""Who is who after merges: a person id leads to the person it is today.

Each merge is an edge from a person who went to the one whom they became, so the ids that are one
person are a tree, and undoing a merge cuts its edge: whoever became them stays with them. Both take
constant time for almost everyone (they touch the smaller history, or that of one person) and change
no event: rows keep the id they were given, and every reading goes through this table. People who
were told apart by hand are `kept_apart` from then on.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

GROWTH = 4_096
"""Ids are dense, so the table is an array; it grows by at least this many."""


@dataclass(frozen=True, slots=True)
class Moved:
    """Who was somebody else at one moment: `ids` int64[k], ascending, and the `persons` they were
    then, int64[k]."""

    ids: NDArray[np.int64]
    persons: NDArray[np.int64]

    def of_all(self, people: NDArray[np.int64]) -> NDArray[np.int64]:
        """The persons that these ids were then: int64, same shape."""
        if not len(self.ids):
            return people
        place = np.minimum(np.searchsorted(self.ids, people), len(self.ids) - 1)
        return np.where(self.ids[place] == people, self.persons[place], people)


NOBODY_MOVED = Moved(np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64))


class Canon:
    """Maps person ids to persons; ids it has never heard of are themselves."""

    def __init__(self) -> None:
        self._today: NDArray[np.int64] = np.arange(GROWTH, dtype=np.int64)
        self._members: defaultdict[int, list[int]] = defaultdict(list)
        self._became: dict[int, int] = {}
        self._apart: defaultdict[int, set[int]] = defaultdict(set)
        self.log: list[tuple[int, int]] = []
        """Every merge and split in order: (person that went or came back, the other person)."""

    def merge(self, person: int, into: int) -> None:
        """From now on `person`, and all who became them, are `into`."""
        person, into = self.of(person), self.of(into)
        if person == into:
            return
        self._grow(max(person, into))
        gone = [person, *self._members.pop(person, ())]
        for member in gone:
            self._today[member] = into
        self._members[into] += gone
        self._became[person] = into
        self.log.append((person, into))

    def split(self, person: int) -> None:
        """Undo the merge by which `person` went: they, and who became them, are themselves again,
        and stay so until `lift`."""
        into = self._became.pop(person)
        whole = self.of(into)
        back = [member for member in self._members[whole] if self._came_by(member, person)]
        for member in back:
            self._today[member] = person
        self._members[whole] = [one for one in self._members[whole] if one not in set(back)]
        self._members[person] = [one for one in back if one != person]
        self.keep_apart(person, into)
        self.log.append((person, whole))

    def became(self, person: int) -> int | None:
        """Whom a person went to in a merge that stands; None for who is themselves."""
        return self._became.get(person)

    def keep_apart(self, person: int, other: int) -> None:
        """Nothing but a `lift` makes these two one person again."""
        self._apart[person].add(other)
        self._apart[other].add(person)

    def kept_apart(self, person: int, other: int) -> list[tuple[int, int]]:
        """The pairs of ids, one of each person (of today), that were told apart by hand."""
        return [
            (member, own)
            for member in (person, *self._members.get(person, ()))
            for own in self._apart.get(member, ())
            if self.of(own) == other
        ]

    def lift(self, person: int, other: int) -> None:
        """These two ids may be one person again."""
        self._apart[person].discard(other)
        self._apart[other].discard(person)

    def copy(self) -> Canon:
        """Who is who now, for a thread of its own."""
        then = Canon()
        then._today, then.log = self._today.copy(), list(self.log)
        then._members.update({person: list(gone) for person, gone in self._members.items()})
        then._became = dict(self._became)
        then._apart.update({person: set(others) for person, others in self._apart.items()})
        return then

    def of(self, person: int) -> int:
        """The person that this id is today."""
        return int(self._today[person]) if person < len(self._today) else person

    def of_all(self, people: NDArray[np.int64]) -> NDArray[np.int64]:
        """The persons that these ids are today: int64, same shape."""
        if len(people) and self.log:
            self._grow(int(people.max()))
            return self._today[people]
        return people

    def members(self, person: int) -> list[int]:
        """The ids that became this person, without their own."""
        return list(self._members.get(person, ()))

    def moved(self) -> Moved:
        """All ids that are someone else today."""
        members = [member for who in self._members.values() for member in who]
        ids = np.sort(np.array(members, dtype=np.int64))
        return Moved(ids, self.of_all(ids))

    def changed_since(self, then: Moved) -> NDArray[np.int64]:
        """The persons of then and of now whose histories differ: int64, ascending."""
        ids = np.union1d(then.ids, self.moved().ids)
        before, now = then.of_all(ids), self.of_all(ids)
        differs = before != now
        return np.union1d(before[differs], now[differs])

    def _came_by(self, member: int, person: int) -> bool:
        """Whether somebody is a person, or became them by merges that stand."""
        who: int | None = member
        while who is not None and who != person:
            who = self._became.get(who)
        return who == person

    def _grow(self, person: int) -> None:
        size = len(self._today)
        if person >= size:
            more = np.arange(size, max(person + 1, size + size // 2, size + GROWTH), dtype=np.int64)
            self._today = np.concatenate([self._today, more])
