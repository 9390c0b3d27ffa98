"""Fills every engine with the same rows, and keeps them for the next run.

    scratch/events-50000000-seed-1/
      sojourn/       a data folder: the events in its table, nothing else
      by_person/     ClickHouse, the log ordered by (person, ts)
      by_day/        ClickHouse, the log ordered by (day, event, person)
      duckdb/        a file with the log sorted by (person, ts)
      complete       written last: the folder is used again as it is

    scratch/alone-200000000-seed-1/
      sojourn/       as above, without peers: of a log that is too long for them
      complete

Rows reach the peers by Parquet files that are deleted afterwards.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from bench import workload
from bench.engines import clickhouse, duckdb, sojourn
from bench.workload import Advance, Log, Workload

COMPLETE = "complete"

Show = Callable[[str], Advance]
"""Begins to show how far something is."""


def filled(scratch: Path, wanted: Workload) -> Path:
    """The folder with every engine's data, filled now unless it was before."""
    return _once(_folder(scratch, "events", wanted), wanted, _fill_everyone)


def filled_alone(scratch: Path, wanted: Workload) -> Path:
    """A folder with Sojourn's data; one that has everyone's will do."""
    whole = _folder(scratch, "events", wanted)
    if (whole / COMPLETE).exists():
        return whole
    return _once(_folder(scratch, "alone", wanted), wanted, _fill_sojourn)


def _folder(scratch: Path, whose: str, wanted: Workload) -> Path:
    return scratch / f"{whose}-{wanted.events}-seed-{wanted.seed}"


def _once(folder: Path, wanted: Workload, fill: Callable[[Path, Workload, Show], None]) -> Path:
    if (folder / COMPLETE).exists():
        return folder
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn()
    with Progress(*columns, TimeElapsedColumn()) as progress:

        def show(what: str) -> Advance:
            task = progress.add_task(what, total=wanted.events)
            return lambda events: progress.advance(task, events)

        fill(folder, wanted, show)
    (folder / COMPLETE).touch()
    return folder


def _fill_everyone(folder: Path, wanted: Workload, show: Show) -> None:
    rows = folder / "rows"
    rows.mkdir()
    log = workload.make(wanted, show("log"))
    sojourn.fill(folder / "sojourn", _left_for_peers(log, rows), show("Sojourn"))
    del log
    for order in clickhouse.ORDERS:
        clickhouse.fill(folder / order, rows, show(f"ClickHouse {order}"))
    duckdb.fill(folder / "duckdb", rows, show("DuckDB"))
    shutil.rmtree(rows)


def _fill_sojourn(folder: Path, wanted: Workload, show: Show) -> None:
    log = workload.make(wanted, show("log"))
    sojourn.fill(folder / "sojourn", workload.chunks(log), show("Sojourn"))


def _left_for_peers(log: Log, rows: Path) -> Iterator[tuple[int, pa.Table]]:
    """The log's chunks, each also written to a file."""
    for begin, table in workload.chunks(log):
        pq.write_table(table, rows / f"{begin:012}.parquet")
        yield begin, table
