"""Parquet: rows have numbers, not lines, and values have types."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from sojourn.errors import SojournError
from sojourn.format import Format, Opened, Row

BATCH_ROWS = 10_000


def read(opened: Opened, tell: Callable[[int], None]) -> Iterator[Row]:
    """The rows of a file, counted from 1."""
    number = 0
    try:
        # The format is read from its end, so a packed file is unpacked first.
        source = io.BytesIO(opened.file.read()) if opened.is_packed else opened.file
        file = pq.ParquetFile(source)
    except (pa.ArrowException, OSError, EOFError) as failure:
        raise SojournError(
            "The file is not Parquet", detail=str(failure), where=opened.name
        ) from None
    for batch in file.iter_batches(batch_size=BATCH_ROWS):
        for row in batch.to_pylist():
            number += 1
            yield number, {name: _plain(value) for name, value in row.items()}
        tell(opened.size * number // max(file.metadata.num_rows, 1))


def _plain(value: Any) -> Any:
    """Dates as ISO 8601 and decimals as numbers: what JSON would say."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return float(value)
    return value.decode(errors="surrogateescape") if isinstance(value, bytes) else value


FORMAT = Format(suffixes=(".parquet",), typed=True, read=read)
