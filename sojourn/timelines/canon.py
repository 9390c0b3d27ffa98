"""Who is who after merges: a person id leads to the person it is today.

A merge is constant time for almost everyone (it touches the smaller history only) and changes no
event: rows keep the id they were given, and every reading goes through this table.
"""

from __future__ import annotations

from collections import defaultdict

import numpy as np
from numpy.typing import NDArray

GROWTH = 4_096
"""Ids are dense, so the table is an array; it grows by at least this many."""


class Canon:
    """Maps person ids to persons; ids it has never heard of are themselves."""

    def __init__(self) -> None:
        self._today: NDArray[np.int64] = np.arange(GROWTH, dtype=np.int64)
        self._members: defaultdict[int, list[int]] = defaultdict(list)
        self.log: list[tuple[int, int]] = []
        """Every merge in order: (person that went, person it became)."""

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
        self.log.append((person, into))

    def copy(self) -> Canon:
        """Who is who now, for a thread of its own."""
        then = Canon()
        then._today, then.log = self._today.copy(), list(self.log)
        then._members.update({person: list(gone) for person, gone in self._members.items()})
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

    def moved(self) -> NDArray[np.int64]:
        """All ids that are someone else today."""
        return np.array([member for who in self._members.values() for member in who], np.int64)

    def _grow(self, person: int) -> None:
        size = len(self._today)
        if person >= size:
            more = np.arange(size, max(person + 1, size + size // 2, size + GROWTH), dtype=np.int64)
            self._today = np.concatenate([self._today, more])
