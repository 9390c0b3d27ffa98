"""Kept: events in lots are the events that were put into them."""

from __future__ import annotations

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from sojourn.event import Event, Identifier, Kind
from sojourn.kept import Kept, Placed, joined, lots_of

PLAIN = st.builds(
    Event,
    name=st.sampled_from(("viewed", "ordered")),
    ts=st.integers(0, 9),
    identifiers=st.lists(
        st.builds(Identifier, st.sampled_from(("user_id", "email")), st.sampled_from("ab")),
        min_size=1,
        max_size=2,
    ).map(tuple),
    properties=st.dictionaries(st.sampled_from("pq"), st.sampled_from(("x", 0.5, True))),
    sealed=st.dictionaries(st.sampled_from("rs"), st.sampled_from(("y", 1.0, False))),
    message_id=st.sampled_from("mn"),
    source=st.sampled_from(("web", "phone")),
    purposes=st.integers(1, 3),
)
"""Events as the pipeline leaves most of them."""
EVENTS = st.lists(PLAIN, max_size=9)


def split_up(events: list[Event], cut: int) -> Kept:
    """Some events, those up to a cut in lots and the others by themselves, of which one tells
    something of its person."""
    told = msgspec.structs.replace(event, kind=Kind.PROFILE) if (event := _last(events)) else None
    others: list[Placed] = list(enumerate(events))[cut:]
    last: list[Placed] = [(len(events), told)] if told else []
    return Kept(lots_of(list(enumerate(events))[:cut]), others + last)


def _last(events: list[Event]) -> Event | None:
    return events[-1] if events else None


@given(EVENTS, st.integers(0, 9))
def test_lots_hold_the_events_they_were_made_of(events: list[Event], cut: int) -> None:
    kept = split_up(events, cut)
    assert list(kept)[: len(events)] == events
    assert len(kept) == len(list(kept))
    assert all(kept[at] == event for at, event in enumerate(events))
    again = msgspec.msgpack.decode(msgspec.msgpack.encode(kept), type=Kept)
    assert again == kept, "also in the inbox"


@given(EVENTS, st.sets(st.integers(0, 9)))
def test_what_is_taken_out_of_lots_is_gone_and_nothing_else(
    events: list[Event], gone: set[int]
) -> None:
    left = Kept(lots_of(enumerate(events))).without(gone)
    assert list(left) == [event for place, event in enumerate(events) if place not in gone]
    assert all(len(lot) for lot in left.lots)


@given(EVENTS, st.integers(1, 3))
def test_lots_that_are_joined_are_in_order_however_they_were_parted(
    events: list[Event], ways: int
) -> None:
    placed = list(enumerate(events))
    lots = [lot for way in range(ways) for lot in lots_of(placed[way::ways])]
    whole = joined(lots)
    assert len({lot.heading for lot in whole}) == len(whole)
    assert all(lot.places == sorted(lot.places) for lot in whole)
    assert list(Kept(whole)) == events
