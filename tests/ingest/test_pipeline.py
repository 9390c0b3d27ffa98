"""The pipeline: what each step keeps, changes and refuses, and that nothing else is touched."""

from __future__ import annotations

from collections import Counter
from typing import Any

import msgspec
import pytest

from sojourn.drop_reason import Dropped, DropReason
from sojourn.event import Event, Identifier, Kind
from sojourn.ingest import pipeline
from sojourn.ingest.arrival import Arrival, Names
from tests.opened import NOON_MS, event, profile
from tests.ruled import rules

DAY_MS = 86_400_000


def nested(depth: int) -> dict[str, Any]:
    return {"in": nested(depth - 1)} if depth else {"at": 1}


def run(*events: Event, names: Names | None = None) -> pipeline.Outcome:
    return pipeline.run(events, Arrival(NOON_MS, rules(), names or Names()))


def kept(given: Event) -> Event:
    outcome = run(given)
    assert not outcome.dropped, outcome.dropped
    return outcome.kept[0]


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        (event("", user="a"), DropReason.NO_EVENT_NAME),
        (event("n" * 201, user="a"), DropReason.TOO_LONG),
        (event("look"), DropReason.NO_IDENTIFIER),
        (event("look", user="u" * 501), DropReason.TOO_LONG),
        (event("look", user="a\0b"), DropReason.BAD_TEXT),
        (event("lo\0ok", user="a"), DropReason.BAD_TEXT),
        (event("look", user="a", city="\ud800"), DropReason.BAD_TEXT),
        (event("look", user="a", list=["\ud800"]), DropReason.BAD_TEXT),
        (event("look", user="a", **{"na\0me": 1}), DropReason.BAD_TEXT),
        (event("look", user="a", **{"n" * 201: 1}), DropReason.TOO_LONG),
        (event("look", -NOON_MS, user="a"), DropReason.TIMESTAMP_OUT_OF_RANGE),
        (event("look", DAY_MS + 1, user="a"), DropReason.TIMESTAMP_OUT_OF_RANGE),
        (event("look", user="a", deep=nested(7)), DropReason.TOO_DEEP),
        (event("look", user="a", deep=[nested(7)]), DropReason.TOO_DEEP),
        (event("look", user="a", **{f"p{i}": i for i in range(257)}),
         DropReason.TOO_MANY_PROPERTIES),
        (event("look", user="a", text="x" * 33_000), DropReason.TOO_LARGE),
    ],
)  # fmt: skip
def test_event_that_cannot_be_kept_is_refused_with_its_reason(
    given: Event, reason: DropReason
) -> None:
    outcome = run(given, event("fine", user="b"))
    assert [dropped.reason for dropped in outcome.dropped.values()] == [reason]
    assert [one.name for one in outcome.kept] == ["fine"], "the others are kept"


def test_limits_themselves_are_still_allowed() -> None:
    assert kept(event("n" * 200, DAY_MS, user="u" * 500)).name == "n" * 200


def test_nested_properties_become_dotted_names() -> None:
    given = event("buy", user="a", cart={"total": 3, "items": [1, {"b": 2}], "note": None}, ok=True)
    properties = kept(given).properties
    assert properties == {"cart.total": 3.0, "cart.items": '[1,{"b":2}]', "ok": True}
    assert properties["ok"] is True


def test_number_too_large_for_a_float_stays_exact_as_text() -> None:
    assert kept(event("buy", user="a", id=2**53 + 1)).properties == {"id": str(2**53 + 1)}


def test_identifying_values_leave_the_clear() -> None:
    given = event(
        "ask",
        user="a",
        Mail="a",
        Phone="123",
        note="write to b@example.com",
        plan="pro",
    )
    event_kept = kept(given)
    assert event_kept.properties == {"plan": "pro"}
    assert set(event_kept.sealed) == {"Mail", "Phone", "note"}


def test_traits_that_identify_nobody_are_told_and_the_profile_keeps_all() -> None:
    traits = {
        "name": "Ann",
        "lastName": "Arbor",
        "contact": "ann@example.com",
        "customer": "a",
        "Avatar": "https://example.com/ann.png",
        "profile": {"name": "Ann", "language": "fr"},
        "company": {"name": "Arbor & Sons", "seats": 5, "phone": "123"},
        "plan": "pro",
        "trial": False,
    }
    identified = kept(profile(user="a", **traits))
    assert identified.told == {
        "profile.language": "fr",
        "company.name": "Arbor & Sons",
        "company.seats": 5.0,
        "plan": "pro",
        "trial": False,
    }
    assert identified.traits.keys() == {
        *identified.told,
        *("name", "lastName", "contact", "customer", "Avatar", "profile.name", "company.phone"),
    }


def test_event_that_comes_with_traits_tells_them_too() -> None:
    both = msgspec.structs.replace(event("buy", user="a", price=5), traits={"plan": "pro"})
    assert (kept(both).kind, kept(both).properties) == (Kind.EVENT, {"price": 5.0})
    assert kept(both).told == {"plan": "pro"}


def test_new_event_names_stop_at_the_limit_and_known_ones_go_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pipeline, "EVENT_NAMES_MAX", 3)
    names = Names()
    outcome = run(*(event(f"e{number}", user="a") for number in range(5)), names=names)
    assert [one.name for one in outcome.kept] == ["e0", "e1", "e2"]
    assert outcome.tallies() == Counter({"refused too_many_event_names": 2})
    assert not run(event("e1", user="a"), names=names).dropped


def test_new_properties_stop_at_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipeline, "PROPERTY_NAMES_MAX", 2)
    names = Names()
    some = [event("e", user="a", p=1, q=1), event("e", user="a", r=1), profile("a", plan="pro")]
    outcome = run(*some, profile("a", q=1), profile("a", name="Ann"), names=names)
    assert outcome.tallies() == Counter({"refused too_many_property_names": 2})
    assert names.properties == {"p", "q"}


def test_equal_events_without_an_id_are_two_and_the_same_two_again() -> None:
    two = [event("look", user="a"), event("look", user="a")]
    first, again = (pipeline.with_message_ids(two, Counter()) for _ in range(2))
    ids = [one.message_id for one in first if isinstance(one, Event)]
    assert len(set(ids)) == 2
    assert first == again


def test_a_step_that_drops_ends_the_way() -> None:
    def refuse(one: Event, arrival: Arrival) -> Event | Dropped:
        return Dropped(DropReason.TOO_LARGE)

    def fail(one: Event, arrival: Arrival) -> Event | Dropped:
        raise AssertionError("no step follows a drop")

    outcome = pipeline.run([event("e", user="a")], Arrival(NOON_MS, rules()), steps=(refuse, fail))
    assert outcome.tallies() == Counter({"refused too_large": 1})


def test_event_survives_the_inbox_format() -> None:
    given = kept(event("buy", user="a", anonymous="x", price=5, phone="123"))
    assert given.identifiers == (Identifier("user_id", "a"), Identifier("anonymous_id", "x"))
    text = msgspec.msgpack.encode([given])
    assert msgspec.msgpack.decode(text, type=list[Event]) == [given]
