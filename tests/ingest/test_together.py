"""Together: a batch comes through the pipeline as each of its events would by itself."""

from __future__ import annotations

from collections import Counter
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sojourn.event import Event, Identifier, Kind
from sojourn.ingest import pipeline
from sojourn.ingest.arrival import Arrival, Names, Step
from tests.opened import NOON_MS
from tests.ruled import rules

TEXTS = st.sampled_from(
    (
        "free",
        "ann@b.example",
        "+49 30 1234567",
        "4242 4242 4242 4242",
        "a\0b",
        "\ud800",
        "x" * 40_000,
        "https://shop.example/?utm_source=mail",
        "",
    )
)
PLAIN = st.one_of(
    TEXTS,
    st.sampled_from((0, 7, 2**53, 2**53 + 1, -(2**60), 4242424242424242)),
    st.sampled_from((0.5, -1.0, 1e300, float("inf"), float("nan"), 4242424242424242.0)),
    st.booleans(),
)
VALUES = st.recursive(
    st.one_of(PLAIN, st.none()),
    lambda inner: st.one_of(
        st.lists(inner, max_size=2), st.dictionaries(st.sampled_from("ab"), inner, max_size=2)
    ),
    max_leaves=8,
)
NAMES = st.sampled_from(("plan", "url", "email", "note", "password", "n" * 300, "in\0"))
GIVEN = st.one_of(
    st.dictionaries(st.sampled_from(("plan", "size")), PLAIN, max_size=2),
    st.dictionaries(NAMES, VALUES, max_size=4),
)
EVENTS = st.builds(
    Event,
    kind=st.sampled_from(Kind),
    name=st.sampled_from(("step", "step", "paid", "", "n" * 300, "4242 4242 4242 4242")),
    ts=st.sampled_from((NOON_MS, NOON_MS, 0, NOON_MS * 2)),
    identifiers=st.sampled_from(
        (
            (Identifier("user_id", "ann"),),
            (Identifier("anonymous_id", "a1"), Identifier("user_id", "ann@b.example")),
            (Identifier("user_id", "u" * 600),),
            (),
        )
    ),
    properties=GIVEN,
    traits=st.one_of(st.just({}), GIVEN),
    message_id=st.sampled_from("abc"),
    open_ms=st.sampled_from((0, 0, 1000)),
)
BATCHES = st.lists(EVENTS, max_size=8)


def poisoned(event: Event, _: Arrival) -> Event:
    """Stands for a mistake of ours in a step."""
    if event.properties.get("plan") == "free":
        raise KeyError("plan")
    return event


def outcome(batches: list[list[Event]], steps: tuple[Step, ...]) -> tuple[list[Any], Counter[str]]:
    """What came of each event of some batches that arrive one after the other, and what was
    withheld."""
    names, withheld = Names(), Counter[str]()
    came: list[Any] = []
    for batch in batches:
        arrival = Arrival(NOON_MS, rules(), names, withheld=withheld)
        done = pipeline.run(batch, arrival, steps)
        kept = iter(done.kept)
        came += [done.dropped.get(place) or next(kept) for place in range(len(batch))]
    return came, withheld


@settings(max_examples=300)
@given(BATCHES, st.booleans())
def test_a_batch_comes_out_as_its_events_one_by_one(batch: list[Event], fails: bool) -> None:
    steps = (*pipeline.STEPS[:4], poisoned, *pipeline.STEPS[4:]) if fails else pipeline.STEPS
    assert repr(outcome([batch], steps)) == repr(outcome([[one] for one in batch], steps))


def test_where_taking_them_together_fails_each_goes_by_itself(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fails(*_: object) -> None:
        raise KeyError("size")

    monkeypatch.setattr(pipeline, "flattened_alike", fails)
    test_one_that_cannot_be_taken_together_changes_nothing_for_the_others()


def test_one_that_cannot_be_taken_together_changes_nothing_for_the_others() -> None:
    alike = [
        Event(ts=NOON_MS, name="step", identifiers=(Identifier("user_id", "ann"),), message_id=id_)
        for id_ in "abc"
    ]
    given = [{"size": 1}, {"size": 2**60}, {"size": 3}]
    batch = [
        msgspec.structs.replace(one, properties=properties)
        for one, properties in zip(alike, given, strict=True)
    ]
    came, _ = outcome([batch], pipeline.STEPS)
    assert [one.properties for one in came] == [{"size": 1.0}, {"size": str(2**60)}, {"size": 3.0}]
