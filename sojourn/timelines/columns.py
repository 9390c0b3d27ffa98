"""Columns of properties: from Arrow to plain arrays, and from several pieces to one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from sojourn.kernels.words import words_of
from sojourn.timeline import NONE, Column, PropertyType

ColumnName = tuple[PropertyType, str]
"""Which column: the type of its values, and its name in the table."""

DTYPES: dict[PropertyType, type[np.generic]] = {
    "number": np.float64,
    "text": np.int32,
    "flag": np.int8,
}
ARROW: dict[PropertyType, pa.DataType] = {
    "number": pa.float64(),
    "text": pa.string(),
    "flag": pa.bool_(),
}


def from_arrow(kind: PropertyType, values: pa.ChunkedArray) -> Column:
    """A column of a table as plain arrays."""
    if kind == "text":
        coded = values.combine_chunks().dictionary_encode()
        if isinstance(coded, pa.ChunkedArray):
            coded = coded.combine_chunks()
        codes = pc.fill_null(coded.indices, -1).to_numpy(zero_copy_only=False)
        return Column("text", codes.astype(np.int32), tuple(coded.dictionary.to_pylist()))
    if kind == "flag":
        return Column("flag", pc.fill_null(values.cast(pa.int8()), -1).to_numpy().astype(np.int8))
    return Column("number", pc.fill_null(values, np.nan).to_numpy())


def absent(kind: PropertyType, length: int) -> Column:
    """A column in which no event has a value."""
    return Column(kind, np.full(length, NONE[kind], dtype=DTYPES[kind]))


def take(column: Column, rows: NDArray[np.int64]) -> Column:
    """The values at some rows; there is none at -1."""
    if not len(column.values):
        return absent(column.type, len(rows))
    values = column.values[rows]
    values[rows < 0] = NONE[column.type]
    return Column(column.type, values, column.words)


def few(column: Column, rows: NDArray[np.int64]) -> Column:
    """The values at a few rows, with no more words than those have."""
    values: NDArray[Any] = column.values[rows]
    if column.type != "text":
        return Column(column.type, values)
    # Zeros that nobody writes to take no memory, however many words there are.
    numbered, codes = words_of(values, np.zeros(len(column.words), dtype=np.int32))
    return Column("text", numbered, tuple(column.words[code] for code in codes.tolist()))


def put(column: Column, more: Column, rows: NDArray[np.int64], codes: dict[str, int]) -> Column:
    """A column with other values at some rows. Whoever has the column as it was may look at these
    rows too, and finds there only words that it has. `codes` are its words with their codes; it
    grows."""
    values: NDArray[Any] = column.values
    if column.type != "text":
        values[rows] = more.values
        return column
    words = column.words
    table = [codes.setdefault(word, len(codes)) for word in more.words]
    if len(codes) > len(words):
        values, words = values.copy(), tuple(codes)
    values[rows] = np.array([*table, -1], dtype=np.int32)[more.values]
    return Column("text", values, words)


def scattered(
    kind: PropertyType, pieces: Sequence[Column], places: Sequence[NDArray[np.int64]]
) -> Column:
    """Columns of one type put together, the values of each at its own places, their words made
    common."""
    values = np.empty(sum(map(len, places)), dtype=DTYPES[kind])
    codes: dict[str, int] = {}
    for piece, place in zip(pieces, places, strict=True):
        if kind == "text":
            table = [codes.setdefault(word, len(codes)) for word in piece.words]
            # The extra last entry is where code -1 (no value) leads.
            values[place] = np.array([*table, -1], dtype=np.int32)[piece.values]
        else:
            values[place] = piece.values
    return Column(kind, values, tuple(codes))
