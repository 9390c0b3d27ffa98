"""Attribution by its definition: each conversion looks back at each touch."""

from __future__ import annotations

from dataclasses import dataclass

from sojourn.reports.attribution import (
    AttributionAnswer,
    AttributionCell,
    AttributionDefinition,
    AttributionModel,
    AttributionRow,
    Credit,
    Unattributed,
)
from sojourn.scope import Label, Scope
from tests.oracle.definitions import SECONDS, fits
from tests.oracle.grouping import Filed, belongs, filed, headings, shown
from tests.oracle.history import Row


@dataclass(frozen=True)
class Converted:
    """One conversion, what it is worth, and the touches that it sees, in order of time."""

    person: int
    worth: float
    touches: list[Filed]


def attribution(
    definition: AttributionDefinition, rows: list[Row], scope: Scope
) -> AttributionAnswer:
    """All conversions, shared out among the values of the touches they saw."""
    found = conversions(definition, rows, scope)
    labels, pooled = values(definition, rows, scope)
    total = sum(one.worth for one in found)
    left = [one for one in found if not one.touches]
    left_worth = sum(one.worth for one in left)
    listed = [
        row(definition, label, labels, found, total)
        for label in headings(labels, pooled)
        if any(belongs(touch, label, labels) for one in found for touch in one.touches)
    ]
    return AttributionAnswer(
        conversions=len(found),
        people=len({one.person for one in found}),
        total=round(total, 6),
        unattributed=Unattributed(
            len(left),
            len({one.person for one in left}),
            round(left_worth, 6),
            round(round(left_worth, 6) / round(total, 6), 4) if round(total, 6) else None,
        ),
        rows=tuple(sorted(listed, key=lambda one: (-one.credits[0].credit, one.value))),
        pooled=pooled if definition.breakdown else 0,
    )


def people(
    definition: AttributionDefinition, cell: AttributionCell, rows: list[Row], scope: Scope
) -> list[int]:
    """Who stands behind a cell."""
    found = conversions(definition, rows, scope)
    labels, _ = values(definition, rows, scope)
    if cell.value is None:
        own = [one for one in found if not (cell.unattributed and one.touches)]
    elif cell.model is None:
        own = [
            one for one in found if any(belongs(touch, cell.value, labels) for touch in one.touches)
        ]
    else:
        model = definition.models[cell.model]
        own = [one for one in found if credited(model, one, cell.value, labels)]
    return sorted({one.person for one in own})


def conversions(
    definition: AttributionDefinition, rows: list[Row], scope: Scope
) -> list[Converted]:
    """Every conversion that counts."""
    count, unit = definition.within.split()
    window_ms = int(count) * SECONDS[unit.rstrip("s")] * 1000
    histories: dict[int, list[Filed]] = {}
    for event in filed(definition.breakdown, rows, scope):
        own = event
        if definition.breakdown is None:
            own = Filed(event.row, event.visit, (event.row.name,))
        histories.setdefault(event.row.person, []).append(own)
    found: list[Converted] = []
    for person, history in histories.items():
        seen = []
        for place, event in enumerate(history):
            if fits(definition.conversion.event, definition.conversion.where, event.row):
                touches = [
                    touch
                    for touch in history[:place]
                    if any(fits(one.event, one.where, touch.row) for one in definition.touches)
                    and touch.row.ts >= event.row.ts - window_ms
                ]
                seen.append(Converted(person, worth(definition, event.row), touches))
        found += seen[:1] if definition.conversions == "first" else seen
    return found


def worth(definition: AttributionDefinition, row: Row) -> float:
    """What a conversion counts."""
    if definition.sum is None:
        return 1.0
    value = row.properties.get(definition.sum)
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if number else 0.0  # type: ignore[arg-type]


def values(
    definition: AttributionDefinition, rows: list[Row], scope: Scope
) -> tuple[list[Label], int]:
    """The values shown: of the breakdown, or every name."""
    events = filed(definition.breakdown, rows, scope)
    if definition.breakdown is None:
        return sorted({(event.row.name,) for event in events}), 0
    return shown(definition.breakdown, definition.touches, events)


def shares(model: AttributionModel, touches: list[Filed]) -> list[float]:
    """Which share of a conversion each of its touches gets."""
    many = len(touches)
    if model.model == "linear":
        return [1 / many] * many
    if model.model == "time_decay":
        count, unit = model.half_life.split()
        half_life_ms = int(count) * SECONDS[unit.rstrip("s")] * 1000
        last = touches[-1].row.ts
        weights = [0.5 ** ((last - touch.row.ts) / half_life_ms) for touch in touches]
        return [weight / sum(weights) for weight in weights]
    first, last_share = {"first": (1.0, 0.0), "last": (0.0, 1.0)}.get(
        model.model, (model.first, model.last)
    )
    if many == 1:
        return [1.0]
    if many == 2:
        return [first / (first + last_share), last_share / (first + last_share)]
    rest = (1 - first - last_share) / (many - 2)
    return [first, *[rest if rest > 1e-9 else 0.0] * (many - 2), last_share]


def credited(model: AttributionModel, one: Converted, label: Label, labels: list[Label]) -> bool:
    """Whether a model credits a value with a share of a conversion."""
    return (
        any(
            share > 0 and belongs(touch, label, labels)
            for share, touch in zip(shares(model, one.touches), one.touches, strict=True)
        )
        if one.touches
        else False
    )


def row(
    definition: AttributionDefinition,
    label: Label,
    labels: list[Label],
    found: list[Converted],
    total: float,
) -> AttributionRow:
    """What one value gets."""
    with_it = [one for one in found if any(belongs(touch, label, labels) for touch in one.touches)]
    touches = {
        id(touch) for one in with_it for touch in one.touches if belongs(touch, label, labels)
    }
    credits = []
    for model in definition.models:
        credit = sum(
            one.worth * share
            for one in with_it
            for share, touch in zip(shares(model, one.touches), one.touches, strict=True)
            if belongs(touch, label, labels)
        )
        people = {one.person for one in with_it if credited(model, one, label, labels)}
        share = round(round(credit, 6) / round(total, 6), 4) if round(total, 6) else None
        credits.append(Credit(model.model, round(credit, 6), share, len(people)))
    return AttributionRow(
        label, len(touches), len(with_it), len({one.person for one in with_it}), tuple(credits)
    )
