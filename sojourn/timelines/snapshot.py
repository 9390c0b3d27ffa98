"""A snapshot: the parts at one moment, which a question reads from its beginning to its end."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import numpy as np

from sojourn.kernels.headcount import headcount
from sojourn.timeline import Timeline
from sojourn.timelines.columns import ColumnName
from sojourn.timelines.part import Part


class Headcount(NamedTuple):
    """How many people of a part have an event, how many of them one that is lawful for a purpose,
    and how many events they all have."""

    people: int
    seen: int
    events: int


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The parts at one moment. `first_ms` and `last_ms` span the instants of every event, or are
    None when there is none; they may be a little wider when people have left since. `hidden` is how
    many people with events may not be seen; `sources` is where each of the parts comes from."""

    parts: tuple[Timeline, ...]
    first_ms: int | None
    last_ms: int | None
    hidden: int
    sources: tuple[Part, ...]
    _counts: dict[tuple[int, int], Headcount] = field(default_factory=dict)

    @property
    def people(self) -> int:
        """How many people have a visible event."""
        return sum(int(np.count_nonzero(part.ends > part.starts)) for part in self.parts)

    @property
    def events(self) -> int:
        """How many events these people have."""
        return sum(int((part.ends - part.starts).sum()) for part in self.parts)

    def count(self, part: Timeline, purpose: int) -> Headcount:
        """Who is in one of the parts, counted once: whoever goes through the parts anyway, on
        several threads, spares `unseen` from doing it on one."""
        known = self._counts.get((id(part), purpose))
        if known is None:
            (source,) = (own for one, own in self._sourced if one is part)
            known = Headcount(*headcount(part.starts, part.ends, source.lawful(purpose)))
            self._counts[id(part), purpose] = known
        return known

    def unseen(self, purpose: int) -> float:
        """The share of people with events of whom nothing may be seen for a purpose."""
        counts = [self.count(part, purpose) for part in self.parts]
        everyone = sum(one.people for one in counts) + self.hidden
        return round(1 - sum(one.seen for one in counts) / everyone, 4) if everyone else 0.0

    def without(self, people: Collection[int]) -> Snapshot:
        """The same moment, in which some people (ids of today) may not be seen either."""
        if not people:
            return self
        hidden = np.array(sorted(people), dtype=np.int64)
        parts, gone = [], self.hidden
        for part in self.parts:
            place = np.searchsorted(part.people, hidden)
            inside = place[place < len(part.people)]
            here = inside[np.isin(part.people[inside], hidden)]
            gone += int(np.count_nonzero(part.ends[here] > part.starts[here]))
            ends = part.ends.copy()
            ends[here] = part.starts[here]
            parts.append(replace(part, ends=ends) if len(here) else part)
        return replace(self, parts=tuple(parts), hidden=gone, _counts={})

    def touch(self, part: Timeline) -> None:
        """Say that a question is about to read a part: others may leave memory for it."""
        for known, source in self._sourced:
            if known is part:
                source.touch()

    def read(self, asked: Sequence[ColumnName], check: Callable[[], None]) -> None:
        """Have these columns at hand in every part, before questions to the parts are put on the
        threads that all share: what has to be read from the table takes its time. `check` is called
        between two parts and gives up when it is time to."""
        for source in self.sources:
            check()
            source.columns(asked)

    @property
    def _sourced(self) -> zip[tuple[Timeline, Part]]:
        return zip(self.parts, self.sources, strict=True)
