"""Kept: the events that came through the pipeline together, on their way to the applier.

Most events are *plain*: something happened to somebody, nothing is told of the person beside it,
and it will not change. Those with the same properties stand together, a *lot*, by column: what is
asked of a column takes a fraction of the time of asking each event. The others stand by themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from itertools import chain, compress
from operator import itemgetter
from typing import Any, NamedTuple, TypeVar

import msgspec

from sojourn.event import Event, Identifier, PropertyValue

T = TypeVar("T")
Placed = tuple[int, Event]
"""An event with its place: among those of its request, or in the order of arrival."""


class Heading(NamedTuple):
    """What stands over the columns of a lot: the types of the identifiers, highest first, and the
    names of the properties: those in the `clear`, and those `hidden`, which are to be sealed."""

    types: tuple[str, ...]
    clear: tuple[str, ...]
    hidden: tuple[str, ...]


class Lot(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Plain events with the same properties, by column, in the order of their `places`. `whose` has
    a column for each type of identifier, `values` and `sealed` have one for each property."""

    heading: Heading
    places: list[int]
    event: list[str]
    ts: list[int]
    message_ids: list[str]
    source: list[str]
    purposes: list[int]
    whose: list[list[str]]
    values: list[list[PropertyValue]]
    sealed: list[list[PropertyValue]]

    def __len__(self) -> int:
        return len(self.places)

    def at(self, row: int) -> Event:
        """The event of a row."""
        types, clear, hidden = self.heading
        whose = zip(types, self.whose, strict=True)
        return Event(
            name=self.event[row],
            ts=self.ts[row],
            identifiers=tuple([Identifier(kind, values[row]) for kind, values in whose]),
            properties={name: own[row] for name, own in zip(clear, self.values, strict=True)},
            sealed={name: own[row] for name, own in zip(hidden, self.sealed, strict=True)},
            message_id=self.message_ids[row],
            source=self.source[row],
            purposes=self.purposes[row],
        )

    def placed(self) -> Iterator[Placed]:
        """Its events, each with its place."""
        return ((place, self.at(row)) for row, place in enumerate(self.places))

    def only(self, chosen: Sequence[bool]) -> Lot:
        """Those of its rows that are chosen."""
        return _merged([self], lambda column: list(compress(column, chosen)))


def lots_of(events: Iterable[Placed]) -> list[Lot]:
    """Plain events, given by ascending places, as lots."""
    alike: dict[Heading, list[Placed]] = {}
    for placed in events:
        _, event = placed
        types = tuple([identifier.type for identifier in event.identifiers])
        heading = Heading(types, tuple(event.properties), tuple(event.sealed))
        alike.setdefault(heading, []).append(placed)
    return [_lot_of(heading, own) for heading, own in alike.items()]


def _lot_of(heading: Heading, placed: Sequence[Placed]) -> Lot:
    events = [event for _, event in placed]
    kinds = range(len(heading.types))
    return Lot(
        heading,
        places=[place for place, _ in placed],
        event=[event.name for event in events],
        ts=[event.ts for event in events],
        message_ids=[event.message_id for event in events],
        source=[event.source for event in events],
        purposes=[event.purposes for event in events],
        whose=[[event.identifiers[at].value for event in events] for at in kinds],
        values=[[event.properties[name] for event in events] for name in heading.clear],
        sealed=[[event.sealed[name] for event in events] for name in heading.hidden],
    )


def joined(lots: Iterable[Lot]) -> list[Lot]:
    """One lot for each heading."""
    alike: dict[Heading, list[Lot]] = {}
    for lot in lots:
        alike.setdefault(lot.heading, []).append(lot)
    return [some[0] if len(some) == 1 else _joined(some) for some in alike.values()]


def _joined(lots: Sequence[Lot]) -> Lot:
    places = [*chain.from_iterable(lot.places for lot in lots)]
    rows = sorted(range(len(places)), key=places.__getitem__)
    if rows == list(range(len(rows))):
        return _merged(lots, list)
    in_order = itemgetter(*rows)
    return _merged(lots, lambda column: list(in_order(list(column))))


def _merged(lots: Sequence[Lot], arranged: Callable[[Iterable[Any]], list[Any]]) -> Lot:
    """The rows of lots with one heading, each column of which is arranged."""

    def whole(columns: Iterable[list[T]]) -> list[T]:
        return arranged(chain.from_iterable(columns))

    return Lot(
        lots[0].heading,
        places=whole(lot.places for lot in lots),
        event=whole(lot.event for lot in lots),
        ts=whole(lot.ts for lot in lots),
        message_ids=whole(lot.message_ids for lot in lots),
        source=whole(lot.source for lot in lots),
        purposes=whole(lot.purposes for lot in lots),
        whose=list(map(whole, zip(*(lot.whose for lot in lots), strict=True))),
        values=list(map(whole, zip(*(lot.values for lot in lots), strict=True))),
        sealed=list(map(whole, zip(*(lot.sealed for lot in lots), strict=True))),
    )


class Kept(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Events that came together: in lots, and each of the others with its place. To whoever looks,
    a sequence of events in their order."""

    lots: list[Lot] = []
    others: list[Placed] = []

    @classmethod
    def of(cls, events: Iterable[Event]) -> Kept:
        """Some events, in their order, each by itself."""
        return cls([], list(enumerate(events)))

    def __len__(self) -> int:
        return sum(map(len, self.lots)) + len(self.others)

    def __iter__(self) -> Iterator[Event]:
        return (event for _, event in self.placed())

    def __getitem__(self, at: int) -> Event:
        return self.placed()[at][1]

    def placed(self) -> list[Placed]:
        """The events in their order, each with its place."""
        every = [placed for lot in self.lots for placed in lot.placed()]
        return sorted(every + self.others, key=itemgetter(0))

    def without(self, places: Collection[int]) -> Kept:
        """Those of other places."""
        if not places:
            return self
        lots = [lot.only([place not in places for place in lot.places]) for lot in self.lots]
        others = [placed for placed in self.others if placed[0] not in places]
        return Kept([lot for lot in lots if len(lot)], others)
