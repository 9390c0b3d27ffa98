"""Paths agree with the oracle, alone and with every option, and so do the people behind them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sojourn.counting import walk
from sojourn.counting.trail import PathsCell, PathsDefinition, PathsGroup, PathsProperty
from sojourn.errors import BadQuestion
from sojourn.filter import EventChoice
from sojourn.reports import funnel, paths
from sojourn.reports.paths import PathsAnswer
from sojourn.scope import Scope
from tests.oracle import paths as oracle
from tests.oracle.course import Lived, Step
from tests.oracle.history import Row, ask, parts_of, settled
from tests.oracle.strategies import (
    NAMES,
    NEW_YEAR_MS,
    P_IS_1,
    P_IS_SET,
    ZONES,
    agree,
    choices,
    courses,
    few_courses,
    histories,
    scopes,
    several,
    wheres,
)

few_wheres = st.sampled_from([(), (), P_IS_1, P_IS_SET])
groups = st.one_of(
    st.builds(
        PathsGroup,
        name=st.sampled_from(["g", "a", "p: 1"]),
        event=st.sampled_from(NAMES),
        where=few_wheres,
    ),
    st.builds(
        PathsGroup,
        name=st.sampled_from(["g", "h"]),
        pattern=st.sampled_from(["[ab]", "^c", "z"]),
        where=few_wheres,
    ),
)
properties = st.builds(
    PathsProperty,
    event=st.sampled_from(["a", "p"]),
    property=st.just("p"),
    limit=st.sampled_from([1, 2, 20]),
)
hidden = st.builds(EventChoice, event=st.sampled_from(NAMES), where=wheres)
anchors = st.one_of(st.none(), choices)


def definitions(steps: st.SearchStrategy[Any]) -> st.SearchStrategy[PathsDefinition]:
    """Every option, each often as it is by itself."""

    def sensible(fields: dict[str, Any]) -> PathsDefinition:
        if fields["from_"] is None and fields["to"] is None:
            fields["occurrence"] = "first"
        if fields["steps"] is None:
            fields["sequences"] = 0
        return PathsDefinition(**fields)

    return st.fixed_dictionaries(
        {
            "from_": anchors,
            "to": anchors,
            "steps": steps,
            "by": st.sampled_from(["person", "visit"]),
            "occurrence": st.sampled_from(["first", "every"]),
            "hide": st.lists(hidden, max_size=1).map(tuple),
            "groups": st.lists(groups, max_size=2).map(tuple),
            "property": st.one_of(st.none(), properties),
            "merge_repeats": st.booleans(),
            "limit": st.sampled_from([1, 3, 10_000]),
            "sequences": st.sampled_from([0, 2, 1_000]),
        }
    ).map(sensible)


def cells(answer: PathsAnswer) -> Iterator[tuple[PathsCell, int | None]]:
    """Every cell of an answer, with how many people it shows."""
    yield PathsCell(), answer.people
    for end in (*answer.starts, *answer.ends):
        yield PathsCell(event=end.event, dropped=True), None
        yield PathsCell(event=end.event), None
    for move in answer.transitions:
        yield PathsCell(from_=move.from_, to=move.to), None
    for node in answer.nodes:
        yield PathsCell(step=node.step, event=node.event), node.people
        yield PathsCell(step=node.step, event=node.event, dropped=True), None
        yield PathsCell(step=node.step), None
    for edge in answer.edges:
        yield PathsCell(step=edge.step, from_=edge.from_, to=edge.to), None
    for sequence in answer.sequences:
        yield PathsCell(path=sequence.path), sequence.people


def opened(definition: PathsDefinition, cell: PathsCell, rows: list[Row], scope: Scope) -> set[int]:
    """The people of all parts behind a cell, as `asking` finds them."""
    parts = parts_of(rows, 2)
    scope = settled(paths.REPORT, definition, parts, scope)
    ids = [part.people[paths.people(definition, cell, part, scope)] for part in parts]
    return set(np.concatenate(ids).tolist())


def without_funnels(answer: PathsAnswer) -> PathsAnswer:
    """The answer as the oracle knows it."""
    plain = tuple(msgspec.structs.replace(one, funnel=None) for one in answer.sequences)
    return msgspec.structs.replace(answer, sequences=plain)


def compare(definition: PathsDefinition, rows: list[Row], scope: Scope) -> None:
    expected = oracle.paths(definition, rows, scope)
    for count in (1, 3):
        answer = ask(paths.REPORT, definition, parts_of(rows, count), scope)
        assert without_funnels(answer) == expected
    for cell, shown in cells(expected):
        if "(other)" in (cell.from_, cell.to):
            continue
        behind = opened(definition, cell, rows, scope)
        assert behind == oracle.people_behind(definition, cell, rows, scope), cell
        assert shown in (None, len(behind))


@several
@given(rows=histories(NEW_YEAR_MS, 9, 500, 30), scope=scopes(NEW_YEAR_MS, 4000))
def test_paths_agree(rows: list[Row], scope: Scope) -> None:
    definition = PathsDefinition()
    agree(paths, definition, rows, scope, oracle.paths(definition, rows, scope))


def check_funnels(definition: PathsDefinition, rows: list[Row], scope: Scope) -> None:
    """Whoever has a path gets through its funnel."""
    answer = ask(paths.REPORT, definition, parts_of(rows, 2), scope)
    for sequence in answer.sequences[:2]:
        if sequence.funnel is None:
            assert any("(other)" in name for name in sequence.path)
            continue
        asked = msgspec.convert(sequence.funnel, funnel.REPORT.definition)
        funnel.REPORT.check(asked)
        last = funnel.REPORT.cell(step=len(sequence.path))
        parts = parts_of(rows, 2)
        through = [part.people[funnel.REPORT.people(asked, last, part, scope)] for part in parts]
        cell = PathsCell(path=sequence.path)
        assert opened(definition, cell, rows, scope) <= set(np.concatenate(through).tolist())


@several
@given(
    rows=histories(NEW_YEAR_MS, 9, 500, 16),
    scope=scopes(NEW_YEAR_MS, 4000),
    definition=definitions(st.none()),
    gap_ms=st.sampled_from([499, 500, 1000]),
)
def test_paths_of_any_length_agree(
    rows: list[Row], scope: Scope, definition: PathsDefinition, gap_ms: int
) -> None:
    compare(definition, rows, replace(scope, visit_gap_ms=gap_ms))


@several
@given(
    rows=histories(NEW_YEAR_MS, 9, 500, 16),
    scope=scopes(NEW_YEAR_MS, 4000),
    definition=definitions(st.sampled_from([2, 3, 4, 20])),
    gap_ms=st.sampled_from([499, 500, 1000]),
)
def test_paths_by_step_agree(
    rows: list[Row], scope: Scope, definition: PathsDefinition, gap_ms: int
) -> None:
    compare(definition, rows, replace(scope, visit_gap_ms=gap_ms))


@few_courses
@given(
    course=courses(histories(NEW_YEAR_MS, 9, 500, 12)),
    scope=scopes(NEW_YEAR_MS, 4000),
    definition=definitions(st.sampled_from([None, 2, 3, 20])),
    gap_ms=st.sampled_from([499, 500, 1000]),
)
def test_paths_agree_whoever_is_erased(
    course: list[Step], scope: Scope, definition: PathsDefinition, gap_ms: int
) -> None:
    scope = replace(scope, visit_gap_ms=gap_ms)
    for parts, rows in Lived().moments(course):
        answer = ask(paths.REPORT, definition, parts, scope)
        assert without_funnels(answer) == oracle.paths(definition, rows, scope)


@settings(max_examples=100, deadline=None)
@given(
    rows=histories(NEW_YEAR_MS, 9, 500, 16),
    scope=scopes(NEW_YEAR_MS, 4000),
    definition=definitions(st.sampled_from([3, 20])),
    bits=st.sampled_from([4, 6, 9]),
)
def test_sequences_that_take_several_numbers_agree(
    rows: list[Row], scope: Scope, definition: PathsDefinition, bits: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(walk, "WORD_BITS", bits)
        definition = msgspec.structs.replace(definition, sequences=5)
        expected = oracle.paths(definition, rows, scope)
        for count in (1, 3):
            answer = ask(paths.REPORT, definition, parts_of(rows, count), scope)
            assert without_funnels(answer) == expected


@settings(max_examples=150, deadline=None)
@given(
    rows=histories(NEW_YEAR_MS, 9, 500, 16),
    scope=scopes(NEW_YEAR_MS, 4000),
    definition=definitions(st.sampled_from([2, 3, 20])),
)
def test_every_sequence_is_a_funnel(
    rows: list[Row], scope: Scope, definition: PathsDefinition
) -> None:
    check_funnels(msgspec.structs.replace(definition, sequences=2), rows, scope)


@pytest.mark.parametrize(
    "cell",
    [
        PathsCell(step=0),
        PathsCell(step=4),
        PathsCell(step=3, from_="a", to="a"),
        PathsCell(from_="a"),
        PathsCell(event="a", from_="a", to="a"),
        PathsCell(event="a", path=("a",)),
        PathsCell(path=("a",), step=1),
        PathsCell(from_="a", to="a", dropped=True),
        PathsCell(event="never seen"),
        PathsCell(from_="(other)", to="(other)"),
    ],
)
def test_cell_that_no_answer_has_is_refused(cell: PathsCell) -> None:
    rows = [Row(1, NEW_YEAR_MS, "a"), Row(1, NEW_YEAR_MS, "a"), Row(1, NEW_YEAR_MS, "a")]
    scope = Scope(NEW_YEAR_MS, NEW_YEAR_MS, 1, ZONES[0])
    with pytest.raises(BadQuestion) as refusal:
        opened(PathsDefinition(steps=3), cell, rows, scope)
    assert refusal.value.mend
