"""Ingest is a list: each step takes one event and gives it back, changed or not, or drops it.

Of events that are alike one takes the steps for the others (see `alike.py`); all come out as each
would by itself. Nothing has been written by then: what may not be kept never touches the disk.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import msgspec

from sojourn.drop_reason import Dropped, DropReason
from sojourn.event import ALIAS, CHANGE, EVENT, HAPPENED, IDENTIFIER_CHARS_MAX, Event
from sojourn.ingest import poison
from sojourn.ingest.alike import taken_alike
from sojourn.ingest.arrival import Arrival, Names, Step
from sojourn.ingest.enrich import enrich
from sojourn.ingest.exclude import exclude
from sojourn.ingest.expect import expect
from sojourn.ingest.flatten import DEPTH_MAX, flatten
from sojourn.ingest.limits import (
    EVENT_BYTES_MAX,
    EVENT_NAMES_MAX,
    NAME_CHARS_MAX,
    PROPERTY_NAMES_MAX,
    is_plausible,
)
from sojourn.ingest.without_cookie import only_the_visit, without_cookie
from sojourn.kept import Kept, Lot
from sojourn.message_id import numbered
from sojourn.policy import gate
from sojourn.policy.looks import BROKEN, is_whole, looks_at


def name_event(event: Event, arrival: Arrival) -> Event | Dropped:
    """Something that happened has a name, of a length people can read."""
    if event.kind is EVENT and not event.name:
        return Dropped(DropReason.NO_EVENT_NAME, "The event has no name.")
    if event.kind is CHANGE:
        return _named_as_its_event(event, arrival.names)
    if len(event.name) > NAME_CHARS_MAX:
        return Dropped(DropReason.TOO_LONG, f"The name has over {NAME_CHARS_MAX} characters.")
    return event


def _named_as_its_event(change: Event, names: Names) -> Event | Dropped:
    name = names.opened.get(change.message_id)
    if name is None:
        return Dropped(DropReason.EVENT_CLOSED, "No event of this id is open.")
    return msgspec.structs.replace(change, name=name)


def require_identifier(event: Event, arrival: Arrival) -> Event | Dropped:
    """Every event belongs to a person, so it must say whose it is. Identifiers of types that the
    project's hierarchy lacks tell nothing; the others are put in its order."""
    identifiers = arrival.hierarchy.ranked(event.identifiers)
    if identifiers != event.identifiers:
        event = msgspec.structs.replace(event, identifiers=identifiers)
    if not event.identifiers and arrival.rules.cookieless != "never":
        return event  # The step `without_cookie` counts it, or refuses it.
    if not event.identifiers or (event.kind is ALIAS and event.previous is None):
        return Dropped(DropReason.NO_IDENTIFIER, "Give a user id or an anonymous id.")
    previous = event.previous
    for identifier in (*event.identifiers, previous) if previous else event.identifiers:
        if len(identifier.value) > IDENTIFIER_CHARS_MAX:
            detail = f"The {identifier.type} has over {IDENTIFIER_CHARS_MAX} characters."
            return Dropped(DropReason.TOO_LONG, detail)
        if not is_whole(identifier.value):
            return Dropped(DropReason.BAD_TEXT, f"The {identifier.type} has a NUL or broken text.")
    return event


def plausible_time(event: Event, arrival: Arrival) -> Event | Dropped:
    """An instant that cannot be true would stretch every period and every chart. Where a wire put a
    client's clock right, that is counted."""
    if event.stamp:
        return Dropped(DropReason.BAD_TIMESTAMP, f"“{event.stamp[:60]}” is no instant.")
    if event.signals.skew_ms:
        way = "clock_behind" if event.signals.skew_ms > 0 else "clock_ahead"
        arrival.corrected[f"corrected {way}"] += 1
    if is_plausible(event.ts, arrival.received_ms):
        return event
    return Dropped(DropReason.TIMESTAMP_OUT_OF_RANGE, "It lies before 1980 or in the future.")


def clean_text(event: Event, arrival: Arrival) -> Event | Dropped:
    """No store and no file format keeps a NUL faithfully, and half a character is no text."""
    # A name that the project knows has been looked at before.
    names = arrival.names
    if event.name not in names.events and not is_whole(event.name):
        return Dropped(DropReason.BAD_TEXT, "The name has a NUL or broken text.")
    if not is_whole(event.source):
        return Dropped(DropReason.BAD_TEXT, "The source has a NUL or broken text.")
    for given in (event.properties, event.traits):
        if names.properties.issuperset(given):
            continue
        for name in given.keys() - names.properties:
            if len(name) > NAME_CHARS_MAX:
                detail = f"A property's name has over {NAME_CHARS_MAX} characters."
                return Dropped(DropReason.TOO_LONG, detail)
            if not is_whole(name):
                return Dropped(DropReason.BAD_TEXT, "A property has a NUL or broken text.")
    looks = looks_at(event.properties | event.traits) if event.looks is None else event.looks
    for found in looks.values():
        if found & BROKEN:
            return Dropped(DropReason.BAD_TEXT, "A property has a NUL or broken text.")
    return event


def limit_size(event: Event, arrival: Arrival) -> Event | Dropped:
    """One event may not crowd out the others."""
    if len(msgspec.msgpack.encode(event)) > EVENT_BYTES_MAX:
        return Dropped(DropReason.TOO_LARGE, f"An event may take {EVENT_BYTES_MAX // 1024} KiB.")
    return event


def refuse_secrets(event: Event, arrival: Arrival) -> Event | Dropped:
    """Card numbers, passwords and access tokens serve no purpose, wherever they stand."""
    return gate.without_secrets(event, arrival.withheld)


def lawful_purposes(event: Event, arrival: Arrival) -> Event | Dropped:
    """What serves no lawful purpose is not written. What names a person is sealed, with the event
    or with the profile; the other traits are also told in the clear, for questions about people."""
    rules, withheld = arrival.rules, arrival.withheld
    return gate.lawful(event, rules, withheld, arrival.country_of, arrival.will)


def known_or_new_name(event: Event, arrival: Arrival) -> Event | Dropped:
    """A project has a bounded number of event and property names."""
    names, happened = arrival.names, event.kind in HAPPENED
    if happened and event.name not in names.events and len(names.events) >= EVENT_NAMES_MAX:
        detail = f"The project has {EVENT_NAMES_MAX:,} event names; “{event.name}” is new."
        return Dropped(DropReason.TOO_MANY_EVENT_NAMES, detail)
    given = event.facts
    if happened:
        given = event.properties | given if given else event.properties
    if not names.properties.issuperset(given):
        new = given.keys() - names.properties
        if len(names.properties) + len(new) > PROPERTY_NAMES_MAX:
            detail = f"The project has {PROPERTY_NAMES_MAX:,} properties; “{min(new)}” is new."
            return Dropped(DropReason.TOO_MANY_PROPERTY_NAMES, detail)
        names.properties |= new
    if happened:
        names.events.add(event.name)
    if event.open_ms and event.kind is EVENT:
        names.note_opened(event)
    return event


STEPS: tuple[Step, ...] = (
    name_event,
    require_identifier,
    plausible_time,
    flatten,
    enrich,
    exclude,
    without_cookie,
    clean_text,
    limit_size,
    refuse_secrets,
    lawful_purposes,
    only_the_visit,
    expect,
    known_or_new_name,
)


@dataclass(slots=True)
class Outcome:
    """What became of a list of events: those kept, in their order, and the drops by index; how
    many properties were taken out of those kept, by reason; and how all of them `came`."""

    kept: Kept
    dropped: dict[int, Dropped]
    withheld: Counter[str]
    came: Sequence[Event | Dropped] = ()

    def tallies(self) -> Counter[str]:
        """How many events were refused, and how many properties withheld, for each reason."""
        counts = Counter(f"refused {dropped.reason}" for dropped in self.dropped.values())
        counts.update({f"withheld {reason}": count for reason, count in self.withheld.items()})
        return counts


def run(
    events: Sequence[Event | Dropped], arrival: Arrival, steps: tuple[Step, ...] = STEPS
) -> Outcome:
    """Take each event through the steps, up to the first that drops it."""
    events = with_message_ids(events, Counter())
    lots: list[Lot] = []
    came: dict[int, Event | Dropped] = {}
    # A change is judged as its event, which may have come just before it.
    for _, places in groupby(range(len(events)), lambda place: _is_change(events[place])):
        own, others = _through(events, list(places), arrival, steps)
        lots += own
        came |= others
    dropped = {place: one for place, one in sorted(came.items()) if isinstance(one, Dropped)}
    kept = [(place, one) for place, one in sorted(came.items()) if isinstance(one, Event)]
    return Outcome(Kept(lots, kept), dropped, arrival.withheld, events)


def _is_change(event: Event | Dropped) -> bool:
    return type(event) is Event and event.kind is CHANGE


def _through(
    events: Sequence[Event | Dropped], places: list[int], arrival: Arrival, steps: tuple[Step, ...]
) -> tuple[list[Lot], dict[int, Event | Dropped]]:
    """What becomes of the events at some places: first of those that are alike, in lots, then of
    the others."""
    lots, came = _alike(events, places, arrival, steps) if len(places) > 1 else ([], {})
    taken = {place for lot in lots for place in lot.places} | came.keys()
    others = [place for place in places if place not in taken] if taken else places
    by_steps = _stepping([events[place] for place in others], arrival, steps)
    return lots, came | dict(zip(others, by_steps, strict=True))


def _alike(
    events: Sequence[Event | Dropped], places: list[int], arrival: Arrival, steps: tuple[Step, ...]
) -> tuple[list[Lot], dict[int, Event | Dropped]]:
    """What becomes of the events that are alike; where that fails, each is left to the steps, which
    count anew."""
    counts = arrival.withheld, arrival.corrected
    before = [counted.copy() for counted in counts]
    try:
        return taken_alike(events, places, arrival, lambda one: _stepping([one], arrival, steps)[0])
    except Exception as failure:
        poison.dropped(failure)
        for counted, was in zip(counts, before, strict=True):
            counted.clear()
            counted.update(was)
        return [], {}


def _stepping(
    came: list[Event | Dropped], arrival: Arrival, steps: tuple[Step, ...]
) -> list[Event | Dropped]:
    """What becomes of some events. All of them take a step before any takes the next one, which
    takes half as long as if each went its way by itself."""
    places = [place for place, one in enumerate(came) if isinstance(one, Event)]
    left: list[Any] = [came[place] for place in places]
    for step in steps:
        left = _taken(step, left, arrival)
        if Dropped in map(type, left):
            for place, one in zip(places, left, strict=True):
                came[place] = one
            places = [place for place in places if isinstance(came[place], Event)]
            left = [came[place] for place in places]
    for place, one in zip(places, left, strict=True):
        came[place] = one
    return came


def _taken(step: Step, events: list[Event], arrival: Arrival) -> list[Event | Dropped]:
    """What a step makes of each event; one on which it fails is poison, and drops."""
    after: list[Event | Dropped] = []
    while len(after) < len(events):
        try:
            for event in events[len(after) :]:
                after.append(step(event, arrival))
        except Exception as failure:
            after.append(poison.dropped(failure))
    return after


def with_message_ids(
    events: Sequence[Event | Dropped], seen: Counter[bytes]
) -> Sequence[Event | Dropped]:
    """Give an id to events that came without: a hash of the content, and which of its equals it is.

    The same file or body gives the same ids again, and two equal events in one are two events.
    `seen` counts the contents so far.
    """
    if not any(type(event) is Event and not event.message_id for event in events):
        return events
    named: list[Event | Dropped] = []
    for event in events:
        named.append(_with_message_id(event, seen) if isinstance(event, Event) else event)
    return named


def _with_message_id(event: Event, seen: Counter[bytes]) -> Event | Dropped:
    if event.message_id:
        return event
    try:
        # JSON, for MessagePack has no numbers of more than 64 bits.
        text = msgspec.json.encode(event)
    except UnicodeEncodeError:
        return Dropped(DropReason.BAD_TEXT, "It has half a surrogate pair.")
    except RecursionError:
        return Dropped(DropReason.TOO_DEEP, f"Properties may nest {DEPTH_MAX} deep.")
    return msgspec.structs.replace(event, message_id=numbered(text, seen))
