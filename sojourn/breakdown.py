"""A breakdown: the same question for each value of one or several properties.

Values are taken as they are written: the text “10” and the number 10 are one value. To know which
values are frequent, the parts are counted once before the question itself is asked; what is beyond
the limit is pooled under `(other)`, and the answer says how many values that were.

Only what is shown is ever written out: until then a text is its place in a list of words, and a
number a number.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from sojourn.errors import BadQuestion
from sojourn.filter import EventChoice, Of
from sojourn.kernels.census import census
from sojourn.kernels.occurrences import occurrences
from sojourn.kernels.places import places
from sojourn.matching import marks
from sojourn.scope import Label, Scope, Values
from sojourn.timeline import Column, Timeline
from sojourn.values import columns_of, different

DIMENSIONS_MAX = 5
LIMIT_MAX = 1_000
BUCKETS_MAX = 100
MISSING = "(none)"
OTHER = "(other)"


class Dimension(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A property to go by; with `buckets`, the edges between which its numbers are put together."""

    property: str
    of: Of = "event"
    buckets: tuple[float, ...] = ()


class Breakdown(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """By which properties, and how many values are shown each by itself."""

    by: tuple[Dimension, ...]
    limit: int = 20


@dataclass(frozen=True, slots=True)
class Census:
    """How often each value occurs: `often` int64[k]. Of each property there are `texts` int64[k],
    places in `words`, or -1 where the value is a number; and `numbers` float64[k], NaN elsewhere.
    """

    words: tuple[str, ...]
    texts: tuple[NDArray[np.int64], ...]
    numbers: tuple[NDArray[np.float64], ...]
    often: NDArray[np.int64]

    def label(self, one: int) -> Label:
        """How the value at a place is written."""
        return tuple(
            self.words[texts[one]] if texts[one] >= 0 else number(float(numbers[one]))
            for texts, numbers in zip(self.texts, self.numbers, strict=True)
        )


def check(breakdown: Breakdown | None, where: str = "breakdown") -> None:
    """Refuse a breakdown that cannot be made."""
    if breakdown is None:
        return
    if not 1 <= len(breakdown.by) <= DIMENSIONS_MAX:
        raise BadQuestion(
            f"A breakdown goes by 1 to {DIMENSIONS_MAX} properties",
            detail=f"This one names {len(breakdown.by)}.",
            where=f"{where}.by",
            mend="Leave some out." if breakdown.by else "Name one.",
        )
    if not 1 <= breakdown.limit <= LIMIT_MAX:
        raise BadQuestion(
            f"A breakdown shows 1 to {LIMIT_MAX:,} values",
            detail=f"{breakdown.limit} were asked for.",
            where=f"{where}.limit",
            mend="The rest is put together as (other).",
        )
    for number, dimension in enumerate(breakdown.by):
        buckets = dimension.buckets
        ascending = all(one < other for one, other in pairwise(buckets))
        if len(buckets) > BUCKETS_MAX or not ascending:
            raise BadQuestion(
                f"Buckets are up to {BUCKETS_MAX} ascending numbers",
                where=f"{where}.by[{number}].buckets",
                mend="Write the edges from the lowest to the highest, each once.",
            )


def survey(
    breakdown: Breakdown, choices: Sequence[EventChoice], timeline: Timeline, scope: Scope
) -> Census:
    """How often each value occurs in a part, on the events chosen."""
    about = *timeline.arrays, *marks(choices, timeline, scope)
    properties = [
        columns_of(timeline, dimension.property, dimension.of, scope) for dimension in breakdown.by
    ]
    if len(properties) == len(properties[0]) == 1 and properties[0][0].type != "number":
        # Codes of few words are counted where they stand.
        column = _readable(properties[0][0], ())
        codes: NDArray[Any] = column.values
        counts = census(*about, codes, len(column.words), *scope.bounds)
        firsts = np.flatnonzero(counts)
        often = counts[firsts]
        read = [[Column("text", np.arange(len(counts)) - 1, column.words)]]
    else:
        rows = occurrences(*about, *scope.bounds)
        read = [
            [_readable(column.at(rows), dimension.buckets) for column in columns]
            for dimension, columns in zip(breakdown.by, properties, strict=True)
        ]
        keys = [_key(column.values) for columns in read for column in columns]
        firsts, ranks = different(keys or [np.zeros(len(rows), dtype=np.int64)])
        often = np.bincount(ranks, minlength=len(firsts))
    words: dict[str, int] = {}
    texts, numbers = zip(*(_values(columns, firsts, words) for columns in read), strict=True)
    return Census(tuple(words), texts, numbers, often)


def chosen(breakdown: Breakdown, counted: Sequence[Census]) -> Values:
    """The values to show: the most frequent of all parts, equals by name."""
    found = _together(counted, len(breakdown.by))
    often, limit = found.often, breakdown.limit
    least = np.partition(often, -limit)[-limit] if len(often) > limit else 0
    # Only what may be shown is written out: there can be millions of different numbers.
    ranked = sorted(
        (-int(often[one]), found.label(one)) for one in np.flatnonzero(often >= least).tolist()
    )
    return Values(tuple(label for _, label in ranked[:limit]), max(0, len(often) - limit))


def slots(
    breakdown: Breakdown | None,
    timeline: Timeline,
    scope: Scope,
    rows: NDArray[np.int64] | None = None,
) -> NDArray[np.int32]:
    """The slot of `scope.values` that each row's value belongs to: int32[m], or int32[0] without a
    breakdown, when all belong to slot 0. With `rows` (int64[f]) only those of these rows: int32[f].

    We go by one property more at a time. Of what they are together only the beginnings of labels
    matter, so that a table of what they may become stays small.
    """
    result = np.zeros(0, dtype=np.int32)
    beginnings: dict[Label, int] = {(): 0}
    for number, dimension in enumerate(breakdown.by if breakdown else ()):
        words = _numbered(label[number] for label in scope.values.labels)
        columns = [
            _readable(column if rows is None else column.at(rows), dimension.buckets)
            for column in columns_of(timeline, dimension.property, dimension.of, scope)
        ]
        own = _places(columns, words, len(timeline.ts) if rows is None else len(rows))
        longer = _numbered(label[: number + 1] for label in scope.values.labels)
        if number:
            table = np.full((len(beginnings) + 1, len(words) + 1), len(longer), dtype=np.int32)
            for label, place in longer.items():
                table[beginnings[label[:-1]], words[label[-1]]] = place
            own = table[result, own]
        result, beginnings = own, longer
    return result


def label_of(slot: int, values: Values) -> Label:
    """How an answer names a slot."""
    if slot < len(values.labels):
        return values.labels[slot]
    return (OTHER,)


def number(value: float) -> str:
    """A number as it is written in a label."""
    if value.is_integer() and abs(value) < 1e15:
        return f"{value + 0.0:.0f}"
    return repr(value)


def _readable(column: Column, buckets: tuple[float, ...]) -> Column:
    """A column as it is counted: flags, and numbers between buckets, are text."""
    if column.type == "number" and not buckets:
        return column
    values: NDArray[Any] = column.values
    words = column.words
    if column.type == "flag":
        words = ("false", "true")
    elif column.type == "number":
        missing = np.isnan(values)
        values = np.searchsorted(np.array(buckets), values, side="right")
        values[missing] = -1
        words = _ranges(buckets)
    return Column("text", values.astype(np.int32, copy=False), words)


def _ranges(edges: tuple[float, ...]) -> tuple[str, ...]:
    between = (f"{number(low)} – {number(high)}" for low, high in pairwise(edges))
    return (f"< {number(edges[0])}", *between, f"≥ {number(edges[-1])}")


def _key(values: NDArray[Any]) -> NDArray[np.int64]:
    """Whole numbers that are equal where values are: int64[f]."""
    if values.dtype != np.float64:
        return values.astype(np.int64)
    # Adding zero makes -0.0 the 0.0 that it equals.
    return (values + 0.0).view(np.int64)


def _values(
    columns: list[Column], rows: NDArray[np.int64], words: dict[str, int]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """The texts and numbers of a property in some rows; its words are added to `words`."""
    texts, numbers = np.full(len(rows), -1, dtype=np.int64), np.full(len(rows), np.nan)
    for column in columns:
        values: NDArray[Any] = column.values[rows]
        if column.type == "number":
            numbers = values
            continue
        has = values >= 0
        used, place = np.unique(values[has], return_inverse=True)
        own = [words.setdefault(column.words[code], len(words)) for code in used.tolist()]
        texts[has] = np.array(own, dtype=np.int64)[place]
    missing = (texts < 0) & np.isnan(numbers)
    if missing.any():
        texts[missing] = words.setdefault(MISSING, len(words))
    return texts, numbers


def _together(counted: Sequence[Census], properties: int) -> Census:
    """What several parts counted, equal values put together."""
    words = _numbered(word for one in counted for word in one.words)
    tables = [np.array([*(words[word] for word in one.words), -1]) for one in counted]
    texts, numbers, keys = [], [], []
    for place in range(properties):
        own = [table[one.texts[place]] for table, one in zip(tables, counted, strict=True)]
        text = np.concatenate([np.empty(0, dtype=np.int64), *own])
        value = np.concatenate([np.empty(0), *(one.numbers[place] for one in counted)])
        if np.any(text < 0):
            # A text that reads as a number is written is that number.
            read = np.array([*map(_read, words), np.nan])[text]
            value = np.where(text < 0, value, read)
            text = np.where(np.isnan(value), text, -1)
        texts.append(text)
        numbers.append(value)
        keys += [text, _key(value)]
    firsts, ranks = different(keys)
    often = np.zeros(len(firsts), dtype=np.int64)
    np.add.at(often, ranks, np.concatenate([one.often for one in counted] or [ranks]))
    return Census(
        tuple(words),
        tuple(text[firsts] for text in texts),
        tuple(value[firsts] for value in numbers),
        often,
    )


def _read(word: str) -> float:
    """The number that is written like this, NaN if there is none."""
    try:
        value = float(word)
    except ValueError:
        return math.nan
    return value if number(value) == word else math.nan


def _places(columns: list[Column], words: dict[str, int], rows: int) -> NDArray[np.int32]:
    """The place in `words` of each row's value, one past the last for any other: int32[rows]."""
    other, missing = len(words), words.get(MISSING, len(words))
    result = None
    for column in columns:
        if column.type == "number":
            own = _of_numbers(column.values, words)
        else:
            table = [-1, *(words.get(word, other) for word in column.words)]
            codes: NDArray[np.int32] = column.values.astype(np.int32, copy=False)
            own = places(codes, np.array(table, dtype=np.int32))
        result = own if result is None else np.where(own < 0, result, own)
    if result is None:
        return np.full(rows, missing, dtype=np.int32)
    result[result < 0] = missing
    return result


def _of_numbers(values: NDArray[Any], words: dict[str, int]) -> NDArray[np.int32]:
    """The same for a column of numbers, -1 where there is none."""
    read = [_read(word) for word in words]
    order = np.argsort(read)
    at = np.searchsorted(np.array(read)[order], values)
    shown = np.append(np.array(read)[order], np.nan)
    own = np.where(shown[at] == values, np.append(order, -1)[at], len(words))
    own[np.isnan(values)] = -1
    return own.astype(np.int32)


def _numbered(different: Iterable[Any]) -> dict[Any, int]:
    """Each one with its place among the different ones, in the order in which they first come."""
    return {one: place for place, one in enumerate(dict.fromkeys(different))}
