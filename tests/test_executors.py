"""Executors: every part once, in order, on threads that are woken promptly; one failure is told."""

from __future__ import annotations

import ctypes
import os
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sojourn import asking
from sojourn.asking import decode_definition
from sojourn.executors.threads import ThreadExecutor
from sojourn.promptly import (
    BEHIND,
    SLACK_NS,
    SWITCH_ASKED_S,
    SWITCH_QUIET_S,
    step_back,
    wake_promptly,
)
from tests.opened import open_shop

PR_GET_TIMERSLACK = 30
USUAL_NS = 50_000


@pytest.fixture
def executor() -> Iterator[ThreadExecutor]:
    executor = ThreadExecutor(threads=3)
    yield executor
    executor.close()


def parts(number: int) -> Any:
    """The executor hands parts over and looks at none of them."""
    return list(range(number))


@pytest.mark.parametrize("number", [0, 1, 2, 3, 50])
def test_results_are_in_the_order_of_the_parts(executor: ThreadExecutor, number: int) -> None:
    assert executor.map(lambda part: (part, "done"), parts(number)) == [
        (part, "done") for part in range(number)
    ]


def test_parts_are_on_as_many_threads_as_there_are(executor: ThreadExecutor) -> None:
    together = threading.Barrier(3)
    assert executor.map(lambda part: together.wait(10) >= 0, parts(9)) == [True] * 9
    with pytest.raises(threading.BrokenBarrierError):
        executor.map(lambda part: together.wait(0.1), parts(2))


def test_a_failure_is_told_and_the_parts_that_are_left_are_left(executor: ThreadExecutor) -> None:
    seen: list[Any] = []

    def fails(part: Any) -> None:
        seen.append(part)
        if part == 2:
            raise ValueError("no such part")
        if part > 2:
            stopped.wait(10)

    stopped = threading.Event()
    threading.Timer(0.2, stopped.set).start()
    with pytest.raises(ValueError, match="no such part"):
        executor.map(fails, parts(1_000))
    assert len(seen) < 10
    assert executor.map(lambda part: part, parts(4)) == [0, 1, 2, 3]


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has a timer slack")
def test_threads_of_parts_and_who_says_so_are_woken_promptly(executor: ThreadExecutor) -> None:
    def slack_ns(_: object = None) -> int:
        return int(ctypes.CDLL(None).prctl(PR_GET_TIMERSLACK, 0, 0, 0, 0))

    assert executor.map(slack_ns, parts(3)) == [SLACK_NS] * 3
    found: list[int] = []

    def other() -> None:
        found.append(slack_ns())
        wake_promptly()
        found.append(slack_ns())

    thread = threading.Thread(target=other)
    thread.start()
    thread.join()
    assert found[1] == SLACK_NS
    assert found[0] in (SLACK_NS, USUAL_NS), "a thread has that of the one that began it"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux knows how nice a thread is")
def test_a_thread_steps_back_and_those_of_parts_do_not(executor: ThreadExecutor) -> None:
    def niceness(_: object = None) -> int:
        return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())

    before, found = niceness(), []

    def behind() -> None:
        step_back()
        found.append(niceness())
        # Nor do they when somebody in the background is the first to ask.
        found.extend(executor.map(niceness, parts(3)))

    thread = threading.Thread(target=behind)
    thread.start()
    thread.join()
    assert found == [BEHIND, *[before] * 3]
    assert niceness() == before


def test_a_thread_that_may_not_step_back_works_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refused(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "setpriority", refused)
    step_back()


def test_threads_hand_over_sooner_while_somebody_waits_of_a_server_that_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def intervals() -> list[float]:
        seen = [sys.getswitchinterval()]
        with monkeypatch.context() as watched:
            watched.setattr(asking, "ask", lambda *_: seen.append(sys.getswitchinterval()))
            sojourn.ask(project, decode_definition(b'{"kind": "people"}'))
        return [*seen, sys.getswitchinterval()]

    usual = sys.getswitchinterval()
    sojourn, project = open_shop(tmp_path)
    try:
        with sojourn:
            assert intervals() == [usual] * 3, "a program that only opens a folder is left alone"
            sojourn.start()
            assert intervals() == pytest.approx([SWITCH_QUIET_S, SWITCH_ASKED_S, SWITCH_QUIET_S])
    finally:
        sys.setswitchinterval(usual)
