"""Journey: a funnel and a path in one. Fixed steps say what has to happen, dynamic steps show what
does, and between each step and the next stands how many people went which way.

    step 1 fixed      step 2 dynamic, by its name     step 3 fixed, two branches
    cart 1,000 ──┬──► catalog 410 ──────────┬──────► pay by card 300
                 ├──► main 220 ─────────────┼──────► pay by invoice 90
                 ├──► search 100            │
                 └──► (other) 70            └
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from sojourn import segment
from sojourn.breakdown import OTHER
from sojourn.counting.itinerary import (
    NOT_DONE,
    check,
    label_of,
    masks,
    refuse,
    shown_steps,
    step_choices,
    take,
)
from sojourn.counting.itinerary import JourneyDefinition as JourneyDefinition
from sojourn.filter import EventChoice
from sojourn.report import Answer, Report
from sojourn.scope import Scope
from sojourn.timeline import Timeline


class JourneyBranchAnswer(msgspec.Struct, frozen=True):
    """How many people took a step this way, and for how many of them it was the last they took of
    a journey that they did not complete."""

    value: str
    people: int
    dropped: int


class JourneyStepAnswer(msgspec.Struct, frozen=True):
    """How many people took a step; `conversion` is their share of the people of step 1,
    `of_previous` of the required step before. `pooled` values are shown as `(other)`."""

    step: int
    name: str
    optional: bool
    people: int
    conversion: float
    of_previous: float
    dropped: int
    branches: tuple[JourneyBranchAnswer, ...]
    pooled: int


class JourneyFlow(msgspec.Struct, frozen=True, rename={"from_": "from"}):
    """How many people went from a branch of one step to a branch of the next one they took."""

    step: int
    from_: str
    to_step: int
    to: str
    people: int


class JourneyOf(msgspec.Struct, frozen=True):
    """The journey of a compared segment, of everybody when `segment` is null."""

    segment: str | None
    completed: int
    steps: tuple[JourneyStepAnswer, ...]
    flows: tuple[JourneyFlow, ...]


class JourneyAnswer(Answer, frozen=True, tag="journey"):
    """One journey for each compared segment, in the order of the definition."""

    journeys: tuple[JourneyOf, ...]


class JourneyCell(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The people who took a step: this way (`branch`), or none of these (`besides`, which opens
    what is shown as `(other)`); or those for whom it was the last (`dropped`)."""

    step: int
    branch: str | None = None
    besides: tuple[str, ...] = ()
    dropped: bool = False
    segment: str | None = None


@dataclass(frozen=True, slots=True)
class JourneyPartial:
    """People of a part: by (compared, step, value), those of them who dropped out there; by
    (compared, step, value, next step, its value); and how many of each compared completed it.

    Steps are places in `itinerary.shown_steps`."""

    here: Counter[tuple[int, int, str]]
    dropped: Counter[tuple[int, int, str]]
    flows: Counter[tuple[int, int, str, int, str]]
    completed: Counter[int]


def choices(definition: JourneyDefinition) -> Iterator[tuple[str, EventChoice]]:
    """The events of each branch of each step, and those of the compared segments."""
    yield from step_choices(definition)
    for number, one in enumerate(definition.compare):
        yield from segment.choices(one.segment, f"compare[{number}].segment")


def partial(definition: JourneyDefinition, timeline: Timeline, scope: Scope) -> JourneyPartial:
    """Count where the people of a part were, where they went, and where they stayed away."""
    taken = take(definition, timeline, scope)
    counted = JourneyPartial(Counter(), Counter(), Counter(), Counter())
    for compared, mask in enumerate(masks(definition, timeline, scope)):
        values = taken.values[mask]
        done = values != NOT_DONE
        counted.completed[compared] = int(np.count_nonzero(taken.completed & mask))
        for step, names in enumerate(taken.names):
            open_ = done[:, step].copy()
            here = np.bincount(values[open_, step], minlength=len(names))
            for code in np.flatnonzero(here):
                counted.here[compared, step, names[code]] += int(here[code])
            for later in range(step + 1, len(taken.names)):
                if not np.any(open_):
                    break
                both = open_ & done[:, later]
                pairs = values[both, step] * len(taken.names[later]) + values[both, later]
                for pair, people in zip(*np.unique(pairs, return_counts=True), strict=True):
                    one, other = divmod(int(pair), len(taken.names[later]))
                    flow = (compared, step, names[one], later, taken.names[later][other])
                    counted.flows[flow] += int(people)
                open_ &= ~done[:, later]
            left = open_ & ~taken.completed[mask]
            away = np.bincount(values[left, step], minlength=len(names))
            for code in np.flatnonzero(away):
                counted.dropped[compared, step, names[code]] += int(away[code])
    return counted


def add(one: JourneyPartial, other: JourneyPartial) -> JourneyPartial:
    """People of two parts are different people."""
    return JourneyPartial(
        here=one.here + other.here,
        dropped=one.dropped + other.dropped,
        flows=one.flows + other.flows,
        completed=one.completed + other.completed,
    )


def answer(definition: JourneyDefinition, counted: JourneyPartial, scope: Scope) -> JourneyAnswer:
    """Name the steps; a dynamic one shows the values that are most frequent in all journeys."""
    numbers = shown_steps(definition)
    columns, pooled = [], []
    for place, number in enumerate(numbers):
        step = definition.steps[number]
        values = _ranked(counted, place) if step.by else [label_of(one) for one in step.branches]
        more = max(0, len(values) - step.top) if step.by else 0
        columns.append([*values[: step.top], OTHER] if more else values)
        pooled.append(more)
    table = _pooled(counted, columns)
    labels = _segments(definition)
    return JourneyAnswer(
        journeys=tuple(
            JourneyOf(
                segment=label,
                completed=counted.completed[compared],
                steps=tuple(_steps(definition, compared, table, columns, pooled)),
                flows=tuple(_flows(numbers, compared, table, columns)),
            )
            for compared, label in enumerate(labels)
        )
    )


def people(
    definition: JourneyDefinition, cell: JourneyCell, timeline: Timeline, scope: Scope
) -> NDArray[np.bool_]:
    """Who of a part stands behind one cell: bool[n]."""
    numbers = shown_steps(definition)
    names = _segments(definition)
    if cell.step - 1 not in numbers or cell.segment not in names:
        refuse(
            "This journey has no such step or segment",
            "cell.segment" if cell.segment not in names else "cell.step",
            "Take both from the answer; steps are counted from 1.",
        )
    if cell.branch == OTHER and definition.steps[cell.step - 1].by:
        refuse(
            "(other) is what is not shown",
            "cell.branch",
            "Name in “besides” the values that are shown, instead.",
        )
    taken = take(definition, timeline, scope)
    place = numbers.index(cell.step - 1)
    own = taken.values[:, place]
    chosen: NDArray[np.bool_] = own != NOT_DONE
    if cell.branch is not None or cell.besides:
        wanted = np.array([name == cell.branch for name in taken.names[place]], dtype=np.bool_)
        if cell.besides:
            wanted = ~np.isin(taken.names[place], cell.besides)
        chosen[chosen] = wanted[own[chosen]]
    if cell.dropped:
        further = np.any(taken.values[:, place + 1 :] != NOT_DONE, axis=1)
        chosen &= ~further & ~taken.completed
    chosen &= masks(definition, timeline, scope)[names.index(cell.segment)]
    return chosen


def rows(answer: JourneyAnswer) -> list[dict[str, Any]]:
    """One row a branch, and one a flow, which alone has “to”."""
    return [
        row
        for one in answer.journeys
        for row in (
            *(
                {"segment": one.segment, "step": step.step, "from": branch.value}
                | {"to_step": None, "to": None, "people": branch.people}
                for step in one.steps
                for branch in step.branches
            ),
            *(
                {"segment": one.segment, "step": flow.step, "from": flow.from_}
                | {"to_step": flow.to_step, "to": flow.to, "people": flow.people}
                for flow in one.flows
            ),
        )
    ]


def _segments(definition: JourneyDefinition) -> list[str | None]:
    """The names of what is compared."""
    return [one.name for one in definition.compare] if definition.compare else [None]


def _ranked(counted: JourneyPartial, place: int) -> list[str]:
    """The values of a step, the most frequent first, equals by name."""
    often: Counter[str] = Counter()
    for (_, step, value), people in counted.here.items():
        if step == place:
            often[value] += people
    return sorted(often, key=lambda value: (-often[value], value))


def _pooled(counted: JourneyPartial, columns: list[list[str]]) -> JourneyPartial:
    """The same counts with every value that is not shown as `(other)`."""
    known = [set(column) for column in columns]

    def shown(step: int, value: str) -> str:
        return value if value in known[step] else OTHER

    table = JourneyPartial(Counter(), Counter(), Counter(), counted.completed)
    for (compared, step, value), people in counted.here.items():
        table.here[compared, step, shown(step, value)] += people
    for (compared, step, value), people in counted.dropped.items():
        table.dropped[compared, step, shown(step, value)] += people
    for (compared, step, one, later, other), people in counted.flows.items():
        table.flows[compared, step, shown(step, one), later, shown(later, other)] += people
    return table


def _steps(
    definition: JourneyDefinition,
    compared: int,
    table: JourneyPartial,
    columns: list[list[str]],
    pooled: list[int],
) -> Iterator[JourneyStepAnswer]:
    first = before = None
    for place, number in enumerate(shown_steps(definition)):
        step = definition.steps[number]
        branches = tuple(
            JourneyBranchAnswer(value, table.here[key], table.dropped[key])
            for value in columns[place]
            for key in [(compared, place, value)]
        )
        people = sum(branch.people for branch in branches)
        first = people if first is None else first
        before = people if before is None else before
        yield JourneyStepAnswer(
            step=number + 1,
            name=step.title,
            optional=step.optional,
            people=people,
            conversion=_share(people, first),
            of_previous=_share(people, before),
            dropped=sum(branch.dropped for branch in branches),
            branches=branches,
            pooled=pooled[place],
        )
        before = before if step.optional else people


def _share(people: int, of: int) -> float:
    return round(people / of, 4) if of else 0.0


def _flows(
    numbers: list[int], compared: int, table: JourneyPartial, columns: list[list[str]]
) -> Iterator[JourneyFlow]:
    """The flows between branches, in the order of steps and branches."""
    place = [{value: at for at, value in enumerate(column)} for column in columns]
    own = [(key[1:], people) for key, people in table.flows.items() if key[0] == compared]
    for (step, one, later, other), people in sorted(
        own,
        key=lambda flow: (
            flow[0][0],
            place[flow[0][0]][flow[0][1]],
            flow[0][2],
            place[flow[0][2]][flow[0][3]],
        ),
    ):
        yield JourneyFlow(numbers[step] + 1, one, numbers[later] + 1, other, people)


REPORT = Report(
    kind="journey",
    definition=JourneyDefinition,
    check=check,
    choices=choices,
    partial=partial,
    add=add,
    answer=answer,
    rows=rows,
    cell=JourneyCell,
    people=people,
)
