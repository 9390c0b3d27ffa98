"""The reports agree with the oracle on random histories: few names, many ties, tiny windows."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from sojourn.filter import Condition, EventChoice
from sojourn.report import Scope
from sojourn.reports import funnel, paths, retention, trend
from sojourn.reports.funnel import FunnelCell, FunnelDefinition, FunnelStep
from sojourn.reports.paths import PathsDefinition
from sojourn.reports.retention import RetentionDefinition
from sojourn.reports.trend import TrendDefinition, TrendSeries
from tests.oracle import answers
from tests.oracle.history import Row, Value, ask, parts_of

NEW_YEAR_MS = 1_767_225_600_000
"""2026-01-01T00:00Z."""

SPRING_MS = 1_774_742_400_000
"""2026-03-29T00:00Z: an hour later the clocks of Berlin jump from 2:00 to 3:00."""

ZONES = [ZoneInfo("UTC"), ZoneInfo("Europe/Berlin"), ZoneInfo("America/St_Johns")]
NAMES = ["a", "b", "c"]

PROPERTIES: list[dict[str, Value]] = [{}, {"p": 1}, {"p": 2}, {"p": "x"}, {"p": True}]

several = settings(max_examples=300, deadline=None)
many = settings(max_examples=2000, deadline=None)


def histories(
    first_ms: int, instants: int, step_ms: int, size: int, alone: bool = False
) -> st.SearchStrategy[list[Row]]:
    """Up to `size` events in order of arrival, not of time, each drawn as a single number.

    Alone is one person with two names, so that attempts are long and events fulfil many steps.
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
    return st.lists(st.integers(0, kinds - 1).map(row), max_size=size)


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


def funnels(wheres: st.SearchStrategy[Any], names: int) -> st.SearchStrategy[FunnelDefinition]:
    """Funnels of up to four steps, in windows of a few events."""
    steps = st.builds(FunnelStep, event=st.sampled_from(NAMES[:names]), where=wheres)
    return st.builds(
        FunnelDefinition,
        steps=st.lists(steps, min_size=1, max_size=4).map(tuple),
        within=st.sampled_from(["1 second", "2 seconds", "3 seconds", "1 day"]),
        order=st.sampled_from(["ordered", "strict", "any"]),
    )


@many
@given(
    rows=histories(NEW_YEAR_MS, 9, 500, 10, alone=True),
    definition=funnels(st.sampled_from([(), (), P_IS_1, P_IS_SET]), 2),
)
def test_funnels_of_long_attempts_agree(rows: list[Row], definition: FunnelDefinition) -> None:
    scope = Scope(NEW_YEAR_MS, NEW_YEAR_MS + 4000, 1, ZONES[0])
    agree(funnel, definition, rows, scope, answers.funnel(definition, rows, scope))


@several
@given(
    rows=histories(NEW_YEAR_MS, 9, 500, 14),
    scope=scopes(NEW_YEAR_MS, 4000),
    definition=funnels(wheres, 3),
)
def test_funnels_agree(rows: list[Row], scope: Scope, definition: FunnelDefinition) -> None:
    expected = answers.funnel(definition, rows, scope)
    agree(funnel, definition, rows, scope, expected)
    for number, step in enumerate(expected.steps, start=1):
        cell = FunnelCell(step=number)
        ids = [funnel.people(definition, cell, part, scope) for part in parts_of(rows, 2)]
        assert len(np.unique(np.concatenate(ids))) == step.people


spring_days = st.one_of(
    histories(SPRING_MS - 24 * 3_600_000, 45, 24 * 3_600_000, 20),
    histories(SPRING_MS - 10 * 3_600_000, 60, 1_800_000, 20),
)


@several
@given(
    rows=spring_days,
    scope=scopes(SPRING_MS - 24 * 3_600_000, 46 * 24 * 3_600_000),
    definition=st.builds(
        TrendDefinition,
        series=st.lists(
            st.builds(
                TrendSeries,
                event=st.sampled_from([None, *NAMES]),
                measure=st.sampled_from(["people", "events"]),
                where=wheres,
            ),
            min_size=1,
            max_size=3,
        ).map(tuple),
        every=st.sampled_from(["hour", "day", "week", "month"]),
    ),
)
def test_trends_agree(rows: list[Row], scope: Scope, definition: TrendDefinition) -> None:
    agree(trend, definition, rows, scope, answers.trend(definition, rows, scope))


@several
@given(
    rows=spring_days,
    scope=scopes(SPRING_MS - 24 * 3_600_000, 46 * 24 * 3_600_000),
    definition=st.builds(
        RetentionDefinition,
        start=choices,
        return_=choices,
        every=st.sampled_from(["day", "week", "month"]),
        periods=st.integers(1, 10),
    ),
)
def test_retentions_agree(rows: list[Row], scope: Scope, definition: RetentionDefinition) -> None:
    agree(retention, definition, rows, scope, answers.retention(definition, rows, scope))


@several
@given(rows=histories(NEW_YEAR_MS, 9, 500, 30), scope=scopes(NEW_YEAR_MS, 4000))
def test_paths_agree(rows: list[Row], scope: Scope) -> None:
    agree(paths, PathsDefinition(), rows, scope, answers.paths(rows, scope))
