"""Comma-separated values with a header; every value is text."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator

from sojourn.drop_reason import Dropped, DropReason
from sojourn.errors import SojournError
from sojourn.format import Format, Opened, Row

FIELD_CHARS_MAX = 1_000_000
"""A single value longer than this is a quote that was never closed."""
TELL_EVERY_ROWS = 1_000


def read(opened: Opened, tell: Callable[[int], None]) -> Iterator[Row]:
    """The rows of a file; one with another number of values than the header is dropped."""
    csv.field_size_limit(FIELD_CHARS_MAX)
    with io.TextIOWrapper(opened.file, "utf-8-sig", errors="surrogateescape", newline="") as text:
        reader = csv.reader(text)
        header = _header(reader, opened.name)
        while True:
            try:
                values = next(reader)
            except StopIteration:
                return
            except (csv.Error, OSError, EOFError) as failure:
                yield reader.line_num, Dropped(DropReason.BAD_ROW, str(failure))
                if not isinstance(failure, csv.Error):
                    return
                continue
            if len(values) == len(header):
                yield reader.line_num, dict(zip(header, values, strict=True))
            elif values:
                detail = f"It has {len(values)} values; the header has {len(header)}."
                yield reader.line_num, Dropped(DropReason.BAD_ROW, detail)
            if reader.line_num % TELL_EVERY_ROWS == 0:
                tell(opened.raw.tell())


def _header(reader: Iterator[list[str]], name: str) -> list[str]:
    try:
        header = next(reader, [])
    except (OSError, EOFError, csv.Error) as failure:
        raise SojournError(
            "The file cannot be read",
            detail=str(failure),
            where=name,
            mend="Check that it is what its name says (.gz means gzip).",
        ) from None
    if not header or len(set(header)) < len(header):
        raise SojournError(
            "The file has no usable header",
            detail="The first line must name each column once.",
            where=f"{name}, line 1",
            mend="Add a header, or name columns apart.",
        )
    return header


FORMAT = Format(suffixes=(".csv",), typed=False, read=read)
