"""`python -m bench.messages`: what it takes to know which messages have come, as they become more.

Batches of new ids, as who applies brings them: looked up, written down, committed. Beside ours the
table that one would make of them, in the same SQLite with the same settings: ordered by id, which
is a hash. Both are filled to each size, then take turns.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Protocol

import sqlalchemy as sa
from cyclopts import App
from rich.console import Console
from rich.progress import track

from bench import report
from bench.results import Sheet
from sojourn import control, tables
from sojourn.ingest.message_ids import MessageIds

app = App(name="python -m bench.messages", help="What it takes to know which messages have come.")

PROJECT = 1
FILLING = 100_000
"""Ids of one transaction while a table is filled."""


class Known(Protocol):
    """Knows ids."""

    def take(self, ids: dict[bytes, int]) -> int:
        """Look these up and know those that are new from then on; how many were not new."""
        ...


class Ours:
    """Ids as the applier knows them; runs become one as the background work would do it."""

    def __init__(self, folder: Path) -> None:
        self._engine = _engine(folder / "ours.db")
        tables.metadata.create_all(self._engine, [tables.messages, tables.message_runs])
        self._ids = MessageIds(PROJECT, folder / "messages" / "1")
        with self._engine.begin() as connection:
            self._ids.load(connection)

    def take(self, ids: dict[bytes, int]) -> int:
        with self._engine.begin() as connection:
            known = self._ids.find(ids)
            self._ids.add(connection, {one: ids[one] for one in ids.keys() - known})
        self._ids.settle(self._engine)
        self._ids.merge(self._engine)
        return len(known)


class Table:
    """Ids as rows of a table that is ordered by them."""

    def __init__(self, folder: Path) -> None:
        self._engine = _engine(folder / "table.db")
        self._table = sa.Table(
            "by_id",
            sa.MetaData(),
            sa.Column("project", sa.Integer, primary_key=True),
            sa.Column("digest", sa.LargeBinary, primary_key=True),
            sa.Column("order", sa.BigInteger, nullable=False),
            sqlite_with_rowid=False,
        )
        self._table.create(self._engine)

    def take(self, ids: dict[bytes, int]) -> int:
        c = self._table.c
        with self._engine.begin() as connection:
            found = control.found_in(connection, (c.digest,), PROJECT, c.digest, ids)
            known = {bytes(digest) for (digest,) in found}
            new = sorted(ids.keys() - known)
            rows = [{"project": PROJECT, "digest": one, "order": ids[one]} for one in new]
            control.insert_many(connection, self._table, rows)
        return len(known)


@app.default
def messages(
    *,
    sizes: tuple[int, ...] = (200_000, 2_000_000, 10_000_000),
    batch: int = 2_500,
    rounds: int = 40,
    write: bool = False,
) -> None:
    """Take batches of new ids when so many are known already.

    Parameters
    ----------
    sizes
        How many ids are known, in ascending order.
    batch
        How many ids come together; a tenth of them are known.
    rounds
        How many batches are timed at each size.
    write
        Write bench/messages.md.
    """
    rows = []
    with tempfile.TemporaryDirectory() as scratch:
        both: tuple[Known, Known] = Ours(Path(scratch)), Table(Path(scratch))
        took, size = ([0.0], [0.0]), 0
        fresh = _fresh()
        for wanted in sizes:
            steps = range(size, wanted, FILLING)
            for _ in track(steps, description=f"Filling to {wanted:,}", console=Console()):
                ids = dict(next(fresh) for _ in range(FILLING))
                for known in both:
                    known.take(ids)
            size, last = wanted, ids
            took = _timed(both, fresh, last, batch, rounds)
            ours, table = (median(own) / batch * 1e6 for own in took)
            mean_ours, mean_table = (sum(own) / rounds / batch * 1e6 for own in took)
            rows.append(
                (
                    f"{wanted:,}",
                    f"{ours:.1f}",
                    f"{table:.1f}",
                    f"{table / ours:.1f}",
                    f"{mean_table / mean_ours:.1f}",
                )
            )
    head = ("ids known", "µs an id", "one table", "ratio", "ratio of the means")
    sheet = Sheet(f"Batches of {batch:,} ids, a tenth of them known", head, rows)
    Console().print(sheet.rich())
    if write:
        report.write(
            report.HERE / "messages.md", "python -m bench.messages", [sheet.markdown()], rounds
        )


def _timed(
    both: tuple[Known, Known],
    fresh: Iterator[tuple[bytes, int]],
    known: dict[bytes, int],
    batch: int,
    rounds: int,
) -> tuple[list[float], list[float]]:
    """Seconds of each batch, in turns."""
    took: tuple[list[float], list[float]] = ([], [])
    again = iter(known.items())
    for _ in range(rounds):
        ids = dict(next(fresh) for _ in range(batch - batch // 10))
        ids |= dict(next(again) for _ in range(batch // 10))
        for own, seconds in zip(both, took, strict=True):
            began = time.perf_counter()
            assert own.take(ids) == batch // 10
            seconds.append(time.perf_counter() - began)
    return took


def _fresh() -> Iterator[tuple[bytes, int]]:
    order = 0
    while True:
        order += 1
        yield os.urandom(16), order


def _engine(path: Path) -> sa.Engine:
    return control.writing(control.connect(control.sqlite_url(path)))


if __name__ == "__main__":
    app()
