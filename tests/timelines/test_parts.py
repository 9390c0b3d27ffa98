"""Parts stay whole: whatever is committed, settled, merged or reopened, each person is shown once,
complete and in order, and property columns keep to their events."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sojourn.ingest.project import Project
from sojourn.store import CORE
from sojourn.stores.memory import MemoryStore
from sojourn.timelines.canon import Canon
from sojourn.timelines.parts import Parts, Snapshot
from sojourn.vocabulary import Vocabulary
from tests.opened import NOON_MS, event, open_shop, profile, send, timelines

ROW = st.tuples(st.integers(1, 40), st.integers(0, 5), st.sampled_from("abc"))
"""A person, an instant (many ties), an event."""
STEP = st.one_of(
    st.lists(ROW, min_size=1, max_size=12),
    st.tuples(st.integers(1, 40), st.integers(1, 40)),
    st.sampled_from(["commit", "settle", "reopen"]),
)


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
        self.parts = self.open()

    def open(self) -> Parts:
        canon = Canon()
        for merge in self.merges:
            canon.merge(*merge)
        parts = Parts(self.store, self.words, canon, lambda row: row, self.cache)
        parts.open(self.store.committed())
        for table in self.pending:
            parts.add(table, [])
        return parts

    def add(self, rows: list[tuple[int, int, str]]) -> None:
        placed = [(*row, len(self.rows) + place + 1) for place, row in enumerate(rows)]
        self.rows += placed
        for row in rows:
            self.words.add_event(row[2])
        core = {
            "person": [person for person, _, _, _ in placed],
            "ts": [ts for _, ts, _, _ in placed],
            "order": [order for *_, order in placed],
            "event": [name for _, _, name, _ in placed],
            "alias": [None] * len(placed),
            "source": [""] * len(placed),
            "purposes": [1] * len(placed),
            "sealed": [None] * len(placed),
        }
        table = pa.table(core, schema=CORE)
        numbers = pa.array([float(order) for *_, order in placed], pa.float64())
        texts = pa.array(
            [f"w{order % 3}" if order % 4 else None for *_, order in placed], pa.string()
        )
        table = table.append_column("p_p", texts).append_column("p_p_number", numbers)
        self.pending.append(table.rename_columns([self.column(n) for n in table.column_names]))
        self.parts.add(self.pending[-1], [])

    def column(self, name: str) -> str:
        known = dict(self.words.columns("p"))
        return {"p_p": known["text"], "p_p_number": known["number"]}.get(name, name)

    def merge(self, person: int, into: int) -> None:
        if self.today(person) != self.today(into):
            pair = (self.today(person), self.today(into))
            self.merges.append(pair)
            self.parts.add(CORE.empty_table(), [pair])

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

    def expected(self) -> dict[int, list[tuple[int, int, str]]]:
        whole: dict[int, list[tuple[int, int, str]]] = {}
        for person, ts, name, order in self.rows:
            whole.setdefault(self.today(person), []).append((ts, order, name))
        return {person: sorted(run) for person, run in whole.items()}


def found(snapshot: Snapshot) -> dict[int, list[tuple[int, int, str]]]:
    """Every person's (ts, order, event); the order comes from the number property."""
    whole: dict[int, list[tuple[int, int, str]]] = {}
    for part in snapshot.parts:
        columns = {column.type: column for column in part.property("p")}
        for person, start, end in zip(part.people, part.starts, part.ends, strict=True):
            if start == end:
                continue
            assert person not in whole, "a person stands in two parts"
            orders = columns["number"].values[start:end].astype(int).tolist()
            texts = [columns["text"].values[i] for i in range(start, end)]
            for order, code in zip(orders, texts, strict=True):
                word = columns["text"].words[code] if code >= 0 else None
                assert word == (f"w{order % 3}" if order % 4 else None)
            named = [part.names[code] for code in part.event[start:end]]
            instants = part.ts[start:end].tolist()
            whole[int(person)] = list(zip(instants, orders, named, strict=True))
    return whole


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=st.lists(STEP, max_size=10), cached=st.booleans())
def test_every_person_is_whole_whatever_happens(
    tmp_path_factory: pytest.TempPathFactory, steps: list[object], cached: bool
) -> None:
    history = History(tmp_path_factory.mktemp("cache") if cached else None)
    for step in steps:
        if isinstance(step, str):
            history.do(step)
        elif isinstance(step, tuple):
            history.merge(*step)
        else:
            history.add(step)  # type: ignore[arg-type]
        assert found(history.parts.now()) == history.expected()


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
    values = [column.values for part in snapshot.parts for column in part.property("price")]
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
        send(sojourn, project, [profile(user="ann", name="Ann")])
        assert timelines(project) == {}
        assert project.parts.now().first_ms is None


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
