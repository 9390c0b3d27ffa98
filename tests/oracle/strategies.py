"""Random histories: few names, many ties, tiny windows; and the scopes and choices to ask with."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import settings
from hypothesis import strategies as st

from sojourn.breakdown import Breakdown, Dimension
from sojourn.filter import Condition, EventChoice
from sojourn.scope import FAR_MS, Scope
from sojourn.store import BUCKETS
from tests.oracle.course import Erase, Hide, Merge, Opens, Split, Step
from tests.oracle.history import Row, Value, ask, parts_of, settled

NEW_YEAR_MS = 1_767_225_600_000
"""2026-01-01T00:00Z."""

SPRING_MS = 1_774_742_400_000
"""2026-03-29T00:00Z: an hour later the clocks of Berlin jump from 2:00 to 3:00."""

ZONES = [ZoneInfo("UTC"), ZoneInfo("Europe/Berlin"), ZoneInfo("America/St_Johns")]
NAMES = ["a", "b", "c"]

PROPERTIES: list[dict[str, Value]] = [{}, {"p": 1}, {"p": 2}, {"p": "x"}, {"p": True}]

few_courses = settings(max_examples=40, deadline=None)
several = settings(max_examples=300, deadline=None)
many = settings(max_examples=2000, deadline=None)


def histories(
    first_ms: int, instants: int, step_ms: int, size: int, alone: bool = False, least: int = 0
) -> st.SearchStrategy[list[Row]]:
    """Up to `size` events in order of arrival, not of time, each drawn as a single number.

    Alone is one person with two names, so that attempts are long and events fulfil many steps.
    There are at `least` so many events.
    """
    people, names, masks, values = (1, 2, 4, 3) if alone else (3, 3, 4, len(PROPERTIES))

    def row(number: int) -> Row:
        number, instant = divmod(number, instants)
        number, person = divmod(number, people)
        number, name = divmod(number, names)
        value, mask = divmod(number, masks)
        ts = first_ms + instant * step_ms
        return Row(person, ts, NAMES[name], [1, 3, 1, 2][mask], PROPERTIES[value])

    kinds = instants * people * names * masks * values
    return st.lists(st.integers(0, kinds - 1).map(row), min_size=least, max_size=size)


PERSONS = {0: 0, 1: 1, 2: 1 + BUCKETS}
"""In a course two of the people of a history share a bucket."""


@st.composite
def courses(draw: st.DrawFn, histories: st.SearchStrategy[list[Row]]) -> list[Step]:
    """Whatever may happen between histories, and at least one erasure: most people have come
    before, and some come again."""
    persons = st.sampled_from([*PERSONS.values()])
    rows = histories.map(
        lambda rows: [replace(row, person=PERSONS.get(row.person, row.person)) for row in rows]
    )
    merge = st.builds(Merge, persons, persons)
    step = st.one_of(
        rows,
        merge,
        st.builds(Split, st.integers(0, 3)),
        st.builds(Erase, persons),
        st.sampled_from(["ask", "commit", "settle", "close", "reopen"]),
        st.builds(Opens, rows),
        st.builds(Hide, st.frozensets(persons, max_size=1)),
    )
    some = st.lists(step, max_size=4)
    before = [draw(rows), *draw(st.lists(merge, max_size=1)), *draw(some)]
    return [*before, Erase(draw(persons)), *draw(some), draw(rows)]


crowded = st.tuples(*[histories(NEW_YEAR_MS, 9, 500, 12)] * 3).map(
    lambda several: [row for rows in several for row in rows]
)
"""Lists are mostly drawn short; here most people do several things, in each other's way."""

P_IS_1 = (Condition(property="p", is_=1.0),)
P_IS_SET = (Condition(property="p", is_set=True),)

wheres = st.sampled_from(
    [
        (),
        (),
        P_IS_1,
        (Condition(property="p", is_not=(1.0, "x")),),
        (Condition(property="p", at_least=2.0),),
        (Condition(property="p", is_set=True), Condition(property="p", is_not=True)),
    ]
)
choices = st.builds(EventChoice, event=st.sampled_from([None, *NAMES]), where=wheres)


def scopes(first_ms: int, span_ms: int) -> st.SearchStrategy[Scope]:
    """Scopes around the histories: mostly all of them, sometimes a part, sometimes nothing."""
    return st.builds(
        Scope,
        start_ms=st.one_of(st.just(first_ms), st.integers(first_ms, first_ms + span_ms)),
        end_ms=st.one_of(
            st.just(first_ms + span_ms), st.integers(first_ms - 1000, first_ms + span_ms)
        ),
        purpose=st.sampled_from([1, 1, 2]),
        zone=st.sampled_from(ZONES),
    )


def agree(report: Any, definition: Any, rows: list[Row], scope: Scope, expected: Any) -> None:
    """One part and several give what the oracle says."""
    for count in (1, 3):
        assert ask(report.REPORT, definition, parts_of(rows, count), scope) == expected


def people_behind(
    report: Any, definition: Any, cell: Any, rows: list[Row], scope: Scope
) -> list[int]:
    """Who stands behind a cell, found in two parts; the values of the breakdown are those shown."""
    parts = parts_of(rows, 2)
    scope = settled(report.REPORT, definition, parts, scope)
    found = [part.people[report.people(definition, cell, part, scope)] for part in parts]
    return sorted(person for people in found for person in people.tolist())


spring_days = st.one_of(
    histories(SPRING_MS - 24 * 3_600_000, 45, 24 * 3_600_000, 20),
    histories(SPRING_MS - 10 * 3_600_000, 60, 1_800_000, 20),
)


SPRING_FIRST_MS = SPRING_MS - 24 * 3_600_000
SPRING_SPAN_MS = 16 * 24 * 3_600_000

spring_returns = st.one_of(
    histories(SPRING_FIRST_MS, 15, 24 * 3_600_000, 30, least=10),
    histories(SPRING_FIRST_MS - 60_000, 30, 12 * 3_600_000, 30, least=10),
    histories(SPRING_MS - 36 * 3_600_000, 30, 6 * 3_600_000, 30, least=10),
)
"""Enough events in few enough days that people come back."""

spring_facts = st.lists(
    st.builds(
        Row,
        person=st.integers(0, 2),
        ts=st.just(SPRING_MS),
        name=st.just(""),
        purposes=st.sampled_from([1, 3]),
        properties=st.sampled_from(PROPERTIES),
    ),
    max_size=3,
)
breakdowns = st.none() | st.builds(
    Breakdown,
    by=st.sampled_from([(Dimension("p", of),) for of in ("event", "visit", "person")]),
    limit=st.sampled_from([1, 2, 20]),
)
often_chosen = st.builds(
    EventChoice,
    event=st.sampled_from(["a", "a", "b", None]),
    where=st.sampled_from([(), (), (), (), P_IS_1, P_IS_SET]),
)
cohort_questions: dict[str, Any] = {
    "start": often_chosen,
    "every": st.sampled_from(["day", "day", "day", "week", "month"]),
    "periods": st.sampled_from([1, 3, 5, 8, 20]),
    "clock": st.sampled_from(["calendar", "rolling"]),
    "brackets": st.none()
    | st.sets(st.integers(1, 12), min_size=2, max_size=5).map(lambda days: tuple(sorted(days))),
    "cohorts": st.sampled_from(["ever", "first", "every"]),
    "breakdown": breakdowns,
}
"""What retention and cohorts have in common."""


@st.composite
def spring_scopes(draw: st.DrawFn) -> Scope:
    """Scopes around the days of spring, mostly all of them: now may be within, and weeks may start
    on Sunday."""
    last_ms = SPRING_FIRST_MS + SPRING_SPAN_MS - draw(st.sampled_from([0, 1]))
    within = st.integers(SPRING_FIRST_MS, last_ms)
    whole = draw(st.sampled_from([True, True, True, False]))
    return replace(
        Scope(SPRING_FIRST_MS - 60_000, last_ms, 1, draw(st.sampled_from(ZONES)))
        if whole
        else draw(scopes(SPRING_FIRST_MS, SPRING_SPAN_MS)),
        week_start=draw(st.sampled_from(["monday", "sunday"])),
        now_ms=draw(st.one_of(st.just(FAR_MS), st.just(FAR_MS), within)),
    )
