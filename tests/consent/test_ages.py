"""Ages: what an age that was told makes of consent that came with it, before it and after it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sojourn.event import Event, Identifier, Signals
from sojourn.governance import UNDER_AGE, with_ages
from sojourn.wire import Request
from sojourn.wires.segment import WIRE
from tests.consent.test_consents import Shop
from tests.opened import NOON_MS
from tests.policy.test_gate import ANALYTICS, SERVICE, SHOP
from tests.ruled import rules

CHILD = {"type": "identify", "userId": "a", "traits": {"age": 12}}
AGREED = {"consent": {"categoryPreferences": {"analytics": True}}}
ORDERED = {"type": "track", "event": "Ordered", "userId": "a", "context": AGREED}


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    own = Shop(tmp_path)
    with own.sojourn:
        yield own


def masks(shop: Shop, *batch: dict[str, Any], late_ms: int = 0) -> list[int]:
    """The masks of the orders of a batch of Segment's, which came `late_ms` before it is judged."""
    asked = Request("POST", "/v1/batch", {}, {}, b"", shop.clock.now_ms - late_ms)
    outcome, done = shop.sojourn.accept(shop.project, WIRE.events(asked, {"batch": list(batch)}))
    if done is not None:
        done.result(timeout=10)
    shop.sojourn.apply_all()
    return [event.purposes for event in outcome.kept if event.name == "Ordered"]


@pytest.mark.clause("S1-36")
@pytest.mark.parametrize("late_ms", [0, 3])
@pytest.mark.parametrize(
    "batch",
    [
        (CHILD, ORDERED),
        (ORDERED, CHILD),
        ({**ORDERED, "timestamp": "2026-01-01T11:59:50Z"}, CHILD),
        ({**CHILD, "traits": {"age": "12"}}, ORDERED),
        ({**ORDERED, "context": AGREED | {"traits": {"age": 12}}},),
        ({**CHILD, "anonymousId": "x"}, {**ORDERED, "userId": None, "anonymousId": "x"}),
    ],
)
def test_what_comes_with_a_childs_age_rests_on_no_consent_of_theirs(
    shop: Shop, batch: tuple[dict[str, Any], ...], late_ms: int
) -> None:
    assert masks(shop, {**ORDERED, "userId": "b"}) == [SERVICE | ANALYTICS]
    assert masks(shop, *batch, late_ms=late_ms) == [SERVICE]


@pytest.mark.clause("S1-36")
def test_what_was_on_its_way_when_an_age_was_heard_rests_on_no_consent_either(shop: Shop) -> None:
    masks(shop, CHILD, late_ms=50)
    assert masks(shop, ORDERED, late_ms=40) == [SERVICE]
    # What is told a second time is not taken down again.
    masks(shop, CHILD, late_ms=20)
    assert [record.how for record in shop.records()] == [UNDER_AGE]


@pytest.mark.clause("S1-36")
def test_what_was_agreed_to_since_an_age_was_told_is_taken_back_as_well(shop: Shop) -> None:
    shop.decides({"user_id": "a"}, at=-40, analytics="given")
    assert shop.mask(user="a") == SERVICE | ANALYTICS
    masks(shop, CHILD, late_ms=50)
    assert shop.mask(user="a") == SERVICE
    assert shop.people("analytics") == 0


def test_a_guardian_s_consent_since_then_stands(tmp_path: Path) -> None:
    text = SHOP.replace("FR: 15}}", "FR: 15}, below: guardian}")
    own = Shop(tmp_path, text)
    with own.sojourn:
        own.decides({"user_id": "a"}, at=-40, analytics="given")
        masks(own, CHILD, late_ms=50)
        assert own.mask(user="a") == SERVICE | ANALYTICS


@pytest.mark.parametrize(
    "odd", [{"userId": "u" * 501}, {"timestamp": -(10**17)}, {"timestamp": "soon"}]
)
def test_an_age_of_nobody_or_of_no_time_harms_nothing_else(shop: Shop, odd: dict[str, Any]) -> None:
    assert masks(shop, {**CHILD, **odd}, {**ORDERED, "userId": "b"}) == [SERVICE | ANALYTICS]


def named(age: float | None, *names: str) -> Event:
    """An event of somebody with these user ids."""
    return Event(
        ts=NOON_MS,
        message_id="",
        identifiers=tuple(Identifier("user_id", name) for name in names),
        signals=Signals(age=age),
    )


def test_an_age_is_that_of_everybody_whose_identifiers_came_together() -> None:
    given = [
        named(None, "d", "c"), named(None, "b", "c"), named(12, "a"), named(None, "a", "b"),
        named(None, "z"), named(40, "d"), named(None, "y"), named(30, "y"), named(9, "y"),
    ]  # fmt: skip
    found = [event.signals.age for event in with_ages(given) if isinstance(event, Event)]
    assert found == [12, 12, 12, 12, None, 40, 9, 30, 9]
    assert with_ages(given[4:5]) == given[4:5]


def test_a_long_chain_of_identifiers_is_followed_in_no_time() -> None:
    chain = [named(None, f"u{place}", f"u{place + 1}") for place in range(5_000)]
    found = with_ages([*chain, named(12, "u0")])
    assert all(isinstance(event, Event) and event.signals.age == 12 for event in found)


def test_the_age_of_consent_is_the_countrys_the_eeas_or_that_of_all_others() -> None:
    own = rules(SHOP.replace("{default: 16, FR: 15}", "{default: 13, EEA: 16, FR: 15}"))
    found = {one: own.adult_from(one) for one in ("FR", "DE", "US", "", "ZZ")}
    assert found == {"FR": 15, "DE": 16, "US": 13, "": 16, "ZZ": 16}
