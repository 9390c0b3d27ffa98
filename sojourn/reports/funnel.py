"""Funnel: how many people get from the first step to the next, and the next."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

import msgspec
import numpy as np
from numpy.typing import NDArray

from sojourn import filter
from sojourn.errors import BadQuestion
from sojourn.filter import Condition, EventChoice
from sojourn.kernels.funnel import (
    STEPS_MAX,
    ordered,
    strict,
    unordered,
    unordered_overlapping,
)
from sojourn.period import Period, duration_ms
from sojourn.report import Report, Scope
from sojourn.timeline import Timeline

Order = Literal["ordered", "strict", "any"]


class FunnelStep(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One step: an event of this name that satisfies all conditions."""

    event: str
    where: tuple[Condition, ...] = ()


class FunnelDefinition(
    msgspec.Struct, frozen=True, tag_field="kind", tag="funnel", forbid_unknown_fields=True
):
    """The steps, how long an attempt may take, and what “in order” means; see semantics.md."""

    steps: tuple[FunnelStep, ...]
    within: str = "30 days"
    order: Order = "ordered"
    period: Period = Period()
    purpose: str = "analytics"


class FunnelStepAnswer(msgspec.Struct, frozen=True):
    """How many people reached a step; `conversion` is their share of the people of step 1."""

    event: str
    people: int
    conversion: float


class FunnelAnswer(msgspec.Struct, frozen=True, tag_field="kind", tag="funnel"):
    """One answer a step, in the order of the definition."""

    steps: tuple[FunnelStepAnswer, ...]


class FunnelCell(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The people who reached a step (1 is the first), or who reached only the step before it."""

    step: int
    reached: bool = True


def check(definition: FunnelDefinition) -> None:
    """Refuse a funnel that cannot be answered."""
    if not 1 <= len(definition.steps) <= STEPS_MAX:
        raise BadQuestion(
            "A funnel has 1 to 60 steps",
            detail=f"This one has {len(definition.steps)}.",
            where="steps",
            mend="Add a step." if not definition.steps else "Leave some steps out.",
        )
    for number, step in enumerate(definition.steps):
        if not step.event:
            raise BadQuestion(
                "A step needs an event",
                detail=f"Step {number + 1} names none.",
                where=f"steps[{number}].event",
                mend="Name the event that fulfils it.",
            )
        filter.check(step.where, f"steps[{number}].where")
    duration_ms(definition.within, "within")


def events(definition: FunnelDefinition) -> Iterator[tuple[str, str]]:
    """The event of each step."""
    for number, step in enumerate(definition.steps):
        yield f"steps[{number}].event", step.event


def levels(definition: FunnelDefinition, timeline: Timeline, scope: Scope) -> NDArray[np.uint8]:
    """How many steps each person of a part reached: uint8[n]."""
    choices = [EventChoice(step.event, step.where) for step in definition.steps]
    table, held = filter.marks(choices, timeline)
    if definition.order == "any":
        several = np.any(table & (table - 1))
        kernel = unordered_overlapping if several else unordered
    else:
        kernel = strict if definition.order == "strict" else ordered
    result: NDArray[np.uint8] = kernel(
        timeline.starts,
        timeline.ends,
        timeline.ts,
        timeline.event,
        timeline.purposes,
        table,
        held,
        len(definition.steps),
        duration_ms(definition.within, "within"),
        scope.start_ms,
        scope.end_ms,
        scope.purpose,
    )
    return result


def partial(definition: FunnelDefinition, timeline: Timeline, scope: Scope) -> NDArray[np.int64]:
    """How many people of a part reached at least each step: int64[steps]."""
    steps = len(definition.steps)
    exactly = np.bincount(levels(definition, timeline, scope), minlength=steps + 1)
    return exactly[:0:-1].cumsum()[::-1].astype(np.int64)


def add(one: NDArray[np.int64], other: NDArray[np.int64]) -> NDArray[np.int64]:
    """People of two parts are different people."""
    return one + other


def answer(definition: FunnelDefinition, reached: NDArray[np.int64], scope: Scope) -> FunnelAnswer:
    """People and conversion of each step."""
    first = int(reached[0])
    return FunnelAnswer(
        steps=tuple(
            FunnelStepAnswer(
                event=step.event,
                people=int(people),
                conversion=round(int(people) / first, 4) if first else 0.0,
            )
            for step, people in zip(definition.steps, reached, strict=True)
        )
    )


def people(
    definition: FunnelDefinition, cell: FunnelCell, timeline: Timeline, scope: Scope
) -> NDArray[np.int64]:
    """The people of a part behind one cell: int64 ids, in the order of the part."""
    first = 1 if cell.reached else 2
    if not first <= cell.step <= len(definition.steps):
        raise BadQuestion(
            "This funnel has no such step",
            detail=f"Step {cell.step} was asked for; it has {len(definition.steps)}.",
            where="cell.step",
            mend="Those who did not reach a step are those of the step before: ask from step 2 on."
            if cell.step == 1
            else "Count steps from 1.",
        )
    reached = levels(definition, timeline, scope)
    chosen = reached >= cell.step if cell.reached else reached == cell.step - 1
    return timeline.people[chosen]


def rows(answer: FunnelAnswer) -> list[dict[str, Any]]:
    """One row a step."""
    return [
        {"step": number, "event": step.event, "people": step.people, "conversion": step.conversion}
        for number, step in enumerate(answer.steps, 1)
    ]


REPORT = Report(
    kind="funnel",
    definition=FunnelDefinition,
    check=check,
    events=events,
    partial=partial,
    add=add,
    answer=answer,
    rows=rows,
    cell=FunnelCell,
    people=people,
)
