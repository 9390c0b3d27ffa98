"""Lists of people by their definition: everybody is described, put in order, the page cut out."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import datetime
from statistics import mean
from typing import Any

from sojourn.counting.metrics import Metric
from sojourn.reports.people import (
    After,
    PeopleAnswer,
    PeopleDefinition,
    PeopleRow,
)
from sojourn.scope import FAR_MS, Scope
from tests.oracle.activity import instant
from tests.oracle.definitions import fits, told, visible
from tests.oracle.history import Row

TYPES = {float: 0, int: 0, str: 1, bool: 2}


def people(definition: PeopleDefinition, rows: list[Row], scope: Scope) -> PeopleAnswer:
    """A page of those with an event in the period."""
    known = told(rows, scope)
    described = []
    for person, own in sorted(visible(rows, scope).items()):
        fields = {name: known.get(person, {}).get(name) for name in definition.fields}
        measured: dict[str, Any] = {"events": len(own)}
        for metric in definition.metrics:
            if metric.formula is None:
                measured[metric.name] = value(metric, person, rows, scope)
        metrics: dict[str, Any] = {
            metric.name: formula(metric.formula, measured)
            if metric.formula
            else measured[metric.name]
            for metric in definition.metrics
        }
        seen = {"first_seen": own[0].ts, "last_seen": own[-1].ts}
        by = {**measured, **seen, **fields, **metrics}[definition.order.by]
        shown = {
            metric.name: instant(metrics[metric.name], scope)
            if is_instant(metric) and metrics[metric.name] is not None
            else metrics[metric.name]
            for metric in definition.metrics
        }
        first, last = (instant(ms, scope) for ms in seen.values())
        described.append((by, PeopleRow(person, len(own), first, last, fields, shown)))
    return page(definition, described)


def page(definition: PeopleDefinition, described: list[tuple[Any, PeopleRow]]) -> PeopleAnswer:
    """The people in order, those up to the one before the page left out."""
    descending = definition.order.descending
    by_type: dict[int, list[tuple[Any, PeopleRow]]] = {}
    for one in described:
        by_type.setdefault(3 if one[0] is None else TYPES[type(one[0])], []).append(one)
    ordered = []
    for kind in sorted({0, 1, 2}, reverse=descending):
        ordered += sorted(by_type.get(kind, []), key=lambda one: one[0], reverse=descending)
    ordered += by_type.get(3, [])
    after = definition.after
    if after is not None:
        persons = [row.person for _, row in ordered]
        ordered = ordered[persons.index(after.person) + 1 :]
    cut = ordered[: definition.limit]
    last = After(cut[-1][0], cut[-1][1].person) if len(ordered) > len(cut) else None
    return PeopleAnswer(len(described), tuple(row for _, row in cut), last)


def value(metric: Metric, person: int, rows: list[Row], scope: Scope) -> Any:
    """One metric of one person; an instant in ms."""
    if metric.period is not None:
        scope = replace(
            scope,
            start_ms=moment(metric.period.from_, -FAR_MS),
            end_ms=moment(metric.period.to, FAR_MS),
        )
    own = [
        row for row in visible(rows, scope).get(person, []) if fits(metric.event, metric.where, row)
    ]
    if metric.measure == "count":
        return len(own)
    if metric.property is None:
        return own[0 if metric.measure == "first" else -1].ts if own else None
    values = [row.properties[metric.property] for row in own if metric.property in row.properties]
    if metric.measure in ("first", "last"):
        return plain(values[0 if metric.measure == "first" else -1]) if values else None
    # The flag true and the number 1 are different values, though Python holds them equal.
    often = Counter((type(plain(one)), one) for one in values)
    if metric.measure == "distinct":
        return len(often)
    if metric.measure == "top":
        return plain(often.most_common(1)[0][0][1]) if often else None
    numbers = [float(one) for one in values if not isinstance(one, bool | str)]
    if metric.measure == "sum":
        return round(sum(numbers), 6)
    if not numbers:
        return None
    if metric.measure == "mean":
        return round(mean(numbers), 6)
    return min(numbers) if metric.measure == "min" else max(numbers)


def moment(text: str | None, otherwise: int) -> int:
    """An end of a period in ms; the tests give instants."""
    return otherwise if text is None else round(datetime.fromisoformat(text).timestamp() * 1000)


def formula(text: str, measured: dict[str, Any]) -> float | None:
    """The formulas of the tests are Python's; what has no value makes none."""
    try:
        return round(float(eval(text, {}, measured)), 6)
    except (TypeError, ZeroDivisionError):
        return None


def plain(value: Any) -> Any:
    """A number as answers have it."""
    return value if isinstance(value, bool | str) else float(value)


def is_instant(metric: Metric) -> bool:
    """Whether a metric is an instant."""
    return metric.formula is None and metric.measure in ("first", "last") and not metric.property
