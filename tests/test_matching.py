"""Conditions hold for exactly the events that docs/reference/reports.md says."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sojourn.errors import BadQuestion
from sojourn.filter import Condition, EventChoice, check
from sojourn.matching import marks
from sojourn.scope import FAR_MS, Scope
from tests.oracle.definitions import fits, of_visit, told, visible, visits
from tests.oracle.history import Row, parts_of, timeline_of
from tests.oracle.strategies import NEW_YEAR_MS, PROPERTIES, histories, several

EVERYTHING = Scope(-FAR_MS, FAR_MS, 1, ZoneInfo("UTC"))

VALUES: list[Any] = [None, 1, 2, "1", "one", True, False, ""]
TIMELINE = timeline_of(
    [Row(1, ts, "a", properties={} if v is None else {"p": v}) for ts, v in enumerate(VALUES)]
)


def satisfied(condition: Condition) -> Any:
    """Which events of the timeline satisfy a condition."""
    table, held = marks([EventChoice(None, (condition,))], TIMELINE, EVERYTHING)
    return table[TIMELINE.event] & held != 0


@pytest.mark.parametrize(
    ("test", "expected"),
    [
        ('"is": 1', [1]),
        ('"is": "1"', ["1"]),
        ('"is": true', [True]),
        ('"is": [2, "one", false]', [2, "one", False]),
        ('"is": []', []),
        ('"is": 3', []),
        ('"is_not": 1', [None, 2, "1", "one", True, False, ""]),
        ('"is_not": [1, "1", true]', [None, 2, "one", False, ""]),
        ('"is_set": true', [1, 2, "1", "one", True, False, ""]),
        ('"is_set": false', [None]),
        ('"contains": "n"', ["one"]),
        ('"contains": ""', ["1", "one", ""]),
        ('"at_least": 1', [1, 2]),
        ('"at_least": 1.5', [2]),
        ('"at_most": 1', [1]),
        ('"more_than": 1', [2]),
        ('"less_than": 2', [1]),
        ('"contains_not": "n"', [None, 1, 2, "1", True, False, ""]),
        ('"starts_with": "o"', ["one"]),
        ('"matches": "^(1|o.*)$"', ["1", "one"]),
        ('"matches": "(a*)*b"', []),
    ],
)
def test_condition_holds_for(test: str, expected: list[Any]) -> None:
    condition = msgspec.json.decode(f'{{"property": "p", {test}}}', type=Condition)
    found = [VALUES[i] for i in np.flatnonzero(satisfied(condition))]
    assert [(type(one), one) for one in found] == [(type(one), one) for one in expected]


@pytest.mark.parametrize("words", [1, 62, 63, 64, 65, 200])
def test_a_property_may_have_any_number_of_words(words: int) -> None:
    values = [*(f"word {number}" for number in range(words)), None]
    timeline = timeline_of(
        [Row(1, ts, "a", properties={"p": v} if v else {}) for ts, v in enumerate(values)]
    )
    for wanted in range(words):
        condition = Condition("p", is_=(f"word {wanted}", "word 0"))
        _, held = marks([EventChoice("a", (condition,))], timeline, EVERYTHING)
        assert np.flatnonzero(held & 1).tolist() == sorted({0, wanted})


@pytest.mark.parametrize("choices", [1, 8, 9, 16, 17, 32, 33, 60])
def test_conditions_of_any_number_of_choices_fit(choices: int) -> None:
    asked = [EventChoice("a", (Condition("p", is_=float(k)),)) for k in range(choices)]
    rows = [Row(1, ts, "a", properties={"p": ts}) for ts in range(choices + 1)]
    _, held = marks(asked, timeline_of(rows), EVERYTHING)
    assert held.tolist() == [*(1 << k for k in range(choices)), 0]


def test_unknown_property_is_a_missing_one() -> None:
    for condition, count in (
        (Condition("q", is_=1.0), 0),
        (Condition("q", is_not=1.0), len(VALUES)),
        (Condition("q", at_least=0.0), 0),
        (Condition("q", is_set=False), len(VALUES)),
    ):
        assert satisfied(condition).sum() == count


def test_marks_of_names_need_no_array_of_events() -> None:
    timeline = timeline_of([Row(1, 0, "a"), Row(1, 1, "b")])
    table, held = marks(
        [EventChoice("b"), EventChoice(None), EventChoice("b")], timeline, EVERYTHING
    )
    assert table.tolist() == [0b010, 0b111]
    assert held.tolist() == []


def test_marks_join_names_and_conditions() -> None:
    timeline = timeline_of(
        [Row(1, 0, "a", properties={"p": 1}), Row(1, 1, "a"), Row(1, 2, "b", properties={"p": 1})]
    )
    one = (Condition("p", is_=1.0),)
    yes = (Condition("p", is_=True),)
    choices = [
        EventChoice("a", one),
        EventChoice("a"),
        EventChoice(None, one),
        EventChoice("a", yes),
    ]
    table, held = marks(choices, timeline, EVERYTHING)
    assert (table[timeline.event] & held).tolist() == [0b111, 0b010, 0b100]


def test_condition_needs_exactly_one_test() -> None:
    for condition in (Condition("p"), Condition("p", is_=1.0, at_most=2.0)):
        with pytest.raises(BadQuestion) as refusal:
            check((Condition("p", is_=1.0), condition), "steps[0].where")
        assert refusal.value.where == "steps[0].where[1]"


def test_conditions_have_a_limit() -> None:
    with pytest.raises(BadQuestion):
        check((Condition("p", is_=1.0),) * 21, "where")


@pytest.mark.parametrize("pattern", ["(", "(?=a)", r"(a)\1", "a" * 1001])
def test_pattern_that_cannot_be_searched_for_is_refused(pattern: str) -> None:
    with pytest.raises(BadQuestion) as refusal:
        check((Condition("p", matches=pattern),), "where")
    assert refusal.value.where == "where[0].matches"


facts = st.lists(
    st.builds(
        Row,
        person=st.integers(0, 2),
        ts=st.integers(0, 8).map(lambda instant: NEW_YEAR_MS + instant * 500),
        name=st.just(""),
        purposes=st.sampled_from([1, 2, 3]),
        properties=st.sampled_from(PROPERTIES),
    ),
    max_size=5,
)


@several
@given(
    rows=histories(NEW_YEAR_MS, 9, 500, 14),
    about=facts,
    gap_ms=st.sampled_from([499, 500, 1000]),
    ends=st.sampled_from([(0, 9), (1, 5), (3, 3)]),
    test=st.sampled_from([{"is_": 1.0}, {"is_not": "x"}, {"is_set": True}, {"is_set": False}]),
)
def test_properties_of_visits_and_people_are_those_of_their_events(
    rows: list[Row], about: list[Row], gap_ms: int, ends: tuple[int, int], test: dict[str, Any]
) -> None:
    first, last = (NEW_YEAR_MS + end * 500 for end in ends)
    scope = Scope(first, last, 1, ZoneInfo("UTC"), visit_gap_ms=gap_ms)
    of_visits = (Condition("p", of="visit", **test),)
    of_people = (Condition("p", of="person", **test),)
    expected = []
    known = told([*about, *rows], scope)
    for person, own in sorted(visible(rows, scope).items()):
        for visit in visits(own, scope):
            for row in visit:
                in_visit = Row(person, row.ts, row.name, properties=of_visit(visit))
                in_person = Row(person, row.ts, row.name, properties=known.get(person, {}))
                expected.append((fits(None, of_visits, in_visit), fits(None, of_people, in_person)))
    (part,) = parts_of([*about, *rows], 1)
    table, held = marks([EventChoice(None, of_visits), EventChoice(None, of_people)], part, scope)
    found = []
    for start, end in zip(part.starts, part.ends, strict=True):
        for i in range(start, end):
            if first <= part.ts[i] <= last and part.purposes[i] & 1:
                bits = table[part.event[i]] & held[i]
                found.append((bool(bits & 1), bool(bits & 2)))
    assert found == expected
