"""A portrait: what the rows of one person add up to, computed anew whenever somebody looks.

Nothing of it is stored, so a merge, a split, a late event and an erasure are in it at once.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec
import pyarrow as pa
import pyarrow.compute as pc

from sojourn.event import PropertyValue
from sojourn.people.traits import Traits
from sojourn.period import from_ms
from sojourn.store import FACT
from sojourn.vocabulary import Vocabulary

UTC = ZoneInfo("UTC")
TOUCHES: dict[str, tuple[str, ...]] = {
    "referrer": ("referrer",),
    "referrer_type": ("referrer_type",),
    "campaign_source": ("campaign.source", "utm_source"),
    "campaign_medium": ("campaign.medium", "utm_medium"),
    "campaign_name": ("campaign.name", "utm_campaign", "campaign"),
    "country": ("country",),
}
"""The touches that are shown, each with the properties of events that may tell it, the first of
them that an event has."""
LANDING, PAGES = "landing_page", ("path", "page", "url")
"""A landing page is the first page of a visit that has one."""
DEVICE_TYPES = ("device_id", "anonymous_id")
"""Types of identifier that name a device, not somebody."""
DEVICE_PROPERTIES = ("browser", "os", "device")

Value = PropertyValue | None


class Totals(msgspec.Struct, frozen=True):
    """What a person did: `days` are those of the project's time zone with an event, `seconds` those
    from the first to the last event of each visit, added up."""

    events: int
    visits: int
    days: int
    seconds: float
    first: datetime | None
    last: datetime | None


class Touch(msgspec.Struct, frozen=True):
    """The first and the last value that events told of one thing, and when."""

    name: str
    first: PropertyValue
    first_at: datetime
    last: PropertyValue
    last_at: datetime


class KnownProperty(msgspec.Struct, frozen=True):
    """What was told of a person last: when, and by which source. The value is null where it is
    `sealed`."""

    name: str
    value: PropertyValue | None
    sealed: bool
    source: str
    at: datetime


class Device(msgspec.Struct, frozen=True):
    """An identifier of a device, veiled: when it was seen, how many events came under it alone, and
    what the last of them told of it."""

    type: str
    masked: str
    first: datetime | None
    last: datetime | None
    events: int
    properties: dict[str, PropertyValue]


class Sighting(msgspec.Struct, frozen=True):
    """An identifier of a device as it is kept: its digest, and when it was noted (ms UTC)."""

    type: str
    masked: str
    digest: bytes
    first_ms: int | None
    last_ms: int | None


class Portrait(msgspec.Struct, frozen=True):
    """Everything that is shown of a person besides the timeline."""

    totals: Totals
    touches: list[Touch]
    properties: list[KnownProperty]
    devices: list[Device]


class Rows:
    """What happened to one person, in order, and what was told of them, without the properties that
    are `closed`."""

    def __init__(self, rows: pa.Table, vocabulary: Vocabulary, closed: Container[str]) -> None:
        ordered = rows.sort_by([("ts", "ascending"), ("order", "ascending")])
        happened = pc.not_equal(ordered["event"], FACT)
        self._vocabulary, self._closed = vocabulary, closed
        self.events = ordered.filter(happened)
        self.facts = ordered.filter(pc.invert(happened))
        self.ts: list[int] = self.events["ts"].to_pylist()

    def values(self, names: Sequence[str]) -> list[Value]:
        """The value that each event has of the first of some properties that it has."""
        found: list[Value] = [None] * len(self.ts)
        for column in self._columns(names):
            pairs = zip(found, self.events[column].to_pylist(), strict=True)
            found = [own if had is None else had for had, own in pairs]
        return found

    def told(self) -> Iterable[tuple[str, KnownProperty]]:
        """Every value of a fact, the last of each name last."""
        names = [
            (name, column)
            for name in dict.fromkeys(name for name, _ in self._vocabulary.properties())
            for column in self._columns([name])
        ]
        for row in self.facts.to_pylist():
            at, source = from_ms(row["ts"], UTC), row["source"] or ""
            for name, column in names:
                if (value := row[column]) is not None:
                    yield name, KnownProperty(name, value, False, source, at)

    def _columns(self, names: Sequence[str]) -> list[str]:
        open_names = [name for name in names if name not in self._closed]
        known = [column for name in open_names for _, column in self._vocabulary.columns(name)]
        return [column for column in known if column in self.events.column_names]


def totals(ts: Sequence[int], gap_ms: int, zone: ZoneInfo) -> Totals:
    """The totals of some instants, which ascend."""
    visits = [_span(visit) for visit in _visits(ts, gap_ms)]
    return Totals(
        events=len(ts),
        visits=len(visits),
        days=len({from_ms(instant, zone).date() for instant in ts}),
        seconds=sum(ts[end] - ts[begin] for begin, end in visits) / 1000,
        first=from_ms(ts[0], UTC) if ts else None,
        last=from_ms(ts[-1], UTC) if ts else None,
    )


def touches(rows: Rows, gap_ms: int) -> list[Touch]:
    """The first and the last value of everything in `TOUCHES`, and of the landing page."""
    found = [_touch(name, rows.ts, rows.values(names)) for name, names in TOUCHES.items()]
    pages = rows.values(PAGES)
    landings: list[Value] = [None] * len(pages)
    for visit in _visits(rows.ts, gap_ms):
        landed = next((row for row in visit if pages[row] is not None), None)
        if landed is not None:
            landings[landed] = pages[landed]
    found.append(_touch(LANDING, rows.ts, landings))
    return [touch for touch in found if touch is not None]


def properties(rows: Rows, traits: Traits, purposes: int) -> list[KnownProperty]:
    """What is known of a person, by name: what was told last, or what it has been changed to. What
    stands in no fact and is not open for one of the `purposes` is sealed, its value left out."""
    known = dict(rows.told())
    for name, trait in traits.items():
        value, at = trait.known(), from_ms(trait.ts, UTC)
        if value is None:
            known.pop(name, None)
        elif trait.is_changed and trait.open_for & purposes:
            known[name] = KnownProperty(name, value, False, trait.source, at)
        elif trait.is_changed or name not in known:
            known[name] = KnownProperty(name, None, True, trait.source, at)
    return [known[name] for name in sorted(known)]


def devices(rows: Rows, sightings: Iterable[Sighting]) -> list[Device]:
    """The devices of a person, the one seen last first."""
    under: dict[bytes | None, list[int]] = {}
    for row, alias in enumerate(rows.events["alias"].to_pylist()):
        under.setdefault(alias, []).append(row)
    told = {name: rows.values([name]) for name in DEVICE_PROPERTIES}
    found = [_device(one, under.get(one.digest, []), rows.ts, told) for one in sightings]
    return sorted(found, key=lambda one: one.last.timestamp() if one.last else 0, reverse=True)


def _device(one: Sighting, at: list[int], ts: list[int], told: dict[str, list[Value]]) -> Device:
    noted = [instant for instant in (one.first_ms, one.last_ms) if instant is not None]
    seen = [*noted, *(ts[row] for row in at)]
    last = {
        name: next((values[row] for row in reversed(at) if values[row] is not None), None)
        for name, values in told.items()
    }
    return Device(
        type=one.type,
        masked=one.masked,
        first=from_ms(min(seen), UTC) if seen else None,
        last=from_ms(max(seen), UTC) if seen else None,
        events=len(at),
        properties={name: value for name, value in last.items() if value is not None},
    )


def _touch(name: str, ts: Sequence[int], values: Sequence[Value]) -> Touch | None:
    had = [(from_ms(at, UTC), own) for at, own in zip(ts, values, strict=True) if own is not None]
    return Touch(name, had[0][1], had[0][0], had[-1][1], had[-1][0]) if had else None


def _visits(ts: Sequence[int], gap_ms: int) -> list[range]:
    """The rows of each visit: runs without a longer gap than `gap_ms`."""
    begins = [row for row in range(len(ts)) if row == 0 or ts[row] - ts[row - 1] > gap_ms]
    return [range(begin, end) for begin, end in zip(begins, [*begins[1:], len(ts)], strict=True)]


def _span(visit: range) -> tuple[int, int]:
    return visit[0], visit[-1]
