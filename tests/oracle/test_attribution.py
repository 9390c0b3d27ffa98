"""Attribution agrees with the oracle, adds up, and opens to the people it counts."""

from __future__ import annotations

from operator import add

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sojourn.filter import EventChoice
from sojourn.reports import attribution
from sojourn.reports.attribution import (
    AttributionAnswer,
    AttributionCell,
    AttributionDefinition,
    AttributionModel,
)
from sojourn.scope import Scope
from tests.oracle import attribution as oracle
from tests.oracle.course import Step, agree_throughout
from tests.oracle.history import Row, ask, parts_of
from tests.oracle.strategies import (
    NEW_YEAR_MS,
    ZONES,
    agree,
    breakdowns,
    choices,
    courses,
    crowded,
    few_courses,
    histories,
    people_behind,
    scopes,
    several,
    spring_facts,
)

models = st.one_of(
    st.builds(AttributionModel, model=st.sampled_from(["first", "last", "linear"])),
    st.builds(
        AttributionModel,
        model=st.just("time_decay"),
        half_life=st.sampled_from(["1 second", "2 seconds", "7 days"]),
    ),
    st.sampled_from(
        [
            AttributionModel("position"),
            AttributionModel("position", first=0.5, last=0.25),
            AttributionModel("position", first=0.0, last=0.3),
            AttributionModel("position", first=1.0, last=0.0),
            AttributionModel("position", first=0.7, last=0.3),
        ]
    ),
)
definitions = st.builds(
    AttributionDefinition,
    conversion=choices,
    touches=st.lists(choices, min_size=1, max_size=2).map(tuple),
    sum=st.sampled_from([None, None, "p", "unknown"]),
    conversions=st.sampled_from(["all", "all", "first"]),
    within=st.sampled_from(["1 second", "2 seconds", "3 seconds", "1 day"]),
    models=st.lists(models, min_size=1, max_size=3).map(tuple),
    breakdown=breakdowns,
)


def adds_up(answer: AttributionAnswer) -> bool:
    """Whether credits and what is unattributed are all there is, for every model."""
    models = len(answer.rows[0].credits) if answer.rows else 0
    return all(
        sum(row.credits[model].credit for row in answer.rows) + answer.unattributed.credit
        == pytest.approx(answer.total, abs=1e-4)
        for model in range(models)
    )


@several
@given(
    rows=crowded,
    facts=spring_facts,
    scope=scopes(NEW_YEAR_MS, 4000),
    definition=definitions,
)
def test_attributions_agree_and_add_up(
    rows: list[Row], facts: list[Row], scope: Scope, definition: AttributionDefinition
) -> None:
    rows = facts + rows
    expected = oracle.attribution(definition, rows, scope)
    agree(attribution, definition, rows, scope, expected)
    assert adds_up(expected)


@few_courses
@given(
    course=courses(st.builds(add, spring_facts, histories(NEW_YEAR_MS, 9, 500, 12))),
    scope=scopes(NEW_YEAR_MS, 4000),
    definition=definitions,
)
def test_attributions_agree_whoever_is_erased(
    course: list[Step], scope: Scope, definition: AttributionDefinition
) -> None:
    agree_throughout(attribution, definition, course, scope, oracle.attribution)


@several
@given(
    rows=crowded,
    definition=st.builds(
        AttributionDefinition,
        conversion=st.just(EventChoice("a")),
        touches=st.just((EventChoice("b"), EventChoice("c"))),
        within=st.sampled_from(["1 second", "2 seconds"]),
        models=st.lists(models, min_size=3, max_size=3).map(tuple),
    ),
)
def test_attributions_in_tight_windows_agree(
    rows: list[Row], definition: AttributionDefinition
) -> None:
    """Here many touches are seen by nobody, between others that are."""
    scope = Scope(NEW_YEAR_MS, NEW_YEAR_MS + 4000, 3, ZONES[0])
    expected = oracle.attribution(definition, rows, scope)
    agree(attribution, definition, rows, scope, expected)


@several
@given(rows=histories(NEW_YEAR_MS, 9, 500, 20, alone=True), definition=definitions)
def test_attributions_of_long_histories_agree(
    rows: list[Row], definition: AttributionDefinition
) -> None:
    scope = Scope(NEW_YEAR_MS, NEW_YEAR_MS + 4000, 1, ZONES[0])
    expected = oracle.attribution(definition, rows, scope)
    agree(attribution, definition, rows, scope, expected)
    assert adds_up(expected)


@several
@given(
    rows=crowded,
    scope=scopes(NEW_YEAR_MS, 4000),
    definition=definitions,
)
def test_every_number_of_an_attribution_opens(
    rows: list[Row], scope: Scope, definition: AttributionDefinition
) -> None:
    answer = ask(attribution.REPORT, definition, parts_of(rows, 1), scope)
    cells = [
        (AttributionCell(), answer.people),
        (AttributionCell(unattributed=True), answer.unattributed.people),
        *((AttributionCell(value=row.value), row.people) for row in answer.rows),
        *(
            (AttributionCell(value=row.value, model=number), credit.people)
            for row in answer.rows
            for number, credit in enumerate(row.credits)
        ),
    ]
    for cell, people in cells[:12]:
        found = people_behind(attribution, definition, cell, rows, scope)
        assert found == oracle.people(definition, cell, rows, scope)
        assert len(found) == people
