"""The tally of one run: what was due, by category, and how many people it was about."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray


@dataclass(slots=True)
class Tally:
    """By category: `events` that went; those `narrowed`, which stay for other purposes; single
    `values` of properties, traits and identifiers; and whose they were."""

    events: Counter[str] = field(default_factory=Counter)
    narrowed: Counter[str] = field(default_factory=Counter)
    values: Counter[str] = field(default_factory=Counter)
    _people: defaultdict[str, set[int]] = field(default_factory=lambda: defaultdict(set))

    def add(
        self, counts: Counter[str], categories: Iterable[str], people: NDArray[np.int64]
    ) -> None:
        """Count something of each of these people, once for each time they are named. What is of
        several categories stands under the first."""
        category = next(iter(categories), "")
        if len(people):
            counts[category] += len(people)
            self._people[category].update(np.unique(people).tolist())

    def people(self, category: str) -> int:
        """How many people's something of a category was."""
        return len(self._people.get(category, ()))

    def __bool__(self) -> bool:
        return bool(self._people)
