"""Histories as plain lists, and the timelines made of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sojourn import segment
from sojourn.report import Report
from sojourn.scope import Scope
from sojourn.timeline import EVERY_PURPOSE, Column, Timeline
from sojourn.timelines.ordering import gather

Value = str | float | bool


@dataclass(frozen=True, slots=True)
class Row:
    """One event, or with `name` "" what was told of a person; rows are in order of arrival."""

    person: int
    ts: int
    name: str
    purposes: int = EVERY_PURPOSE
    properties: dict[str, Value] = field(default_factory=dict)


def timeline_of(rows: Iterable[Row], names: Sequence[str] | None = None) -> Timeline:
    """All rows as one part; `names` when it has to know more names than occur."""
    rows = sorted(rows, key=lambda row: (row.person, row.name != "", row.ts))
    names = names_of(rows) if names is None else tuple(names)
    codes = {"": 0, **{name: code for code, name in enumerate(names)}}
    owners = np.array([row.person for row in rows], dtype=np.int64)
    told = np.array([owner for owner, row in zip(owners, rows, strict=True) if not row.name])
    people = np.unique(owners)
    facts = np.searchsorted(owners, people, side="left").astype(np.int64)
    return Timeline(
        people=people,
        facts=facts,
        starts=facts + np.array([np.sum(told == person) for person in people], dtype=np.int64),
        ends=np.searchsorted(owners, people, side="right").astype(np.int64),
        ts=np.array([row.ts for row in rows], dtype=np.int64),
        event=np.array([codes[row.name] for row in rows], dtype=np.uint16),
        purposes=np.array([row.purposes for row in rows], dtype=np.uint16),
        names=names,
        read_property=lambda name: _columns([row.properties.get(name) for row in rows]),
    )


def names_of(rows: Iterable[Row]) -> tuple[str, ...]:
    """The names of events, in order of appearance."""
    return tuple(dict.fromkeys(row.name for row in rows if row.name))


def parts_of(rows: Sequence[Row], count: int) -> list[Timeline]:
    """The rows as `count` parts, each person whole in one; all parts know all names."""
    names = names_of(rows)
    return [
        timeline_of([row for row in rows if row.person % count == part], names)
        for part in range(count)
    ]


def ask(report: Report[Any, Any], definition: Any, parts: Sequence[Timeline], scope: Scope) -> Any:
    """What `asking.ask` does, without all that surrounds it."""
    report.check(definition)
    scope = spanning(parts, scope)
    if definition.segment is not None:
        parts = [
            part.only(segment.members(definition.segment, part, scope, _no_cells)) for part in parts
        ]
    scope = settled(report, definition, parts, scope)
    whole = report.partial(definition, parts[0], scope)
    for part in parts[1:]:
        whole = report.add(whole, report.partial(definition, part, scope))
    return report.answer(definition, whole, scope)


def spanning(parts: Sequence[Timeline], scope: Scope) -> Scope:
    """The scope that knows between which instants everything happened."""
    rows = [gather(part.starts, part.ends) for part in parts]
    ts = np.concatenate([part.ts[own] for part, own in zip(parts, rows, strict=True)])
    return replace(scope, first_ms=int(ts.min()), last_ms=int(ts.max())) if len(ts) else scope


def settled(
    report: Report[Any, Any], definition: Any, parts: Sequence[Timeline], scope: Scope
) -> Scope:
    """The scope with what a first pass over the parts settles."""
    return report.settled(definition, lambda function: [function(part) for part in parts], scope)


def _no_cells(behind: segment.Behind, part: Timeline) -> NDArray[np.bool_]:
    raise AssertionError("nothing here refers to a cell")


def _columns(values: list[Value | None]) -> tuple[Column, ...]:
    """One column for each type that occurs."""
    columns = []
    if any(isinstance(value, bool) for value in values):
        flags = [int(value) if isinstance(value, bool) else -1 for value in values]
        columns.append(Column("flag", np.array(flags, dtype=np.int8)))
    if any(isinstance(value, int | float) and not isinstance(value, bool) for value in values):
        numbers = [
            float(value)
            if isinstance(value, int | float) and not isinstance(value, bool)
            else np.nan
            for value in values
        ]
        columns.append(Column("number", np.array(numbers, dtype=np.float64)))
    words = tuple(dict.fromkeys(value for value in values if isinstance(value, str)))
    if words:
        codes = [words.index(value) if isinstance(value, str) else -1 for value in values]
        columns.append(Column("text", np.array(codes, dtype=np.int32), words))
    return tuple(columns)
