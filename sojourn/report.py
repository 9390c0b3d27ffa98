"""A report: a question about people, answered by a sum over parts.

    definition ──► partial(definition, timeline, scope)   pure, once for each part
                        │  add(a, b)                       partials add up, in any order
                        ▼
                   answer(definition, partial, scope)      frozen, ready to encode

Each file in `reports/` has one value `REPORT` of this type; `application.py` finds it by its file's
name, so a new report is one file. Definitions and answers are frozen msgspec values with their
`kind` as the tag; they are the same in Python, on the command line and over HTTP.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from zoneinfo import ZoneInfo

import msgspec
import numpy as np
from numpy.typing import NDArray

from sojourn.timeline import Timeline

Definition = TypeVar("Definition", bound=msgspec.Struct)
Partial = TypeVar("Partial")


@dataclass(frozen=True, slots=True)
class Scope:
    """What a question may see: instants in [start_ms, end_ms], events lawful for `purpose`.

    The two instants are always set: where the definition leaves an end open, it is the project's
    first or last event. `purpose` is a bit mask with one bit set. Calendar words (day, week, month)
    are meant in `zone`.
    """

    start_ms: int
    end_ms: int
    purpose: int
    zone: ZoneInfo


@dataclass(frozen=True, slots=True)
class Report(Generic[Definition, Partial]):
    """One kind of question. All functions are pure.

    `events` yields (where in the definition, event name) for each event named, so that an unknown
    one is refused before any work. `check` raises `BadQuestion` for a definition that is
    well-formed but cannot be answered. `people`, where the report has cells one can open, gives the
    ids of the people behind a cell in one part; `cell` is the type that names such a cell. `rows`
    lays an answer out as a flat table, for CSV, terminals and data frames.
    """

    kind: str
    definition: type[Definition]
    check: Callable[[Definition], None]
    events: Callable[[Definition], Iterator[tuple[str, str]]]
    partial: Callable[[Definition, Timeline, Scope], Partial]
    add: Callable[[Partial, Partial], Partial]
    answer: Callable[[Definition, Partial, Scope], Any]
    rows: Callable[[Any], list[dict[str, Any]]]
    cell: type[msgspec.Struct] | None = None
    people: Callable[[Definition, Any, Timeline, Scope], NDArray[np.int64]] | None = None
