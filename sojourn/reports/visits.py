"""Visits: how many, how long, where they land, where they end, and where they come from.

    gap > 30 min ──┐            ┌── gap > 30 min
                   ●  ●   ●  ●                     ● are one visit: it lands on its first event,
                   landing   exit                  exits on its last, lasts from one to the other

A visit belongs to the interval in which it begins, and has the breakdown's value that its first
event has.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import msgspec
import numpy as np
from msgspec.structs import asdict
from numpy.typing import NDArray

from sojourn import breakdown
from sojourn.breakdown import Breakdown, Dimension, label_of
from sojourn.counting.opening import interval_of, slot_of
from sojourn.errors import BadQuestion
from sojourn.filter import EventChoice
from sojourn.kernels.visit_sums import PEOPLE, VISITS, events_of, sorted_by_group, sum_up
from sojourn.kernels.visits import visits
from sojourn.matching import marks
from sojourn.period import Every
from sojourn.report import Answer, Question, Report
from sojourn.scope import Label, Scope
from sojourn.timeline import Column, Timeline

LIMIT_MAX = 1_000
"""Landings and exits that an answer lists: a longer list nobody reads."""

ANY_EVENT = EventChoice()

Integers = NDArray[np.int64]


class VisitsDefinition(Question, frozen=True, tag="visits"):
    """Which visits (those `having` such an event), and how to lay them out.

    `named_by` is the property by which landings and exits are told apart, such as the page; unless
    given, it is the event's name.
    """

    having: EventChoice = ANY_EVENT
    every: Every | None = None
    breakdown: Breakdown | None = None
    named_by: str | None = None
    limit: int = 20


class Measures(msgspec.Struct, frozen=True, kw_only=True):
    """What some visits come to; a ratio is null when there is no visit. `bounced` are the visits of
    one event, `bounce_rate` is their share."""

    visits: int
    people: int
    events: int
    bounced: int
    bounce_rate: float | None
    events_per_visit: float | None
    visits_per_person: float | None
    mean_seconds: float | None
    median_seconds: float | None


class VisitsPoint(Measures, frozen=True, kw_only=True):
    """The visits that begin in one interval."""

    interval: str


class VisitsGroup(Measures, frozen=True, kw_only=True):
    """The visits with one value of the breakdown."""

    value: Label


class VisitEnd(msgspec.Struct, frozen=True):
    """How many visits land, or exit, on an event of this name or value."""

    value: str
    visits: int
    people: int


class VisitEnds(msgspec.Struct, frozen=True):
    """The most frequent first, equals by name; `pooled` more values are left out."""

    values: tuple[VisitEnd, ...]
    pooled: int = 0


class VisitsAnswer(Answer, frozen=True, tag="visits"):
    """All visits together; by interval, and by the breakdown's value, where asked for."""

    total: Measures
    points: tuple[VisitsPoint, ...]
    groups: tuple[VisitsGroup, ...]
    pooled: int
    landing: VisitEnds
    exit: VisitEnds


class VisitsCell(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The people with a visit that is all of this; an empty cell is everybody with a visit."""

    value: Label | None = None
    interval: str | None = None
    landing: str | None = None
    exit: str | None = None
    bounced: bool = False


@dataclass(frozen=True, slots=True)
class VisitTable:
    """The visits of a part, by person and time: int64[v] each.

    owner: index of the person · landing, exit: rows of the first and the last event · events: how
    many · length_ms · interval: number of the one it begins in · group: slot of its value
    """

    owner: Integers
    landing: Integers
    exit: Integers
    events: Integers
    length_ms: Integers
    interval: Integers
    group: Integers

    def sums(self, group: Integers, groups: int) -> Integers:
        """What the visits come to in each group: int64[5, groups]."""
        sums: Integers = sum_up(self.owner, group, self.events, self.length_ms, groups)
        return sums


@dataclass(frozen=True, slots=True)
class VisitSums:
    """What the visits of some parts come to; `lengths` is (length_ms, interval, group) a part."""

    total: Integers
    points: Integers
    groups: Integers
    landing: dict[str, Integers]
    exit: dict[str, Integers]
    lengths: tuple[tuple[Integers, Integers, Integers], ...]


def check(definition: VisitsDefinition) -> None:
    """Refuse a list of no length, or too long."""
    if not 1 <= definition.limit <= LIMIT_MAX:
        raise BadQuestion(
            f"Visits list 1 to {LIMIT_MAX:,} landings and exits",
            detail=f"{definition.limit} were asked for.",
            where="limit",
            mend="Choose a number in that range.",
        )


def choices(definition: VisitsDefinition) -> Iterator[tuple[str, EventChoice]]:
    """The event that a visit must hold; any event may be the one it lands on."""
    yield "having", definition.having
    yield "landing", ANY_EVENT


def table_of(definition: VisitsDefinition, timeline: Timeline, scope: Scope) -> VisitTable:
    """The visits of a part that the question is about."""
    owner, begins, ends = visits(*timeline.arrays, scope.visit_gap_ms, *scope.bounds)
    marked = marks((definition.having,), timeline, scope)
    events = events_of(begins, ends, timeline.event, timeline.purposes, *marked, scope.purpose)
    if definition.having != ANY_EVENT:
        kept = np.flatnonzero(events)
        owner, begins, ends, events = owner[kept], begins[kept], ends[kept], events[kept]
    began = timeline.ts[begins]
    slots = breakdown.slots(definition.breakdown, timeline, scope)
    return VisitTable(
        owner=owner,
        landing=begins,
        exit=ends - 1,
        events=events,
        length_ms=timeline.ts[ends - 1] - began,
        interval=np.searchsorted(_edges(definition, scope), began, side="right") - 1,
        group=slots[begins].astype(np.int64) if len(slots) else np.zeros_like(owner),
    )


def partial(definition: VisitsDefinition, timeline: Timeline, scope: Scope) -> VisitSums:
    """What the visits of a part come to, laid out in every way the answer shows."""
    table = table_of(definition, timeline, scope)
    return VisitSums(
        total=table.sums(np.zeros_like(table.owner), 1),
        points=table.sums(table.interval, len(_edges(definition, scope)) - 1),
        groups=table.sums(table.group, scope.values.slots),
        landing=_by_name(table, table.landing, definition, timeline, scope),
        exit=_by_name(table, table.exit, definition, timeline, scope),
        lengths=((table.length_ms, table.interval, table.group),),
    )


def add(one: VisitSums, other: VisitSums) -> VisitSums:
    """People of two parts are different people."""
    return VisitSums(
        total=one.total + other.total,
        points=one.points + other.points,
        groups=one.groups + other.groups,
        landing=_merged(one.landing, other.landing),
        exit=_merged(one.exit, other.exit),
        lengths=one.lengths + other.lengths,
    )


def answer(definition: VisitsDefinition, counted: VisitSums, scope: Scope) -> VisitsAnswer:
    """The measures of all visits, of each interval, and of each value."""
    length_ms, interval, group = map(np.concatenate, zip(*counted.lengths, strict=True))
    total = _measures(counted.total, np.zeros_like(interval), length_ms)[0]
    points: tuple[VisitsPoint, ...] = ()
    if definition.every is not None:
        names = [scope.label(int(edge), definition.every) for edge in _edges(definition, scope)]
        measured = _measures(counted.points, interval, length_ms)
        points = tuple(
            VisitsPoint(**asdict(measures), interval=name)
            for name, measures in zip(names[:-1], measured, strict=True)
        )
    groups: tuple[VisitsGroup, ...] = ()
    if definition.breakdown is not None:
        groups = tuple(
            VisitsGroup(**asdict(measures), value=label_of(slot, scope.values))
            for slot, measures in enumerate(_measures(counted.groups, group, length_ms))
            if measures.visits
        )
    landing, exit = (_ends(found, definition.limit) for found in (counted.landing, counted.exit))
    return VisitsAnswer(total, points, groups, scope.values.pooled, landing, exit)


def people(
    definition: VisitsDefinition, cell: VisitsCell, timeline: Timeline, scope: Scope
) -> NDArray[np.bool_]:
    """Who of a part has a visit that the cell describes: bool[n]."""
    table = table_of(definition, timeline, scope)
    chosen = np.ones(len(table.owner), dtype=np.bool_)
    slot = slot_of(cell.value, scope)
    if slot is not None:
        chosen &= table.group == slot
    if cell.interval is not None:
        if definition.every is None:
            raise BadQuestion(
                "The answer has no intervals",
                where="cell.interval",
                mend="Leave it out, or say `every` in the definition.",
            )
        chosen &= table.interval == interval_of(cell.interval, definition.every, scope)
    for name, rows in ((cell.landing, table.landing), (cell.exit, table.exit)):
        if name is not None:
            codes, written = _named(rows, table.owner, definition.named_by, timeline, scope)
            chosen &= np.array([one == name for one in written], dtype=np.bool_)[codes]
    if cell.bounced:
        chosen &= table.events == 1
    found = np.zeros(len(timeline.people), dtype=np.bool_)
    found[table.owner[chosen]] = True
    return found


def rows(answer: VisitsAnswer) -> list[dict[str, Any]]:
    """One row for all visits, then one for each interval, value, landing and exit."""
    names = ("interval", "value", "landing", "exit", *Measures.__struct_fields__)
    empty: dict[str, Any] = dict.fromkeys(names)
    sides = (("landing", answer.landing), ("exit", answer.exit))
    return [
        {**empty, **asdict(answer.total)},
        *({**empty, **asdict(point)} for point in answer.points),
        *({**empty, **asdict(group), "value": ", ".join(group.value)} for group in answer.groups),
        *(
            {**empty, "visits": end.visits, "people": end.people, side: end.value}
            for side, ends in sides
            for end in ends.values
        ),
    ]


def _edges(definition: VisitsDefinition, scope: Scope) -> Integers:
    """The edges of the intervals; without `every` there is one interval."""
    if definition.every is None:
        return np.array([scope.start_ms, scope.end_ms + 1], dtype=np.int64)
    return scope.edges(definition.every)


def _named(
    rows: Integers, owner: Integers, named_by: str | None, timeline: Timeline, scope: Scope
) -> tuple[Integers, Sequence[str]]:
    """A code for the name, or the property's value, of each of these rows, and what codes mean."""
    if named_by is None:
        return timeline.event[rows].astype(np.int64), timeline.names
    by = Breakdown((Dimension(named_by),), limit=len(rows))
    alone = _only(rows, owner, timeline)
    values = breakdown.chosen(by, [breakdown.survey(by, (ANY_EVENT,), alone, scope)])
    codes = breakdown.slots(by, alone, replace(scope, values=values))
    return codes.astype(np.int64), [label for (label,) in values.labels]


def _only(rows: Integers, owner: Integers, timeline: Timeline) -> Timeline:
    """A timeline of nothing but these rows, each a run of its owner's."""

    def taken(name: str) -> tuple[Column, ...]:
        return tuple(
            Column(column.type, column.values[rows], column.words)
            for column in timeline.columns(name)
        )

    begins = np.arange(len(rows), dtype=np.int64)
    return replace(
        timeline,
        people=timeline.people[owner],
        facts=begins,
        starts=begins,
        ends=begins + 1,
        ts=timeline.ts[rows],
        event=timeline.event[rows],
        purposes=timeline.purposes[rows],
        read_property=taken,
    )


def _by_name(
    table: VisitTable,
    rows: Integers,
    definition: VisitsDefinition,
    timeline: Timeline,
    scope: Scope,
) -> dict[str, Integers]:
    codes, names = _named(rows, table.owner, definition.named_by, timeline, scope)
    sums = table.sums(codes, len(names))
    return {names[code]: sums[:, code] for code in np.flatnonzero(sums[VISITS]).tolist()}


def _merged(one: dict[str, Integers], other: dict[str, Integers]) -> dict[str, Integers]:
    both = dict(one)
    for name, sums in other.items():
        both[name] = both[name] + sums if name in both else sums
    return both


def _measures(sums: Integers, group: Integers, length_ms: Integers) -> list[Measures]:
    """The measures of each group, of which `sums` has the counts and the arrays the lengths."""
    together, begins = sorted_by_group(group, length_ms, sums.shape[1])
    measured = []
    for at, (found, people, events, whole_ms, bounced) in enumerate(sums.T.tolist()):
        lengths = together[begins[at] : begins[at + 1]]
        measured.append(
            Measures(
                visits=found,
                people=people,
                events=events,
                bounced=bounced,
                bounce_rate=_ratio(bounced, found),
                events_per_visit=_ratio(events, found),
                visits_per_person=_ratio(found, people),
                mean_seconds=_ratio(whole_ms, found * 1000),
                median_seconds=_ratio(float(np.median(lengths)), 1000) if found else None,
            )
        )
    return measured


def _ratio(amount: float, of: int) -> float | None:
    return round(amount / of, 4) if of else None


def _ends(found: dict[str, Integers], limit: int) -> VisitEnds:
    ranked = sorted(found.items(), key=lambda one: (-one[1][VISITS], one[0]))
    return VisitEnds(
        values=tuple(
            VisitEnd(name, int(sums[VISITS]), int(sums[PEOPLE])) for name, sums in ranked[:limit]
        ),
        pooled=max(0, len(ranked) - limit),
    )


def _own_breakdown(definition: VisitsDefinition) -> Breakdown | None:
    return definition.breakdown


REPORT = Report(
    kind="visits",
    definition=VisitsDefinition,
    check=check,
    choices=choices,
    partial=partial,
    add=add,
    answer=answer,
    rows=rows,
    cell=VisitsCell,
    people=people,
    breakdown=_own_breakdown,
)
