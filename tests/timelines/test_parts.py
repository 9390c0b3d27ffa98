"""Parts stay whole: whatever is committed, settled, merged, hidden or reopened, each person is
shown once, complete and in order, facts before events, and columns keep to their rows."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sojourn.ingest.project import Project
from sojourn.store import CORE, FACT
from sojourn.stores.memory import MemoryStore
from sojourn.timelines import parts, settled
from sojourn.timelines.arrivals import PROVISIONAL
from sojourn.timelines.canon import Canon
from sojourn.timelines.ledger import Ledger
from sojourn.timelines.parts import Parts
from sojourn.timelines.snapshot import Snapshot
from sojourn.vocabulary import Vocabulary
from tests.opened import NOON_MS, event, open_shop, profile, send, timelines

ROW = st.tuples(st.integers(1, 40), st.integers(0, 5), st.sampled_from(["a", "b", "c", FACT]))
"""A person, an instant (many ties), an event or a fact."""
STEP = st.one_of(
    st.lists(ROW, min_size=1, max_size=12),
    st.tuples(st.integers(1, 40), st.integers(1, 40)),
    st.frozensets(st.integers(1, 40), max_size=4),
    st.integers(0, 5),
    st.tuples(st.sampled_from(["open", "change", "close"]), st.integers(0, 7), st.integers(1, 40)),
    st.sampled_from(["commit", "settle", "reopen"]),
)
"""Rows, a merge, who is hidden, which of the merges that stand is undone, what happens to an event
that may still change (its number, whose it is), or something else."""

Run = list[tuple[int, int, str]]
"""(ts, order, event) of each row."""


class History:
    """The parts under test, and beside them the plain list of what happened."""

    def __init__(self, cache: Path | None) -> None:
        self.cache = cache
        self.store, self.words, self.canon = MemoryStore(), Vocabulary(), Canon()
        for kind in ("number", "text"):
            self.words.add_property("p", kind)  # type: ignore[arg-type]
        self.rows: list[tuple[int, int, str, int]] = []
        self.merges: list[tuple[int, int]] = []
        self.pending: list[pa.Table] = []
        self.opened: dict[int, tuple[int, int, str, int]] = {}
        self.hidden: frozenset[int] = frozenset()
        self.parts = self.open()

    def open(self) -> Parts:
        canon = Canon()
        for merge in self.merges:
            canon.merge(*merge)
        parts = Parts(self.store, self.words, canon, lambda row: row, Ledger(), self.cache)
        parts.open(self.store.committed())
        for table in self.pending:
            parts.add(table, [])
        if self.opened:
            parts.add(self.table([*self.opened.values()]), [])
        parts.hide(self.hidden)
        return parts

    def hide(self, people: frozenset[int]) -> None:
        self.hidden = people
        self.parts.hide(people)

    def add(self, rows: list[tuple[int, int, str]]) -> None:
        placed = [(*row, len(self.rows) + place + 1) for place, row in enumerate(rows)]
        self.rows += placed
        self.pending.append(self.table(placed))
        self.parts.add(self.pending[-1], [])

    def provide(self, what: str, number: int, person: int) -> None:
        """An event opens, turns out to be something else, or closes and becomes a row."""
        known = self.opened.get(number)
        if what == "close":
            if known is not None:
                del self.opened[number]
                who, ts, name, order = known
                self.rows.append((who, ts, name, len(self.rows) + 1))
                self.pending.append(self.table(self.rows[-1:]))
                self.parts.add(self.pending[-1], [], [order])
        elif (what == "change") == (known is not None):
            who, ts = known[:2] if known else (person, number % 6)
            name = "abc"[(number + len(self.rows)) % 3]
            self.opened[number] = (who, ts, name, PROVISIONAL + number)
            self.parts.add(self.table([self.opened[number]]), [])

    def table(self, placed: list[tuple[int, int, str, int]]) -> pa.Table:
        """Rows of (person, ts, event, order), with properties that tell the order."""
        for _, _, name, _ in placed:
            if name != FACT:
                self.words.add_event(name)
        core = {
            "person": [person for person, _, _, _ in placed],
            "ts": [ts for _, ts, _, _ in placed],
            "order": [order for *_, order in placed],
            "event": [name for _, _, name, _ in placed],
            "alias": [None] * len(placed),
            "source": [""] * len(placed),
            "purposes": [1 + order % 3 for *_, order in placed],
            "sealed": [None] * len(placed),
        }
        table = pa.table(core, schema=CORE)
        shown = [told(order) for *_, order in placed]
        numbers = pa.array(map(float, shown), pa.float64())
        texts = pa.array([f"w{n % 3}" if n % 4 else None for n in shown], pa.string())
        table = table.append_column("p_p", texts).append_column("p_p_number", numbers)
        return table.rename_columns([self.column(n) for n in table.column_names])

    def column(self, name: str) -> str:
        known = dict(self.words.columns("p"))
        return {"p_p": known["text"], "p_p_number": known["number"]}.get(name, name)

    def merge(self, person: int, into: int) -> None:
        if self.today(person) != self.today(into):
            pair = (self.today(person), self.today(into))
            self.merges.append(pair)
            self.parts.add(CORE.empty_table(), [pair])

    def split(self, index: int) -> None:
        if self.merges:
            gone, _ = self.merges.pop(index % len(self.merges))
            self.parts.split(gone)

    def today(self, person: int) -> int:
        for gone, into in self.merges:
            person = into if person == gone else person
        return person

    def do(self, what: str) -> None:
        if what == "commit" and self.pending:
            self.store.append(pa.concat_tables(self.pending), len(self.rows))
            self.pending = []
        elif what == "settle":
            self.parts.settle()
        elif what == "reopen":
            self.parts = self.open()

    def expected(self) -> dict[int, tuple[Run, Run]]:
        """What was told of everyone who may be seen and has events, and the events."""
        hidden = {self.today(person) for person in self.hidden}
        facts: dict[int, Run] = {}
        events: dict[int, Run] = {}
        for person, ts, name, order in (*self.rows, *self.opened.values()):
            rows = facts if name == FACT else events
            rows.setdefault(self.today(person), []).append((ts, told(order), name))
        return {
            person: (sorted(facts.get(person, [])), sorted(run))
            for person, run in events.items()
            if person not in hidden
        }

    def check(self, snapshot: Snapshot) -> None:
        """The numbers about everyone agree with the list, too."""
        happened = [row for row in (*self.rows, *self.opened.values()) if row[2] != FACT]
        seen = self.expected()
        everyone = {self.today(person) for person, *_ in happened}
        for purpose in (1, 2, 4):
            lawful = {
                person
                for person, (_, run) in seen.items()
                if any((1 + order % 3) & purpose for _, order, _ in run)
            }
            share = 1 - len(lawful) / len(everyone) if everyone else 0.0
            assert snapshot.unseen(purpose) == pytest.approx(share, abs=1e-4)
        assert snapshot.people == len(seen)
        assert snapshot.events == sum(len(run) for _, run in seen.values())
        instants = [ts for _, ts, _, _ in happened]
        assert snapshot.first_ms == min(instants, default=None)
        assert snapshot.last_ms == max(instants, default=None)


def told(order: int) -> int:
    """An order of arrival as a property tells it: a number has not the digits of a provisional
    one."""
    return order if order < PROVISIONAL else 1_000_000 + order - PROVISIONAL


def found(snapshot: Snapshot) -> dict[int, tuple[Run, Run]]:
    """The facts and the events of everyone with events; the order comes from a property."""
    whole: dict[int, tuple[Run, Run]] = {}
    for part in snapshot.parts:
        columns = {column.type: column for column in part.columns("p")}
        runs = zip(part.people, part.facts, part.starts, part.ends, strict=True)
        for person, fact, start, end in runs:
            if start == end:
                continue
            assert person not in whole, "a person stands in two parts"
            orders = columns["number"].values[fact:end].astype(int).tolist()
            texts = [columns["text"].values[i] for i in range(fact, end)]
            for order, code in zip(orders, texts, strict=True):
                word = columns["text"].words[code] if code >= 0 else None
                assert word == (f"w{order % 3}" if order % 4 else None)
            named = [part.names[code] for code in part.event[start:end]]
            named = [FACT] * int(start - fact) + named
            rows = list(zip(part.ts[fact:end].tolist(), orders, named, strict=True))
            whole[int(person)] = rows[: start - fact], rows[start - fact :]
    return whole


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=st.lists(STEP, max_size=12), cached=st.booleans(), looks_rarely=st.booleans())
def test_every_person_is_whole_whatever_happens(
    tmp_path_factory: pytest.TempPathFactory, steps: list[object], cached: bool, looks_rarely: bool
) -> None:
    history = History(tmp_path_factory.mktemp("cache") if cached else None)
    for index, step in enumerate(steps):
        if isinstance(step, str):
            history.do(step)
        elif isinstance(step, tuple):
            history.merge(*step) if len(step) == 2 else history.provide(*step)
        elif isinstance(step, frozenset):
            history.hide(step)
        elif isinstance(step, int):
            history.split(step)
        else:
            history.add(step)  # type: ignore[arg-type]
        if not looks_rarely or index % 3 == 2 or index == len(steps) - 1:
            snapshot = history.parts.now()
            assert found(snapshot) == history.expected()
            history.check(snapshot)


def test_what_comes_while_parts_settle_is_shown_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    history = History(tmp_path)
    history.add([(person, person % 3, "a") for person in range(1, 30)])
    history.do("commit")
    history.do("settle")
    assert found(history.parts.now()) == history.expected()
    history.add([(3, 1, "b"), (4, 2, FACT)])
    history.merge(5, 6)
    history.do("commit")
    make = settled.make

    def interrupted(making: settled.Making, *rest: Any) -> settled.Generation:
        def meanwhile() -> settled.Making:
            assert found(history.parts.now()) == history.expected(), "what came before it began"
            for bucket, made in enumerate(making):
                history.add([(bucket + 1, 2, "c"), (3, 0, FACT)])
                history.merge(bucket + 20, bucket + 1)
                history.provide(("open", "change", "close")[bucket % 3], bucket // 4, bucket + 1)
                if bucket % 3 == 2:
                    history.split(bucket)
                assert found(history.parts.now()) == history.expected()
                yield made

        return make(meanwhile(), *rest)

    monkeypatch.setattr(settled, "make", interrupted)
    history.do("settle")
    monkeypatch.undo()
    for step in ("look", "commit", "settle", "reopen"):
        history.do(step)
        assert found(history.parts.now()) == history.expected()


def test_after_a_costly_step_the_last_snapshot_serves_for_a_moment_unless_someone_is_hidden(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now_s = 100.0
    monkeypatch.setattr(parts, "CHEAP_ROWS", 2)
    monkeypatch.setattr(parts, "GOOD_FOR_ROW_S", 1.0)
    monkeypatch.setattr(parts.time, "monotonic", lambda: now_s)
    history = History(None)
    history.add([(1, 1, "a"), (2, 1, "a")])
    assert history.parts.now().people == 2
    history.add([(3, 1, "a")])
    assert history.parts.now().people == 2
    history.hide(frozenset([1]))
    assert found(history.parts.now()) == history.expected(), "hiding waits for nothing"
    history.add([(4, 1, "a")])
    now_s += parts.GOOD_FOR_MAX_S
    assert found(history.parts.now()) == history.expected()
    assert parts.GOOD_FOR_MAX_S <= 0.5, "an event is seen within a second"


def test_late_event_takes_its_place(tmp_path: Path) -> None:
    sojourn, project = open_shop(tmp_path)
    with sojourn:
        send(sojourn, project, [event("first", 10, user="ann"), event("third", 30, user="ann")])
        sojourn.applier.commit(now=True)
        project.parts.settle()
        send(sojourn, project, [event("second", 20, user="ann")])
        assert list(timelines(project).values()) == [[(10, "first"), (20, "second"), (30, "third")]]


def test_question_during_a_rebuild_keeps_its_columns(tmp_path: Path) -> None:
    """A snapshot taken before a rebuild can still read a property after it."""
    sojourn, project = open_shop(tmp_path)
    with sojourn:
        send(sojourn, project, [event("buy", 1, user="ann", price=5)])
        sojourn.applier.commit(now=True)
        project.parts.settle()
        before = project.parts.now()
        send(sojourn, project, [event("buy", 2, user="bob", price=7)])
        sojourn.applier.commit(now=True)
        project.parts.settle()
        assert prices(before) == [5.0]
        assert prices(project.parts.now()) == [5.0, 7.0]


def prices(snapshot: Snapshot) -> list[float]:
    values = [column.values for part in snapshot.parts for column in part.columns("price")]
    return sorted(np.concatenate(values).tolist())


def test_needed_columns_take_twelve_bytes_an_event(tmp_path: Path) -> None:
    sojourn, project = open_shop(tmp_path)
    with sojourn:
        some = [event("look", at, user="ann", message_id=str(at)) for at in range(500)]
        send(sojourn, project, some)
        sojourn.applier.commit(now=True)
        project.parts.settle()
        assert bytes_an_event(project) == 12


def bytes_an_event(project: Project) -> float:
    parts = project.parts.now().parts
    needed = [(part.ts, part.event, part.purposes) for part in parts]
    size = sum(array.nbytes for arrays in needed for array in arrays)
    return size / sum(len(part.ts) for part in parts)


def test_profile_leaves_no_event(tmp_path: Path) -> None:
    sojourn, project = open_shop(tmp_path)
    with sojourn:
        send(sojourn, project, [profile(user="ann", name="Ann", plan="pro")])
        for _ in range(2):
            snapshot = project.parts.now()
            assert timelines(project) == {}
            assert (snapshot.first_ms, snapshot.people, snapshot.events) == (None, 0, 0)
            sojourn.applier.commit(now=True)
            project.parts.settle()


@pytest.mark.parametrize("harm", ["removed", "cut short", "all removed"])
def test_cache_that_was_harmed_is_built_again(tmp_path: Path, harm: str) -> None:
    sojourn, project = open_shop(tmp_path)
    with sojourn:
        some = [event("look", at, user=f"u{at}", message_id=str(at)) for at in range(60)]
        send(sojourn, project, some)
        sojourn.applier.commit(now=True)
        project.parts.settle()
        before = timelines(project)
    files = sorted((tmp_path / "cache").rglob("ts.npy"))
    if harm == "removed":
        files[3].unlink()
    elif harm == "cut short":
        files[3].write_bytes(files[3].read_bytes()[:-8])
    else:
        shutil.rmtree(tmp_path / "cache")
    sojourn, project = open_shop(tmp_path)
    with sojourn:
        assert timelines(project) == before


def test_span_covers_settled_and_tail(tmp_path: Path) -> None:
    sojourn, project = open_shop(tmp_path)
    with sojourn:
        send(sojourn, project, [event("a", 10, user="ann")])
        sojourn.applier.commit(now=True)
        project.parts.settle()
        send(sojourn, project, [event("b", 5, user="bob")])
        snapshot = project.parts.now()
        assert (snapshot.first_ms, snapshot.last_ms) == (NOON_MS + 5, NOON_MS + 10)


def test_whoever_applies_catches_up_for_who_asked_a_moment_ago() -> None:
    history = History(cache=None)
    history.add([(1, 0, "a"), (2, 0, "b")])
    before = history.parts.now()
    history.parts.now().sources[0].columns([("text", "p")])
    history.add([(1, 1, "b")])
    history.parts.keep_fresh()
    assert history.parts._current is not before
    assert history.parts.now() is history.parts._current
    assert sum(snapshot_events(history.parts.now())) == 3

    history.parts._asked_s -= parts.ASKED_S
    history.add([(1, 2, "b")])
    made = history.parts._current
    history.parts.keep_fresh()
    assert history.parts._current is made, "nobody asked"
    assert sum(snapshot_events(history.parts.now())) == 4


def snapshot_events(snapshot: Snapshot) -> list[int]:
    """How many events each part shows."""
    return [int((part.ends - part.starts).sum()) for part in snapshot.parts]


def test_who_asks_while_another_catches_up_sees_what_there_was(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(parts, "CHEAP_ROWS", 2)
    monkeypatch.setattr(parts, "GOOD_FOR_ROW_S", 60.0)
    history = History(cache=None)
    history.add([(1, 0, "a"), (2, 0, "b"), (3, 0, "a")])
    before = history.parts.now()
    history.add([(1, 1, "b")])
    with history.parts._lock:
        assert history.parts.now() is before
    assert sum(snapshot_events(history.parts.now(latest=True))) == 4
