"""Memory has a ceiling: past it columns leave memory, and what is read stays the same."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec
import numpy as np
import pyarrow as pa
import pytest

from sojourn.application import Sojourn
from sojourn.asking import decode_definition
from sojourn.settings import Settings
from sojourn.store import BUCKETS, CORE
from sojourn.stores.memory import MemoryStore
from sojourn.timelines import ledger
from sojourn.timelines.canon import Canon
from sojourn.timelines.ledger import UNBOUNDED, Ledger
from sojourn.timelines.parts import Parts
from sojourn.vocabulary import Vocabulary
from tests.opened import event, open_shop, send

EVENTS = 400_000
NUMBERS, TEXTS = 5, 2
CEILING = 4 << 20
WHOLE = EVENTS * (12 + 8 * NUMBERS + 4 * TEXTS)


@pytest.fixture(scope="module")
def history() -> tuple[MemoryStore, Vocabulary]:
    """A log of 24 MB, in a table."""
    rng = np.random.default_rng(7)
    words, store = Vocabulary(), MemoryStore()
    words.add_event("look")
    core = {
        "person": rng.integers(1, 5_000, EVENTS),
        "ts": rng.integers(0, 10**9, EVENTS),
        "order": np.arange(EVENTS) + 1,
        "event": ["look"] * EVENTS,
        "alias": [None] * EVENTS,
        "source": [""] * EVENTS,
        "purposes": np.ones(EVENTS, dtype=np.int32),
        "sealed": [None] * EVENTS,
    }
    table = pa.table(core, schema=CORE)
    for number in range(NUMBERS):
        name = words.add_property(f"number {number}", "number")
        table = table.append_column(name, pa.array(rng.random(EVENTS)))
    for number in range(TEXTS):
        name = words.add_property(f"text {number}", "text")
        text = pa.array([f"word {code}" for code in rng.integers(0, 50, EVENTS)])
        table = table.append_column(name, text)
    store.append(table, EVENTS)
    return store, words


def opened(history: tuple[MemoryStore, Vocabulary], ceiling: int, cache: Path | None) -> Parts:
    parts = Parts(*history, Canon(), lambda row: row, Ledger(ceiling), cache)
    parts.open(EVENTS)
    return parts


def read(parts: Parts) -> list[float]:
    """Something of every property, and of the rows themselves; it is read as questions do."""
    snapshot, sums = parts.now(), []
    for name in [*(f"number {n}" for n in range(NUMBERS)), *(f"text {n}" for n in range(TEXTS))]:
        total = 0.0
        for part in snapshot.parts:
            snapshot.touch(part)
            total += float(part.ts.sum()) + part.people.sum() + part.purposes.sum()
            for column in part.columns(name):
                weights = np.array([len(word) + hash(word) % 7 for word in column.words])
                values = weights[column.values] if column.type == "text" else column.values
                total += float(np.sum(values, dtype=np.float64))
        sums.append(total)
    return sums


def resident(folder: Path) -> int:
    """The bytes of files below a folder that are in this process's memory."""
    total, inside = 0, False
    for line in Path("/proc/self/smaps").read_text().splitlines():
        if re.match(r"[0-9a-f]+-[0-9a-f]+ ", line):
            inside = str(folder) in line
        elif inside and line.startswith("Rss:"):
            total += int(line.split()[1]) << 10
    return total


def test_mapped_columns_and_rows_leave_memory_past_the_ceiling(
    history: tuple[MemoryStore, Vocabulary], tmp_path: Path
) -> None:
    free = opened(history, UNBOUNDED, tmp_path)
    expected = read(free)
    # Nothing has left memory, which shows that what is measured below can go wrong.
    assert resident(tmp_path) > 0.9 * WHOLE
    del free
    parts = opened(history, CEILING, tmp_path)
    for _ in range(3):
        assert read(parts) == expected
        # What the last part takes was not yet counted when the others were dropped.
        assert resident(tmp_path) <= CEILING + 2 * WHOLE // BUCKETS


def test_columns_in_memory_are_dropped_and_read_from_the_table_again(
    history: tuple[MemoryStore, Vocabulary], tmp_path: Path
) -> None:
    expected = read(opened(history, UNBOUNDED, tmp_path))
    parts = opened(history, CEILING, None)
    for _ in range(2):
        assert read(parts) == expected
        kept = sum(
            column.values.nbytes
            for part in parts.now().sources
            for column in part.columns(part.columns_in_use())
        )
        assert kept <= CEILING


def test_ledger_forgets_what_has_gone(history: tuple[MemoryStore, Vocabulary]) -> None:
    book = Ledger()
    parts = Parts(*history, Canon(), lambda row: row, book)
    parts.open(EVENTS)
    read(parts)
    assert book.bytes >= EVENTS * (8 * NUMBERS + 4 * TEXTS)
    del parts
    assert book.bytes == 0


def test_questions_under_a_tiny_ceiling_have_the_same_answers(tmp_path: Path) -> None:
    names = [f"p{number}" for number in range(40)]
    sojourn, project = open_shop(tmp_path)
    with sojourn:
        some = [
            msgspec.structs.replace(
                event("look", at, user=f"u{at % 90}"), properties=dict.fromkeys(names, at)
            )
            for at in range(4_000)
        ]
        send(sojourn, project, some)
        sojourn.applier.commit(now=True)
        project.parts.settle()
    for memory_mb in (0, 1):
        with Sojourn(Settings(data=tmp_path, memory_mb=memory_mb)) as sojourn:
            project = sojourn.project("shop")
            for bound, name in enumerate(names):
                where = f'[{{"property":"{name}","at_least":{3_950 + bound}}}]'
                step = f'{{"event":"look","where":{where}}}'
                asked = decode_definition(f'{{"kind":"funnel","steps":[{step}]}}'.encode())
                assert sojourn.ask(project, asked).steps[0].people == 50 - bound
            assert sojourn.ledger.bytes <= ledger.ceiling(memory_mb)
            assert (sojourn.ledger.bytes > 1 << 20) == (memory_mb == 0)


def test_ceiling_is_half_of_the_memory_there_is_unless_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledger, "CONTAINER_LIMIT", tmp_path / "limit")
    machine = ledger.ceiling(0)
    (tmp_path / "limit").write_text("max")
    assert ledger.ceiling(0) == machine
    (tmp_path / "limit").write_text(f"{100 << 20}\n")
    assert ledger.ceiling(0) == 50 << 20
    assert ledger.ceiling(7) == 7 << 20
