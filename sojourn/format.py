"""A format: how the rows of one kind of file are read. The contract.

Each file in `formats/` has one value `FORMAT`. Readers give text as it stands: nothing is taken for
a missing value, for `NA` and `null` are names that people have.
"""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, cast

from sojourn.drop_reason import Dropped
from sojourn.errors import SojournError

Row = tuple[int, dict[str, Any] | Dropped]
"""The number of a row's line (of its row, where a file has no lines) and its values by column."""


@dataclass(frozen=True, slots=True)
class Format:
    """One kind of file. `typed` says whether values have types of their own, or are all text."""

    suffixes: tuple[str, ...]
    typed: bool
    read: Callable[[Path, Callable[[int], None]], Iterator[Row]]
    """The rows of a file; the callback is told how many bytes of it have been read so far."""


def open_counted(path: Path) -> tuple[IO[bytes], IO[bytes]]:
    """A file for reading, unpacked if its name ends in .gz, and the file whose position tells how
    far the reading has come."""
    try:
        raw = path.open("rb")
    except OSError as failure:
        raise SojournError(
            "The file cannot be read", detail=failure.strerror or str(failure), where=str(path)
        ) from None
    return (cast(IO[bytes], gzip.GzipFile(fileobj=raw)) if path.suffix == ".gz" else raw), raw


def format_of(path: Path, formats: dict[str, Format]) -> Format:
    """The format that a file's name tells."""
    name = path.name.removesuffix(".gz").lower()
    for known in formats.values():
        if name.endswith(known.suffixes):
            return known
    suffixes = ", ".join(suffix for known in formats.values() for suffix in known.suffixes)
    raise SojournError(
        "The file's format is not known",
        where=str(path),
        mend=f"Its name should end in one of {suffixes}, with or without .gz.",
    )
