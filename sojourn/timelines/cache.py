"""The cache: settled parts as plain files that are mapped into memory, not read.

    cache/{project}/edition-{table's}/v4-{through}-{merges}/03/ts.npy …   one folder a bucket
                                                            03/p_plan.columns   properties

Everything here is derived from the table and may be deleted at any time; a folder or a file appears
under its final name only when it is complete and on disk. Properties that were read together are
one file, named after the first of them: it is the disk that takes most of the time, once a file.
"""

from __future__ import annotations

import mmap
import os
import shutil
from collections.abc import Mapping, Sequence, Set
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple, cast

import msgspec
import numpy as np
from numpy.typing import NDArray

from sojourn.store import BUCKETS
from sojourn.timeline import Column, PropertyType
from sojourn.timelines.columns import DTYPES, ColumnName

FORMAT = 4
"""Part of every generation's name: a cache of another layout is another cache."""
COLUMNS = ".columns"
"""How the names of files of properties end."""
LENGTH_BYTES = 8
ALIGNMENT = 64
"""Values begin where a line of the processor's cache does."""


class _Place(NamedTuple):
    """Where in the body of a file the values of a column lie: [begin, words); and its words, as
    MessagePack: [words, end)."""

    type: PropertyType
    begin: int
    words: int
    end: int


class Cache:
    """The generations of one project's settled parts, in one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def newest(self) -> tuple[int, int] | None:
        """(through, merges) of the newest complete generation, None when there is none."""
        found = [_parse(path.name) for path in self.folder.glob(f"v{FORMAT}-*")]
        return max((name for name in found if name is not None), default=None)

    def folder_of(self, through: int, merges: int) -> Path:
        """Where a complete generation lies."""
        return self.folder / f"v{FORMAT}-{through}-{merges}"

    def begin(self, through: int, merges: int) -> Path:
        """An empty folder in which to write a generation."""
        folder = self.folder / f"making-{through}-{merges}-{os.getpid()}"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        return folder

    def finish(self, made: Path, through: int, merges: int) -> Path:
        """Give a written generation its final name; it replaces an equal one."""
        final = self.folder_of(through, merges)
        discard(final)
        made.rename(final)
        return final

    def drop_others(self, through: int, merges: int) -> None:
        """Delete all generations but one. Mapped files stay readable until they are unmapped."""
        keep = self.folder_of(through, merges)
        for path in self.folder.iterdir():
            if path != keep:
                discard(path)


def discard(folder: Path) -> None:
    """Delete a folder of the cache, if it is there, with what is being written to it by now: once
    it has lost its name, nothing more comes to it."""
    gone = folder.with_name(f"gone-{folder.name}")
    with suppress(OSError):
        folder.rename(gone)
    shutil.rmtree(gone, ignore_errors=True)


def part_folder(generation: Path, bucket: int) -> Path:
    """The folder of one bucket's part."""
    return generation / f"{bucket:0{len(str(BUCKETS - 1))}}"


def write_arrays(folder: Path, arrays: Mapping[str, NDArray[np.generic]]) -> None:
    """Write arrays as files, on disk when this returns."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, array in arrays.items():
        making = folder / f"{name}.{os.getpid()}.making"
        with making.open("wb") as file:
            np.save(file, array)
            file.flush()
            os.fsync(file.fileno())
        making.rename(folder / f"{name}.npy")


def map_array(folder: Path, name: str) -> NDArray[np.generic]:
    """One array, mapped; an empty file cannot be mapped and is read."""
    path = folder / f"{name}.npy"
    mapped = np.load(path, mmap_mode="r")
    return _plain(mapped) if mapped.size else np.load(path)


def write_columns(folder: Path, columns: Mapping[str, Column]) -> None:
    """Write properties' columns as one file of a folder that is there, on disk when this returns.

    The file is the length of its index (8 bytes, little-endian); the index, as MessagePack: for
    each name a `_Place`; and the body, in which values are plain arrays.
    """
    words = {name: msgspec.msgpack.encode(column.words) for name, column in columns.items()}
    places, end = dict[str, _Place](), 0
    for name, column in columns.items():
        begin = _aligned(end)
        end = begin + column.values.nbytes + len(words[name])
        places[name] = _Place(column.type, begin, end - len(words[name]), end)
    index = msgspec.msgpack.encode(places)
    first = next(iter(columns))
    making = folder / f"{first}.{os.getpid()}.making"
    with making.open("wb") as file:
        file.write(len(index).to_bytes(LENGTH_BYTES, "little") + index)
        for name, column in columns.items():
            file.seek(_body(index) + places[name].begin)
            file.write(column.values.data)
            file.write(words[name])
        file.flush()
        os.fsync(file.fileno())
    making.rename(folder / f"{first}{COLUMNS}")


def map_columns(folder: Path, asked: Sequence[ColumnName]) -> dict[str, Column]:
    """Those of these columns that have been written, mapped. A file that somebody harmed, or took
    away meanwhile, is as good as none."""
    found = dict[str, Column]()
    for path in folder.glob(f"*{COLUMNS}"):
        with suppress(OSError, ValueError):
            found |= _mapped(path, {name for _, name in asked} - found.keys())
        if len(found) == len(asked):
            break
    return found


def _mapped(path: Path, names: Set[str]) -> dict[str, Column]:
    """The columns of these names that a file has."""
    found = {}
    with path.open("rb") as file:
        index = file.read(int.from_bytes(file.read(LENGTH_BYTES), "little"))
        places = msgspec.msgpack.decode(index, type=dict[str, _Place])
        for name in names & places.keys():
            kind, begin, words, end = places[name]
            size = np.dtype(DTYPES[kind]).itemsize
            file.seek(_body(index) + words)
            values = _map(path, DTYPES[kind], _body(index) + begin, (words - begin) // size)
            told = msgspec.msgpack.decode(file.read(end - words), type=tuple[str, ...])
            found[name] = Column(kind, values, told)
    return found


def _map(path: Path, dtype: type[np.generic], offset: int, length: int) -> NDArray[np.generic]:
    """Part of a file as an array; nothing cannot be mapped."""
    if not length:
        return np.empty(0, dtype)
    return _plain(np.memmap(path, dtype, mode="r", offset=offset, shape=(length,)))


def _plain(mapped: np.memmap[Any, np.dtype[np.generic]]) -> NDArray[np.generic]:
    """The same memory as an array like any other: of a `memmap` numpy makes each slice and each sum
    by code in Python, for which a question would wait while others have the interpreter."""
    offset = mapped.offset % mmap.ALLOCATIONGRANULARITY
    pages = cast(mmap.mmap, mapped.base)
    return np.ndarray(mapped.shape, mapped.dtype, buffer=pages, offset=offset)


def _body(index: bytes) -> int:
    """Where the body of a file begins."""
    return _aligned(LENGTH_BYTES + len(index))


def _aligned(place: int) -> int:
    return -(-place // ALIGNMENT) * ALIGNMENT


def _parse(name: str) -> tuple[int, int] | None:
    _, *numbers = name.split("-")
    if len(numbers) != 2 or not all(number.isdigit() for number in numbers):
        return None
    return int(numbers[0]), int(numbers[1])
