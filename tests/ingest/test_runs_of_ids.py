"""Message ids are known with the place where each came first, however many there are, whatever
becomes of their files, and whatever happens to the transaction that told of them."""

from __future__ import annotations

import errno
from collections.abc import Callable
from hashlib import blake2b
from pathlib import Path
from typing import Any, BinaryIO

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sojourn import control, tables
from sojourn.errors import Damaged
from sojourn.ingest import message_ids, runs
from sojourn.ingest.message_ids import MessageIds

PROJECT = 7
IDS = 60

KNOWN = st.lists(st.integers(0, IDS), min_size=1, max_size=12)
STEP = st.one_of(
    st.tuples(st.sampled_from(["add", "lost"]), KNOWN),
    st.tuples(st.sampled_from(["aside", "again"]), KNOWN),
    st.tuples(st.just("forget"), st.integers(0, 3)),
    st.tuples(st.sampled_from(["merge", "reopen"]), st.none()),
)


def digest(number: int) -> bytes:
    """An id; some have their first half in common, and some are as small or as large as can be."""
    if number < 2:
        return bytes([255 * number]) * 16
    half = blake2b(bytes([number // 3]), digest_size=8).digest()
    return half + blake2b(bytes([number]), digest_size=8).digest()


class History:
    """The ids under test, and beside them the plain list of what happened."""

    def __init__(self, folder: Path) -> None:
        self.engine = control.writing(control.connect(control.sqlite_url(folder / "control.db")))
        tables.metadata.create_all(self.engine, [tables.messages, tables.message_runs])
        self.folder = folder / "messages"
        self.expected: dict[bytes, int] = {}
        self.order = 0
        self.ids = self.open()

    def open(self) -> MessageIds:
        ids = MessageIds(PROJECT, self.folder)
        with self.engine.begin() as connection:
            ids.load(connection)
        return ids

    def add(self, numbers: list[int], *, lost: bool) -> None:
        """What is new gets its place, as who applies does it; or the transaction is lost."""
        digests = [digest(number) for number in numbers]
        known = self.ids.find(digests)
        new: dict[bytes, int] = {}
        for one in digests:
            self.order += 1
            if one not in known:
                new.setdefault(one, self.order)
        with self.engine.connect() as connection, connection.begin() as transaction:
            self.ids.add(connection, new)
            if lost:
                transaction.rollback()
        if lost:
            with self.engine.begin() as connection:
                self.ids.load(connection)
        else:
            self.expected.update(new)
            self.ids.settle(self.engine)

    def do(self, what: str, told: list[int] | int | None) -> None:
        match what, told:
            case (("add" | "lost"), list(numbers)):
                self.add(numbers, lost=what == "lost")
            case "aside", list(numbers):
                new = [one for one in map(digest, numbers) if one not in self.expected]
                aside = {one: -self.order - place for place, one in enumerate(new, 1)}
                self.order += len(new)
                with self.engine.begin() as connection:
                    self.ids.set_aside(connection, aside)
                self.expected.update(aside)
            case "again", list(numbers):
                again = [one for one in map(digest, numbers) if self.expected.get(one, 0) < 0]
                with self.engine.begin() as connection:
                    self.ids.try_again(connection, again)
                for one in set(again):
                    del self.expected[one]
            case "forget", int(share):
                through = self.order * share // 3
                left = {one: own for one, own in self.expected.items() if abs(own) > through}
                gone = len(self.expected) - len(left)
                assert self.ids.forget(self.engine, through) == gone
                self.expected = left
            case "merge", _:
                self.ids.merge(self.engine)
            case _:
                self.ids = self.open()

    def check(self) -> None:
        assert self.ids.find(digest(number) for number in range(IDS + 1)) == self.expected
        assert len(self.ids) == len(self.expected)


@pytest.fixture(autouse=True)
def restless(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(message_ids, "RECENT_MAX", 5)
    monkeypatch.setattr(message_ids, "ALIKE_MIN", 2)
    monkeypatch.setattr(runs, "SLICES", 4)


@settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(STEP, max_size=16))
def test_every_id_has_its_place_whatever_happens(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, list[int] | int | None]]
) -> None:
    history = History(tmp_path_factory.mktemp("ids"))
    for what, told in steps:
        history.do(what, told)
        history.check()
    history.do("reopen", None)
    history.check()


def test_runs_become_few_and_what_they_replace_goes(tmp_path: Path) -> None:
    history = History(tmp_path)
    for first in range(0, IDS, 6):
        history.add(list(range(first, first + 6)), lost=False)
        history.ids.merge(history.engine)
    history.check()
    assert len(history.ids._runs) <= 4
    with history.engine.begin() as connection:
        left = list(connection.execute(sa.select(tables.messages.c.order)).scalars())
    assert left == [], "what is in a run is in no table"
    # Those of the last merge are left until the next, for whoever has read the list just now.
    assert len(list(history.folder.glob("*.npy"))) <= 8


def test_a_file_that_is_gone_or_torn_is_told_and_nothing_is_taken_for_new(tmp_path: Path) -> None:
    history = History(tmp_path)
    history.add(list(range(10)), lost=False)
    (file,) = history.folder.glob("*.npy")
    whole = file.read_bytes()
    for harm in (b"", whole[:100], None):
        if harm is None:
            file.unlink()
        else:
            file.write_bytes(harm)
        with pytest.raises(Damaged, match="message ids"):
            history.open()
    file.write_bytes(whole)
    history.do("reopen", None)
    history.check()


def test_a_file_that_nobody_came_to_name_is_dropped(tmp_path: Path) -> None:
    history = History(tmp_path)
    orphan = history.folder / "1-2-2.npy"
    history.folder.mkdir()
    orphan.write_bytes(b"half")
    for first in (0, 6, 12):
        history.add(list(range(first, first + 6)), lost=False)
    history.ids.merge(history.engine)
    assert not orphan.exists()
    history.check()


@pytest.mark.parametrize("what", ["settle", "merge", "forget"])
def test_a_full_disk_takes_no_id_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    """Half of a file stays, which nobody names; the next try writes it again."""
    real = runs._write

    def full(file: BinaryIO, pieces: Any, size: int) -> None:
        real(file, pieces, size)
        file.truncate(40)
        raise OSError(errno.ENOSPC, "No space left on device")

    history = History(tmp_path)
    for first in (0, 6, 12):
        history.add(list(range(first, first + 6)), lost=False)
    work: dict[str, Callable[[], object]] = {
        "settle": lambda: history.add(list(range(20, 26)), lost=False),
        "merge": lambda: history.ids.merge(history.engine),
        "forget": lambda: history.ids.forget(history.engine, 3),
    }
    with monkeypatch.context() as disk:
        disk.setattr(runs, "_write", full)
        with pytest.raises(OSError, match="No space"):
            work[what]()
    history.check()
    history.do("reopen", None)
    history.check()
    history.ids.settle(history.engine)
    history.do("merge", None)
    history.do("forget", 1)
    history.check()
    history.do("reopen", None)
    history.check()
