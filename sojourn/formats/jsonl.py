"""JSON lines: one object a line."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec

from sojourn.drop_reason import Dropped, DropReason
from sojourn.errors import SojournError
from sojourn.format import Format, Row, open_counted

LINE_BYTES_MAX = 4 * 1024 * 1024
"""A longer line is no event; reading on in pieces of this size finds the next line."""
TELL_EVERY_ROWS = 1_000


def read(path: Path, tell: Callable[[int], None]) -> Iterator[Row]:
    """The objects of a file; empty lines are passed over."""
    file, raw = open_counted(path)
    decode = msgspec.json.Decoder(dict).decode
    number = 0
    with raw, file:
        while True:
            try:
                line = file.readline(LINE_BYTES_MAX)
            except (OSError, EOFError) as failure:
                if number == 0:
                    raise SojournError(
                        "The file cannot be read", detail=str(failure), where=str(path)
                    ) from None
                yield number + 1, Dropped(DropReason.BAD_ROW, f"The file breaks off: {failure}.")
                return
            if not line:
                return
            number += 1
            if line.strip():
                try:
                    yield number, decode(line)
                except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as failure:
                    yield number, Dropped(DropReason.BAD_ROW, str(failure))
            if number % TELL_EVERY_ROWS == 0:
                tell(raw.tell())


FORMAT = Format(suffixes=(".jsonl", ".ndjson", ".json"), typed=True, read=read)
