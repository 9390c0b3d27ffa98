"""Alike: events that differ in plain values alone fare alike; one takes the steps for the others.

Clients send few shapes, again and again: one name, one set of properties with values of the same
types, from one device. What the pipeline asks of a shape is asked of one event that has it. What it
asks of values is asked here, of a column at a time; an event of which the answer is another, and
whatever is not plain, takes the steps by itself. A step that judges values has its question here.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from itertools import compress
from math import isfinite
from operator import eq
from typing import Any, NamedTuple, cast

import msgspec

from sojourn.drop_reason import Dropped
from sojourn.event import EVENT, IDENTIFIER_CHARS_MAX, NO_SIGNALS, Event
from sojourn.ingest.arrival import Arrival
from sojourn.ingest.enrich import TELLING, additions
from sojourn.ingest.fates import Fate, bare
from sojourn.ingest.flatten import WHOLE_MAX
from sojourn.ingest.limits import EVENT_BYTES_MAX, PROPERTIES_MAX, is_plausible
from sojourn.ingest.traffic import Way, ways
from sojourn.kept import Heading, Lot, joined
from sojourn.policy import gate, secrets
from sojourn.policy.gate import nothing_said
from sojourn.policy.looks import BROKEN, SECRET, Looks
from sojourn.policy.reducing import Reduce

PLAIN = frozenset((str, bool, int, float))
OWN = 1 << 8
"""What a value can be found to be besides what a look finds: an identifier of its event."""
TEXT_BYTES = 4
"""The most that a character takes."""
SHELL_BYTES = 4_000
"""More than an event takes without its texts and the names of its properties."""

Came = Event | Dropped
Take = Callable[[Event], Came]
Values = Sequence[Any]
Kin = tuple[str, str, bytes]


class Shape(NamedTuple):
    """The types of an event's identifiers, and the names and types of its properties."""

    identifiers: tuple[str, ...]
    names: tuple[str, ...]
    kinds: tuple[type, ...]


class Alike(NamedTuple):
    """Events of one shape, with their places, and what else must be the same for them to fare
    alike: name, source and signals; their properties by column, flat; and what was found in each
    value, by the place of a column in which anything was."""

    shape: Shape
    places: Sequence[int]
    events: Sequence[Event]
    kin: Sequence[Kin]
    columns: Sequence[Values]
    found: dict[int, Sequence[int]]

    def only(self, some: Sequence[int]) -> Alike:
        """Some of them, by their order here."""
        if len(some) == len(self.events):
            return self
        return Alike(
            self.shape,
            [self.places[at] for at in some],
            [self.events[at] for at in some],
            [self.kin[at] for at in some],
            [[column[at] for at in some] for column in self.columns],
            {place: [masks[at] for at in some] for place, masks in self.found.items()},
        )

    def whose(self) -> Sequence[Values]:
        """The values of their identifiers, for each that an event of the shape has."""
        count = len(self.shape.identifiers)
        return [[event.identifiers[at].value for event in self.events] for at in range(count)]


def taken_alike(
    events: Sequence[Came], places: Iterable[int], arrival: Arrival, take: Take
) -> tuple[list[Lot], dict[int, Came]]:
    """What becomes of the events at these places that are like others: those that came through with
    others as lots, and by place what became of one that no other followed. `take` gives what
    becomes of one that takes the steps by itself."""
    lots: list[Lot] = []
    alone: dict[int, Came] = {}
    fates = arrival.fates()
    for own in _by_shape(events, places):
        if len(own) > 1:
            members = cast(list[Event], [events[place] for place in own])
            for alike in _alike(own, members, arrival):
                led = _led(alike, arrival, take, fates)
                if isinstance(led, Lot):
                    lots.append(led)
                else:
                    alone[alike.places[0]] = led
    return joined(lots), alone


def _by_shape(events: Sequence[Came], places: Iterable[int]) -> Iterable[list[int]]:
    """Those of the places at which events may be alike, by shape."""
    # This runs for every event that arrives: one flat tuple is made and compared fastest.
    found: dict[tuple[Any, ...], list[int]] = {}
    for place in places:
        event = events[place]
        if type(event) is not Event or event.kind is not EVENT or event.traits:
            continue
        if event.open_ms or event.stamp or event.previous is not None:
            continue
        given, whose = event.properties, event.identifiers
        types = [one.type for one in whose] if len(whose) != 1 else (whose[0].type,)
        key = (*types, *given, *map(type, given.values()))
        members = found.get(key)
        if members is None:
            found[key] = [place]
        else:
            members.append(place)
    return found.values()


def _alike(places: Sequence[int], events: Sequence[Event], arrival: Arrival) -> Iterable[Alike]:
    """The events of a shape, parted by what was found in their values and added to them, without
    those that have to take the steps by themselves."""
    given = events[0].properties
    types = tuple([one.type for one in events[0].identifiers])
    shape = Shape(types, tuple(given), tuple(map(type, given.values())))
    if not PLAIN.issuperset(shape.kinds) or secrets.is_named_like_one(shape.names):
        return
    if not types or arrival.hierarchy.ranked(events[0].identifiers) != events[0].identifiers:
        return
    columns = _flat(events, shape.kinds)
    if columns is None:
        return
    every = Alike(shape, places, events, _kin(events), columns, {})
    fit = every.only(_fit(every, arrival))
    for some in _enriched(fit, arrival) if fit.events else ():
        if len(some.shape.names) <= PROPERTIES_MAX and _are_small(some):
            found = _found(some, arrival.names.looks)
            looked = some._replace(found=found)
            for own in _parted(zip(some.kin, *found.values(), strict=True)):
                if len(own) > 1:
                    yield looked.only(own)


def _kin(events: Sequence[Event]) -> list[Kin]:
    """The name, source and signals of each, the latter packed: nothing if there are none."""
    # What one device sends together mostly shares its signals.
    signals = {id(event.signals): event.signals for event in events}
    packed = {
        key: b"" if own is NO_SIGNALS else msgspec.msgpack.encode(own)
        for key, own in signals.items()
    }
    return [(event.name, event.source, packed[id(event.signals)]) for event in events]


def _parted(keys: Iterable[Any]) -> Iterable[list[int]]:
    """The orders of those that have the same key."""
    parts: dict[Any, list[int]] = {}
    for at, key in enumerate(keys):
        parts.setdefault(key, []).append(at)
    return parts.values()


def _enriched(alike: Alike, arrival: Arrival) -> Iterable[Alike]:
    """The events with what is added to them, parted by its names."""
    shape = alike.shape
    if not any(name in shape.names for name in TELLING) and not any(kin[2] for kin in alike.kin):
        return [alike]
    added = _added(alike, arrival)
    enriched = []
    for some in _parted(map(tuple, added)):
        own, names = alike.only(some), tuple(added[some[0]])
        kinds = shape.kinds + (str,) * len(names)
        more = zip(*(added[at].values() for at in some), strict=True)
        own = own._replace(shape=Shape(shape.identifiers, shape.names + names, kinds))
        enriched.append(own._replace(columns=[*own.columns, *more]))
    return enriched


def _added(alike: Alike, arrival: Arrival) -> list[dict[str, str]]:
    """What is added to each: it is the same for those of one kin who came in one way."""
    columns = dict(zip(alike.shape.names, alike.columns, strict=True))
    urls, referrers = (columns.get(name, [""] * len(alike.events)) for name in TELLING)
    known: dict[tuple[Kin, Way], dict[str, str]] = {}
    added = []
    for at, key in enumerate(zip(alike.kin, ways(urls, referrers), strict=True)):
        if key not in known:
            known[key] = additions(alike.events[at], arrival)
        added.append(known[key])
    return added


def _flat(events: Sequence[Event], kinds: Sequence[type]) -> list[Values] | None:
    """The properties as columns, flat; None where a number needs more."""
    columns: list[Values] = [*zip(*(event.properties.values() for event in events), strict=True)]
    for at, kind in enumerate(kinds):
        if kind is int:
            if max(columns[at]) > WHOLE_MAX or min(columns[at]) < -WHOLE_MAX:
                return None
            columns[at] = tuple(map(float, columns[at]))
        elif kind is float and not isfinite(sum(columns[at])):
            return None
    return columns


def _are_small(alike: Alike) -> bool:
    """Whether none of the events can be larger than one may be."""
    shape, events = alike.shape, alike.events
    chars = sum(max(map(len, values)) for values in alike.columns if type(values[0]) is str)
    chars += max(len(event.message_id) for event in events)
    chars += max(len(name) + len(source) + len(told) for name, source, told in alike.kin)
    chars += sum(map(len, shape.names)) + IDENTIFIER_CHARS_MAX * len(shape.identifiers)
    return TEXT_BYTES * chars + SHELL_BYTES <= EVENT_BYTES_MAX


def _found(alike: Alike, looks: Looks) -> dict[int, Sequence[int]]:
    """What was found in each value of the columns in which anything was."""
    found: dict[int, Sequence[int]] = dict(looks.of(alike.columns))
    for own in alike.whose():
        for at, values in enumerate(alike.columns):
            if type(values[0]) is str and any(map(eq, values, own)):
                masks, same = found.get(at, [0] * len(values)), map(eq, values, own)
                found[at] = [mask | OWN * is_own for mask, is_own in zip(masks, same, strict=True)]
    return found


def _fit(alike: Alike, arrival: Arrival) -> Sequence[int]:
    """Those of the events, by their order, that no step stops for when they happened or for whose
    they are, and of whose people nothing is on record."""
    events, received_ms = alike.events, arrival.received_ms
    unfit: set[int] = set()
    instants = [event.ts for event in events]
    if not (is_plausible(min(instants), received_ms) and is_plausible(max(instants), received_ms)):
        unfit.update(at for at, ts in enumerate(instants) if not is_plausible(ts, received_ms))
    if arrival.will is not nothing_said:
        unfit.update(at for at, event in enumerate(events) if arrival.will(event))
    for values in alike.whose():
        bad = _bad_identifiers(values, arrival) | arrival.exclusions.people.intersection(values)
        if bad:
            unfit.update(at for at, value in enumerate(values) if value in bad)
    return [at for at in range(len(events)) if at not in unfit] if unfit else range(len(events))


def _bad_identifiers(values: Sequence[str], arrival: Arrival) -> set[str]:
    """Those of some identifiers that are too long, broken, or a secret."""
    bad: set[str] = set()
    if max(map(len, values)) > IDENTIFIER_CHARS_MAX:
        bad.update(value for value in values if len(value) > IDENTIFIER_CHARS_MAX)
    for _, masks in arrival.names.looks.of([values]):
        # What looks like a secret may be none as an identifier; the steps know.
        bad.update(compress(values, (mask & (BROKEN | SECRET) for mask in masks)))
    return bad


def _led(alike: Alike, arrival: Arrival, take: Take, fates: dict[Hashable, Fate]) -> Lot | Came:
    """What becomes of events that are alike: one leads, unless it is known what became of another,
    and where it comes through, others follow; otherwise what becomes of that one."""
    kin, masks = alike.kin[0], tuple((at, found[0]) for at, found in alike.found.items())
    kind = alike.shape, kin, masks
    fate = fates.get(kind)
    if fate is not None:
        lot = _followed(alike, fate.after)
        for reason, properties in fate.withheld.items():
            arrival.withheld[reason] += properties * len(lot)
        return lot
    before = arrival.withheld.copy(), arrival.corrected.copy()
    after = take(_leader(alike))
    if isinstance(after, Dropped):
        return after
    names = alike.shape.names
    if not set(names).issuperset((*after.properties, *after.sealed)):
        return after
    reductions = gate.reductions(after, arrival.rules, names)
    lot = _followed(_reduced(alike, reductions, arrival), after)
    if lot.at(0) != after:
        # Something became of it that is not seen here.
        return after
    counts = arrival.withheld - before[0], arrival.corrected - before[1]
    for counted, own in zip((arrival.withheld, arrival.corrected), counts, strict=True):
        for what, times in own.items():
            counted[what] += times * (len(lot) - 1)
    if not (kin[2] or reductions):
        fates[kind] = Fate(bare(after), dict(counts[0]))
    return lot


def _leader(alike: Alike) -> Event:
    """The first of some events, with what was found in its values."""
    names, values = alike.shape.names, (column[0] for column in alike.columns)
    looks = {names[at]: found[0] & ~OWN for at, found in alike.found.items()}
    return msgspec.structs.replace(
        alike.events[0],
        properties=dict(zip(names, values, strict=True)),
        looks={name: found for name, found in looks.items() if found},
    )


def _followed(alike: Alike, after: Event) -> Lot:
    """What becomes of events that are alike, if what became of the first is this."""
    columns = dict(zip(alike.shape.names, map(list, alike.columns), strict=True))
    events, types = alike.events, alike.shape.identifiers[: len(after.identifiers)]
    clear, hidden = tuple(after.properties), tuple(after.sealed)
    return Lot(
        Heading(types, clear, hidden),
        places=list(alike.places),
        event=[after.name] * len(events),
        ts=[event.ts for event in events],
        message_ids=[event.message_id for event in events],
        source=[after.source] * len(events),
        purposes=[after.purposes] * len(events),
        whose=[list(values) for values in alike.whose()[: len(types)]],
        values=[columns[name] for name in clear],
        sealed=[columns[name] for name in hidden],
    )


def _reduced(alike: Alike, reductions: Sequence[tuple[str, Reduce]], arrival: Arrival) -> Alike:
    """The events with what is left of their values, without those of which something else is left
    than of the first: another type, or what looks otherwise."""
    names = alike.shape.names
    for name, reduce in reductions:
        values = list(map(reduce, alike.columns[names.index(name)]))
        first = type(values[0])
        alike = _with(alike, name, values).only(
            [at for at, value in enumerate(values) if type(value) is first]
        )
        left = alike._replace(columns=[alike.columns[names.index(name)]])
        for masks in _found(left, arrival.names.looks).values():
            alike = alike.only([at for at, mask in enumerate(masks) if mask == masks[0]])
    return alike


def _with(alike: Alike, name: str, values: Values) -> Alike:
    columns = list(alike.columns)
    columns[alike.shape.names.index(name)] = values
    return alike._replace(columns=columns)
