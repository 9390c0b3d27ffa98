"""How long the courier waits, and what it understands of a server that asks for a pause."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from sojourn.courier import ASKED_PAUSE_S_MAX, PAUSE_S_MAX, pause_after, retry_after_s

NOW = datetime(2026, 11, 22, 8, 0, 0, tzinfo=UTC)


def test_pauses_double_up_to_a_bound_and_differ_by_chance() -> None:
    longest = [pause_after(failures, None, 1.0) for failures in range(12)]
    assert longest[:4] == [0.5, 1, 2, 4]
    assert longest[-1] == PAUSE_S_MAX
    assert pause_after(2, None, 0.0) == 1
    assert pause_after(10**6, None, 1.0) == PAUSE_S_MAX


def test_a_server_can_ask_for_a_longer_pause_and_for_no_shorter_one() -> None:
    assert pause_after(0, 30.0, 1.0) == 30
    assert pause_after(4, 1.0, 1.0) == 8
    assert pause_after(0, 1e9, 1.0) == ASKED_PAUSE_S_MAX


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("120", 120),
        (" 0 ", 0),
        ("Sun, 22 Nov 2026 08:00:30 GMT", 30),
        ("Sun, 22 Nov 2026 07:00:00 GMT", 0),
        ("soon", None),
        ("-5", None),
        ("", None),
    ],
)
def test_retry_after_is_seconds_or_a_date(header: str, seconds: float | None) -> None:
    assert retry_after_s(header, NOW) == seconds
