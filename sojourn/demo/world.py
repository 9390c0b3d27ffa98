"""What the tellers of a simulation share: chance, fate, the window, the diary, and the numbers."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from sojourn.demo.clock import Window
from sojourn.demo.diary import Diary
from sojourn.demo.fate import Fate


@dataclass(slots=True)
class World:
    """One simulation under way; `people_left` counts down to the end of the telling."""

    rng: Random
    fate: Fate
    window: Window
    diary: Diary
    company_size_max: int
    people_left: int
    people: int = 0
    companies: int = 0

    def next_person(self) -> int:
        """The number of the next person; they count from now on."""
        self.people_left -= 1
        self.people += 1
        return self.people

    def next_company(self) -> int:
        """The number of the next company."""
        self.companies += 1
        return self.companies
