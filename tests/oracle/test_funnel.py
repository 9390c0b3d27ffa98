"""Funnels agree with the oracle: each option alone, all of them together, and behind every cell."""

from __future__ import annotations

from dataclasses import replace
from operator import add
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from sojourn.breakdown import Breakdown, Dimension
from sojourn.counting.attempts.definition import (
    Correlate,
    CorrelationCell,
    Exclusion,
    FunnelDefinition,
    FunnelStep,
)
from sojourn.errors import BadQuestion
from sojourn.filter import Condition, EventChoice
from sojourn.reports import funnel
from sojourn.reports.funnel import FunnelAnswer, FunnelCell, FunnelCount
from sojourn.scope import Scope
from tests.oracle import funnel as oracle
from tests.oracle.course import Step, agree_throughout
from tests.oracle.history import Row, Value, ask, parts_of, settled
from tests.oracle.strategies import (
    NAMES,
    NEW_YEAR_MS,
    P_IS_1,
    P_IS_SET,
    PROPERTIES,
    ZONES,
    agree,
    courses,
    crowded,
    few_courses,
    histories,
    scopes,
    several,
    wheres,
)

thorough = settings(max_examples=800, deadline=None)
some = settings(max_examples=150, deadline=None)

WINDOWS = ["1 second", "2 seconds", "3 seconds", "1 day"]
GAPS = ["1 second", None, "2 seconds"]


def funnels(
    wheres: st.SearchStrategy[Any], names: int, **options: st.SearchStrategy[Any]
) -> st.SearchStrategy[FunnelDefinition]:
    """Funnels of up to four steps, in windows of a few events."""
    steps = st.builds(FunnelStep, event=st.sampled_from(NAMES[:names]), where=wheres)
    options = {"order": st.sampled_from(["ordered", "strict", "any"]), **options}
    return st.builds(
        FunnelDefinition,
        steps=st.lists(steps, min_size=1, max_size=4).map(tuple),
        within=st.sampled_from(WINDOWS),
        **options,
    )


@st.composite
def elaborate(
    draw: st.DrawFn, /, known: list[str], order: str | None = None, least: int = 1, **options: Any
) -> FunnelDefinition:
    """Funnels of these events with any options that can be combined."""
    order = order or draw(st.sampled_from(["ordered", "ordered", "strict", "any"]))
    some = st.sampled_from([(), (), (), (), (), (), P_IS_1, P_IS_SET])
    other = st.builds(EventChoice, event=st.sampled_from(known), where=some)
    others = st.sampled_from([0, 0, 0, 1]).flatmap(lambda n: st.tuples(*[other] * n))
    count = max(least, draw(st.sampled_from([3, 4, 2, 3, 4, 1])))
    names = draw(st.permutations(known)) if order == "any" else []
    steps = []
    for number in range(min(count, len(known)) if order == "any" else count):
        steps.append(
            FunnelStep(
                event=names[number] if order == "any" else draw(st.sampled_from(known)),
                where=draw(some),
                or_=() if order == "any" else draw(others),
                optional=order == "ordered" and number > 0 and draw(st.integers(0, 3)) == 0,
                within=draw(st.sampled_from(GAPS)) if order != "any" and number else None,
                anchored=draw(st.booleans()),
            )
        )
    required = [number for number, step in enumerate(steps, 1) if not step.optional]
    exclude = []
    if order == "ordered" and len(required) > 1:
        for _ in range(draw(st.sampled_from([1, 0, 2]))):
            first, last = sorted(
                draw(st.lists(st.sampled_from(required), min_size=2, max_size=2, unique=True))
            )
            exclude.append(Exclusion(draw(st.sampled_from(known)), draw(some), first, last))
    fields = {
        "exclusion": draw(st.sampled_from(["attempt", "person"])),
        "hold": draw(st.sampled_from([None, "p", None])),
        "count": draw(
            st.sampled_from(["people", "visits", *(["attempts"] if order != "any" else [])])
        ),
        **{name: draw(own) for name, own in options.items()},
    }
    return FunnelDefinition(
        steps=tuple(steps),
        within=draw(st.sampled_from(["1 day", "3 seconds", "2 seconds"])),
        order=order,  # type: ignore[arg-type]
        exclude=tuple(exclude),
        **fields,
    )


breakdowns = st.builds(
    Breakdown,
    by=st.sampled_from(
        [
            (Dimension("p"),),
            (Dimension("p", of="person"),),
            (Dimension("p"), Dimension("p", of="person")),
        ]
    ),
    limit=st.sampled_from([1, 2, 20]),
)
DETAILS: dict[str, Any] = {
    "breakdown": st.one_of(st.none(), breakdowns),
    "value_of": st.sampled_from(["first", "last", "every", 1, 2, 3]),
    "every": st.sampled_from([None, "hour", "day"]),
    "times": st.booleans(),
    "correlate": st.sampled_from(
        [None, Correlate(("p",)), Correlate(limit=1), Correlate(("p",), watch="1 second")]
    ),
}
facts = st.lists(
    st.builds(
        Row,
        person=st.integers(0, 2),
        ts=st.integers(NEW_YEAR_MS, NEW_YEAR_MS + 9),
        name=st.just(""),
        purposes=st.sampled_from([1, 3]),
        properties=st.sampled_from(PROPERTIES),
    ),
    max_size=3,
)


def dense(events: int) -> st.SearchStrategy[list[Row]]:
    """One person who did a lot within seven seconds, mostly with the same value."""

    def row(number: int) -> Row:
        number, instant = divmod(number, 15)
        number, name = divmod(number, 3)
        value, mask = divmod(number, 5)
        return Row(0, NEW_YEAR_MS + instant * 500, NAMES[name], [1, 3, 1, 1, 2][mask], FEW[value])

    number = st.integers(0, 15 * 3 * 5 * len(FEW) - 1)
    return st.lists(number.map(row), min_size=events - 3, max_size=events)


FEW: list[dict[str, Value]] = [{"p": 1}, {"p": 1}, {"p": 1}, {"p": 2}, {"p": 2}, {}]
EVERYTHING = replace(
    Scope(NEW_YEAR_MS, NEW_YEAR_MS + 7000, 1, ZONES[0]), visit_gap_ms=600, now_ms=NEW_YEAR_MS
)


def possible(definition: FunnelDefinition) -> bool:
    """Whether the definition is one that is answered."""
    try:
        funnel.REPORT.check(definition)
    except BadQuestion:
        return False
    return True


def holds_for(definition: FunnelDefinition, rows: list[Row], scope: Scope) -> None:
    """The answer is the oracle's, and every number of it opens."""
    expected = oracle.funnel(definition, rows, scope)
    agree(funnel, definition, rows, scope, expected)
    opens(definition, expected, rows, scope)


def opens(
    definition: FunnelDefinition, answer: FunnelAnswer, rows: list[Row], scope: Scope
) -> None:
    """Behind each cell stand as many people as the answer says."""
    parts = parts_of(rows, 2)
    asked, scope = scope, settled(funnel.REPORT, definition, parts, scope)

    def behind(**cell: Any) -> int:
        masks = [funnel.people(definition, FunnelCell(**cell), part, scope) for part in parts]
        return sum(int(np.sum(mask)) for mask in masks)

    def each(steps: tuple[Any, ...], **cell: Any) -> None:
        one: FunnelCount
        for number, one in enumerate(steps, 1):
            assert behind(step=number, **cell) == one.people
            if number > 1 and not definition.steps[number - 1].optional:
                before = max(s for s in range(number - 1) if not definition.steps[s].optional)
                missing = steps[before].people - one.people
                assert behind(step=number, reached=False, **cell) == missing

    each(answer.steps)
    for group in answer.groups:
        each(group.steps, value=group.value)
    for one in answer.over_time:
        each(one.steps, interval=one.interval)
    for own in answer.correlations.found if answer.correlations else ():
        for converted, count in ((True, own.converted), (False, own.dropped)):
            cell = CorrelationCell(own.event, own.property, own.value, converted)
            people = behind(correlation=cell)
            assert people == oracle.behind(definition, rows, asked, cell)
            assert people == count or definition.count != "people"


@thorough
@given(
    rows=histories(NEW_YEAR_MS, 9, 500, 10, alone=True),
    definition=funnels(st.sampled_from([(), (), P_IS_1, P_IS_SET]), 2),
)
def test_funnels_of_long_attempts_agree(rows: list[Row], definition: FunnelDefinition) -> None:
    agree(funnel, definition, rows, EVERYTHING, oracle.funnel(definition, rows, EVERYTHING))


@several
@given(
    rows=histories(NEW_YEAR_MS, 9, 500, 14),
    scope=scopes(NEW_YEAR_MS, 4000),
    definition=funnels(wheres, 3, count=st.sampled_from(["people", "visits"])),
)
def test_funnels_agree(rows: list[Row], scope: Scope, definition: FunnelDefinition) -> None:
    holds_for(definition, rows, replace(scope, visit_gap_ms=600))


@few_courses
@given(
    course=courses(st.builds(add, facts, histories(NEW_YEAR_MS, 9, 500, 14))),
    scope=scopes(NEW_YEAR_MS, 4000) | st.just(EVERYTHING),
    definition=elaborate(NAMES, **DETAILS).filter(possible),
)
def test_funnels_agree_whoever_is_erased(
    course: list[Step], scope: Scope, definition: FunnelDefinition
) -> None:
    agree_throughout(funnel, definition, course, scope, oracle.funnel)


@thorough
@given(rows=dense(10), definition=elaborate(NAMES, **DETAILS))
def test_every_option_agrees_over_long_attempts(
    rows: list[Row], definition: FunnelDefinition
) -> None:
    assume(possible(definition))
    agree(funnel, definition, rows, EVERYTHING, oracle.funnel(definition, rows, EVERYTHING))


@some
@given(
    rows=histories(NEW_YEAR_MS, 9, 500, 16),
    told=facts,
    scope=scopes(NEW_YEAR_MS, 4000),
    definition=elaborate(NAMES, **DETAILS),
)
def test_every_option_agrees_and_opens(
    rows: list[Row], told: list[Row], scope: Scope, definition: FunnelDefinition
) -> None:
    assume(possible(definition))
    holds_for(definition, rows + told, replace(scope, visit_gap_ms=600, now_ms=NEW_YEAR_MS))


@thorough
@given(
    rows=dense(12),
    definition=elaborate(
        NAMES,
        "ordered",
        least=3,
        hold=st.none(),
        count=st.just("people"),
        exclusion=st.sampled_from(["attempt", "person"]),
        times=st.just(True),
    ),
)
def test_the_events_of_ordered_attempts_agree(
    rows: list[Row], definition: FunnelDefinition
) -> None:
    agree(funnel, definition, rows, EVERYTHING, oracle.funnel(definition, rows, EVERYTHING))


@several
@given(
    rows=st.one_of(crowded, dense(12)),
    scope=st.one_of(st.just(EVERYTHING), scopes(NEW_YEAR_MS, 4000)),
    definition=elaborate(
        NAMES[:2],
        least=2,
        correlate=st.builds(
            Correlate,
            properties=st.sampled_from([(), ("p",)]),
            watch=st.sampled_from([None, None, "1 second", "2 seconds"]),
        ),
    ),
)
def test_correlations_agree_and_open(
    rows: list[Row], scope: Scope, definition: FunnelDefinition
) -> None:
    assume(possible(definition))
    holds_for(definition, rows, replace(scope, visit_gap_ms=600))


@several
@given(
    rows=histories(NEW_YEAR_MS, 9, 500, 14),
    definition=funnels(wheres, 3, count=st.sampled_from(["people", "visits"])),
)
def test_asking_for_more_does_not_change_the_steps(
    rows: list[Row], definition: FunnelDefinition
) -> None:
    timed = msgspec.structs.replace(definition, times=True)
    assume(possible(timed))
    part = parts_of(rows, 1)[0]
    one, other = (funnel.partial(asked, part, EVERYTHING).whole for asked in (definition, timed))
    assert np.array_equal(one, other)


@pytest.mark.parametrize("order", ["ordered", "strict", "any"])
def test_attempts_run_on_past_a_block_of_events(order: str) -> None:
    random = np.random.default_rng(7)
    drawn = zip(random.integers(0, 3, 2000), random.integers(0, 30, 2000), strict=True)
    names = [*NAMES, *("d" * 27)]
    rows = [
        Row(int(person), NEW_YEAR_MS + 2 * place, names[name])
        for place, (person, name) in enumerate(drawn)
    ]
    part = parts_of(rows, 1)[0]
    for within in ("1 second", "2 seconds", "1 day"):
        plain = FunnelDefinition(
            steps=tuple(FunnelStep(name) for name in NAMES),
            within=within,
            order=order,  # type: ignore[arg-type]
        )
        timed = msgspec.structs.replace(plain, times=True)
        one, other = (funnel.partial(asked, part, EVERYTHING) for asked in (plain, timed))
        assert one.whole.tolist() == other.whole.tolist()
        expected = oracle.Funnel(plain, lambda row: True)
        for length in other.lengths[:1]:
            assert np.all((length >= 0) & (length <= expected.window))


@pytest.mark.parametrize("parts", [1, 3])
def test_attempts_are_watched_until_a_quarter_had_converted(parts: int) -> None:
    asked = FunnelDefinition((FunnelStep("a"), FunnelStep("b")), correlate=Correlate())
    scope = replace(EVERYTHING, end_ms=NEW_YEAR_MS + 60_000)
    rows = [Row(40, NEW_YEAR_MS, "a")]
    for converted, seconds in [(0, 30 * 86_400), (1, 1), (4, 1), (5, 2), (8, 2), (9, 3), (12, 3)]:
        for person in range(len(rows) // 2, converted):
            done_ms = NEW_YEAR_MS + (person + 1) * 1000
            rows += [Row(person, NEW_YEAR_MS, "a"), Row(person, done_ms, "b")]
        answer = ask(funnel.REPORT, asked, parts_of(rows, parts), scope)
        assert answer.correlations.watched_seconds == seconds
        assert answer.correlations.left_out == min(seconds, converted)


def test_steps_told_apart_by_a_value_are_not_refused_in_any_order() -> None:
    def step(value: Any) -> FunnelStep:
        return FunnelStep("a", where=(Condition(property="p", is_=value),))

    apart = FunnelDefinition(steps=(step(1), step((True, "1"))), order="any", times=True)
    assert possible(apart)
    assert not possible(FunnelDefinition(steps=(step(1), step((1.0, 2))), order="any", times=True))
