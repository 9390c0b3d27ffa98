"""Rows in a Delta table: Parquet files by month and bucket, each sorted by person and instant.

Three traps are avoided here. Statistics in the log and in file footers would show values, so they
are kept for `person`, `ts`, `order` and `purposes` only. The writer does not wait for the disk, so
what it wrote is synced before a commit counts as safe. And a table keeps its past, files and log:
what was taken out is gone once that is cut off (`forget`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote

import numpy as np
import pyarrow as pa
import pyarrow.dataset as ds
from deltalake import (
    ColumnProperties,
    CommitProperties,
    DeltaTable,
    Transaction,
    WriterProperties,
    write_deltalake,
)
from numpy.typing import NDArray

from sojourn.disk import sync
from sojourn.store import (
    BUCKETS,
    CORE,
    EVERY_ORDER,
    Change,
    Rewritten,
    with_plain_events,
)

STATISTICS = ("person", "ts", "order", "purposes")
PLACED = ("month", "bucket")
"""The columns that say in which partition a row is."""
FILES_MAX = 1_000
"""Small files slow every opening; past this many the small ones of a partition become one."""
WRITER = "inbox"
"""The name under which a commit carries the last inbox row it holds."""
EDITION = "edition"
"""The name under which a commit carries how often rows were changed or taken out."""
READS_MAX = 5
"""Files may go while they are being read, when rows are taken out; then the table is read anew."""

_shown = ColumnProperties(statistics_enabled="CHUNK")
_hidden = ColumnProperties(statistics_enabled="NONE")
_properties = WriterProperties(
    compression="ZSTD",
    default_column_properties=_hidden,
    column_properties=dict.fromkeys(STATISTICS, _shown),
)


class Place(NamedTuple):
    """A partition of the table."""

    month: str
    bucket: int

    @property
    def condition(self) -> str:
        """What is true of its rows, in SQL."""
        return f"(month = '{self.month}' AND bucket = {self.bucket})"


class DeltaStore:
    """The Delta table in `folder`, made when the first rows come."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._safe: set[Path] = set()

    def committed(self) -> int:
        table = self._table()
        return (table.transaction_version(WRITER) or 0) if table else 0

    def append(self, rows: pa.Table, through: int) -> None:
        write_deltalake(
            str(self._folder),
            _placed(rows),
            mode="append",
            partition_by=list(PLACED),
            schema_mode="merge",
            writer_properties=_properties,
            configuration={"delta.dataSkippingStatsColumns": ",".join(STATISTICS)},
            commit_properties=CommitProperties(app_transactions=[Transaction(WRITER, through)]),
        )
        self._make_safe()

    def tidy(self) -> None:
        """Make one file of the small ones that each partition has gathered, and drop those."""
        table = self._table()
        if table is not None and len(table.file_uris()) > FILES_MAX:
            table.optimize.compact(writer_properties=_properties)
            self._make_safe()
            table.vacuum(retention_hours=1, enforce_retention_duration=False, dry_run=False)

    def read(
        self,
        columns: Sequence[str],
        *,
        bucket: int | None = None,
        people: NDArray[np.int64] | None = None,
        orders: tuple[int, int] = EVERY_ORDER,
    ) -> pa.Table:
        wanted = (ds.field("order") >= orders[0]) & (ds.field("order") <= orders[1])
        if people is not None:
            wanted &= ds.field("person").isin(pa.array(people))
        for _ in range(READS_MAX - 1):
            try:
                return self._rows(columns, bucket, wanted)
            except FileNotFoundError:
                continue
        return self._rows(columns, bucket, wanted)

    def edition(self) -> int:
        table = self._table()
        return (table.transaction_version(EDITION) or 0) if table else 0

    def rewrite(self, change: Change, *, dry: bool = False) -> Rewritten:
        table = self._table()
        if table is None:
            return Rewritten()
        dropped: list[Place] = []
        changed: dict[Place, ds.Dataset] = {}
        for place, data in _partitions(table):
            if change.concerns(_given(data, change.columns)):
                match change.weigh(_given(data)):
                    case None:
                        pass
                    case 0:
                        dropped.append(place)
                    case _:
                        changed[place] = data
        if not dry and (dropped or changed):
            # One commit: whoever opens the table finds all of the change or nothing of it.
            edition = Transaction(EDITION, self.edition() + 1)
            write_deltalake(
                str(self._folder),
                _changed(list(changed.values()), change, pa.schema(table.schema().to_arrow())),
                mode="overwrite",
                predicate=" OR ".join(place.condition for place in [*dropped, *changed]),
                writer_properties=_properties,
                commit_properties=CommitProperties(app_transactions=[edition]),
            )
            self._make_safe()
        return Rewritten(len(dropped), len(changed))

    def forget(self) -> None:
        table = self._table()
        if table is None:
            return
        table.vacuum(retention_hours=0, enforce_retention_duration=False, dry_run=False, full=True)
        table = DeltaTable(str(self._folder))
        table.create_checkpoint()
        log = self._folder / "_delta_log"
        self._make_safe()
        sync(log / "_last_checkpoint")
        sync(log)
        # From the oldest on: whatever is left at any moment begins with a checkpoint, or is whole.
        for entry in sorted([*log.glob("*.json"), *log.glob("*.parquet")]):
            if int(entry.name.partition(".")[0]) < table.version():
                entry.unlink()
        sync(log)

    def _rows(self, columns: Sequence[str], bucket: int | None, wanted: ds.Expression) -> pa.Table:
        table = self._table()
        if table is None:
            return CORE.empty_table().select([name for name in columns if name in CORE.names])
        data = _dataset(table, _files(table, bucket=bucket))
        known = [name for name in columns if name in data.schema.names]
        return data.to_table(columns=known, filter=wanted)

    def _table(self) -> DeltaTable | None:
        # Opened anew each time: another process may have committed since.
        if not DeltaTable.is_deltatable(str(self._folder)):
            return None
        return DeltaTable(str(self._folder))

    def _make_safe(self) -> None:
        """Sync every file and log entry that is not known to be on disk, and the folders that name
        them. A failure leaves them unknown, so that the next commit syncs them too."""
        table = self._table()
        files = set(_files(table)) if table else set()
        log = self._folder / "_delta_log"
        entries = {*log.glob("*.json"), *log.glob("*.parquet")}
        # What an entry names is on disk before the entry is.
        new = [*(files - self._safe), *(entries - self._safe)]
        folders = {path.parent for path in new}
        above = {folder.parent for folder in folders}
        for path in [*new, *folders, *above, self._folder, self._folder.parent]:
            sync(path)
        self._safe.update(new)


def _files(table: DeltaTable, *, bucket: int | None = None, month: str | None = None) -> list[Path]:
    """The table's files; the library names them by addresses in which a space is %20."""
    place = [
        (name, "=", str(value))
        for name, value in (("month", month), ("bucket", bucket))
        if value is not None
    ]
    uris = table.file_uris(file_pruning_predicate=place or None)
    return [Path(unquote(uri)) for uri in uris]


def _partitions(table: DeltaTable) -> Iterator[tuple[Place, ds.Dataset]]:
    """The partitions that have files, with these."""
    for place in sorted(Place(at["month"], int(at["bucket"])) for at in table.partitions()):
        files = _files(table, bucket=place.bucket, month=place.month)
        yield place, _dataset(table, files)


def _given(data: ds.Dataset, columns: Sequence[str] | None = None) -> pa.Table:
    """Some columns of a partition's rows, or all that they were given."""
    given = [name for name in data.schema.names if name not in PLACED]
    return data.to_table([name for name in given if columns is None or name in columns])


def _changed(
    partitions: Sequence[ds.Dataset], change: Change, schema: pa.Schema
) -> pa.RecordBatchReader:
    """What is left of some partitions, one at a time. It runs inside of the library's writer, which
    cannot be asked anything meanwhile."""

    def batches() -> Iterator[pa.RecordBatch]:
        for data in partitions:
            rows = _placed(with_plain_events(change.made(_given(data))))
            yield from rows.select(schema.names).cast(schema).to_batches()

    return pa.RecordBatchReader.from_batches(schema, batches())


def _dataset(table: DeltaTable, paths: Sequence[Path]) -> ds.Dataset:
    """Some of the table's files as one dataset.

    It is made of the files' names alone: the library's own way also reads what the log says of each
    file, which takes longer than reading the rows of a small project.
    """
    schema = pa.schema(table.schema().to_arrow())
    event = pa.field("event", pa.dictionary(pa.int32(), pa.string()))
    schema = schema.set(schema.get_field_index("event"), event)
    options = ds.ParquetReadOptions(dictionary_columns={"event"})
    files = [str(path) for path in paths]
    return ds.dataset(files, schema=schema, format=ds.ParquetFileFormat(read_options=options))


def _placed(rows: pa.Table) -> pa.Table:
    """Rows sorted by (person, ts, order), with the month and the bucket they belong to."""
    person, ts, order = (rows[name].to_numpy() for name in ("person", "ts", "order"))
    sorted_rows = np.lexsort((order, ts, person))
    # A take from one chunk of each column is several times as fast as one from many.
    rows = rows.combine_chunks().take(pa.array(sorted_rows))
    bucket = pa.array((person[sorted_rows] % BUCKETS).astype(np.int32))
    return rows.append_column("month", _months(ts[sorted_rows])).append_column("bucket", bucket)


def _months(ts: NDArray[np.int64]) -> pa.Array:
    """The months of some instants, such as “2026-01”; each is spelled out once only."""
    month = ts.astype("datetime64[ms]").astype("datetime64[M]").astype(np.int64)
    first, last = (month.min(), month.max()) if len(month) else (0, -1)
    words = np.arange(first, last + 1).astype("datetime64[M]").astype(str)
    return pa.array(words, pa.string()).take(pa.array(month - first))
