"""A segment: a question about people that each of them answers with yes or no.

    are       what was told of them: conditions on their properties
    did       what they did: how often, how much, in which period, in which order
    behind    they stand behind one cell of a report's answer
    saved     they are in the segment that the project keeps under this name
    people    they are one of these
    all, any, not    of other segments

A segment is a mask over the people of a part, so whatever takes a timeline takes a segment: runs of
people who are not in it are empty.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, Literal

import msgspec
import numpy as np
from msgspec import UNSET, UnsetType
from numpy.typing import NDArray

from sojourn import filter
from sojourn.errors import BadQuestion
from sojourn.filter import Condition, EventChoice
from sojourn.kernels.funnel import ordered
from sojourn.kernels.tally import tally
from sojourn.matching import marks, people_who_are
from sojourn.period import Period, duration_ms, instants
from sojourn.regroup import by_visit
from sojourn.scope import FAR_MS, Scope
from sojourn.timeline import Timeline
from sojourn.values import numbers_of

DEPTH_MAX = 10
PARTS_MAX = 50
SEQUENCE_MAX = 20
PEOPLE_MAX = 1_000_000
NO_VALUES = np.zeros(0)

Mask = NDArray[np.bool_]


class Did(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What somebody did: at least once, unless told otherwise, over their whole history.

    Without `sum`, events are counted, or the visits in which one lies; with it, the numbers of a
    property are added up. `then` names what must follow, in this order, each within `within` of the
    first; of that one time is enough. To have done something 0 times is `"at_most": 0`.
    """

    event: str | None = None
    where: tuple[Condition, ...] = ()
    at_least: float | UnsetType = UNSET
    at_most: float | UnsetType = UNSET
    count: Literal["events", "visits"] = "events"
    sum: str | UnsetType = UNSET
    then: tuple[EventChoice, ...] = ()
    within: str | UnsetType = UNSET
    period: Period = Period()

    @property
    def choice(self) -> EventChoice:
        """The event itself."""
        return EventChoice(self.event, self.where)


class Behind(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A report's definition and one cell of its answer, as the report's own people question has
    them."""

    definition: dict[str, Any]
    cell: dict[str, Any]


class Segment(msgspec.Struct, frozen=True, rename={"not_": "not"}, forbid_unknown_fields=True):
    """Exactly one of these is set."""

    are: tuple[Condition, ...] | UnsetType = UNSET
    did: Did | UnsetType = UNSET
    behind: Behind | UnsetType = UNSET
    saved: str | UnsetType = UNSET
    people: tuple[int, ...] | UnsetType = UNSET
    all: tuple[Segment, ...] | UnsetType = UNSET
    any: tuple[Segment, ...] | UnsetType = UNSET
    not_: Segment | UnsetType = UNSET


def check(segment: Segment | None, where: str = "segment", depth: int = 0) -> None:
    """Refuse a segment that cannot be evaluated."""
    if segment is None:
        return
    parts = [getattr(segment, name) for name in segment.__struct_fields__]
    if sum(part is not UNSET for part in parts) != 1 or depth > DEPTH_MAX:
        raise BadQuestion(
            "A segment says exactly one thing, up to ten levels deep",
            where=where,
            mend="Give one of are, did, behind, saved, people, all, any, not.",
        )
    if segment.are is not UNSET:
        filter.check(segment.are, f"{where}.are")
    if segment.did is not UNSET:
        _check_did(segment.did, f"{where}.did")
    if segment.people is not UNSET and len(segment.people) > PEOPLE_MAX:
        raise BadQuestion(
            "The list of people is too long",
            detail=f"{PEOPLE_MAX:,} are allowed.",
            where=f"{where}.people",
            mend="Say who they are by what they did.",
        )
    for name, part in _inner(segment):
        check(part, f"{where}.{name}", depth + 1)


def _check_did(did: Did, where: str) -> None:
    filter.check(did.where, f"{where}.where")
    for number, choice in enumerate(did.then):
        filter.check(choice.where, f"{where}.then[{number}].where")
    if len(did.then) > SEQUENCE_MAX:
        raise BadQuestion(
            "The sequence is too long",
            detail=f"{SEQUENCE_MAX} may follow the first event.",
            where=f"{where}.then",
            mend="Leave some out.",
        )
    counted = (did.at_least, did.at_most, did.sum)
    if did.then and (did.count != "events" or any(one is not UNSET for one in counted)):
        raise BadQuestion(
            "A sequence is done or not done",
            where=f"{where}.then",
            mend="Leave out at_least, at_most, count and sum.",
        )
    if did.sum is not UNSET and did.count != "events":
        raise BadQuestion(
            "A sum is taken over events", where=f"{where}.count", mend="Leave it out."
        )
    if did.within is not UNSET:
        duration_ms(did.within, f"{where}.within")


def choices(segment: Segment | None, where: str = "segment") -> Iterator[tuple[str, EventChoice]]:
    """Every choice of events in a segment, with its place."""
    if segment is None:
        return
    if segment.did is not UNSET:
        yield f"{where}.did", segment.did.choice
        for number, choice in enumerate(segment.did.then):
            yield f"{where}.did.then[{number}]", choice
    for name, part in _inner(segment):
        yield from choices(part, f"{where}.{name}")


def behinds(segment: Segment | None) -> Iterator[Behind]:
    """Every cell that a segment refers to."""
    if segment is None:
        return
    if segment.behind is not UNSET:
        yield segment.behind
    for _, part in _inner(segment):
        yield from behinds(part)


def spelled_out(segment: Segment | None, saved: Callable[[str], Segment]) -> Segment | None:
    """The segment with each name of a saved one replaced by what it stands for."""
    return None if segment is None else _spelled_out(segment, saved, 0)


def _spelled_out(segment: Segment, saved: Callable[[str], Segment], depth: int) -> Segment:
    if depth > DEPTH_MAX:
        raise BadQuestion(
            "Segments refer to each other too deeply",
            where="segment",
            mend="Look for two saved segments that name each other.",
        )
    if segment.saved is not UNSET:
        return _spelled_out(saved(segment.saved), saved, depth + 1)
    if segment.all is not UNSET:
        return Segment(all=tuple(_spelled_out(one, saved, depth + 1) for one in segment.all))
    if segment.any is not UNSET:
        return Segment(any=tuple(_spelled_out(one, saved, depth + 1) for one in segment.any))
    if segment.not_ is not UNSET:
        return Segment(not_=_spelled_out(segment.not_, saved, depth + 1))
    return segment


def members(
    segment: Segment,
    timeline: Timeline,
    scope: Scope,
    behind: Callable[[Behind, Timeline], Mask],
) -> Mask:
    """Who of a part is in the segment: bool[n]. Saved segments have been spelled out.

    Of the scope only purpose, calendar and clock matter: the period of a question says when what it
    counts happened, a segment says so for itself.
    """
    if segment.are is not UNSET:
        return people_who_are(segment.are, timeline, scope)
    if segment.did is not UNSET:
        return _did(segment.did, timeline, scope)
    if segment.behind is not UNSET:
        return behind(segment.behind, timeline)
    if segment.people is not UNSET:
        return np.isin(timeline.people, np.array(segment.people, dtype=np.int64))
    if segment.not_ is not UNSET:
        return ~members(segment.not_, timeline, scope, behind)
    every = segment.all if segment.all is not UNSET else segment.any
    masks = [members(part, timeline, scope, behind) for part in every or ()]
    start = np.full(len(timeline.people), segment.all is not UNSET, dtype=np.bool_)
    join = np.logical_and if segment.all is not UNSET else np.logical_or
    for mask in masks:
        start = join(start, mask)
    return start


def _did(did: Did, timeline: Timeline, scope: Scope) -> Mask:
    first, last = instants(did.period, scope.zone, scope.now_ms, "segment.did.period")
    start_ms = -FAR_MS if first is None else first
    own = replace(scope, start_ms=start_ms, end_ms=FAR_MS if last is None else last)
    if did.then:
        window = FAR_MS if did.within is UNSET else duration_ms(did.within, "within")
        steps = (did.choice, *did.then)
        reached = ordered(
            *timeline.arrays, *marks(steps, timeline, own), len(steps), window, *own.bounds
        )
        return reached >= len(steps)
    if did.count == "visits":
        return _enough(did, _visits(did, timeline, own))
    marked = marks((did.choice,), timeline, own)
    values = NO_VALUES if did.sum is UNSET else numbers_of(timeline, did.sum, "event", own)
    return _enough(did, tally(*timeline.arrays, *marked, values, *own.bounds))


def _visits(did: Did, timeline: Timeline, scope: Scope) -> NDArray[np.float64]:
    """In how many visits of each person one of the events lies."""
    visits = by_visit(timeline, scope)
    marked = marks((did.choice,), visits, scope)
    with_one = tally(*visits.arrays, *marked, NO_VALUES, *scope.bounds) > 0
    owner = np.searchsorted(timeline.people, visits.people[with_one])
    return np.bincount(owner, minlength=len(timeline.people)).astype(np.float64)


def _enough(did: Did, amount: NDArray[np.float64]) -> Mask:
    least = did.at_least
    if least is UNSET:
        least = -np.inf if did.at_most is not UNSET else 1.0 if did.sum is UNSET else -np.inf
    most = np.inf if did.at_most is UNSET else did.at_most
    return np.greater_equal(amount, least) & np.less_equal(amount, most)


def _inner(segment: Segment) -> Iterator[tuple[str, Segment]]:
    for name, parts in (("all", segment.all), ("any", segment.any)):
        if parts is not UNSET:
            if len(parts) > PARTS_MAX:
                raise BadQuestion(
                    "The segment has too many parts", where=name, mend=f"{PARTS_MAX} are allowed."
                )
            yield from ((f"{name}[{number}]", part) for number, part in enumerate(parts))
    if segment.not_ is not UNSET:
        yield "not", segment.not_
