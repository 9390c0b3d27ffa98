"""Terms: what is due at an instant, by category and purpose, after events, under holds."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest

from sojourn.period import to_ms
from sojourn.policy import reading, source
from sojourn.policy.keeping import EVERY_PURPOSE, Happened, Keeping, Lasts, back, keeping_of
from sojourn.policy.words import Duration

AT = datetime(2026, 3, 31, 12, tzinfo=UTC)
BITS = {"service": 1, "analytics": 2, "marketing": 4}
PEOPLE = np.array([7, 8, 9], dtype=np.int64)

POLICY = """
sojourn: 1
categories:
  activity: {means: [user.behavior]}
  mixed: {means: [user.telemetry]}
  identification: {means: [user.name], identifying: true}
  records: {means: [user.payment]}
purposes: {service: {}, analytics: {}, marketing: {}}
properties: {email: {category: identification}, page: {category: mixed}}
events:
  Seen: {category: activity}
  account_closed: {category: activity}
undeclared: {events: accept, properties: accept, as: activity}
retention:
  activity: {keep: 2 months}
  mixed: {keep: 6 months, by_purpose: {marketing: 1 month, service: 1 year}}
  identification: {keep: 30 days, after: account_closed}
  records: {law: "Code de commerce L123-22"}
"""


def keeping(text: str = POLICY, **held: str) -> Keeping:
    return keeping_of(reading.read(source.parse(text).data).policy, BITS, AT, held)


def ms(*days: str) -> np.ndarray:
    return np.array([to_ms(datetime.fromisoformat(f"{day}T12:00+00:00")) for day in days])


def due(of: Keeping, category: str, *days: str, happened: Happened | None = None) -> list[int]:
    """The purposes due of what person 7, 8 … gave at some days."""
    people = PEOPLE[: len(days)]
    return list(map(int, of.due((category,), people, ms(*days), happened or {})))


@pytest.mark.parametrize(
    ("length", "day"),
    [
        ("1 month", "2026-02-28"),
        ("13 months", "2025-02-28"),
        ("25 months", "2024-02-29"),
        ("2 years", "2024-03-31"),
        ("2 weeks", "2026-03-17"),
        ("10 business days", "2026-03-15"),
        ("99999 years", "1970-01-01"),
    ],
)
def test_a_duration_goes_back_by_the_calendar(length: str, day: str) -> None:
    assert datetime.fromtimestamp(back(AT, Duration(length)) / 1000, UTC).date().isoformat() == day


@pytest.mark.parametrize(
    ("length", "day"),
    [("11 months", "2027-02-28"), ("2 weeks", "2026-04-14"), ("99999 years", "9999-03-31")],
)
def test_a_duration_goes_forward_by_the_calendar(length: str, day: str) -> None:
    assert Duration(length).after(AT).date().isoformat() == day


@pytest.mark.clause("S1-27")
def test_a_category_is_due_when_keep_has_passed() -> None:
    assert due(keeping(), "activity", "2026-01-30", "2026-01-31") == [EVERY_PURPOSE, 0]


def test_each_purpose_has_its_end_and_the_others_the_one_of_the_whole() -> None:
    days = ("2026-01-01", "2025-09-01", "2025-03-01")
    rest = EVERY_PURPOSE & ~5
    assert due(keeping(), "mixed", *days) == [4, 4 | rest, EVERY_PURPOSE]


def test_a_purpose_that_nothing_is_said_of_ends_with_the_last() -> None:
    text = POLICY.replace("{keep: 6 months, by_purpose: {", "{by_purpose: {")
    assert due(keeping(text), "mixed", "2025-09-01", "2025-03-01") == [4, EVERY_PURPOSE]


@pytest.mark.clause("S1-27")
def test_a_term_after_an_event_runs_from_its_last_time_for_the_person() -> None:
    closed = Lasts(np.array([7, 8]), ms("2026-02-01", "2026-03-15"))
    days = ("2020-01-01", "2020-01-01", "2020-01-01")
    told = due(keeping(), "identification", *days, happened={"account_closed": closed})
    assert told == [EVERY_PURPOSE, 0, 0]


def test_what_came_after_the_event_is_kept_as_long_from_then_on() -> None:
    closed = Lasts(np.array([7, 8]), ms("2025-01-01", "2025-01-01"))
    days = ("2026-02-01", "2026-03-15")
    told = due(keeping(), "identification", *days, happened={"account_closed": closed})
    assert told == [EVERY_PURPOSE, 0]


@pytest.mark.clause("S1-17", "S2-04")
def test_a_law_without_a_number_and_a_hold_keep() -> None:
    assert due(keeping(), "records", "1990-01-01") == [0]
    held = keeping(activity="case 7")
    assert due(held, "activity", "1990-01-01") == [0]
    assert held.terms["activity"].held == "case 7"
    assert due(held, "mixed", "1990-01-01") == [EVERY_PURPOSE]


def test_what_is_of_several_categories_goes_with_the_last() -> None:
    both = keeping().due(("activity", "mixed"), PEOPLE[:2], ms("2025-09-01", "2025-03-01"), {})
    assert both.tolist() == [EVERY_PURPOSE & ~1, EVERY_PURPOSE]


def test_categories_of_events_properties_and_identifiers() -> None:
    terms = keeping()
    assert terms.of_event("Seen") == terms.of_event("Anything") == ("activity",)
    assert terms.of_event("account_closed") == ("activity", "identification")
    assert terms.of_property("page") == ("mixed",)
    assert terms.of_property("anything") == ("activity",)
    assert terms.of_identifier("email") == terms.of_identifier("user_id") == ("identification",)
    assert terms.sealed == ("identification",)
    assert terms.anchors() == ("account_closed",)


def test_what_has_no_category_could_be_any() -> None:
    text = POLICY.replace("as: activity}", "x: 1}").replace("{category: activity}", "{}")
    assert keeping(text).of_event("Seen") == tuple(keeping(text).terms)
    assert due(keeping(text.replace("retention:", "kept:")), "activity", "1990-01-01") == [0]


def test_the_last_time_is_gathered_over_pieces() -> None:
    pieces = [
        (np.array([9, 7, 9]), np.array([5, 3, 8])),
        (np.array([7, 4]), np.array([2, 1])),
        (np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)),
    ]
    lasts = Lasts.gathered(pieces)
    assert lasts.people.tolist() == [4, 7, 9]
    assert lasts.instants.tolist() == [1, 3, 8]
    assert lasts.of(np.array([9, 5, 10]), -1).tolist() == [8, -1, -1]
    assert Lasts.gathered([]).of(np.array([1]), 0).tolist() == [0]
