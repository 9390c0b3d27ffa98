"""The types in which every kernel takes a timeline, so that one compilation serves all stores.

To numba a memory-mapped array that may not be written is another type than a fresh one. A signature
that asks for read-only arrays takes both. `compiled.py` makes kernels of loops and signatures.

Each kernel stands alone in its file: numba's cache notices a change of the file that holds a
kernel, not of a file that the kernel calls.
"""

from __future__ import annotations

from typing import Any

from numba import types


def _read(scalar: Any) -> Any:
    return types.Array(scalar, 1, "C", readonly=True)


def tuple_of(*members: Any) -> Any:
    """The type of a tuple of these types, by which kernels hand to one another what belongs
    together. From outside it comes apart: a tuple is a new type for each mix of its arrays."""
    make: Any = types.Tuple
    return make(members)


INSTANTS = _read(types.int64)
"""int64[…]: milliseconds, and every other array of whole numbers that is only read."""

CODES = _read(types.uint16)
"""uint16[m]: event codes, and purpose masks."""

WORDS = _read(types.int32)
"""int32[…]: codes of words, slots of a breakdown."""

NUMBERS = _read(types.float64)
"""float64[…]: values of a property, NaN where there is none."""

FLAGS = _read(types.int8)
"""int8[…]: 0, 1, or -1 where there is none."""

TRUTHS = _read(types.boolean)
"""bool[…]"""

SOURCES = _read(types.uint8)
"""uint8[m]: the number of a bucket, or of what stands in none."""

TIMELINE = (INSTANTS, INSTANTS, INSTANTS, CODES, CODES)
"""starts[n] · ends[n] · ts[m] · event[m] · purposes[m]"""

MARKS = (INSTANTS, INSTANTS)
"""table[names] · held[m] or [0], see `matching.marks`"""

SCOPE = (types.int64, types.int64, types.int64)
"""start_ms · end_ms · purpose"""
