"""JSON lines: one object a line; or one list of objects, as APIs answer with."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import msgspec

from sojourn.drop_reason import Dropped, DropReason
from sojourn.errors import SojournError
from sojourn.format import Format, Opened, Row

LINE_BYTES_MAX = 4 * 1024 * 1024
"""A longer line is no event; reading on in pieces of this size finds the next line."""
LIST_BYTES_MAX = 512 * 1024 * 1024
"""A list is read as a whole."""
TELL_EVERY_ROWS = 1_000


def read(opened: Opened, tell: Callable[[int], None]) -> Iterator[Row]:
    """The objects of a file; empty lines are passed over."""
    try:
        line = opened.file.readline(LINE_BYTES_MAX)
        if line.lstrip().startswith(b"["):
            text = line + opened.file.read(LIST_BYTES_MAX)
            yield from _listed(text, opened.name)
            tell(opened.raw.tell())
            return
    except (OSError, EOFError) as failure:
        raise SojournError(
            "The file cannot be read", detail=str(failure), where=opened.name
        ) from None
    yield from _lines(line, opened, tell)


def _listed(text: bytes, name: str) -> Iterator[Row]:
    if len(text) >= LIST_BYTES_MAX:
        raise SojournError(
            "The list is too long to be read as a whole",
            detail=f"{LIST_BYTES_MAX // 1024**2} MiB are allowed.",
            where=name,
            mend="Write one object a line, or several files.",
        )
    try:
        rows = msgspec.json.decode(text, type=list[msgspec.Raw])
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as failure:
        yield 1, Dropped(DropReason.BAD_ROW, str(failure))
        return
    for number, row in enumerate(rows, 1):
        yield number, _object(bytes(row))


def _lines(line: bytes, opened: Opened, tell: Callable[[int], None]) -> Iterator[Row]:
    number = 0
    while line:
        number += 1
        if line.strip():
            yield number, _object(line)
        if number % TELL_EVERY_ROWS == 0:
            tell(opened.raw.tell())
        try:
            line = opened.file.readline(LINE_BYTES_MAX)
        except (OSError, EOFError) as failure:
            yield number + 1, Dropped(DropReason.BAD_ROW, f"The file breaks off: {failure}.")
            return


_decode = msgspec.json.Decoder(dict).decode


def _object(text: bytes) -> dict[str, object] | Dropped:
    try:
        return _decode(text)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as failure:
        return Dropped(DropReason.BAD_ROW, str(failure))


FORMAT = Format(suffixes=(".jsonl", ".ndjson", ".json"), typed=True, read=read)
