"""A breakdown: the same question for each value of one or several properties.

Values are taken as they are written: the text “10” and the number 10 are one value. To know which
values are frequent, the parts are counted once before the question itself is asked; what is beyond
the limit is pooled under `(other)`, and the answer says how many values that were.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise, product

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from sojourn.errors import BadQuestion
from sojourn.filter import EventChoice, Of
from sojourn.kernels.census import census
from sojourn.matching import marks
from sojourn.scope import Label, Scope, Values
from sojourn.timeline import Column, Timeline
from sojourn.values import columns_of

DIMENSIONS_MAX = 5
LIMIT_MAX = 1_000
BUCKETS_MAX = 100
TABLE_MAX = 1 << 22
"""Combinations of values that are looked up in a table; more are first made few by sorting."""

Codes = NDArray[np.int32] | NDArray[np.int64]

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
) -> Counter[Label]:
    """How often each value occurs in a part, on the events chosen."""
    codes, used, labels = _few(*_combined(breakdown, timeline, scope))
    marked = marks(choices, timeline, scope)
    counts = census(*timeline.arrays, *marked, codes, len(used), *scope.bounds)
    found: Counter[Label] = Counter()
    for slot in np.flatnonzero(counts):
        found[_label(int(used[slot]), labels)] += int(counts[slot])
    return found


def chosen(breakdown: Breakdown, counted: Counter[Label]) -> Values:
    """The values to show: the most frequent, equals by name."""
    ranked = sorted(counted, key=lambda label: (-counted[label], label))
    return Values(tuple(ranked[: breakdown.limit]), max(0, len(ranked) - breakdown.limit))


def slots(breakdown: Breakdown | None, timeline: Timeline, scope: Scope) -> NDArray[np.int32]:
    """The slot of `scope.values` that each row's value belongs to: int32[m], or int32[0] without a
    breakdown, when all belong to slot 0."""
    if breakdown is None:
        return np.zeros(0, dtype=np.int32)
    values = scope.values
    codes, used, labels = _few(*_combined(breakdown, timeline, scope))
    table = np.full(len(used), len(values.labels), dtype=np.int32)
    places = [_places(own) for own in labels]
    for slot, label in enumerate(values.labels):
        own = [place.get(value, []) for place, value in zip(places, label, strict=True)]
        wanted = np.array([_code(one, labels) for one in product(*own)], dtype=np.int64)
        at = np.searchsorted(used, wanted)
        inside = at < len(used)
        table[at[inside][used[at[inside]] == wanted[inside]]] = slot
    return table[codes]


def label_of(slot: int, values: Values) -> Label:
    """How an answer names a slot."""
    if slot < len(values.labels):
        return values.labels[slot]
    return (OTHER,)


def _few(
    codes: Codes, labels: list[list[str]]
) -> tuple[NDArray[np.int32], NDArray[np.int64], list[list[str]]]:
    """The codes as places in `used`, the ascending combinations there are, few enough to count."""
    size = math.prod(len(own) for own in labels)
    if size <= TABLE_MAX:
        return codes.astype(np.int32, copy=False), np.arange(size), labels
    used, places = np.unique(codes, return_inverse=True)
    return places.astype(np.int32), used.astype(np.int64), labels


def _combined(
    breakdown: Breakdown, timeline: Timeline, scope: Scope
) -> tuple[Codes, list[list[str]]]:
    """A code for each row (int32[m]) that stands for its values together, and what each of the
    properties' own codes is written as. Combinations too many for a table are numbered anew."""
    (codes, written), *others = (_written(one, timeline, scope) for one in breakdown.by)
    labels = [written]
    for own, written in others:
        codes = codes.astype(np.int64) * len(written) + own
        labels.append(written)
    return codes, labels


def _written(
    dimension: Dimension, timeline: Timeline, scope: Scope
) -> tuple[NDArray[np.int32], list[str]]:
    """A code for each row's value of one property, 0 where there is none; what codes mean."""
    columns = columns_of(timeline, dimension.property, dimension.of, scope)
    if not columns:
        return np.zeros(len(timeline.ts), dtype=np.int32), [MISSING]
    codes, words = _coded(columns[0], dimension.buckets)
    codes, written = codes + np.int32(1), [MISSING, *words]
    for column in columns[1:]:
        own, words = _coded(column, dimension.buckets)
        has = own >= 0
        codes[has] = own[has] + len(written)
        written += words
    return codes, written


def _coded(column: Column, buckets: tuple[float, ...]) -> tuple[NDArray[np.int32], list[str]]:
    """A column's values as codes, -1 for none, and what they are written as."""
    if column.type == "text":
        return column.values.astype(np.int32, copy=False), list(column.words)
    if column.type == "flag":
        return column.values.astype(np.int32), ["false", "true"]
    values: NDArray[np.float64] = column.values.astype(np.float64, copy=False)
    if buckets:
        codes = np.searchsorted(np.array(buckets), values, side="right").astype(np.int32)
        words = _ranges(buckets)
    else:
        # Arrow's hash table is many times as fast as sorting millions of numbers.
        coded = pa.array(values, from_pandas=True).dictionary_encode()
        codes = pc.fill_null(coded.indices, -1).to_numpy(zero_copy_only=False).astype(np.int32)
        words = [number(one) for one in coded.dictionary.to_pylist()]
    codes[np.isnan(values)] = -1
    return codes, words


def _ranges(edges: tuple[float, ...]) -> list[str]:
    between = [f"{number(low)} – {number(high)}" for low, high in pairwise(edges)]
    return [f"< {number(edges[0])}", *between, f"≥ {number(edges[-1])}"]


def number(value: float) -> str:
    """A number as it is written in a label."""
    return f"{value:.0f}" if value.is_integer() and abs(value) < 1e15 else repr(value)


def _places(written: list[str]) -> dict[str, list[int]]:
    places: dict[str, list[int]] = {}
    for code, word in enumerate(written):
        places.setdefault(word, []).append(code)
    return places


def _code(own: Sequence[int], labels: list[list[str]]) -> int:
    code = 0
    for one, written in zip(own, labels, strict=True):
        code = code * len(written) + one
    return code


def _label(code: int, labels: list[list[str]]) -> Label:
    own = []
    for written in reversed(labels):
        code, one = divmod(code, len(written))
        own.append(written[one])
    return tuple(reversed(own))
