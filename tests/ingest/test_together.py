"""Together: a batch comes through the pipeline as each of its events would by itself."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any
from unittest import mock

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sojourn.collection import Collection
from sojourn.event import NO_SIGNALS, Event, Identifier, Kind, Signals
from sojourn.ingest import pipeline, poison
from sojourn.ingest.arrival import Arrival, Names, Step
from sojourn.ingest.exclusions import NOTHING_EXCLUDED, Exclusions, exclusions_of
from sojourn.policy import versions
from sojourn.policy.gate import Will, nothing_said
from sojourn.policy.rules import Rules
from sojourn.tracking_plan import EXPECTED
from tests.opened import NOON_MS
from tests.ruled import country_of, rules

POPWORK = Path(__file__).parents[2] / "examples" / "popwork" / "as-corrected.yaml"

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


IPS = st.sampled_from(("1.2.3.4", "9.9.9.9", "2001:db8::1", "nowhere", "1.2.3.4 "))
PAGES = st.sampled_from(
    (
        "https://shop.example/a?utm_source=mail&utm_medium=email",
        "https://shop.example/a?gclid=1&token=s3cr3t-s3cr3t",
        "https://shop.example/b?q=4242 4242 4242 4242",
        "https://ann@shop.example/",
        "https://[broken",
        "ann",
        "",
    )
)
REDUCED = ("cut@b.example or so", "thirteenchars or so", "nobody or so on")
"""Thirteen characters are left of them in some of the rules."""
SIGNALS = (NO_SIGNALS, NO_SIGNALS, Signals(ip="9.9.9.9", agent="Mozilla/5.0 (X11) Firefox/140.0"))
"""Most of what comes together is from one device."""
REFUSING = Signals(consent={"analytics": False, "statistics": False, "marketing": False})
WHO = st.sampled_from(
    ("ann", "ann", "thirteenchars", "excluded", "said", "nul\0", "u" * 501, "4242 4242 4242 4242")
)
VALUES_BY_NAME = {
    "page": PAGES,
    "url": PAGES,
    "referrer": st.one_of(PAGES, st.sampled_from(("https://www.google.com/search?q=a", *REDUCED))),
    "ip": IPS,
    "plan": st.sampled_from(("free", "ann", "bob@b.example", "+49 30 1234567", "a\0b")),
    "size": st.sampled_from((1, 2, 2**53, 2**60)),
    "total": st.sampled_from((0.5, 5.0, 4242424242424242.0, float("inf"))),
    "password": st.sampled_from(("hunter2", "true")),
    "note": st.sampled_from(("short", "x" * 33_000)),
}


@st.composite
def alike(draw: st.DrawFn) -> list[Event]:
    """A batch of a shape or two, as clients send it."""
    shapes = st.tuples(
        st.sampled_from(("Page Viewed", "Error Met", "step")),
        st.sampled_from((("user_id",), ("anonymous_id",), ("user_id", "anonymous_id"))),
        st.lists(st.sampled_from([*VALUES_BY_NAME]), max_size=2, unique=True),
        st.sampled_from(SIGNALS),
    )
    batch = []
    for name, types, names, signals in draw(st.lists(shapes, min_size=1, max_size=2)):
        for _ in range(draw(st.integers(2, 6))):
            event = Event(
                name=draw(st.sampled_from((name, name, "Error Met"))),
                ts=draw(st.sampled_from((NOON_MS, NOON_MS, NOON_MS - 1, 0))),
                identifiers=tuple(Identifier(kind, draw(WHO)) for kind in types),
                properties={one: draw(VALUES_BY_NAME[one]) for one in names},
                message_id=draw(st.sampled_from("abc")),
                signals=draw(st.sampled_from((signals, signals, REFUSING))),
            )
            batch.append(event)
    return draw(st.permutations(batch))


def said(event: Event) -> dict[str, bool]:
    """What people said: one of them stopped what is counted."""
    stopped = any(one.value == "said" for one in event.identifiers)
    return {"analytics": False, "statistics": False} if stopped else {}


def poisoned(event: Event, _: Arrival) -> Event:
    """Stands for a mistake of ours in a step."""
    if event.name == "paid" and "plan" in event.properties:
        raise KeyError("plan")
    return event


def outcome(
    batches: list[list[Event]],
    steps: tuple[Step, ...] = pipeline.STEPS,
    own: Rules | None = None,
    will: Will = nothing_said,
    exclusions: Exclusions = NOTHING_EXCLUDED,
    expected: dict[str, frozenset[type]] | None = None,
) -> tuple[list[Any], Counter[str]]:
    """What came of each event of some batches that arrive one after the other, and what was
    withheld and corrected."""
    names, withheld, corrected = Names(), Counter[str](), Counter[str]()
    came: list[Any] = []
    for batch in batches:
        arrival = Arrival(
            NOON_MS,
            own or rules(),
            names,
            country_of=country_of,
            will=will,
            exclusions=exclusions,
            expected=expected or {},
            withheld=withheld,
            corrected=corrected,
        )
        done = pipeline.run(batch, arrival, steps)
        kept = iter(done.kept)
        came += [done.dropped.get(place) or next(kept) for place in range(len(batch))]
    return came, withheld + corrected


@settings(max_examples=300)
@given(BATCHES, st.booleans())
def test_a_batch_comes_out_as_its_events_one_by_one(batch: list[Event], fails: bool) -> None:
    steps = (*pipeline.STEPS[:4], poisoned, *pipeline.STEPS[4:]) if fails else pipeline.STEPS
    assert repr(outcome([batch], steps)) == repr(outcome([[one] for one in batch], steps))


REDUCING = versions.preset(versions.PRESET).replace(
    "properties:\n",
    """properties:
  page: {category: activity, purposes: [analytics], reduce: {strip_query: true}}
  referrer: {category: activity, purposes: [service], reduce: {truncate: 13}}
  ip: {category: activity, purposes: [service], reduce: country}
  total: {category: activity, purposes: [analytics], reduce: {bucket: [1, 10]}}
""",
    1,
)
RULES = {"preset": rules(), "popwork": rules(POPWORK.read_text()), "reducing": rules(REDUCING)}
EXCLUSIONS = exclusions_of(
    Collection(excluded_people=("excluded",), excluded_properties=("total",), blocked_events=("x",))
)


# The first agent that is met loads its parser, which takes its time.
@settings(max_examples=1000, deadline=None)
@given(
    alike(),
    st.sampled_from([*RULES]),
    st.sampled_from((said, nothing_said)),
    st.sampled_from((EXCLUSIONS, NOTHING_EXCLUDED)),
    st.sampled_from(({}, {"plan": EXPECTED["number"], "size": EXPECTED["number"]})),
)
def test_events_that_are_alike_come_out_as_each_by_itself(
    batch: list[Event],
    policy: str,
    will: Will,
    exclusions: Exclusions,
    expected: dict[str, frozenset[type]],
) -> None:
    known = pipeline.STEPS, RULES[policy], will, exclusions, expected
    with mock.patch.object(poison, "dropped", side_effect=AssertionError("It failed together")):
        together = outcome([batch], *known)
        one_after_the_other = outcome([batch[::2], batch[1::2], batch], *known)
    assert together == outcome([[one] for one in batch], *known)
    in_turn = outcome([[one] for one in (*batch[::2], *batch[1::2], *batch)], *known)
    assert one_after_the_other == in_turn, "what is remembered of the first holds for the others"


def test_of_events_that_are_alike_one_takes_the_steps() -> None:
    taken: list[Event] = []

    def noted(event: Event, _: Arrival) -> Event:
        taken.append(event)
        return event

    who = [(Identifier("user_id", f"person {number}"),) for number in range(10)]
    batch = [
        Event(
            ts=NOON_MS,
            name="Page Viewed",
            identifiers=one,
            properties={"url": f"https://shop.example/{number}", "email": f"p{number}@b.example"},
            message_id=str(number),
        )
        for number, one in enumerate(who)
    ]
    came, _ = outcome([batch], (*pipeline.STEPS, noted))
    assert len(taken) == 1
    assert [one.sealed for one in came] == [{"email": f"p{at}@b.example"} for at in range(10)]
    assert {one.properties["referrer_type"] for one in came} == {"direct"}


def test_where_taking_them_together_fails_each_goes_by_itself(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fails(*_: object) -> None:
        raise KeyError("size")

    monkeypatch.setattr(pipeline, "taken_alike", fails)
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
    came, _ = outcome([batch])
    assert [one.properties for one in came] == [{"size": 1.0}, {"size": str(2**60)}, {"size": 3.0}]
