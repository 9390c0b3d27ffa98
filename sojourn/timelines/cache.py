"""The cache: settled parts as plain files that are mapped into memory, not read.

    cache/{project}/edition-{table's}/v3-{through}-{merges}/03/ts.npy …   one folder a bucket

Everything here is derived from the table and may be deleted at any time; a folder appears under
its final name only when it is complete and on disk.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from sojourn.store import BUCKETS
from sojourn.timeline import Column, PropertyType

FORMAT = 3
"""Part of every generation's name: a cache of another layout is another cache."""


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
        shutil.rmtree(final, ignore_errors=True)
        made.rename(final)
        return final

    def drop_others(self, through: int, merges: int) -> None:
        """Delete all generations but one. Mapped files stay readable until they are unmapped."""
        keep = self.folder_of(through, merges)
        for path in self.folder.iterdir():
            if path != keep:
                shutil.rmtree(path, ignore_errors=True)


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
    mapped: NDArray[np.generic] = np.load(path, mmap_mode="r")
    return mapped if mapped.size else np.load(path)


def write_column(folder: Path, name: str, column: Column) -> None:
    """Write a property's column; the words come first, so that values never lack them."""
    (folder / f"{name}.words").write_bytes(msgspec.msgpack.encode(column.words))
    write_arrays(folder, {name: column.values})


def map_column(folder: Path, name: str, kind: PropertyType) -> Column | None:
    """A property's column, mapped; None when it has not been written yet."""
    if not (folder / f"{name}.npy").exists():
        return None
    words = msgspec.msgpack.decode((folder / f"{name}.words").read_bytes(), type=tuple[str, ...])
    return Column(kind, map_array(folder, name), words)


def _parse(name: str) -> tuple[int, int] | None:
    _, *numbers = name.split("-")
    if len(numbers) != 2 or not all(number.isdigit() for number in numbers):
        return None
    return int(numbers[0]), int(numbers[1])
