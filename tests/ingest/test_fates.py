"""Fates: what is remembered of a kind holds while it is judged by the same, and holds no value."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from sojourn.collection import Collection
from sojourn.event import NO_SIGNALS, Event, Signals
from sojourn.ingest import fates, pipeline
from sojourn.ingest.arrival import Arrival, Names
from sojourn.ingest.exclusions import exclusions_of
from sojourn.policy import versions
from sojourn.tracking_plan import EXPECTED
from tests.opened import NOON_MS, event
from tests.ruled import country_of, rules

RULES = rules()
REDUCING = rules(
    versions.preset(versions.PRESET).replace(
        "properties:\n",
        "properties:\n"
        "  page: {category: activity, purposes: [analytics], reduce: {truncate: 13}}\n",
        1,
    )
)


def batch(number: int, signals: Signals = NO_SIGNALS, **given: Any) -> list[Event]:
    """Some events of one kind, each with values of its own."""
    return [
        msgspec.structs.replace(
            event("look", user=f"u{number}-{at}", message_id=f"{number}-{at}", **given),
            signals=signals,
        )
        for at in range(3)
    ]


class Shop:
    """What arrives at one project; counts the events that took the steps."""

    def __init__(self) -> None:
        self.names = Names()
        self.now_ms = NOON_MS
        self.stepped = 0

    def take(self, events: list[Event], **judged_by: Any) -> pipeline.Outcome:
        """What became of a batch."""

        def counted(one: Event, _: Arrival) -> Event:
            self.stepped += 1
            return one

        judged_by = {"rules": RULES, "country_of": country_of} | judged_by
        arrival = Arrival(self.now_ms, names=self.names, **judged_by)
        return pipeline.run(events, arrival, (*pipeline.STEPS, counted))


def test_the_next_request_goes_by_what_became_of_the_first() -> None:
    shop = Shop()
    first = shop.take(batch(1, plan="free", mail="ann@x.example"))
    again = shop.take(batch(2, plan="team", mail="ben@x.example"))
    assert shop.stepped == 1
    assert [one.properties["plan"] for one in again.kept] == ["team"] * 3
    assert {one.sealed["mail"] for one in again.kept} == {"ben@x.example"}
    assert (again.withheld, {one.purposes for one in again.kept}) == (
        first.withheld,
        {one.purposes for one in first.kept},
    )


@pytest.mark.parametrize(
    "other",
    [
        {"rules": rules()},
        {"exclusions": exclusions_of(Collection(blocked_events=("look",)))},
        {"expected": {"plan": EXPECTED["number"]}},
    ],
    ids=["rules", "exclusions", "planned"],
)
def test_nothing_is_remembered_of_another_judge(other: dict[str, Any]) -> None:
    shop = Shop()
    shop.take(batch(1, plan="free"))
    one_by_one = Shop().take(batch(2, plan="free"), **other)
    outcome = shop.take(batch(2, plan="free"), **other)
    assert list(outcome.kept) == list(one_by_one.kept)
    assert outcome.dropped == one_by_one.dropped
    if outcome.kept:
        assert shop.stepped == 2


def test_a_kind_is_asked_anew_each_minute_and_when_the_clock_goes_back() -> None:
    shop = Shop()
    for moved_ms in (0, fates.REMEMBERED_MS - 1, 1, -1):
        shop.now_ms += moved_ms
        shop.take(batch(shop.now_ms, plan="free"))
    assert shop.stepped == 3


def test_where_more_decides_than_the_kind_nothing_is_remembered() -> None:
    shop = Shop()
    for number in range(3):
        shop.take(batch(number, Signals(ip="9.9.9.9"), plan="free"))
    assert shop.stepped == 3, "signals"
    for number, page in enumerate(("thirteenchars and more", "ann@b.example and more")):
        kept = shop.take(batch(number, page=page), rules=REDUCING).kept
        assert {*kept[0].properties, *kept[0].sealed} == {"page"}
    assert shop.stepped == 5, "a value that is reduced"


def test_no_value_is_remembered() -> None:
    shop = Shop()
    shop.take(batch(1, plan="a secret plan", mail="ann@x.example"))
    known = Arrival(NOON_MS, RULES, shop.names).fates()
    assert known
    assert "secret plan" not in repr(known)
    assert "ann@x" not in repr(known)
    assert "u1-0" not in repr(known)


def test_kinds_without_end_do_not_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fates, "KINDS_MAX", 5)
    shop = Shop()
    for number in range(20):
        shop.take(batch(number, **{f"p{number}": "x"}))
        assert len(shop.names.fates._state[2]) <= 5
