"""Columns of properties that nobody has asked for yet: read from the table together, each value at
its own row whatever has moved or gone, kept as one file, and no other question waits."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from sys import getsizeof
from threading import Event as Signal
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from numpy.typing import NDArray

from sojourn import schema
from sojourn.application import Sojourn
from sojourn.asking import decode_definition
from sojourn.event import Event
from sojourn.filter import Scalar
from sojourn.ingest.project import Project
from sojourn.store import BUCKETS, CORE, EVERY_ORDER
from sojourn.stores.memory import MemoryStore
from sojourn.timeline import Column, PropertyType
from sojourn.timelines import cache
from sojourn.timelines.canon import Canon
from sojourn.timelines.ledger import UNBOUNDED, Ledger
from sojourn.timelines.ordering import gather
from sojourn.timelines.parts import Parts
from sojourn.timelines.snapshot import Snapshot
from sojourn.vocabulary import Vocabulary
from tests.opened import NOON_MS, event, open_shop, send

PROPERTIES: dict[str, PropertyType] = {
    "price": "number",
    "plan": "text",
    "paid": "flag",
    "late": "text",
    "never": "number",
}
"""`late` came with the second half of the rows only, and `never` stands in no table."""
PEOPLE, ROWS = 60, 900
WAIT_S = 10


class CountedStore(MemoryStore):
    """Notes the columns of each reading, which waits until it `may_read`."""

    def __init__(self) -> None:
        super().__init__()
        self.readings: list[tuple[str, ...]] = []
        self.may_read, self.asked_again = Signal(), Signal()
        self.may_read.set()

    def read(
        self,
        columns: Sequence[str],
        *,
        bucket: int | None = None,
        people: NDArray[np.int64] | None = None,
        orders: tuple[int, int] = EVERY_ORDER,
    ) -> pa.Table:
        self.readings.append(tuple(columns))
        if not self.may_read.is_set():
            self.asked_again.set()
            assert self.may_read.wait(WAIT_S)
        return super().read(columns, bucket=bucket, people=people, orders=orders)


@dataclass(frozen=True)
class Without:
    """A change that takes out the rows of some orders of arrival."""

    orders: frozenset[int]
    columns: Sequence[str] = ("order",)

    def concerns(self, rows: pa.Table) -> bool:
        return len(self.made(rows)) < len(rows)

    def weigh(self, rows: pa.Table) -> int | None:
        return len(self.made(rows))

    def made(self, rows: pa.Table) -> pa.Table:
        return rows.filter(~pc.field("order").isin(sorted(self.orders)))


class History:
    """A table of two commits, and merges that put a third of the rows elsewhere."""

    def __init__(self) -> None:
        self.store, self.words, self.canon = CountedStore(), Vocabulary(), Canon()
        self.words.add_event("look")
        for name, kind in PROPERTIES.items():
            self.words.add_property(name, kind)
        random = np.random.default_rng(3)
        self.person = random.integers(1, PEOPLE, ROWS)
        self.ts = random.integers(0, 50, ROWS)
        for first, last in ((0, ROWS // 2), (ROWS // 2, ROWS)):
            self.store.append(self.table(first, last), last)
        for person in range(1, PEOPLE, 3):
            self.canon.merge(person, (person * 7) % PEOPLE + 1)

    def table(self, first: int, last: int) -> pa.Table:
        """The rows of the orders from `first` + 1 to `last`."""
        orders, count = range(first + 1, last + 1), last - first
        core = {
            "person": self.person[first:last],
            "ts": self.ts[first:last],
            "order": list(orders),
            "event": ["look"] * count,
            "alias": [None] * count,
            "source": [""] * count,
            "purposes": [1] * count,
            "sealed": [None] * count,
        }
        table = pa.table(core, schema=CORE)
        for name in PROPERTIES:
            if name != "never" and (name != "late" or first):
                values = pa.array([told(name, order) for order in orders])
                table = table.append_column(self.column(name), values)
        return table

    def column(self, name: str) -> str:
        return dict(self.words.columns(name))[PROPERTIES[name]]

    @property
    def asked(self) -> list[tuple[PropertyType, str]]:
        return [(kind, self.column(name)) for name, kind in PROPERTIES.items()]

    def open(self, folder: Path | None, ceiling: int = UNBOUNDED) -> Parts:
        parts = Parts(self.store, self.words, self.canon, lambda row: row, Ledger(ceiling), folder)
        parts.open(self.store.committed())
        self.store.readings.clear()
        return parts


def told(name: str, order: int) -> Scalar | None:
    """The value of a property in the row of an order of arrival."""
    if name == "price":
        return order / 4 if order % 3 else None
    if name == "paid":
        return order % 4 == 1 if order % 2 else None
    if name == "plan":
        return f"plan {order % 11}" if order % 5 else None
    return f"late {order}" if name == "late" and order > ROWS // 2 else None


def values(column: Column) -> list[Scalar | None]:
    """What a column says, row for row."""
    if column.type == "text":
        codes = column.values.tolist()
        return [column.words[code] if code >= 0 else None for code in codes]
    if column.type == "flag":
        return [None if flag < 0 else flag == 1 for flag in column.values.tolist()]
    return [None if number != number else number for number in column.values.tolist()]


def check(snapshot: Snapshot, history: History, gone: frozenset[int] = frozenset()) -> None:
    """Every row has its own values; those that have gone from the table have none."""
    seen = 0
    for part, source in zip(snapshot.parts, snapshot.sources, strict=True):
        orders = source.order.tolist()
        seen += len(orders)
        for name in PROPERTIES:
            (column,) = part.columns(name)
            expected = [None if order in gone else told(name, order) for order in orders]
            assert values(column) == expected, name
    assert seen == ROWS


@pytest.mark.parametrize("ceiling", [UNBOUNDED, 40_000], ids=["ample", "tight"])
@pytest.mark.parametrize("kept", [True, False], ids=["kept", "in memory"])
def test_every_row_has_its_own_values_after_merges(
    tmp_path: Path, kept: bool, ceiling: int
) -> None:
    history = History()
    parts = history.open(tmp_path if kept else None, ceiling)
    for _ in range(2):
        snapshot = parts.now()
        snapshot.read(history.asked, check=lambda: None)
        check(snapshot, history)


@pytest.mark.parametrize("kept", [True, False], ids=["kept", "in memory"])
def test_rows_that_have_gone_have_no_value_and_the_others_keep_theirs(
    tmp_path: Path, kept: bool
) -> None:
    history = History()
    parts = history.open(tmp_path if kept else None)
    before = parts.now()
    # As many rows go of one part as its bucket has of people who belong to others by now: that as
    # many rows are read as the part holds does not mean that they are the same.
    bucket = history.person % BUCKETS
    today = np.array([history.canon.of(int(person)) for person in history.person]) % BUCKETS
    leave = int(np.count_nonzero((bucket == 3) & (today != 3)))
    stay = np.flatnonzero((bucket == 3) & (today == 3)) + 1
    assert 0 < leave < len(stay)
    gone = frozenset(stay[:leave].tolist())
    history.store.rewrite(Without(gone))
    before.read(history.asked, check=lambda: None)
    check(before, history, gone)
    parts.renew()
    after = parts.now()
    orders = {order for source in after.sources for order in source.order.tolist()}
    assert orders == set(range(1, ROWS + 1)) - gone
    for part, source in zip(after.parts, after.sources, strict=True):
        (column,) = part.columns("plan")
        assert values(column) == [told("plan", order) for order in source.order.tolist()]


def test_late_rows_and_what_is_settled_carry_every_column(tmp_path: Path) -> None:
    sojourn, project = open_shop(tmp_path)
    expected = {at: (float(at), None if at % 2 else f"plan {at % 3}") for at in range(60)}

    def bought(at: int) -> Event:
        price, plan = expected[at]
        told = {"price": price} if plan is None else {"price": price, "plan": plan}
        return event("buy", at, user=f"u{at % 7}", message_id=str(at), **told)

    def found() -> dict[int, tuple[Scalar | None, ...]]:
        rows = dict[int, tuple[Scalar | None, ...]]()
        snapshot = project.parts.now()
        names = ("price", "plan")
        asked = [column for name in names for column in project.vocabulary.columns(name)]
        snapshot.read(asked, check=lambda: None)
        for part in snapshot.parts:
            told = [values(column) for name in names for column in part.columns(name)]
            rows |= {
                int(part.ts[row]) - NOON_MS: tuple(column[row] for column in told)
                for row in gather(part.starts, part.ends).tolist()
            }
        return rows

    with sojourn:
        send(sojourn, project, [bought(at) for at in range(10, 60)])
        sojourn.applier.commit(now=True)
        project.parts.settle()
        assert found() == {at: expected[at] for at in range(10, 60)}
        send(sojourn, project, [bought(at) for at in range(10)])
        assert found() == expected
        sojourn.applier.commit(now=True)
        project.parts.settle()
        # What is in use is carried, a file a part, and nothing has to be read from the table again.
        files = set((tmp_path / "cache").rglob("*.columns"))
        assert len(files) == BUCKETS
        assert found() == expected
        assert set((tmp_path / "cache").rglob("*.columns")) == files


def test_what_is_asked_together_is_read_once_and_kept_as_one_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    history = History()
    parts = history.open(tmp_path)
    synced = list[int]()
    monkeypatch.setattr(os, "fsync", synced.append)
    parts.now().read(history.asked, check=lambda: None)
    # Each part reads its bucket, and the first of them what has moved between all buckets.
    assert len(history.store.readings) == BUCKETS + 1
    assert len(synced) == BUCKETS
    again = history.open(tmp_path)
    check(again.now(), history)
    assert history.store.readings == []


def test_memory_bounds_how_much_is_read_together() -> None:
    history = History()
    ceiling = 400_000
    parts = history.open(None, ceiling)
    parts.now().read(history.asked, check=lambda: None)
    readings = history.store.readings
    groups = {tuple(name for name in names if name != "person") for names in readings}
    assert max(map(len, groups)) < 1 + len(PROPERTIES)
    assert 1 < len(groups) < len(PROPERTIES)
    # However few they are, all parts read the same together, and what has moved but once.
    assert len(readings) == len(groups) * (BUCKETS + 1)
    assert Ledger(ceiling).together(10**9) == 1
    assert Ledger().together(10**9) > len(PROPERTIES)


def test_what_waits_for_its_part_is_accounted_for_until_it_is_taken() -> None:
    history = History()
    book = Ledger()
    parts = Parts(history.store, history.words, history.canon, lambda row: row, book)
    parts.open(ROWS)
    assert book.bytes == 0
    first = size(parts.now().sources[0].columns(history.asked))
    assert book.bytes > first
    parts.now().read(history.asked, check=lambda: None)
    every = sum(size(source.columns(history.asked)) for source in parts.now().sources)
    assert book.bytes == every > first
    del parts
    assert book.bytes == 0


def size(columns: Sequence[Column]) -> int:
    """The bytes of columns and of their words."""
    return sum(one.values.nbytes + sum(map(getsizeof, one.words)) for one in columns)


def test_threads_that_ask_for_the_same_read_it_once() -> None:
    history = History()
    sources = history.open(None).now().sources
    with ThreadPoolExecutor(4) as pool:
        asked = [pool.submit(one.columns, history.asked) for one in sources for _ in range(4)]
        assert all(len(one.result(WAIT_S)) == len(PROPERTIES) for one in asked)
    assert len(history.store.readings) == BUCKETS + 1


def test_what_is_here_does_not_wait_for_what_is_being_read() -> None:
    history = History()
    source = history.open(None).now().sources[0]
    price, plan = ([one] for one in history.asked[:2])
    known = source.columns(price)
    history.store.may_read.clear()
    with ThreadPoolExecutor(2) as pool:
        reading = pool.submit(source.columns, plan)
        assert history.store.asked_again.wait(WAIT_S)
        assert pool.submit(source.columns, price).result(WAIT_S) == known
        assert not reading.done()
        history.store.may_read.set()
        (column,) = reading.result(WAIT_S)
    assert values(column) == [told("plan", order) for order in source.order.tolist()]


PRICED = b"""{"kind": "funnel", "steps": [
    {"event": "buy", "where": [{"property": "price", "at_least": 30}]}
]}"""
PLAIN = b'{"kind": "funnel", "steps": [{"event": "buy"}]}'


def ask(sojourn: Sojourn, project: Project, definition: bytes) -> int:
    """How many people are at the first step of a funnel."""
    people: int = sojourn.ask(project, decode_definition(definition)).steps[0].people
    return people


def look(sojourn: Sojourn, project: Project) -> int:
    """How many rows have a price, as the schema counts them."""
    counted, _ = schema.look(sojourn.governance(project))
    return counted.properties["price"].overall[0]


def select(sojourn: Sojourn, project: Project) -> int:
    """How many rows have a price, as SQL counts them."""
    with sojourn.questions.select(project, "SELECT count(price) FROM events") as rows:
        count: int = rows.read_all().column(0)[0].as_py()
        return count


@pytest.mark.parametrize(
    ("reader", "answer"), [(partial(ask, definition=PRICED), 30), (look, 60), (select, 60)]
)
def test_no_question_waits_while_another_reads_the_table(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    reader: Callable[[Sojourn, Project], int],
    answer: int,
) -> None:
    sojourn, project = open_shop(tmp_path)
    begun, free, read = Signal(), Signal(), project.store.read

    def slow(columns: Sequence[str], **rest: Any) -> pa.Table:
        begun.set()
        assert free.wait(WAIT_S)
        return read(columns, **rest)

    with sojourn, ThreadPoolExecutor(2) as pool:
        some = [event("buy", at, user=f"u{at}", message_id=str(at), price=at) for at in range(60)]
        send(sojourn, project, some)
        sojourn.applier.commit(now=True)
        project.parts.settle()
        monkeypatch.setattr(project.store, "read", slow)
        reading = pool.submit(reader, sojourn, project)
        assert begun.wait(WAIT_S)
        plain = pool.submit(ask, sojourn, project, PLAIN)
        assert plain.result(WAIT_S / 2) == 60
        assert not reading.done()
        free.set()
        assert reading.result(WAIT_S) == answer


def some_columns() -> dict[str, Column]:
    """Columns of every type, one without words and one of nothing."""
    return {
        "p_price": Column("number", np.array([1.5, np.nan, -2])),
        "p_plan": Column("text", np.array([1, -1, 0], dtype=np.int32), ("größer", "")),
        "p_paid": Column("flag", np.array([0, 1, -1], dtype=np.int8)),
        "p_none": Column("text", np.empty(0, dtype=np.int32)),
    }


ASKED: list[tuple[PropertyType, str]] = [
    (column.type, name) for name, column in some_columns().items()
]


def test_columns_of_a_file_are_what_was_written(tmp_path: Path) -> None:
    cache.write_columns(tmp_path, some_columns())
    cache.write_columns(tmp_path, {"p_more": Column("number", np.arange(5.0))})
    found = cache.map_columns(tmp_path, [*ASKED, ("number", "p_more"), ("flag", "p_unknown")])
    assert found.keys() == {*some_columns(), "p_more"}
    for name, column in some_columns().items():
        assert (found[name].type, found[name].words) == (column.type, column.words)
        assert found[name].values.dtype == column.values.dtype
        assert found[name].values.flags.aligned
        np.testing.assert_array_equal(found[name].values, column.values)


def test_file_that_was_cut_short_anywhere_is_none(tmp_path: Path) -> None:
    cache.write_columns(tmp_path, some_columns())
    (file,) = tmp_path.iterdir()
    whole = file.read_bytes()
    for length in range(len(whole)):
        file.write_bytes(whole[:length])
        assert cache.map_columns(tmp_path, ASKED) == {}, length
    file.write_bytes(whole)
    assert len(cache.map_columns(tmp_path, ASKED)) == len(ASKED)


def test_file_that_was_harmed_is_read_from_the_table_again(tmp_path: Path) -> None:
    history = History()
    history.open(tmp_path).now().read(history.asked, check=lambda: None)
    for file in list(tmp_path.rglob("*.columns"))[::2]:
        file.write_bytes(file.read_bytes()[:-40])
    check(history.open(tmp_path).now(), history)
    assert history.store.readings
    check(history.open(tmp_path).now(), history)
    assert not history.store.readings


def test_nothing_comes_to_a_folder_that_is_deleted_while_it_is_written_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    history = History()
    parts = history.open(tmp_path)
    before = parts.now()
    sync = os.fsync

    def renewed(file: int) -> None:
        monkeypatch.setattr(os, "fsync", sync)
        history.store.rewrite(Without(frozenset([1])))
        parts.renew()
        sync(file)

    monkeypatch.setattr(os, "fsync", renewed)
    before.read(history.asked, check=lambda: None)
    (edition,) = tmp_path.iterdir()
    assert edition.name == "edition-1"


def test_folder_that_is_being_deleted_takes_nothing_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, remove = tmp_path / "part", shutil.rmtree
    folder.mkdir()

    def meanwhile(path: Path, **rest: Any) -> None:
        with pytest.raises(FileNotFoundError):
            cache.write_columns(folder, some_columns())
        remove(path, **rest)

    monkeypatch.setattr(shutil, "rmtree", meanwhile)
    cache.discard(folder)
    assert list(tmp_path.iterdir()) == []
