"""People: a list of them, with what was told of each, and what each of them did.

    person   fields         metrics
    17       plan: "pro"    orders: 3   spent: 120.5   first page: "/pricing"
    42       plan: "free"   orders: 0   spent: 0.0     first page: null

Everybody with an event in the period is in the list; it is ordered by any of its columns, and read
page by page, as each answer says where the next one begins.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from sojourn import formula
from sojourn.counting.metrics import (
    WITHOUT_PROPERTY,
    Metric,
    Shown,
    choice_of,
    metrics_of,
    numeric,
    presence,
    value_of,
)
from sojourn.errors import BadQuestion
from sojourn.filter import EventChoice, Scalar
from sojourn.report import Answer, Question, Report
from sojourn.scope import Scope
from sojourn.timeline import Column, Timeline
from sojourn.values import of_people, present

LIMIT_MAX = 10_000
"""People on one page: what a client holds easily, and more than anybody reads."""

METRICS_MAX = 30
"""Each may cost a pass over the log."""

FIELDS_MAX = 50

ALWAYS = ("events", "first_seen", "last_seen")
"""What every row has, and may be ordered by."""

NO_NAMES = ("person", "")
"""What no column may be called."""

KINDS = {"number": 0, "text": 1, "flag": 2}
"""Values of different types are ordered by type; those that are missing come last in any case."""

MISSING = 3


class PeopleOrder(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """By which metric or field, or by events, first_seen or last_seen."""

    by: str = "last_seen"
    descending: bool = True


class After(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Behind whom a page begins: what they are ordered by, and who they are."""

    value: Scalar | None
    person: int


class PeopleDefinition(Question, frozen=True, tag="people"):
    """The columns of the list, its order, its length, and after whom it begins."""

    metrics: tuple[Metric, ...] = ()
    fields: tuple[str, ...] = ()
    order: PeopleOrder = PeopleOrder()
    limit: int = 100
    after: After | None = None


class PeopleRow(msgspec.Struct, frozen=True):
    """One person; what is not known of them is null."""

    person: int
    events: int
    first_seen: str
    last_seen: str
    fields: dict[str, Scalar | None]
    metrics: dict[str, Scalar | None]


class PeopleAnswer(Answer, frozen=True, tag="people"):
    """How many people there are in all, and a page of them.

    `next` is behind whom the next page begins (give it as `after`); null on the last one.
    """

    people: int
    rows: tuple[PeopleRow, ...]
    next: After | None


class PeopleCell(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One of the people; everybody of whom the list is a page, when none is named."""

    person: int | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """How many people some parts have, and the foremost of them with what they are ordered by:
    `most`, if there are."""

    most: int
    descending: bool
    people: int
    rows: list[tuple[After, PeopleRow]]


def check(definition: PeopleDefinition) -> None:
    """Refuse a list of no length or a huge one, and columns that say nothing."""
    if not 1 <= definition.limit <= LIMIT_MAX:
        raise BadQuestion(
            f"A page has 1 to {LIMIT_MAX:,} people",
            detail=f"{definition.limit} were asked for.",
            where="limit",
            mend="Ask for fewer, and go on from the answer's `next`.",
        )
    for where, given, most in (
        ("metrics", definition.metrics, METRICS_MAX),
        ("fields", definition.fields, FIELDS_MAX),
    ):
        if len(given) > most:
            raise BadQuestion(
                f"A list has up to {most} {where}",
                detail=f"{len(given)} were asked for.",
                where=where,
                mend="Leave some out.",
            )
    names = [*ALWAYS, *definition.fields, *(one.name for one in definition.metrics)]
    if len({*names, *NO_NAMES}) < len(names) + len(NO_NAMES):
        raise BadQuestion(
            "Every column needs a name of its own",
            detail=f"person, {', '.join(ALWAYS)} are taken; fields are named for themselves.",
            where="metrics",
            mend="Give each metric another name, and each field once.",
        )
    for number, metric in enumerate(definition.metrics):
        _check_metric(definition, metric, f"metrics[{number}]")
    if definition.order.by not in names:
        raise BadQuestion(
            "The list cannot be ordered by this",
            detail=f"“{definition.order.by[:60]}” is none of its columns.",
            where="order.by",
            mend=f"Name a metric or a field of the list, or one of {', '.join(ALWAYS)}.",
        )


def _check_metric(definition: PeopleDefinition, metric: Metric, where: str) -> None:
    if metric.formula is not None:
        formula.check(metric.formula, ("events", *numeric(definition.metrics)), f"{where}.formula")
    elif metric.property is None and metric.measure not in WITHOUT_PROPERTY:
        raise BadQuestion(
            f"The {metric.measure} of a property needs a property",
            where=f"{where}.property",
            mend="Name it, or count events.",
        )


def choices(definition: PeopleDefinition) -> Iterator[tuple[str, EventChoice]]:
    """The events of each metric."""
    for number, metric in enumerate(definition.metrics):
        yield f"metrics[{number}]", choice_of(metric)


def partial(definition: PeopleDefinition, timeline: Timeline, scope: Scope) -> Listed:
    """The foremost people of a part, and how many there are."""
    always = presence(timeline, scope)
    fields = {name: Shown(of_people(timeline, name, scope)) for name in definition.fields}
    metrics = metrics_of(definition.metrics, always["events"], timeline, scope)
    by = {**always, **fields, **metrics}[definition.order.by]
    here = present(always["events"].columns[0])
    chosen = _foremost(definition, by.columns, here, timeline.people)
    rows = []
    for place in chosen.tolist():
        person = int(timeline.people[place])
        own: Any = {name: shown.of(place) for name, shown in always.items()}
        row = PeopleRow(
            person=person,
            **own,
            fields={name: shown.of(place) for name, shown in fields.items()},
            metrics={name: shown.of(place) for name, shown in metrics.items()},
        )
        rows.append((After(value_of(by.columns, place), person), row))
    return Listed(
        definition.limit + 1, definition.order.descending, int(np.count_nonzero(here)), rows
    )


def add(one: Listed, other: Listed) -> Listed:
    """People of two parts are different people."""
    both = sorted(one.rows + other.rows, key=lambda row: row[0].person)
    both.sort(key=lambda row: _key(row[0].value, one.descending), reverse=one.descending)
    return Listed(one.most, one.descending, one.people + other.people, both[: one.most])


def answer(definition: PeopleDefinition, listed: Listed, scope: Scope) -> PeopleAnswer:
    """The page; one more than it holds has been looked for, to know whether it is the last."""
    page = listed.rows[: definition.limit]
    return PeopleAnswer(
        people=listed.people,
        rows=tuple(row for _, row in page),
        next=page[-1][0] if len(listed.rows) > definition.limit else None,
    )


def people(
    definition: PeopleDefinition, cell: PeopleCell, timeline: Timeline, scope: Scope
) -> NDArray[np.bool_]:
    """Who of a part is in the list: bool[n]."""
    here = present(presence(timeline, scope)["events"].columns[0])
    return here if cell.person is None else here & (timeline.people == cell.person)


def rows(answer: PeopleAnswer) -> list[dict[str, Any]]:
    """One row a person, with a column for each field and metric."""
    return [
        {
            "person": row.person,
            "events": row.events,
            "first_seen": row.first_seen,
            "last_seen": row.last_seen,
            **row.fields,
            **row.metrics,
        }
        for row in answer.rows
    ]


def _foremost(
    definition: PeopleDefinition,
    columns: tuple[Column, ...],
    here: NDArray[np.bool_],
    people: NDArray[np.int64],
) -> NDArray[np.int64]:
    """The positions of the people with whom a page begins, one more than it holds, in order."""
    words = sorted(word for column in columns for word in column.words)
    kind = np.full(len(here), MISSING, dtype=np.int8)
    value = np.zeros(len(here))
    for column in columns:
        has = present(column)
        kind[has] = KINDS[column.type]
        value[has] = _ranks(column, words)[has]
    turn = -1 if definition.order.descending else 1
    kind[kind != MISSING] *= turn
    if definition.after is not None:
        after_kind, after_value = _rank(definition.after.value, words)
        after_kind *= turn if after_kind != MISSING else 1
        beyond = turn * (value - after_value)
        later = (beyond > 0) | ((beyond == 0) & (people > definition.after.person))
        here = here & ((kind > after_kind) | ((kind == after_kind) & later))
    chosen = np.flatnonzero(here)
    order = np.lexsort((people[chosen], turn * value[chosen], kind[chosen]))
    return chosen[order[: definition.limit + 1]]


def _ranks(column: Column, words: list[str]) -> NDArray[np.float64]:
    """Numbers in whose order the values of a column are; what they are where there is none is open.

    `words` are the text values, ascending.
    """
    if column.type != "text":
        return column.values.astype(np.float64)
    ranks = {word: rank for rank, word in enumerate(words)}
    of_codes = np.array([*(float(ranks[word]) for word in column.words), -1.0])
    return of_codes[column.values.astype(np.int64)]


def _rank(value: Scalar | None, words: list[str]) -> tuple[int, float]:
    """The type and the number by which a value stands among those of a part; none may have it."""
    if value is None:
        return MISSING, 0.0
    if isinstance(value, str):
        rank = bisect_left(words, value)
        there = words[rank : rank + 1] == [value]
        return KINDS["text"], rank if there else rank - 0.5
    return KINDS["flag" if isinstance(value, bool) else "number"], float(value)


def _key(value: Scalar | None, descending: bool) -> tuple[Any, ...]:
    """By what rows of several parts are put in order, backwards if it is to descend."""
    if value is None:
        return (not descending,)
    kind = "text" if isinstance(value, str) else "flag" if isinstance(value, bool) else "number"
    return (descending, KINDS[kind], value)


REPORT = Report(
    kind="people",
    definition=PeopleDefinition,
    check=check,
    choices=choices,
    partial=partial,
    add=add,
    answer=answer,
    rows=rows,
    cell=PeopleCell,
    people=people,
)
