"""The log that every engine holds: made up, deterministic, and shaped like a real one.

    people     heavy-tailed: many with a few events, a few with thousands; 50 events on average
    instants   90 days; a person joins, comes often at first and less later; visits of up to six
               events, by day rather than by night, each within 20 minutes
    events     40 names, the n-th as frequent as 1/n
    properties two numbers, three texts, one flag; a third of the prices are missing

No person has two events at the same instant, so that engines which know no order of arrival can
answer exactly too. Everything follows from the number of events and the seed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from sojourn.timeline import PropertyType

EVENTS_A_PERSON = 50
DAYS = 90
DAY_MS = 86_400_000
START_MS = 1_767_571_200_000
"""Monday 2026-01-05 in UTC, so that weeks begin with the log."""
VISIT_EVENTS = 6
VISIT_MS = 20 * 60_000
TAIL_SIGMA = 1.2
"""Of the log-normal distribution of events a person: the busiest 10 % have 46 % of all events."""
CHUNK_EVENTS = 5_000_000
"""Events made or written at a time, to bound memory. The applier commits fewer, into more files."""

NAMES = (
    *("page viewed", "session started", "search", "product viewed", "list viewed", "cart opened"),
    *("product added", "filter applied", "signed in", "checkout started", "profile opened"),
    *("review read", "wishlist opened", "order completed", "coupon entered", "signed up"),
    *("message sent", "invitation sent", "report opened", "export started", "settings changed"),
    *("video played", "help opened", "comment written", "file uploaded", "plan compared"),
    *("trial started", "ticket opened", "survey answered", "address changed", "card added"),
    *("subscription started", "refund asked", "password reset", "integration added"),
    *("member removed", "subscription changed", "payment failed", "subscription cancelled"),
    "account deleted",
)
"""The event names, the most frequent first."""

PAGES = tuple(f"/section-{number // 20}/page-{number}" for number in range(400))
COUNTRIES = (
    *("de", "fr", "us", "gb", "es", "it", "nl", "pl", "se", "at"),
    *("ch", "be", "dk", "no", "fi", "pt", "ie", "cz", "gr", "ro"),
)
DEVICES = ("mobile", "desktop", "tablet", "server")
PROPERTIES: dict[str, PropertyType] = {
    "price": "number",
    "duration": "number",
    "page": "text",
    "country": "text",
    "device": "text",
    "member": "flag",
}
"""The properties and their types; each is also the name of its column in the peers' tables."""

Advance = Callable[[int], None]
"""Told how many events have been done since the last time."""


@dataclass(frozen=True, slots=True)
class Workload:
    """How long the log is, and where chance begins."""

    events: int
    seed: int = 1

    @property
    def people(self) -> int:
        return self.events // EVENTS_A_PERSON


@dataclass(frozen=True, slots=True)
class Log:
    """Every event, person int32, ts int64 ms, event uint8 (a code), and in `arrival` (uint32) their
    rows in the order of their instants."""

    workload: Workload
    person: NDArray[np.int32]
    ts: NDArray[np.int64]
    event: NDArray[np.uint8]
    arrival: NDArray[np.uint32]


def make(workload: Workload, advance: Advance) -> Log:
    """The log, without properties (see `chunks`): 17 bytes an event, and up to 25 on the way."""
    person = np.empty(workload.events, dtype=np.int32)
    ts = np.empty(workload.events, dtype=np.int64)
    event = np.empty(workload.events, dtype=np.uint8)
    counts = _events_of_people(workload)
    end = 0
    for number, (first, last) in enumerate(_shares(counts)):
        rng = np.random.default_rng([workload.seed, 1, number])
        begin, end = end, end + int(counts[first:last].sum())
        person[begin:end], ts[begin:end] = _timelines(counts[first:last], rng)
        person[begin:end] += np.int32(first + 1)
        event[begin:end] = _names(end - begin, rng)
        advance(end - begin)
    arrival = np.argsort(ts, kind="stable").astype(np.uint32)
    return Log(workload, person, ts, event, arrival)


def chunks(log: Log) -> Iterator[tuple[int, pa.Table]]:
    """The log as tables in order of arrival, each with the place of its first event.

    Columns: person, ts, event (a dictionary of strings), and the properties.
    """
    for begin in range(0, len(log.ts), CHUNK_EVENTS):
        rows = log.arrival[begin : begin + CHUNK_EVENTS]
        rng = np.random.default_rng([log.workload.seed, 2, begin // CHUNK_EVENTS])
        yield begin, table(log.person[rows], log.ts[rows], log.event[rows], rng)


def table(
    person: NDArray[np.int32],
    ts: NDArray[np.int64],
    event: NDArray[np.uint8],
    rng: np.random.Generator,
) -> pa.Table:
    """Some events with properties by chance."""
    columns = {
        "person": pa.array(person.astype(np.int64)),
        "ts": pa.array(ts),
        "event": pa.DictionaryArray.from_arrays(event.astype(np.int8), NAMES),
    }
    return pa.table({**columns, **_properties(len(ts), rng)})


def _events_of_people(workload: Workload) -> NDArray[np.int64]:
    rng = np.random.default_rng([workload.seed, 0])
    weights = rng.lognormal(0.0, TAIL_SIGMA, workload.people)
    spare = workload.events - workload.people
    counts: NDArray[np.int64] = 1 + np.floor(weights / weights.sum() * spare).astype(np.int64)
    counts[rng.permutation(workload.people)[: workload.events - counts.sum()]] += 1
    return counts


def _shares(counts: NDArray[np.int64]) -> Iterator[tuple[int, int]]:
    """People in runs of about a chunk of events, so that memory stays bounded."""
    share = (np.cumsum(counts) - counts) // CHUNK_EVENTS
    edges = [0, *(np.flatnonzero(np.diff(share)) + 1).tolist(), len(counts)]
    return pairwise(edges)


def _timelines(
    counts: NDArray[np.int64], rng: np.random.Generator
) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """Person (from 0) and instant of every event, sorted, instants ascending strictly."""
    owner = np.repeat(np.arange(len(counts)), counts)
    place = np.arange(len(owner)) - np.repeat(np.cumsum(counts) - counts, counts)
    visits = -(-counts // VISIT_EVENTS)
    visit = np.repeat(np.cumsum(visits) - visits, counts) + place // VISIT_EVENTS
    begins = _visits(visits, rng)
    after = (begins[visit] + rng.integers(0, VISIT_MS, len(owner))).astype(np.int64)
    key = owner << 40 | after
    key.sort()
    # Equal instants of one person are pushed apart, by a millisecond each.
    step = np.arange(len(key))
    key = np.maximum.accumulate(key - step) + step
    return (key >> 40).astype(np.int32), START_MS + (key & ((1 << 40) - 1))


def _visits(visits: NDArray[np.int64], rng: np.random.Generator) -> NDArray[np.int64]:
    """When each visit begins, in ms since the log began; a person's visits grow rarer with time."""
    joined = np.repeat(rng.uniform(0, 0.9 * DAYS, len(visits)), visits)
    day = np.floor(joined + (DAYS - joined) * rng.random(len(joined)) ** 2)
    hours = np.arange(25)
    busy = np.concatenate([[0.0], np.cumsum(1.1 - np.cos((hours[:-1] - 3) * np.pi / 12))])
    hour = np.interp(rng.random(len(joined)), busy / busy[-1], hours)
    return (day * DAY_MS + hour * (DAY_MS // 24)).astype(np.int64)


def _names(length: int, rng: np.random.Generator) -> NDArray[np.uint8]:
    shares = 1.0 / np.arange(1, len(NAMES) + 1)
    until = np.cumsum(shares) / shares.sum()
    found = np.searchsorted(until, rng.random(length, dtype=np.float32), side="right")
    return np.minimum(found, len(NAMES) - 1).astype(np.uint8)


def _properties(length: int, rng: np.random.Generator) -> dict[str, pa.Array]:
    def text(words: tuple[str, ...]) -> pa.Array:
        # The square makes the first words frequent and the last ones rare.
        codes = (rng.random(length, dtype=np.float32) ** 2 * len(words)).astype(np.int16)
        return pa.DictionaryArray.from_arrays(codes, words)

    price = np.round(rng.lognormal(3.0, 1.0, length), 2)
    return {
        "price": pa.array(price, mask=rng.random(length, dtype=np.float32) < 1 / 3),
        "duration": pa.array(rng.integers(0, 3_600, length).astype(np.float64)),
        "page": text(PAGES),
        "country": text(COUNTRIES),
        "device": text(DEVICES),
        "member": pa.array(rng.random(length, dtype=np.float32) < 0.3),
    }
