"""The process ends at a chosen instruction: between any two writes nothing is lost or doubled.

A child process works on a data folder (two projects, merges, repeated messages, events that change
and close, commits, a settled generation, tidying) and ends, without any clean-up, as it enters or
leaves one function. Then the folder is opened again as a restart would, and held against what the
child was told is safe; what it was not told is sent again. Nothing may be missing, nothing may be
there twice.
"""

from __future__ import annotations

import importlib
import os
from collections import Counter
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest

from sojourn.application import Sojourn
from sojourn.event import OPEN_MS_MAX, Event, Identifier, Kind
from sojourn.ingest import message_ids
from sojourn.ingest.project import Project
from sojourn.settings import Settings
from sojourn.stores import delta
from tests.faults.forks import forks

PROJECTS = ("shop", "club")
ROUNDS = 4
PEOPLE = 6
EXIT = 9
CHANGED = 70
Batch = list[Event]


@dataclass(frozen=True)
class Point:
    """The instruction at which the process ends: entering or leaving a call of a function."""

    function: str
    call: int = 1
    leaving: bool = False

    def __str__(self) -> str:
        side = "leaving" if self.leaving else "entering"
        return f"{side} {self.function.partition(':')[2]} ({self.call})"

    def arm(self) -> None:
        """Make the function end this process there."""
        place, _, name = self.function.partition(":")
        owner: Any = importlib.import_module(place)
        *outer, last = name.split(".")
        for part in outer:
            owner = getattr(owner, part)
        real, calls = getattr(owner, last), Counter[str]()

        def armed(*args: Any, **kwargs: Any) -> Any:
            calls[name] += 1
            if calls[name] == self.call and not self.leaving:
                os._exit(EXIT)
            result = real(*args, **kwargs)
            if calls[name] == self.call:
                os._exit(EXIT)
            return result

        setattr(owner, last, armed)


POINTS = (
    Point("sojourn.ingest.inbox:Inbox._insert"),
    Point("sojourn.ingest.inbox:Inbox._insert", call=3, leaving=True),
    Point("sojourn.ingest.applier:_save", call=2),
    Point("sojourn.ingest.applier:_save", call=3, leaving=True),
    Point("sojourn.ingest.applier:Applier._show", call=4),
    Point("sojourn.ingest.applier:Applier._show", call=6, leaving=True),
    Point("sojourn.ingest.open_events:OpenEvents.save", call=3, leaving=True),
    Point("sojourn.ingest.open_events:OpenEvents.sent"),
    Point("sojourn.ingest.open_events:OpenEvents.sent", call=2, leaving=True),
    Point("sojourn.ingest.provisional:take", call=6, leaving=True),
    Point("sojourn.stores.delta:write_deltalake", call=2),
    Point("sojourn.stores.delta:DeltaStore._make_safe", call=3),
    Point("sojourn.stores.delta:DeltaStore.append", call=2, leaving=True),
    Point("sojourn.ingest.inbox:Inbox.trim"),
    Point("sojourn.ingest.inbox:Inbox.trim", call=2, leaving=True),
    Point("sojourn.timelines.cache:write_arrays", call=5),
    Point("sojourn.timelines.cache:Cache.finish"),
    Point("sojourn.timelines.cache:Cache.finish", call=2, leaving=True),
    Point("sojourn.timelines.cache:Cache.drop_others"),
    Point("sojourn.ingest.runs:_written", call=2),
    Point("sojourn.ingest.runs:_written", call=3, leaving=True),
    Point("sojourn.ingest.runs:merge"),
    Point("sojourn.ingest.runs:merge", leaving=True),
    Point("sojourn.ingest.runs:drop_others", call=2, leaving=True),
    Point("sojourn.ingest.message_ids:MessageIds._list", leaving=True),
    Point("sojourn.ingest.message_ids:MessageIds._replace", leaving=True),
    Point("sojourn.ingest.message_ids:MessageIds.settle", call=4, leaving=True),
    Point("deltalake.table:TableOptimizer.compact", leaving=True),
    Point("deltalake:DeltaTable.vacuum", leaving=True),
)


def batches() -> list[tuple[str, Batch]]:
    """What is sent, in order: a device's events, then their user's, who is identified half-way."""
    sent: list[tuple[str, Batch]] = []
    for turn in range(ROUNDS):
        for name in PROJECTS:
            batch = [_event(turn, person, name) for person in range(PEOPLE)]
            changes = [_change(person, name) for person in range(PEOPLE)] if turn == 2 else []
            sent.append((name, [*batch, batch[0], *changes]))
    return sent


def _event(turn: int, person: int, project: str) -> Event:
    user, device = Identifier("user_id", f"u{person}"), Identifier("anonymous_id", f"d{person}")
    both_known = (device,) if turn == 0 else (user, device) if turn == 2 else (user,)
    return Event(
        name="seen",
        ts=1_700_000_000_000 + turn * 86_400_000 * 20 + person,
        identifiers=both_known,
        properties={"turn": turn, "email": f"{person}@x.test"},
        message_id=f"{project}-{turn}-{person}",
        open_ms=OPEN_MS_MAX if turn == 1 else 0,
    )


def _change(person: int, project: str) -> Event:
    """What the event of the second turn turned out to be, and that it is over."""
    opened = _event(1, person, project)
    told = {"properties": {"turn": CHANGED}, "open_ms": 0, "closes": True}
    return msgspec.structs.replace(opened, kind=Kind.CHANGE, **told)


def work(data: Path, point: Point | None, told: Connection) -> None:
    """Send, apply, commit, settle and tidy, telling which batches are safe; end at the point."""
    if point is not None:
        point.arm()
    delta.FILES_MAX = 1
    message_ids.RECENT_MAX, message_ids.ALIKE_MIN = 4, 2
    with Sojourn(Settings(data=data)) as sojourn:
        for number, (name, batch) in enumerate(batches()):
            _, done = sojourn.accept(sojourn.project(name), batch)
            assert done is not None
            done.result()
            told.send(number)
            while sojourn.applier.step():
                pass
            if number in (2, 5):
                sojourn.applier.commit(now=True)
            if number in (3, 6):
                for project in sojourn.projects():
                    project.parts.settle()
                sojourn._tidy()
                sojourn._merge_message_ids()
    told.send(None)


@pytest.mark.parametrize("point", POINTS, ids=str)
def test_a_crash_there_loses_and_doubles_nothing(tmp_path: Path, point: Point) -> None:
    prepare(tmp_path)
    safe = run_child(tmp_path, point)
    check(tmp_path, safe)
    check_after_sending_again(tmp_path)


def test_a_crash_while_recovering_from_a_crash_loses_and_doubles_nothing(tmp_path: Path) -> None:
    prepare(tmp_path)
    safe = run_child(tmp_path, Point("sojourn.ingest.applier:Applier._show", call=4))
    recovering = Point("sojourn.timelines.parts:Parts.add", call=1, leaving=True)
    for _ in range(2):
        run_child(tmp_path, recovering)
    check(tmp_path, safe)
    check_after_sending_again(tmp_path)


def test_without_a_crash_everything_is_there(tmp_path: Path) -> None:
    prepare(tmp_path)
    receiver, sender = forks.Pipe(duplex=False)
    child = forks.Process(target=work, args=(tmp_path, None, sender))
    child.start()
    child.join()
    assert child.exitcode == 0
    check(tmp_path, list(range(len(batches()))))
    check_after_sending_again(tmp_path)
    receiver.close()


def test_a_commit_that_failed_after_the_table_took_it_is_not_made_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepare(tmp_path)
    sent = batches()
    with Sojourn(Settings(data=tmp_path)) as sojourn:
        shop = sojourn.project("shop")
        submit(sojourn, sent[:2])
        with monkeypatch.context() as patched:
            patched.setattr(delta, "sync", refuse)
            with pytest.raises(OSError, match="no sync"):
                sojourn.applier.commit(now=True)
        submit(sojourn, sent[2:4])
        sojourn.applier.commit(now=True)
        assert counts(shop) == {(turn, person): 1 for turn in (0, 1) for person in range(PEOPLE)}
    check(tmp_path, list(range(4)))


def refuse(_: Path) -> None:
    """A disk that does not answer."""
    raise OSError("no sync")


def prepare(data: Path) -> None:
    """Make both projects."""
    with Sojourn(Settings(data=data)) as sojourn:
        for name in PROJECTS:
            sojourn.create_project(name)


def run_child(data: Path, point: Point) -> list[int]:
    """Work until the point; the numbers of the batches that the child was told are safe."""
    receiver, sender = forks.Pipe(duplex=False)
    child = forks.Process(target=work, args=(data, point, sender))
    child.start()
    sender.close()
    child.join()
    assert child.exitcode == EXIT, f"the child never came to {point}"
    safe = []
    while receiver.poll():
        try:
            safe.append(receiver.recv())
        except EOFError:
            break
    return safe


def submit(sojourn: Sojourn, sent: list[tuple[str, Batch]]) -> None:
    """Send batches, and apply them."""
    for name, batch in sent:
        _, done = sojourn.accept(sojourn.project(name), batch)
        assert done is not None
        done.result()
        sojourn.applier.step()


def check(data: Path, safe: list[int]) -> None:
    """What is safe is there once."""
    sent = batches()
    with Sojourn(Settings(data=data)) as sojourn:
        sojourn.apply_all()
        for name in PROJECTS:
            found = counts(sojourn.project(name))
            assert set(found.values()) <= {1}
            turns = [number // len(PROJECTS) for number in safe if sent[number][0] == name]
            assert found.keys() >= {(turn, who) for turn in turns for who in range(PEOPLE)}


def check_after_sending_again(data: Path) -> None:
    """When a client without an answer has sent all again, all is there once, by its people."""
    everything = {(turn, person): 1 for turn in range(ROUNDS) for person in range(PEOPLE)}
    for again in (True, False):
        with Sojourn(Settings(data=data)) as sojourn:
            submit(sojourn, batches() if again else [])
            for name in PROJECTS:
                project = sojourn.project(name)
                assert counts(project) == everything
                sojourn.apply_all()
                assert counts(project) == everything
                assert turns(project) == Counter(dict.fromkeys((0, CHANGED, 2, 3), PEOPLE))
                directory, snapshot = sojourn.directory(project), project.parts.now()
                assert directory.recent(snapshot, 0, 100)[0] == PEOPLE


def counts(project: Project) -> Counter[tuple[int, int]]:
    """How often each event, known by its turn and its person, is in the parts and in the table."""
    found: Counter[tuple[int, int]] = Counter()
    for part in project.parts.now().parts:
        for start, end in zip(part.starts, part.ends, strict=True):
            found.update(map(_which, part.ts[start:end].tolist()))
    last = np.iinfo(np.int64).max
    stored = project.store.read(["ts"], orders=(0, int(last)))["ts"].to_pylist()
    assert set(Counter(stored).values()) <= {1}
    assert {_which(ts) for ts in stored} <= found.keys()
    return found


def turns(project: Project) -> Counter[int]:
    """The values of the property that changes, in the parts."""
    found: Counter[int] = Counter()
    for part in project.parts.now().parts:
        for column in part.columns("turn"):
            for start, end in zip(part.starts, part.ends, strict=True):
                found.update(map(int, column.values[start:end].tolist()))
    return found


def _which(ts: int) -> tuple[int, int]:
    turn, person = divmod(ts - 1_700_000_000_000, 86_400_000 * 20)
    return turn, person
