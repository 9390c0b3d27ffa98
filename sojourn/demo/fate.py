"""Fate: shares that come out as planned, however small the crowd and whatever the seed.

A thousand tosses of a coin stray by three per cent, and a planted truth must not stray. So where a
share matters, a group takes its draws from a sequence that fills [0, 1) evenly: steps of the golden
section on a circle, from a random start. After n draws the share below p is p, give or take about
log(n) / n.

    0 |--3-----1-----4-----2-----5--| 1        the next draw falls into one of the widest gaps
"""

from __future__ import annotations

from random import Random

GOLDEN_STEP = 0.6180339887498949
"""The fractional part of the golden ratio: of all steps the one that leaves the evenest gaps."""


class Fate:
    """Even draws in [0, 1), one sequence for each group of people, by the group's name."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._last: dict[str, float] = {}

    def draw(self, group: str) -> float:
        """The next draw of a group."""
        last = self._last.get(group)
        drawn = self._rng.random() if last is None else (last + GOLDEN_STEP) % 1.0
        self._last[group] = drawn
        return drawn
