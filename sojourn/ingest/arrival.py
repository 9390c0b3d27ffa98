"""Arrival: what the steps of the pipeline know besides the event itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field

from sojourn.consent.cookieless import DailyIds
from sojourn.drop_reason import Dropped
from sojourn.event import DEFAULT_HIERARCHY, Event, Hierarchy
from sojourn.geography import country_of
from sojourn.ingest.exclusions import NOTHING_EXCLUDED, Exclusions
from sojourn.ingest.fates import Fate, Fates
from sojourn.policy.gate import Will, nothing_said
from sojourn.policy.looks import Looks
from sojourn.policy.rules import Rules

NOTHING_EXPECTED: Mapping[str, frozenset[type]] = {}
OPENED_MAX = 100_000
"""Events that may still change whose names are remembered: twice as many as may be open."""


@dataclass(slots=True)
class Names:
    """A project's event and property names as far as this process has seen them, and what those of
    its events are called, by message id, that may still change: a change is judged as its event.

    The applier, which sees those of every process, has the last word.
    """

    events: set[str] = field(default_factory=set)
    properties: set[str] = field(default_factory=set)
    looks: Looks = field(default_factory=Looks)
    fates: Fates = field(default_factory=Fates)
    opened: dict[str, str] = field(default_factory=dict)

    def note_opened(self, event: Event) -> None:
        """Remember what an event that may still change is called."""
        self.opened[event.message_id] = event.name
        while len(self.opened) > OPENED_MAX:
            self.opened.pop(next(iter(self.opened)), None)


@dataclass(frozen=True, slots=True)
class Arrival:
    """When events arrived, the rules of the project's policy, its names, what people have said,
    what the project leaves out, its daily ids, where it has any, and what the values of planned
    properties may be. `withheld` counts the properties taken out, by reason, and `corrected` the
    events whose sender's clock was wrong."""

    received_ms: int
    rules: Rules
    names: Names = field(default_factory=Names)
    country_of: Callable[[str], str] = country_of
    hierarchy: Hierarchy = DEFAULT_HIERARCHY
    will: Will = nothing_said
    exclusions: Exclusions = NOTHING_EXCLUDED
    daily_ids: DailyIds | None = None
    expected: Mapping[str, frozenset[type]] = field(default_factory=lambda: NOTHING_EXPECTED)
    withheld: Counter[str] = field(default_factory=Counter)
    corrected: Counter[str] = field(default_factory=Counter)

    def fates(self) -> dict[Hashable, Fate]:
        """What became of kinds of events that were judged as these are."""
        judged_by = self.rules, self.hierarchy, self.exclusions, self.expected, self.daily_ids
        return self.names.fates.now(judged_by, self.received_ms)


Step = Callable[[Event, Arrival], Event | Dropped]
