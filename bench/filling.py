"""Fills every engine with the same rows, and keeps them for the next run.

    scratch/events-50000000-seed-1/
      sojourn/       a data folder: the events in its table, nothing else
      by_person/     ClickHouse, the log ordered by (person, ts)
      by_day/        ClickHouse, the log ordered by (day, event, person)
      duckdb/        a file with the log sorted by (person, ts)
      complete       written last: the folder is used again as it is

Rows reach the peers by Parquet files that are deleted afterwards.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from bench import workload
from bench.engines import clickhouse, duckdb, sojourn
from bench.workload import Advance, Log, Workload


def filled(scratch: Path, wanted: Workload) -> Path:
    """The folder with every engine's data, filled now unless it was before."""
    folder = scratch / f"events-{wanted.events}-seed-{wanted.seed}"
    if (folder / "complete").exists():
        return folder
    shutil.rmtree(folder, ignore_errors=True)
    rows = folder / "rows"
    rows.mkdir(parents=True)
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn()
    with Progress(*columns, TimeElapsedColumn()) as progress:

        def advance(what: str) -> Advance:
            task = progress.add_task(what, total=wanted.events)
            return lambda events: progress.advance(task, events)

        log = workload.make(wanted, advance("log"))
        sojourn.fill(folder / "sojourn", _left_for_peers(log, rows), advance("Sojourn"))
        del log
        for order in clickhouse.ORDERS:
            clickhouse.fill(folder / order, rows, advance(f"ClickHouse {order}"))
        duckdb.fill(folder / "duckdb", rows, advance("DuckDB"))
    shutil.rmtree(rows)
    (folder / "complete").touch()
    return folder


def _left_for_peers(log: Log, rows: Path) -> Iterator[tuple[int, pa.Table]]:
    """The log's chunks, each also written to a file."""
    for begin, table in workload.chunks(log):
        pq.write_table(table, rows / f"{begin:012}.parquet")
        yield begin, table
