"""Conditions hold for exactly the events that docs/reference/reports.md says."""

from __future__ import annotations

from typing import Any

import msgspec
import numpy as np
import pytest

from sojourn.errors import BadQuestion
from sojourn.filter import Condition, EventChoice, check, marks, matching
from tests.oracle.history import Row, timeline_of

VALUES: list[Any] = [None, 1, 2, "1", "one", True, False, ""]
TIMELINE = timeline_of(
    [Row(1, ts, "a", properties={} if v is None else {"p": v}) for ts, v in enumerate(VALUES)]
)


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
    ],
)
def test_condition_holds_for(test: str, expected: list[Any]) -> None:
    condition = msgspec.json.decode(f'{{"property": "p", {test}}}', type=Condition)
    at = np.arange(len(VALUES))
    found = [VALUES[i] for i in np.flatnonzero(matching((condition,), TIMELINE, at))]
    assert [(type(one), one) for one in found] == [(type(one), one) for one in expected]


def test_unknown_property_is_a_missing_one() -> None:
    at = np.arange(len(VALUES))
    for condition, count in (
        (Condition("q", is_=1.0), 0),
        (Condition("q", is_not=1.0), len(VALUES)),
        (Condition("q", at_least=0.0), 0),
        (Condition("q", is_set=False), len(VALUES)),
    ):
        assert matching((condition,), TIMELINE, at).sum() == count


def test_marks_of_names_need_no_array_of_events() -> None:
    timeline = timeline_of([Row(1, 0, "a"), Row(1, 1, "b")])
    table, held = marks([EventChoice("b"), EventChoice(None), EventChoice("b")], timeline)
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
    table, held = marks(choices, timeline)
    assert (table[timeline.event] & held).tolist() == [0b111, 0b010, 0b100]


def test_condition_needs_exactly_one_test() -> None:
    for condition in (Condition("p"), Condition("p", is_=1.0, at_most=2.0)):
        with pytest.raises(BadQuestion) as refusal:
            check((Condition("p", is_=1.0), condition), "steps[0].where")
        assert refusal.value.where == "steps[0].where[1]"


def test_conditions_have_a_limit() -> None:
    with pytest.raises(BadQuestion):
        check((Condition("p", is_=1.0),) * 21, "where")
