"""The ledger: how many bytes of the history are in use, and what leaves memory past the ceiling.

Everything in it can be had again, from a mapped file or from the table, so letting go of what was
used least recently makes a later question slower and never wrong. There is one ledger a process.
"""

from __future__ import annotations

import mmap
import os
import weakref
from collections import OrderedDict
from contextlib import suppress
from pathlib import Path
from threading import RLock
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

UNBOUNDED = 2**62
READING_SHARE = 4
"""What is being read from the table, and is in no column yet, takes so large a part of the ceiling:
one in four."""
VALUE_BYTES = 32
"""What a value takes meanwhile: a short text, and the number that it becomes."""
MADV_POPULATE_READ = 22
"""Linux's number (madvise(2)), for which Python has no name yet."""
CONTAINER_LIMIT = Path("/sys/fs/cgroup/memory.max")
"""What a container may use, which can be far less than its machine has."""


class Holder(Protocol):
    """Something that holds bytes under names, and can let go of them."""

    def drop(self, name: str) -> None:
        """Let go of what is held under a name; it may be asked for again at any time."""
        ...


class Ledger:
    """Bytes in use, by holder and name, the least recently used first.

    Holders are known by weak references: what nobody else keeps has left memory by itself.
    """

    def __init__(self, ceiling: int = UNBOUNDED) -> None:
        self._ceiling = ceiling
        self._entries: OrderedDict[tuple[int, str], tuple[int, weakref.ref[Holder]]] = OrderedDict()
        self._bytes = 0
        # Dropping may free a holder, whose end comes back here in the same thread.
        self._lock = RLock()

    def together(self, values: int) -> int:
        """How many columns of so many values may be read at a time."""
        return max(1, self._ceiling // READING_SHARE // (VALUE_BYTES * max(values, 1)))

    @property
    def bytes(self) -> int:
        """How many bytes are in use."""
        return self._bytes

    def has_room(self, size: int) -> bool:
        """Whether so many bytes more stay below the ceiling."""
        return self._bytes + size <= self._ceiling

    def use(self, holder: Holder, name: str, size: int) -> None:
        """Note that `size` bytes are used now, and drop others until all fit below the ceiling."""
        key = (id(holder), name)
        with self._lock:
            known = self._entries.pop(key, None)
            self._bytes += size - (known[0] if known else 0)
            self._entries[key] = (size, weakref.ref(holder, lambda _: self._forget(key)))
            while self._bytes > self._ceiling and len(self._entries) > 1:
                (_, oldest), (freed, reference) = self._entries.popitem(last=False)
                self._bytes -= freed
                if (idle := reference()) is not None:
                    idle.drop(oldest)

    def release(self, holder: Holder, name: str) -> None:
        """Note that the holder has let go of something by itself."""
        with self._lock:
            size, _ = self._entries.pop((id(holder), name), (0, None))
            self._bytes -= size

    def _forget(self, key: tuple[int, str]) -> None:
        with self._lock:
            size, reference = self._entries.get(key, (0, None))
            # Another holder may have been given the same place in memory since.
            if reference is not None and reference() is None:
                del self._entries[key]
                self._bytes -= size


def ceiling(memory_mb: int) -> int:
    """The ceiling in bytes: as set, or half of the memory of the machine or the container."""
    if memory_mb > 0:
        return memory_mb << 20
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    with suppress(OSError, ValueError):
        memory = min(memory, int(CONTAINER_LIMIT.read_text()))
    return memory // 2


def mapped_bytes(*arrays: NDArray[np.generic]) -> int:
    """The bytes of those of these arrays that are mapped from files."""
    return sum(array.nbytes for array in arrays if isinstance(array.base, mmap.mmap))


def bring_in(*arrays: NDArray[np.generic]) -> None:
    """Read mapped arrays into this process's memory, all at once rather than page by page when
    they are looked at. An older system (Linux before 5.14) leaves it at that."""
    for array in arrays:
        if isinstance(array.base, mmap.mmap):
            with suppress(OSError):
                array.base.madvise(MADV_POPULATE_READ)


def let_go(*arrays: NDArray[np.generic]) -> None:
    """Take mapped arrays out of this process's memory; they stay valid and are read again."""
    for array in arrays:
        if isinstance(array.base, mmap.mmap):
            array.base.madvise(mmap.MADV_DONTNEED)
