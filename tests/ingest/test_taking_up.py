"""Taking up: what was read a moment before somebody wrote does not undo what they wrote."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from threading import Event as Signal
from threading import Thread
from typing import Any

import pytest

from sojourn import governance
from sojourn.application import Sojourn
from sojourn.collection import Collection
from sojourn.ingest import collecting
from sojourn.ingest.collecting import Collecting
from sojourn.ingest.project import Project
from sojourn.policy import versions
from tests.opened import open_shop

WAIT_S = 10.0


def slow_reader(
    monkeypatch: pytest.MonkeyPatch, module: Any, name: str, take_up: Callable[[], None]
) -> tuple[Thread, Signal]:
    """A thread that takes up what is in force, and has read it but not gone on until the signal."""
    has_read, may_go_on = Signal(), Signal()
    real = getattr(module, name)

    def read(*given: Any) -> Any:
        found = real(*given)
        if not has_read.is_set():
            has_read.set()
            may_go_on.wait(WAIT_S)
        return found

    monkeypatch.setattr(module, name, read)
    reading = Thread(target=take_up)
    reading.start()
    assert has_read.wait(WAIT_S)
    return reading, may_go_on


def meanwhile(reading: Thread, may_go_on: Signal, write: Callable[[], object]) -> None:
    """Write while the reader stands between reading and taking up."""
    writing = Thread(target=write)
    writing.start()
    writing.join(0.3)
    may_go_on.set()
    for thread in (reading, writing):
        thread.join(WAIT_S)
        assert not thread.is_alive()


@pytest.fixture
def shop(tmp_path: Path) -> Any:
    sojourn, project = open_shop(tmp_path)
    with sojourn:
        yield sojourn, project


def test_a_choice_stands_whoever_has_read_before(
    shop: tuple[Sojourn, Project], monkeypatch: pytest.MonkeyPatch
) -> None:
    sojourn, project = shop
    own = Collecting(project, sojourn.engine, sojourn.clock_ms)
    reading, may_go_on = slow_reader(monkeypatch, collecting, "load_collection", own.take_up)
    chosen = Collection(blocked_events=("seen",))
    meanwhile(reading, may_go_on, lambda: own.change(chosen, actor="owner"))
    assert project.collection == chosen


def test_a_policy_stands_whoever_has_read_before(
    shop: tuple[Sojourn, Project], monkeypatch: pytest.MonkeyPatch
) -> None:
    sojourn, project = shop
    own, before = sojourn.governance(project), project.rules.number
    reading, may_go_on = slow_reader(monkeypatch, governance.versions, "in_force", own.take_up)
    text = f"{versions.preset(versions.PRESET)}\n# Another text is another version.\n"
    meanwhile(reading, may_go_on, lambda: own.publish(text, actor="owner"))
    assert project.rules.number > before
