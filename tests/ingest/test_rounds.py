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

    rounds.apply_forever(work, health, Signal(), stop)
    stopped, full_disk = ["applier_stopped"], ["disk_full"]
    assert told == [[], [], stopped, stopped, full_disk, []]
    assert health.troubles() == []
    messages = [one.message for one in caplog.records if one.levelno == logging.ERROR]
    assert len(messages) == 3, "each kind once, and a mistake of ours with its trace"
    assert not any("ann@x.test" in message for message in messages)


class Rested(Signal):
    """Notes for how long it was waited for."""

    def __init__(self) -> None:
        super().__init__()
        self.waited: list[float | None] = []

    def wait(self, timeout: float | None = None) -> bool:
        self.waited.append(timeout)
        return False


@pytest.mark.parametrize(("took_s", "rest_s"), [(0.01, 0.04), (0.2, 0.05), (0.3, None)])
def test_a_round_rests_by_what_it_took_of_a_processor(
    monkeypatch: pytest.MonkeyPatch, took_s: float, rest_s: float | None
) -> None:
    worked_s, stop = 100.0, Rested()
    monkeypatch.setattr(rounds.time, "thread_time", lambda: worked_s)

    def work() -> int:
        nonlocal worked_s
        worked_s += took_s
        if len(stop.waited) == 2 or worked_s > 101:
            stop.set()
        return 1

    rounds.apply_forever(work, Health(Clock()), Signal(), stop)
    assert stop.waited == ([] if rest_s is None else [pytest.approx(rest_s)] * 3)
