"""The schema: what a project has received under which names, beside what people say of them.

Counted from the timelines when somebody looks, part by part, and written nowhere. Values are shown
where they can be about nobody in particular: of a property that identifies nobody, and that several
people share.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from sojourn.executor import Executor
from sojourn.filter import Scalar
from sojourn.governance import Governance
from sojourn.kernels.holders import holders
from sojourn.kernels.sightings import sightings
from sojourn.policy import taxonomy
from sojourn.policy.compile import compile
from sojourn.policy.model import Policy
from sojourn.policy.rules import Rules
from sojourn.report import PURPOSE
from sojourn.timeline import EVERY_PURPOSE, Column, PropertyType, Timeline
from sojourn.timelines.snapshot import Snapshot
from sojourn.tracking_plan import EventEntry, PropertyEntry, TrackingPlan
from sojourn.vocabulary import Vocabulary

VALUES_MAX = 1_000
"""Different values that are told apart: a property with more of them is a text or a measure."""
EXAMPLES_MAX = 5
EXAMPLE_PEOPLE_MIN = 5
"""How many people must have a value before it is shown: it then points at none of them."""
EXAMPLE_CHARS_MAX = 200

Value = tuple[PropertyType, Scalar]


class With(msgspec.Struct, frozen=True):
    """How many of an event came with a property."""

    name: str
    events: int


class Example(msgspec.Struct, frozen=True):
    """A value that several people have."""

    value: Scalar
    people: int


class TypeCount(msgspec.Struct, frozen=True):
    """How many values of a property had a type."""

    type: PropertyType
    values: int


class EventDetail(msgspec.Struct, frozen=True):
    """An event: what is said of it, the category that the policy gives it, how often and of how
    many people it was received, and when. `properties` are those it came with, told where one event
    is asked for."""

    name: str
    entry: EventEntry
    category: str | None
    events: int
    people: int
    first: datetime | None
    last: datetime | None
    properties: tuple[With, ...] = ()


class PropertyDetail(msgspec.Struct, frozen=True):
    """A property: what is said of it, its category, whether it identifies somebody, and how many
    events and statements about people (`facts`) had it, as far as they may be seen for analytics.
    `different` counts its values, up to a thousand (`more`: there are more). `events` are those it
    came with."""

    name: str
    entry: PropertyEntry
    category: str | None
    identifying: bool
    types: tuple[TypeCount, ...]
    filled: int
    facts: int
    people: int
    first: datetime | None
    last: datetime | None
    different: int
    more: bool
    examples: tuple[Example, ...]
    events: tuple[With, ...]


@dataclass(frozen=True, slots=True)
class PropertyCount:
    """What was counted of a property: values by type, the most shared values with their people,
    events by code, and in all: rows, people, first and last instant in ms."""

    types: dict[PropertyType, int]
    shared: dict[Value, int]
    events: NDArray[np.int64]
    overall: tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Counted:
    """What was counted at one moment: events by name (events, people, first and last in ms), and
    properties by name; `names` are the events by code."""

    names: tuple[str, ...]
    events: dict[str, tuple[int, int, int, int]]
    properties: dict[str, PropertyCount]


# Counting


def look(governance: Governance) -> tuple[Counted, Policy]:
    """Count what a project has received by now, and read its policy of today."""
    project = governance.project
    received = project.parts.now()
    seen, mask = governance.seen(PURPOSE), mask_for(project.rules, PURPOSE)
    counted = count(received, seen, mask, project.vocabulary, governance.executor)
    today = date.fromtimestamp(governance.clock_ms() / 1000)
    return counted, compile(governance.in_force().text, today).policy


def count(
    received: Snapshot, seen: Snapshot, purpose: int, vocabulary: Vocabulary, executor: Executor
) -> Counted:
    """Count what was `received`, and of the properties what may be `seen` (later) for a purpose
    (a mask)."""
    by_code = executor.map(_sightings, received.parts)
    properties = tuple(dict.fromkeys(name for name, _ in vocabulary.properties()))
    columns = [column for name in properties for column in vocabulary.columns(name)]
    # Nobody gives up on it: the first look at a long history is what the later ones are quick by.
    seen.read(columns, check=lambda: None)

    def count_part(part: Timeline) -> dict[str, PropertyCount]:
        seen.touch(part)
        counts = ((name, _count_property(part, name, purpose)) for name in properties)
        return {name: own for name, own in counts if own is not None}

    found: dict[str, PropertyCount] = {}
    for partial in executor.map(count_part, seen.parts):
        for name, own in partial.items():
            found[name] = _added(found[name], own) if name in found else own
    events = _together(received.parts[0].names, by_code)
    return Counted(seen.parts[0].names, events, found)


def _sightings(part: Timeline) -> NDArray[np.int64]:
    return sightings(*part.arrays, len(part.names))


def _together(
    names: tuple[str, ...], counted: Sequence[NDArray[np.int64]]
) -> dict[str, tuple[int, int, int, int]]:
    """The counts of all parts, by name of event."""
    every = np.stack(counted)
    occurs = every[:, :, 0] > 0
    first = np.where(occurs, every[:, :, 2], np.iinfo(np.int64).max).min(axis=0)
    last = np.where(occurs, every[:, :, 3], np.iinfo(np.int64).min).max(axis=0)
    sums = every[:, :, :2].sum(axis=0)
    return {
        name: (int(sums[code, 0]), int(sums[code, 1]), int(first[code]), int(last[code]))
        for code, name in enumerate(names)
        if sums[code, 0]
    }


def _count_property(part: Timeline, name: str, purpose: int) -> PropertyCount | None:
    """What a part has of a property; None where it has nothing."""
    codes, size, words = np.full(len(part.ts), -1, dtype=np.int32), 0, []
    for column in part.columns(name):
        own, different = _words(column)
        has = own >= 0
        codes[has] = own[has] + size
        words.append((column.type, size, different))
        size += len(different)
    by_value, events, overall = holders(
        part.facts, *part.arrays, codes, size, len(part.names), purpose
    )
    rows, people, first, last = overall.tolist()
    if not rows:
        return None
    types: dict[PropertyType, int] = {}
    shared: dict[Value, int] = {}
    for kind, begin, different in words:
        of_type = by_value[begin : begin + len(different)]
        if values := int(of_type[:, 0].sum()):
            types[kind] = values
        # One more than are told apart, so that it shows when there are more of them.
        for place in np.argsort(-of_type[:, 1], kind="stable")[: VALUES_MAX + 1].tolist():
            if of_type[place, 1]:
                shared[kind, _plain(different[place])] = int(of_type[place, 1])
    return PropertyCount(types, shared, events, (rows, people, first, last))


def _words(column: Column) -> tuple[NDArray[np.int32], Sequence[Any]]:
    """A code for each value of a column, int32[m], -1 for none; and the values by code."""
    given: NDArray[Any] = column.values
    if column.type == "text":
        return given.astype(np.int32, copy=False), column.words
    if column.type == "flag":
        return given.astype(np.int32), (False, True)
    has = ~np.isnan(given)
    coded = pa.array(given[has]).dictionary_encode()
    codes = np.full(len(given), -1, dtype=np.int32)
    codes[has] = coded.indices.to_numpy()
    return codes, coded.dictionary.to_numpy()


def _plain(value: Any) -> Scalar:
    return float(value) if isinstance(value, np.floating) else value


def _added(one: PropertyCount, other: PropertyCount) -> PropertyCount:
    """Two parts together: nobody is in both."""
    types, shared = dict(one.types), dict(one.shared)
    for kind, values in other.types.items():
        types[kind] = types.get(kind, 0) + values
    for value, people in other.shared.items():
        shared[value] = shared.get(value, 0) + people
    (rows, people, first, last), more = one.overall, other.overall
    overall = (rows + more[0], people + more[1], min(first, more[2]), max(last, more[3]))
    return PropertyCount(types, shared, one.events + other.events, overall)


# Describing


@dataclass(frozen=True, slots=True)
class Known:
    """All that the schema is made of: what was counted, the policy, what is said, the rules, and
    the purpose for which properties were counted."""

    counted: Counted
    policy: Policy
    plan: TrackingPlan
    rules: Rules
    purpose: str = PURPOSE

    def events(self) -> list[EventDetail]:
        """Every event that was received or is spoken of, the most frequent first."""
        names = dict.fromkeys((*self.counted.events, *self.plan.events))
        found = [self.event(name) for name in names]
        return sorted(found, key=lambda event: (-event.events, event.name))

    def event(self, name: str, *, whole: bool = False) -> EventDetail:
        """One event; with the `whole`, the properties that it came with."""
        events, people, first, last = self.counted.events.get(name, (0, 0, 0, 0))
        declared = self.policy.events.get(name)
        return EventDetail(
            name=name,
            entry=self.plan.events.get(name, EventEntry()),
            category=declared.category if declared else self._undeclared(events),
            events=events,
            people=people,
            first=_instant(first, events),
            last=_instant(last, events),
            properties=self._properties_of(name) if whole and events else (),
        )

    def properties(self) -> list[PropertyDetail]:
        """Every property that was received or is spoken of, the most frequent first."""
        names = dict.fromkeys((*self.counted.properties, *self.plan.properties))
        found = [self.property(name) for name in names]
        return sorted(found, key=lambda one: (-one.filled - one.facts, one.name))

    def property(self, name: str) -> PropertyDetail:
        """One property."""
        declared = self.policy.properties.get(name)
        own = self.counted.properties.get(name)
        entry = self.plan.properties.get(name, PropertyEntry())
        identifying = self._identifies(name)
        if own is None:
            category = declared.category if declared else None
            return PropertyDetail(
                name, entry, category, identifying, (), 0, 0, 0, None, None, 0, False, (), ()
            )
        rows, people, first, last = own.overall
        events = int(own.events.sum())
        return PropertyDetail(
            name=name,
            entry=entry,
            category=declared.category if declared else self._undeclared(rows),
            identifying=identifying,
            types=tuple(TypeCount(*one) for one in own.types.items()),
            filled=events,
            facts=rows - events,
            people=people,
            first=_instant(first, rows),
            last=_instant(last, rows),
            different=min(len(own.shared), VALUES_MAX),
            more=len(own.shared) > VALUES_MAX,
            examples=() if identifying else self._examples(name, own),
            events=self._events_of(own),
        )

    def _undeclared(self, received: int) -> str | None:
        """The category of what the policy does not name and accepts."""
        return self.policy.undeclared.as_ if received else None

    def _identifies(self, name: str) -> bool:
        """Whether a property identifies somebody by its name, its category or its rule."""
        declared = self.policy.properties.get(name)
        if declared is None:
            return taxonomy.identifies_when_told(name, None)
        category = self.policy.categories.get(declared.category or "")
        return self.rules.properties[name].sealed or bool(category and category.identifying)

    def _examples(self, name: str, own: PropertyCount) -> tuple[Example, ...]:
        """The values that most people have, where they may be shown and point at nobody."""
        sees = self.rules.sees.get(self.purpose)
        rule = self.rules.properties.get(name)
        if sees is None or (rule is not None and not rule.purposes & sees):
            return ()
        shown = [
            (people, value)
            for (_, value), people in own.shared.items()
            if people >= EXAMPLE_PEOPLE_MIN and _points_at_nobody(name, value)
        ]
        shown.sort(key=lambda one: (-one[0], str(one[1])))
        return tuple(Example(value, people) for people, value in shown[:EXAMPLES_MAX])

    def _events_of(self, own: PropertyCount) -> tuple[With, ...]:
        codes = np.argsort(-own.events, kind="stable")
        return tuple(
            With(self.counted.names[code], int(own.events[code]))
            for code in codes.tolist()
            if own.events[code]
        )

    def _properties_of(self, event: str) -> tuple[With, ...]:
        code = self.counted.names.index(event)
        found = [
            With(name, int(own.events[code]))
            for name, own in self.counted.properties.items()
            if own.events[code]
        ]
        return tuple(sorted(found, key=lambda one: (-one.events, one.name)))


def _points_at_nobody(name: str, value: Scalar) -> bool:
    """Whether a value may be an example: short enough to be a word, and no address or number that
    somebody is reached at."""
    if isinstance(value, str) and len(value) > EXAMPLE_CHARS_MAX:
        return False
    return not (taxonomy.looks_identifying(value) or taxonomy.looks_like_phone(value))


def _instant(ms: int, seen: int) -> datetime | None:
    return datetime.fromtimestamp(ms / 1000, UTC) if seen else None


def mask_for(rules: Rules, purpose: str) -> int:
    """The mask that counts properties for a purpose: everything where it is not declared, for then
    no value is shown."""
    return rules.sees.get(purpose, EVERY_PURPOSE)
