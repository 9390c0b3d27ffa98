"""The values of a breakdown are those that were written, however parts hold them."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from zoneinfo import ZoneInfo

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sojourn import breakdown
from sojourn.breakdown import Breakdown, Dimension
from sojourn.filter import EventChoice
from sojourn.scope import FAR_MS, Label, Scope
from tests.oracle.history import Row, Value, timeline_of

EVERYTHING = Scope(-FAR_MS, FAR_MS, 1, ZoneInfo("UTC"))

VALUES: list[Value | None] = [
    *(None, "(none)", 1, 1.0, "1", 1.5, "1.5", "1.50", 0, -0.0, "-0"),
    *(1e300, "1e+300", 10**15, "nan", True, "true", ""),
]
EVENTS = st.tuples(st.sampled_from("ab"), st.sampled_from(VALUES), st.sampled_from(VALUES))


def written(value: Value | None) -> str:
    if value is None:
        return "(none)"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return value
    whole = float(value).is_integer() and abs(value) < 1e15
    return str(int(value)) if whole else repr(float(value))


def rows_of(part: list[tuple[str, Value | None, Value | None]], person: int) -> list[Row]:
    """The events of one person, one a millisecond."""
    return [
        Row(person, ts, name, properties={k: v for k, v in (("p", p), ("q", q)) if v is not None})
        for ts, (name, p, q) in enumerate(part)
    ]


@given(
    parts=st.lists(st.lists(EVENTS, max_size=12), max_size=3),
    by=st.sampled_from([("p",), ("q", "p"), ("p", "p"), ("unknown",), ("unknown", "q")]),
    limit=st.integers(1, 5),
    name=st.sampled_from(["a", None]),
)
def test_the_most_frequent_values_are_shown_equals_by_name(
    parts: list[list[tuple[str, Value | None, Value | None]]],
    by: tuple[str, ...],
    limit: int,
    name: str | None,
) -> None:
    asked = Breakdown(tuple(map(Dimension, by)), limit)
    timelines = [timeline_of(rows_of(part, person)) for person, part in enumerate(parts) if part]
    labels: list[list[Label]] = [
        [tuple(written({"p": p, "q": q}.get(one)) for one in by) for _, p, q in part]
        for part in parts
        if part
    ]
    often = Counter(
        label
        for part, own in zip(filter(None, parts), labels, strict=True)
        for (event, _, _), label in zip(part, own, strict=True)
        if name in (event, None)
    )
    ranked = sorted(often, key=lambda label: (-often[label], label))

    choices = [EventChoice(name)]
    counted = [breakdown.survey(asked, choices, one, EVERYTHING) for one in timelines]
    values = breakdown.chosen(asked, counted)

    assert list(values.labels) == ranked[:limit]
    assert values.pooled == max(0, len(ranked) - limit)
    scope = replace(EVERYTHING, values=values)
    for timeline, own in zip(timelines, labels, strict=True):
        slots = [ranked.index(one) if one in ranked[:limit] else len(values.labels) for one in own]
        assert breakdown.slots(asked, timeline, scope).tolist() == slots
        few = np.arange(0, len(own), 2)
        assert breakdown.slots(asked, timeline, scope, few).tolist() == slots[::2]
