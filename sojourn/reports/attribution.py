"""Attribution: which touches deserve how much of the conversions that came after them.

    touch a    touch b         touch a    conversion        within 30 days, all three are seen
    first 1    ·               ·          ●
    last  ·    ·               1          ●                 what no touch is seen for stays
    linear ⅓   ⅓               ⅓          ●                 unattributed

A touch is named by its event, or by the breakdown. The credits of all names and what stays
unattributed add up to the conversions, or to the sum of their property, for every model.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

import msgspec
import numpy as np
from numpy.typing import NDArray

from sojourn import breakdown
from sojourn.breakdown import Breakdown, label_of
from sojourn.counting.opening import slot_of
from sojourn.errors import BadQuestion
from sojourn.filter import EventChoice
from sojourn.kernels.attribution import (
    CONVERSIONS,
    CONVERTED,
    PEOPLE,
    TOUCHES,
    UNATTRIBUTED,
    WANTED,
    attribution,
)
from sojourn.matching import marks
from sojourn.period import duration_ms
from sojourn.report import Answer, Question, Report
from sojourn.scope import Label, Scope
from sojourn.timeline import Timeline
from sojourn.values import numbers_of

TOUCHES_MAX = 59
"""A bit each in an int64, beside that of the conversion."""

MODELS_MAX = 10
"""Enough to compare every model, and some with other settings."""

NOTHING_WANTED = (-1, 0)
NO_AMOUNTS = np.zeros(0)


class AttributionModel(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a conversion is shared out: time_decay has a half-life, position the shares of the first
    touch and of the last."""

    model: Literal["first", "last", "linear", "time_decay", "position"] = "last"
    half_life: str = "7 days"
    first: float = 0.4
    last: float = 0.4


class AttributionDefinition(Question, frozen=True, tag="attribution"):
    """What converts (counted, or the sum of a property), what touches, and how credit is given."""

    conversion: EventChoice
    touches: tuple[EventChoice, ...]
    sum: str | None = None
    conversions: Literal["all", "first"] = "all"
    within: str = "30 days"
    models: tuple[AttributionModel, ...] = (AttributionModel(),)
    breakdown: Breakdown | None = None


class Credit(msgspec.Struct, frozen=True):
    """What one model credits: how much, which share of everything, and to how many people."""

    model: str
    credit: float
    share: float | None
    people: int


class AttributionRow(msgspec.Struct, frozen=True):
    """One value: its touches that a conversion saw, the conversions and people who had any, and its
    credit, one a model."""

    value: Label
    touches: int
    conversions: int
    people: int
    credits: tuple[Credit, ...]


class Unattributed(msgspec.Struct, frozen=True):
    """The conversions that saw no touch, their worth and its share of everything, and whose they
    are."""

    conversions: int
    people: int
    credit: float
    share: float | None


class AttributionAnswer(Answer, frozen=True, tag="attribution"):
    """All conversions and what they are worth, shared out; rows by the first model's credit."""

    conversions: int
    people: int
    total: float
    unattributed: Unattributed
    rows: tuple[AttributionRow, ...]
    pooled: int


class AttributionCell(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Those with a conversion that saw a touch of a value, or to whom a model (counted from 0)
    credits it; those with an unattributed one; or, when it says nothing, all who converted."""

    value: Label | None = None
    model: int | None = None
    unattributed: bool = False


@dataclass(frozen=True, slots=True)
class Credited:
    """What some parts come to.

    whole    float64[2, 2]             conversions and their worth: all, and unattributed
    people   int64[2]                  whose they are
    by_value float64[3 + 2 · models]   counts as `kernels/attribution.py` has them, then credits
    """

    whole: NDArray[np.float64]
    people: NDArray[np.int64]
    by_value: dict[Label, NDArray[np.float64]]


def check(definition: AttributionDefinition) -> None:
    """Refuse what cannot be shared out."""
    if not 1 <= len(definition.touches) <= TOUCHES_MAX:
        raise BadQuestion(
            f"Attribution goes to 1 to {TOUCHES_MAX} touches",
            detail=f"{len(definition.touches)} were given.",
            where="touches",
            mend="Leave some out." if definition.touches else "Name an event that may be credited.",
        )
    if not 1 <= len(definition.models) <= MODELS_MAX:
        raise BadQuestion(
            f"Attribution compares 1 to {MODELS_MAX} models",
            detail=f"{len(definition.models)} were given.",
            where="models",
            mend="Leave some out." if definition.models else "Name one.",
        )
    duration_ms(definition.within, "within")
    for number, model in enumerate(definition.models):
        duration_ms(model.half_life, f"models[{number}].half_life")
        shares = (model.first, model.last)
        if min(shares) < 0 or not 0 < sum(shares) <= 1 + 1e-9:
            raise BadQuestion(
                "The first and the last touch get shares of the whole",
                detail=f"{model.first} and {model.last} were given.",
                where=f"models[{number}].first",
                mend="Give two numbers from 0 to 1 that add up to more than 0, and at most 1.",
            )


def choices(definition: AttributionDefinition) -> Iterator[tuple[str, EventChoice]]:
    """The conversion, then the touches."""
    yield "conversion", definition.conversion
    for number, touch in enumerate(definition.touches):
        yield f"touches[{number}]", touch


def partial(definition: AttributionDefinition, timeline: Timeline, scope: Scope) -> Credited:
    """Credit and counts of a part, by value."""
    credit, counts, whole, behind = _attributed(definition, timeline, scope, NOTHING_WANTED)
    every = np.concatenate((counts.astype(np.float64), credit))
    return Credited(
        whole=whole,
        people=behind[[CONVERTED, UNATTRIBUTED]].sum(axis=1),
        by_value={
            _label(definition, slot, timeline, scope): every[:, slot]
            for slot in np.flatnonzero(counts[TOUCHES]).tolist()
        },
    )


def add(one: Credited, other: Credited) -> Credited:
    """People of two parts are different people."""
    both = dict(one.by_value)
    for label, own in other.by_value.items():
        both[label] = both[label] + own if label in both else own
    return Credited(one.whole + other.whole, one.people + other.people, both)


def answer(
    definition: AttributionDefinition, credited: Credited, scope: Scope
) -> AttributionAnswer:
    """One row a value."""
    (conversions, total), (left, left_worth) = credited.whole.tolist()
    people, left_people = credited.people.tolist()
    found = [
        _row(definition, label, own.tolist(), total) for label, own in credited.by_value.items()
    ]
    return AttributionAnswer(
        conversions=int(conversions),
        people=people,
        total=round(total, 6),
        unattributed=Unattributed(
            int(left), left_people, round(left_worth, 6), _share(left_worth, total)
        ),
        rows=tuple(sorted(found, key=lambda row: (-row.credits[0].credit, row.value))),
        pooled=scope.values.pooled,
    )


def _row(
    definition: AttributionDefinition, label: Label, own: list[float], total: float
) -> AttributionRow:
    models = len(definition.models)
    people, credits = own[PEOPLE + 1 : -models], own[-models:]
    return AttributionRow(
        value=label,
        touches=int(own[TOUCHES]),
        conversions=int(own[CONVERSIONS]),
        people=int(own[PEOPLE]),
        credits=tuple(
            Credit(model.model, round(credit, 6), _share(credit, total), int(many))
            for model, credit, many in zip(definition.models, credits, people, strict=True)
        ),
    )


def people(
    definition: AttributionDefinition, cell: AttributionCell, timeline: Timeline, scope: Scope
) -> NDArray[np.bool_]:
    """Who of a part stands behind a cell: bool[n]."""
    models = len(definition.models)
    if cell.unattributed and cell.value is not None:
        raise BadQuestion(
            "What is unattributed has no value",
            where="cell.value",
            mend="Leave it out, or leave out `unattributed`.",
        )
    if cell.model is not None and (cell.value is None or not 0 <= cell.model < models):
        raise BadQuestion(
            "The answer has no such credit",
            detail=f"It has {models} models, each with a credit for every value.",
            where="cell.model",
            mend="Give the value too, and count models from 0.",
        )
    if cell.value is None:
        wanted = NOTHING_WANTED
        reason = UNATTRIBUTED if cell.unattributed else CONVERTED
    else:
        row = PEOPLE if cell.model is None else PEOPLE + 1 + cell.model
        wanted = row, _slot(definition, cell.value, timeline, scope)
        reason = WANTED
    behind: NDArray[np.bool_] = _attributed(definition, timeline, scope, wanted)[-1][reason]
    return behind


def rows(answer: AttributionAnswer) -> list[dict[str, Any]]:
    """One row a value and model, and one for what is unattributed."""
    left = answer.unattributed
    return [
        *(
            {
                "value": ", ".join(row.value),
                "touches": row.touches,
                "conversions": row.conversions,
                "people": row.people,
                "model": credit.model,
                "credit": credit.credit,
                "share": credit.share,
                "credited_people": credit.people,
            }
            for row in answer.rows
            for credit in row.credits
        ),
        {
            "value": None,
            "touches": 0,
            "conversions": left.conversions,
            "people": left.people,
            "model": None,
            "credit": left.credit,
            "share": left.share,
            "credited_people": 0,
        },
    ]


def _attributed(
    definition: AttributionDefinition, timeline: Timeline, scope: Scope, wanted: tuple[int, int]
) -> tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.float64], NDArray[np.bool_]]:
    """The kernel's answer for a part. Touches are told apart by slot, or by their event's code."""
    slots = breakdown.slots(definition.breakdown, timeline, scope)
    size = scope.values.slots
    if definition.breakdown is None:
        slots, size = timeline.event.astype(np.int32), len(timeline.names)
    found: tuple[Any, ...] = attribution(
        *timeline.arrays,
        *marks([choice for _, choice in choices(definition)], timeline, scope),
        slots,
        NO_AMOUNTS
        if definition.sum is None
        else numbers_of(timeline, definition.sum, "event", scope),
        duration_ms(definition.within, "within"),
        definition.conversions == "first",
        size,
        np.array([_numbers(model) for model in definition.models]),
        *wanted,
        *scope.bounds,
    )
    return found


def _numbers(model: AttributionModel) -> tuple[float, float, float, float]:
    """A model as the kernel takes it: shares of first, last and rest, and the half-life in ms."""
    if model.model == "position":
        rest = round(1 - model.first - model.last, 9)
        return model.first, model.last, max(0.0, rest), math.inf
    if model.model == "time_decay":
        return 0.0, 0.0, 1.0, float(duration_ms(model.half_life, "half_life"))
    first, last = float(model.model == "first"), float(model.model == "last")
    return first, last, 1 - first - last, math.inf


def _label(definition: AttributionDefinition, slot: int, timeline: Timeline, scope: Scope) -> Label:
    return (timeline.names[slot],) if definition.breakdown is None else label_of(slot, scope.values)


def _slot(definition: AttributionDefinition, value: Label, timeline: Timeline, scope: Scope) -> int:
    """The slot that a cell's value names."""
    if definition.breakdown is not None:
        slot = slot_of(value, scope)
        assert slot is not None
        return slot
    if len(value) != 1 or value[0] not in timeline.names:
        raise BadQuestion(
            "The answer does not show this value",
            where="cell.value",
            mend="Name an event as the answer writes it.",
        )
    return timeline.names.index(value[0])


def _share(credit: float, total: float) -> float | None:
    # Of rounded sums, so that the order of adding up cannot tip the last decimal.
    return round(round(credit, 6) / round(total, 6), 4) if round(total, 6) else None


def _own_breakdown(definition: AttributionDefinition) -> Breakdown | None:
    return definition.breakdown


REPORT = Report(
    kind="attribution",
    definition=AttributionDefinition,
    check=check,
    choices=choices,
    partial=partial,
    add=add,
    answer=answer,
    rows=rows,
    cell=AttributionCell,
    people=people,
    breakdown=_own_breakdown,
    valued=lambda place: place.startswith("touches"),
)
