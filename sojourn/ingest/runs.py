"""Runs: message ids on disk, many in a file, each file in order and never changed.

A file is an array uint64[3, n]: the first and the last eight bytes of each id, which is a keyed
hash of sixteen, as numbers, ascending; and the order of arrival of the message. It is mapped, so
what is in memory is the pages that were looked at lately, which the system takes back when it must.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from sojourn.disk import sync

WORDS = np.dtype(">u8")
"""Bytes read so are in the same order as the numbers that they become."""

SLICES = 64
"""Runs become one a slice of all possible ids at a time: so little of them is in memory at once."""

Rows = NDArray[np.uint64]


@dataclass(frozen=True, slots=True, eq=False)
class Run:
    """Ids in order, the name of the file that has them, and the range of their orders."""

    name: str
    rows: Rows
    first: int
    last: int

    def __len__(self) -> int:
        return int(self.rows.shape[1])

    def orders_of(self, digests: Rows) -> NDArray[np.int64]:
        """The orders of these ids, uint64[2, k], 0 for one that is not here: int64[k]."""
        first, last, order = self.rows
        found = np.zeros(digests.shape[1], dtype=np.int64)
        place = np.searchsorted(first, digests[0])
        left = np.arange(len(place))
        while len(left):
            # Ids of which the first half is the same, which chance hardly ever makes, follow one
            # another.
            left = left[place[left] < len(first)]
            left = left[first[place[left]] == digests[0, left]]
            hit = last[place[left]] == digests[1, left]
            found[left[hit]] = order[place[left[hit]]].astype(np.int64)
            left = left[~hit]
            place[left] += 1
        return found


def digests_of(ids: Sequence[bytes]) -> Rows:
    """Ids as runs have them: uint64[2, k]."""
    words = np.frombuffer(b"".join(ids), WORDS).reshape(-1, 2)
    return np.ascontiguousarray(words.T).astype(np.uint64)


def rows_of(ids: dict[bytes, int]) -> Rows:
    """Ids with their orders as the rows of a run, in no order yet."""
    orders = np.fromiter(ids.values(), np.uint64, len(ids))
    return np.concatenate([digests_of(list(ids)), orders[None, :]])


def write(folder: Path, ids: dict[bytes, int]) -> Run:
    """Make a run of ids with their orders; it is on disk when this returns."""
    rows = rows_of(ids)
    name = _name(min(ids.values()), max(ids.values()), len(ids))
    return _written(folder, name, [rows[:, np.lexsort((rows[1], rows[0]))]], len(ids))


def merge(folder: Path, some: Sequence[Run]) -> Run:
    """Make one run of several; it is on disk when this returns."""
    size = sum(map(len, some))
    name = _name(min(run.first for run in some), max(run.last for run in some), size)
    return _written(folder, name, _merged(some), size)


def without(folder: Path, run: Run, through: int) -> Run | None:
    """Make a run of those of another that came after an order; None where none did."""
    rows = run.rows[:, run.rows[2] > through]
    size = rows.shape[1]
    if not size:
        return None
    return _written(folder, _name(int(rows[2].min()), run.last, size), [rows], size)


def read(folder: Path, name: str) -> Run:
    """A run that was written, mapped."""
    first, last, _ = map(int, name.split("-"))
    # A plain array over the mapping: of a `memmap` numpy makes each slice by code in Python.
    return Run(name, np.asarray(np.load(_path(folder, name), mmap_mode="r")), first, last)


def drop_others(folder: Path, names: Sequence[str]) -> None:
    """Delete the files of all runs but these. Who has one mapped keeps it until it lets go."""
    kept = {_path(folder, name) for name in names}
    for path in folder.iterdir() if folder.exists() else ():
        if path not in kept:
            path.unlink()


def _merged(some: Sequence[Run]) -> Iterable[Rows]:
    """The rows of several runs in order, a slice of all possible ids at a time."""
    edges = [np.uint64(number * (2**64 // SLICES)) for number in range(1, SLICES)]
    places = [[0, *np.searchsorted(run.rows[0], edges).tolist(), len(run)] for run in some]
    for number in range(SLICES):
        pieces = (
            run.rows[:, own[number] : own[number + 1]]
            for run, own in zip(some, places, strict=True)
        )
        rows = np.concatenate(list(pieces), axis=1)
        yield rows[:, np.lexsort((rows[1], rows[0]))]


def _written(folder: Path, name: str, pieces: Iterable[Rows], size: int) -> Run:
    # It needs no other name until it is whole: nobody knows of it before a list names it.
    folder.mkdir(parents=True, exist_ok=True)
    with _path(folder, name).open("wb") as file:
        _write(file, pieces, size)
        file.flush()
        os.fsync(file.fileno())
    for place in (folder, folder.parent, folder.parent.parent):
        sync(place)
    return read(folder, name)


def _write(file: BinaryIO, pieces: Iterable[Rows], size: int) -> None:
    """One array of all pieces. It is written, not mapped: a full disk is an error then, whereas it
    ends a process that writes to a mapping."""
    shape = {"descr": "<u8", "fortran_order": False, "shape": (3, size)}
    np.lib.format.write_array_header_1_0(file, shape)
    begin, told = file.tell(), 0
    for rows in pieces:
        for number, row in enumerate(rows.astype("<u8", copy=False)):
            file.seek(begin + 8 * (number * size + told))
            file.write(np.ascontiguousarray(row).data)
        told += rows.shape[1]


def _name(first: int, last: int, size: int) -> str:
    """What is of one range of orders and of one length is the same."""
    return f"{first}-{last}-{size}"


def _path(folder: Path, name: str) -> Path:
    return folder / f"{name}.npy"
