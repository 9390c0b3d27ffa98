"""Keeping: how long a policy keeps each category, as terms that judge instants. Pure.

A term runs from when something was collected. Where it is kept `after` an event, it runs from that
event's last time for the person if that is later, and not at all before there was one. It has an
end for each purpose: past it that purpose's bit is due, and what has no other bit left goes.

What belongs to several categories at once is due when it is due in all of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import MINYEAR, datetime

import numpy as np
from numpy.typing import NDArray

from sojourn.period import to_ms
from sojourn.policy.model import Policy, Retention
from sojourn.policy.rules import PURPOSES_MAX
from sojourn.policy.words import Duration

EVERY_PURPOSE = (1 << PURPOSES_MAX) - 1
NEVER_MS = 2**62
"""Where a term has not begun: later than every end."""


@dataclass(frozen=True, slots=True)
class Lasts:
    """When something happened last to each of some people: people int64[n] ascending, and the
    instants int64[n] in ms UTC."""

    people: NDArray[np.int64]
    instants: NDArray[np.int64]

    def of(self, people: NDArray[np.int64], otherwise: int) -> NDArray[np.int64]:
        """The instant for each of `people` int64[m], or `otherwise` where it never happened."""
        if not len(self.people):
            return np.full(len(people), otherwise, dtype=np.int64)
        place = np.minimum(np.searchsorted(self.people, people), len(self.people) - 1)
        return np.where(self.people[place] == people, self.instants[place], otherwise)

    @staticmethod
    def gathered(pieces: Iterable[tuple[NDArray[np.int64], NDArray[np.int64]]]) -> Lasts:
        """From pieces of (people, instants), in which people occur as often as they like."""
        people = instants = np.empty(0, dtype=np.int64)
        for more, when in pieces:
            people, instants = np.append(people, more), np.append(instants, when)
            rows = np.lexsort((instants, people))
            last = np.append(people[rows][1:] != people[rows][:-1], [True] * bool(len(rows)))
            rows = rows[last.astype(np.bool_)]
            people, instants = people[rows], instants[rows]
        return Lasts(people, instants)


Happened = Mapping[str, Lasts]
"""For each event that a term runs from, when it last happened to whom."""


@dataclass(frozen=True, slots=True)
class Term:
    """How long one category is kept, as of an instant: `said` in words; `ends` gives, for masks of
    purposes, before which instant what was collected for them is due; `held` is the reference of a
    legal hold, while which nothing is."""

    category: str
    said: str
    after: str | None = None
    ends: tuple[tuple[int, int], ...] = ()
    held: str = ""

    @property
    def due_before_ms(self) -> int | None:
        """Before which instant something of it may be due; None when nothing can be."""
        return max((end for _, end in self.ends), default=None)

    def due(
        self, people: NDArray[np.int64], ts: NDArray[np.int64], happened: Happened
    ) -> NDArray[np.int32]:
        """The purposes for which what people (today) gave at some instants is due: a mask each."""
        begin = ts
        if self.after is not None:
            last = happened[self.after].of(people, NEVER_MS)
            begin = np.maximum(ts, last)
        due = np.zeros(len(ts), dtype=np.int32)
        for purposes, end in self.ends:
            due |= np.where(begin < end, purposes, 0).astype(np.int32)
        return due


@dataclass(frozen=True, slots=True)
class Keeping:
    """The terms of a policy as of an instant, and of which categories everything is.

    `events` and `properties` give the category of those declared; `other` is that of what is not,
    empty where the policy has no word for it; `identifying` are the categories that name people.
    """

    terms: dict[str, Term]
    events: dict[str, str]
    properties: dict[str, str]
    other: str = ""
    identifying: tuple[str, ...] = ()

    def of_event(self, name: str) -> tuple[str, ...]:
        """The categories of an event: its own, and those whose term runs from it, which could not
        end without it."""
        waiting = (term.category for term in self.terms.values() if term.after == name)
        return tuple(dict.fromkeys([*self._or_any(self.events.get(name, self.other)), *waiting]))

    def of_property(self, name: str) -> tuple[str, ...]:
        """The category of a property or a trait."""
        return self._or_any(self.properties.get(name, self.other))

    def of_identifier(self, kind: str) -> tuple[str, ...]:
        """The categories of a type of identifier: as a property of that name, or whatever
        identifies."""
        own = self.properties.get(kind)
        return (own,) if own else self.sealed

    @property
    def sealed(self) -> tuple[str, ...]:
        """The categories of what is sealed because it identifies."""
        return self.identifying or self._or_any(self.other)

    def anchors(self) -> tuple[str, ...]:
        """The events from which terms run."""
        return tuple(dict.fromkeys(term.after for term in self.terms.values() if term.after))

    def due(
        self,
        categories: Iterable[str],
        people: NDArray[np.int64],
        ts: NDArray[np.int64],
        happened: Happened,
    ) -> NDArray[np.int32]:
        """The purposes for which something is due in all of its categories: a mask each."""
        terms = [self.terms.get(category) for category in categories]
        due = np.full(len(ts), EVERY_PURPOSE if terms else 0, dtype=np.int32)
        for term in terms:
            due &= term.due(people, ts, happened) if term else 0
        return due

    def _or_any(self, category: str) -> tuple[str, ...]:
        """A category; where the policy names none, what it is of could be any."""
        return (category,) if category else tuple(self.terms)


def keeping_of(
    policy: Policy, bits: Mapping[str, int], at: datetime, held: Mapping[str, str]
) -> Keeping:
    """What a policy keeps as of an instant; `bits` gives each purpose its bit, `held` each category
    under a legal hold the reference of it."""
    terms = {
        name: _term(name, policy.retention.get(name), bits, at, held.get(name, ""))
        for name in policy.categories
    }
    return Keeping(
        terms=terms,
        events={name: event.category or "" for name, event in policy.events.items()},
        properties={name: own.category or "" for name, own in policy.properties.items()},
        other=policy.undeclared.as_ or "",
        identifying=tuple(name for name, own in policy.categories.items() if own.identifying),
    )


def _term(
    category: str, kept: Retention | None, bits: Mapping[str, int], at: datetime, held: str
) -> Term:
    if kept is None:
        return Term(category, "no end", held=held)
    said = _in_words(kept)
    if held:
        return Term(category, said, kept.after, held=held)
    ends = [(bits[name], back(at, length)) for name, length in kept.by_purpose.items()]
    named = 0
    for purpose, _ in ends:
        named |= purpose
    # What no purpose says is kept as the whole; else, where no law asks for it (as tax law does for
    # bills: clause S2-04), with the longest.
    if kept.keep is not None:
        ends.append((EVERY_PURPOSE & ~named, back(at, kept.keep)))
    elif ends and kept.law is None:
        ends.append((EVERY_PURPOSE & ~named, min(end for _, end in ends)))
    return Term(category, said, kept.after, tuple(ends))


def _in_words(kept: Retention) -> str:
    parts = [f"{length} for {purpose}" for purpose, length in kept.by_purpose.items()]
    if kept.keep is not None:
        parts.append(str(kept.keep))
    said = ", ".join(parts) or "as long as the law asks"
    if kept.after is not None:
        said += f" after {kept.after}"
    return f"{said} ({kept.law})" if kept.law else said


def back(at: datetime, length: Duration) -> int:
    """The instant a duration before another, by the calendar: ms UTC; 0 before all years."""
    began = length.before(at)
    return 0 if began.year == MINYEAR else to_ms(began)
