"""Rounds: whatever fails in one, it is told, and the next one comes."""

from __future__ import annotations

import errno
import logging
from collections.abc import Iterator
from threading import Event as Signal

import pytest

from sojourn.health import Health
from sojourn.ingest import rounds
from tests.opened import Clock


def quiet() -> Signal:
    """Nobody waits for an answer."""
    signal = Signal()
    signal.set()
    return signal


def test_rounds_go_on_after_any_failure_and_say_what_it_was(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(rounds, "AGAIN_S", 0.0)
    health, stop, told = Health(Clock()), Signal(), list[list[str]]()
    full = OSError(errno.ENOSPC, "No space left on device")
    failures: Iterator[Exception | None] = iter(
        [None, ValueError("ann@x.test"), ValueError("ann@x.test"), full, None]
    )

    def work() -> int:
        told.append([one.name for one in health.troubles()])
        failure = next(failures, None)
        if failure is not None:
            raise failure
        if len(told) > 5:
            stop.set()
        return 1

    rounds.apply_forever(work, health, Signal(), stop, quiet())
    stopped, full_disk = ["applier_stopped"], ["disk_full"]
    assert told == [[], [], stopped, stopped, full_disk, []]
    assert health.troubles() == []
    messages = [one.message for one in caplog.records if one.levelno == logging.ERROR]
    assert len(messages) == 3, "each kind once, and a mistake of ours with its trace"
    assert not any("ann@x.test" in message for message in messages)


class Asked(Signal):
    """Somebody waits for an answer; notes for how long it was waited for."""

    def __init__(self) -> None:
        super().__init__()
        self.waited: list[float | None] = []

    def wait(self, timeout: float | None = None) -> bool:
        self.waited.append(timeout)
        return False


@pytest.mark.parametrize(("took_s", "waits"), [(0.01, True), (0.2, True), (0.3, False)])
def test_questions_go_first_for_a_moment_unless_applying_is_behind(
    monkeypatch: pytest.MonkeyPatch, took_s: float, waits: bool
) -> None:
    now_s, stop, asked = 100.0, Signal(), Asked()
    monkeypatch.setattr(rounds.time, "monotonic", lambda: now_s)
    monkeypatch.setattr(rounds, "TURN_S_MAX", 0.25)
    monkeypatch.setattr(rounds, "REST", 0)
    seen: list[float] = []

    def work() -> int:
        nonlocal now_s
        now_s += took_s
        seen.append(now_s)
        if len(seen) == 3:
            stop.set()
        return 1

    rounds.apply_forever(work, Health(Clock()), Signal(), stop, asked)
    assert asked.waited == [rounds.GIVE_WAY_S] * 3 * waits
    assert rounds.TURN_S_MAX + rounds.GIVE_WAY_S < 0.5, "what came is seen within a second"
