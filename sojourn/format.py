"""A format: how the rows of one kind of file are read. The contract.

Each file in `formats/` has one value `FORMAT`. Readers give text as it stands: nothing is taken for
a missing value, for `NA` and `null` are names that people have.
"""

from __future__ import annotations

import gzip
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, cast

from sojourn.drop_reason import Dropped
from sojourn.errors import SojournError

Row = tuple[int, dict[str, Any] | Dropped]
"""The number of a row's line (of its row, where a file has no lines) and its values by column."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A file that can be read: its `name` without .gz, its content unpacked, and the file on the
    disk (`size` bytes) whose position tells how far the reading has come."""

    name: str
    file: IO[bytes]
    raw: IO[bytes]
    size: int

    @property
    def is_packed(self) -> bool:
        """Whether it is unpacked while it is read, and so cannot be read from its end."""
        return self.file is not self.raw


@dataclass(frozen=True, slots=True)
class Format:
    """One kind of file. `typed` says whether values have types of their own, or are all text."""

    suffixes: tuple[str, ...]
    typed: bool
    read: Callable[[Opened, Callable[[int], None]], Iterator[Row]]
    """The rows of a file; the callback is told how many bytes of it have been read so far."""


def opened(path: Path, rank: Callable[[str], int] = lambda name: 0) -> Iterator[Opened]:
    """A file, unpacked if its name ends in .gz, or one after the other those of a .zip, which may
    be packed themselves: those first whose names have the lowest `rank`. Nothing of them is written
    anywhere."""
    try:
        raw, size = path.open("rb"), path.stat().st_size
    except OSError as failure:
        raise SojournError(
            "The file cannot be read", detail=failure.strerror or str(failure), where=str(path)
        ) from None
    with raw:
        if path.suffix.lower() != ".zip":
            yield _unpacked(path.name, raw, raw, size)
            return
        try:
            with zipfile.ZipFile(raw) as archive:
                for member in sorted(archive.infolist(), key=lambda one: rank(one.filename)):
                    if not member.is_dir() and "__MACOSX" not in member.filename:
                        with archive.open(member) as file:
                            yield _unpacked(member.filename, file, raw, size)
        except (zipfile.BadZipFile, NotImplementedError, RuntimeError) as failure:
            raise SojournError(
                "The file cannot be read",
                detail=f"{failure}.",
                where=str(path),
                mend="Check that it is a zip archive, without a password.",
            ) from None


def _unpacked(name: str, file: IO[bytes], raw: IO[bytes], size: int) -> Opened:
    if not name.lower().endswith(".gz"):
        return Opened(name, file, raw, size)
    return Opened(name[:-3], cast(IO[bytes], gzip.GzipFile(fileobj=file)), raw, size)


def format_of(name: str, formats: dict[str, Format]) -> Format:
    """The format that a file's name, without .gz, tells."""
    for known in formats.values():
        if name.lower().endswith(known.suffixes):
            return known
    suffixes = ", ".join(suffix for known in formats.values() for suffix in known.suffixes)
    raise SojournError(
        "The file's format is not known",
        where=name,
        mend=f"Its name should end in one of {suffixes}, with or without .gz, or in .zip.",
    )
