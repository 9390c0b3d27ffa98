"""Sojourn, through `Sojourn.ask` and `people_behind`, on a data folder with the log in its table.

The rows go through the real store and stand in it as the applier would have put them there; only
the inbox and the identities, which no question reads, are left out.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import sqlalchemy as sa
from numpy.typing import NDArray

from bench.engine import size_of
from bench.question import Answer, Question
from bench.workload import NAMES, PROPERTIES, Advance
from sojourn import control, kernels, tables
from sojourn.application import Sojourn
from sojourn.ingest.inbox import order_of
from sojourn.ingest.project import Project
from sojourn.settings import Settings
from sojourn.store import CORE
from sojourn.timeline import EVERY_PURPOSE

PROJECT = "bench"
ROW_EVENTS = 500
"""Events of one inbox row: a usual batch of a client."""
READ_S_MAX = 600.0
NEEDED = ("people", "facts", "starts", "ends", "ts", "event", "purposes")
"""The arrays of a part that every question reads; `order` is only for merging."""


class SojournEngine:
    """A data folder, opened with its cache."""

    def __init__(self, folder: Path, *, memory_mb: int = 0) -> None:
        # The first to name a property of 200 million events waits a minute while it is read from
        # the table; that is not what is measured.
        settings = Settings(data=folder, memory_mb=memory_mb, question_seconds=READ_S_MAX)
        self._sojourn = Sojourn(settings)
        self.project = self._sojourn.project(PROJECT)
        self._sojourn.make_ready()
        for kernel in kernels.found():
            kernel.load()

    def ask(self, question: Question) -> Any:
        if question.cell is None:
            return self._sojourn.ask(self.project, question.definition)
        questions = self._sojourn.questions
        return questions.people_behind(self.project, question.definition, question.cell)

    def plain(self, question: Question, given: Any) -> Answer:
        return question.of_sojourn(given)

    def close(self) -> None:
        self._sojourn.close()


def opening(folder: Path) -> dict[str, float]:
    """Seconds to open the folder without its cache, and then with it; and the sizes of both."""
    shutil.rmtree(folder / "cache", ignore_errors=True)
    seconds = []
    for _ in range(2):
        began = time.perf_counter()
        sojourn = Sojourn(Settings(data=folder))
        seconds.append(time.perf_counter() - began)
        sojourn.close()
    return {
        "without_cache_s": seconds[0],
        "with_cache_s": seconds[1],
        "cache_bytes": size_of(folder / "cache"),
        "needed_bytes": sum(size_of(folder / "cache", f"{name}.npy") for name in NEEDED),
    }


def size(folder: Path) -> int:
    """The bytes of the table."""
    return size_of(folder / "events")


def fill(folder: Path, rows: Iterator[tuple[int, pa.Table]], advance: Advance) -> None:
    """Append the log, chunk by chunk, to a new project's table, as the applier does."""
    with Sojourn(Settings(data=folder)) as sojourn:
        project = sojourn.create_project(PROJECT, simulated=True)
        columns = _learn(sojourn, project)
        for begin, table in rows:
            place = np.arange(begin, begin + len(table))
            row = place // ROW_EVENTS + 1
            order = row * order_of(1, 0) + place % ROW_EVENTS
            last = int(row[-1])
            project.store.append(stored(table, order, columns), last)
            _count(sojourn, project, len(table), last)
            advance(len(table))


def _learn(sojourn: Sojourn, project: Project) -> dict[str, str]:
    """Write down the project's words, as the applier would; the column of each property."""
    words = project.vocabulary
    names = [{"project": project.id, "code": words.add_event(name), "name": name} for name in NAMES]
    columns: list[dict[str, Any]] = [
        {
            "project": project.id,
            "name": name,
            "type": kind,
            "column": words.add_property(name, kind),
        }
        for name, kind in PROPERTIES.items()
    ]
    with control.writing(sojourn.engine).begin() as connection:
        connection.execute(sa.insert(tables.event_names), names)
        connection.execute(sa.insert(tables.properties), columns)
    return {row["name"]: row["column"] for row in columns}


def _count(sojourn: Sojourn, project: Project, events: int, last: int) -> None:
    """Write down what was stored, and up to which inbox row."""
    stored = {"project": project.id, "what": "stored", "events": events}
    with control.writing(sojourn.engine).begin() as connection:
        control.upsert(connection, tables.progress, [{"name": "applied", "value": last}])
        control.upsert(connection, tables.tallies, [stored], add="events")


def columns_of(project: Project) -> dict[str, str]:
    """The column of each property, as the project has written them down."""
    return {name: column for name in PROPERTIES for _, column in project.vocabulary.columns(name)}


def stored(table: pa.Table, order: NDArray[np.int64], columns: dict[str, str]) -> pa.Table:
    """The rows of a chunk as the applier hands them to the store; the column of each property."""
    length = len(table)
    person = table["person"].to_numpy()
    core = {
        "person": table["person"],
        "ts": table["ts"],
        "order": pa.array(order),
        "event": table["event"].cast(pa.string()),
        "alias": _aliases(person),
        "source": pa.array(["bench"]).take(pa.array(np.zeros(length, dtype=np.int8))),
        "purposes": pa.array(np.full(length, EVERY_PURPOSE, dtype=np.int32)),
        "sealed": pa.nulls(length, pa.binary()),
    }
    rows = pa.table(core, schema=CORE)
    for name, kind in PROPERTIES.items():
        values = table[name].cast(pa.string()) if kind == "text" else table[name]
        rows = rows.append_column(columns[name], values)
    return rows


def _aliases(person: NDArray[np.int64]) -> pa.Array:
    """16 bytes that look random and follow from the person, as the digest of an identifier is."""
    odd = np.array([0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F], dtype=np.uint64)
    halves = person.astype(np.uint64)[:, None] * odd
    halves ^= halves >> np.uint64(29)
    offsets = np.arange(0, 16 * len(person) + 1, 16, dtype=np.int32)
    buffers = [None, pa.py_buffer(offsets), pa.py_buffer(np.ascontiguousarray(halves))]
    return pa.Array.from_buffers(pa.binary(), len(person), buffers)
