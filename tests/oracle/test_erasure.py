"""Whoever is erased is in no answer, part, column or file any more, whatever happened before and
whatever happens then; everybody else is as they were."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sojourn.store import BUCKETS
from sojourn.stores.delta import DeltaStore
from sojourn.timeline import Column, Timeline
from tests.oracle.course import Erase, Hide, Lived, Merge, Opens, Split, Step
from tests.oracle.history import Row, Value
from tests.oracle.strategies import NEW_YEAR_MS, courses, histories, spring_facts
from tests.retaining.kept import holding

A, B, C = 0, 1 + BUCKETS, 1
"""The last two share a bucket."""


def told_of(person: int, *names: str) -> list[Row]:
    """Rows of a person whose values tell whose they are; "" is a fact."""
    return [
        Row(person, NEW_YEAR_MS + number % 2, name, properties={"p": f"word-{person}", "q": 1})
        for number, name in enumerate(names)
    ]


everybody = [*told_of(A, "a", "b", ""), *told_of(B, "b", "a", ""), *told_of(C, "", "c")]

COURSES: dict[str, list[Step]] = {
    "nobody knows them": [Erase(A)],
    "only in the tail": [everybody, Erase(B)],
    "only in the tail of settled others": [
        told_of(A, "a"),
        "commit",
        "settle",
        everybody,
        Erase(B),
    ],
    "only in the table": [everybody, "commit", "reopen", Erase(B)],
    "only settled": [everybody, "commit", "settle", Erase(B)],
    "settled and in the tail": [everybody, "commit", "settle", everybody, Erase(B)],
    "settled, committed and in the tail": [
        *(everybody, "commit", "settle", everybody, "commit", everybody, Erase(B)),
    ],
    "with those who became them": [everybody, "commit", "settle", Merge(A, B), Erase(B)],
    "by an id that became them": [everybody, Merge(A, B), "commit", "settle", Erase(A)],
    "then merged with": [everybody, "commit", "settle", Erase(B), Merge(A, B)],
    "then merged into somebody": [everybody, Erase(B), Merge(B, A), "commit", "settle"],
    "after a split": [everybody, Merge(A, B), "commit", "settle", Split(0), Erase(B)],
    "after a split in the tail": [everybody, Merge(A, B), "ask", Split(0), Erase(A), "reopen"],
    "then split from": [everybody, Merge(A, B), "commit", "settle", Erase(B), Split(0)],
    "and come back": [everybody, "commit", "settle", Erase(B), told_of(B, "c", "")],
    "and come back to those they were": [
        *(everybody, Merge(A, B), "commit", "settle", Erase(B), told_of(A, "c"), told_of(B, "a")),
        *("commit", "settle", "reopen", Split(0)),
    ],
    "come back and are erased again": [
        everybody,
        Erase(B),
        everybody,
        "commit",
        Erase(B),
        "reopen",
    ],
    "while an event is open": [everybody, "commit", "settle", Opens(told_of(B, "c")), Erase(B)],
    "while all they did is open": [told_of(A, "a"), Opens(everybody), "ask", Erase(B), "close"],
    "and open events go on": [everybody, Opens(everybody), Erase(B), "close", "commit", "settle"],
    "while hidden": [everybody, Hide(frozenset([B, C])), "commit", "settle", Erase(B), everybody],
    "all of them": [everybody, "commit", "settle", everybody, Erase(A), Erase(B), Erase(C)],
}


def shown(parts: Sequence[Timeline]) -> list[Row]:
    """The rows of some parts, by person, with all of their values. Who may not be seen has an empty
    run, and then nothing was told of them either."""
    rows = []
    for part in parts:
        columns = [(name, column) for name in ("p", "q") for column in part.columns(name)]
        runs = zip(part.people, part.facts, part.starts, part.ends, strict=True)
        for person, fact, start, end in runs:
            for at in range(fact, end) if end > start else ():
                name = part.names[part.event[at]] if at >= start else ""
                values = ((name, _value(column, at)) for name, column in columns)
                known = {name: value for name, value in values if value is not None}
                rows.append(Row(int(person), int(part.ts[at]), name, int(part.purposes[at]), known))
    return sorted(rows, key=lambda row: row.person)


def _value(column: Column, at: int) -> Value | None:
    value = column.values[at]
    if column.type == "number":
        return None if np.isnan(value) else float(value)
    if value < 0:
        return None
    return column.words[value] if column.type == "text" else bool(value)


def in_order(rows: Iterable[Row]) -> list[Row]:
    """Rows as timelines have them; who did nothing has none."""
    active = {row.person for row in rows if row.name}
    rows = [row for row in rows if row.person in active]
    return sorted(rows, key=lambda row: (row.person, row.name != "", row.ts))


def check(lived: Lived, course: Iterable[Step]) -> None:
    """Everybody is whole, in one part, with their values, and who is gone is neither shown nor
    counted, and has left no word."""
    for parts, rows in lived.moments(course):
        left = in_order(rows)
        assert shown(parts) == left
        snapshot = lived.parts.now()
        assert (snapshot.people, snapshot.events) == (
            len({row.person for row in left}),
            sum(row.name != "" for row in left),
        )
        hidden = {lived.today(person) for person in lived.hidden}
        acted = {lived.today(row.person) for row in lived.rows.values() if row.name}
        assert snapshot.hidden == len(hidden & acted)
        known = {row.properties.get("p") for row in lived.rows.values()}
        columns = [column for part in parts for column in part.columns("p")]
        assert {word for column in columns for word in column.words} <= known


@pytest.mark.parametrize("course", COURSES.values(), ids=COURSES)
def test_erased_in_a_course(course: list[Step]) -> None:
    check(Lived(), course)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    course=courses(
        st.builds(lambda told, rows: told + rows, spring_facts, histories(NEW_YEAR_MS, 4, 500, 8))
    ),
    cached=st.booleans(),
)
def test_erased_in_any_course(
    tmp_path_factory: pytest.TempPathFactory, course: list[Step], cached: bool
) -> None:
    check(Lived(cache=tmp_path_factory.mktemp("cache") if cached else None), course)


@pytest.mark.parametrize("meanwhile", [[], ["settle", everybody]])
def test_nothing_of_the_erased_is_on_disk(tmp_path: Path, meanwhile: list[Step]) -> None:
    """Not in the table, its log or the cache, whatever settled and whichever column was read."""
    lived = Lived(DeltaStore(tmp_path / "events"), tmp_path / "cache")
    course: list[Step] = [everybody, Merge(A, B), "commit", *meanwhile, "ask"]
    check(lived, course)
    assert holding(tmp_path, f"word-{A}")
    check(lived, [Erase(B)])
    for erased in (A, B):
        assert holding(tmp_path, f"word-{erased}") == []
    assert holding(tmp_path, f"word-{C}")
    left = [order for order, row in lived.rows.items() if row.person == C]
    for file in tmp_path.rglob("people.npy"):
        assert set(np.load(file).tolist()) <= {C}
    for file in tmp_path.rglob("order.npy"):
        assert set(np.load(file).tolist()) <= set(left)
    assert sorted(lived.store.read(["order"])["order"].to_pylist()) == left
    check(lived, ["reopen", told_of(B, "a"), "commit", "settle", "reopen"])
