"""Views: the events and the people that a question for one purpose sees, as Arrow.

    events   person · ts · event · source · one column for each property
    people   person · first · last · events · one column for each property: what was last told

A view is made anew for each statement. It gives only the columns that are read, part by part and a
batch of rows at a time, so what it takes in memory does not depend on how long the history is. What
may not be seen for the purpose has no row here, and what may not be used for it has no column:
nothing that is left out can be asked for (clause S1-13).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.dataset as ds
from numpy.typing import NDArray

from sojourn.breakdown import number
from sojourn.kernels.extents import extents
from sojourn.policy.gate import Closed
from sojourn.scope import Scope
from sojourn.timeline import Column, PropertyType, Timeline
from sojourn.timelines.columns import ARROW, ColumnName
from sojourn.timelines.ordering import gather
from sojourn.timelines.part import Part
from sojourn.timelines.snapshot import Snapshot
from sojourn.values import of_people
from sojourn.vocabulary import Vocabulary

BATCH_ROWS = 100_000
"""Rows made at a time: a few megabytes a column."""
INSTANT = pa.timestamp("us")
"""What SQL calls TIMESTAMP; ours are all in UTC."""
SOURCE: ColumnName = ("text", "source")
"""The column of the table that says where an event came from."""

Rows = NDArray[np.int64]
Values = Callable[[Rows], pa.Array]
"""The values of a column at some rows of a part (or, of people, at some of its people)."""


@dataclass(frozen=True, slots=True)
class Sight:
    """What a question for one purpose can see: `closed` are the properties that it may not use.
    `check` is called between batches and gives up when it is time to."""

    snapshot: Snapshot
    scope: Scope
    vocabulary: Vocabulary
    closed: Closed
    check: Callable[[], None]

    def parts(self, shown: Sequence[Shown]) -> Iterator[tuple[Timeline, list[Values]]]:
        """Every part as it is seen, with the values of some columns of a view."""
        asked = [column for one in shown for column in one.read]
        for part, source in zip(self.snapshot.parts, self.snapshot.sources, strict=True):
            self.check()
            self.snapshot.touch(part)
            source.columns(asked)
            yield part, [one.of(part, source) for one in shown]

    def properties(self) -> dict[str, PropertyType]:
        """The properties that may be used, in order of arrival. Where one has arrived with several
        types, each value is the text that it is written as."""
        kinds: dict[str, PropertyType] = {}
        for name, kind in self.vocabulary.properties():
            if name not in self.closed:
                kinds[name] = "text" if name in kinds else kind
        return kinds


Make = Callable[[Timeline, Part], Values]


class Shown(NamedTuple):
    """A column of a view: its type, how its values are had from a part, and the columns of the part
    that they are in."""

    type: pa.DataType
    of: Make
    read: tuple[ColumnName, ...] = ()


Batches = Callable[[list[Shown]], Iterator[list[pa.Array]]]


class View(ds.Dataset):  # type: ignore[misc]
    """A dataset of some columns. DuckDB asks it for a scanner, with the columns and the condition
    that a statement needs, each time that it reads it."""

    def __init__(self, shown: Mapping[str, Shown], batches: Batches) -> None:
        self._shown = shown
        self._batches = batches
        self._schema = pa.schema([(name, column.type) for name, column in shown.items()])

    @property
    def schema(self) -> pa.Schema:
        """The columns with their types."""
        return self._schema

    def scanner(
        self, columns: Sequence[str] | None = None, filter: ds.Expression | None = None, **_: Any
    ) -> Reading:
        """The rows for which the condition holds, with these columns, or all."""
        wanted = self._schema.names if columns is None else columns
        # A condition stands on columns by name; one too many costs time and nothing else.
        needed = "" if filter is None else str(filter)
        read = [name for name in self._schema.names if name in wanted or name in needed]
        schema = pa.schema([self._schema.field(name) for name in read])
        made = (
            pa.record_batch(arrays, schema=schema)
            for arrays in self._batches([self._shown[name] for name in read])
        )
        kept = made if filter is None else (batch.filter(filter) for batch in made)
        chosen = pa.schema([self._schema.field(name) for name in wanted])
        return Reading(chosen, (batch.select(chosen.names) for batch in kept))


@dataclass(frozen=True, slots=True)
class Reading:
    """What DuckDB takes for a scanner. Arrow's own would read ahead on threads that outlive the
    statement; here a batch is made when it is asked for, and not before."""

    projected_schema: pa.Schema
    batches: Iterator[pa.RecordBatch]

    def to_reader(self) -> pa.RecordBatchReader:
        """The batches, as a stream."""
        return pa.RecordBatchReader.from_batches(self.projected_schema, self.batches)


def events(sight: Sight) -> View:
    """The view of the events."""
    own = {
        "person": Shown(pa.int64(), lambda part, _: _owners(part)),
        "ts": Shown(INSTANT, lambda part, _: lambda rows: _instants(part.ts[rows])),
        "event": Shown(pa.string(), lambda part, _: _names(part)),
        SOURCE[1]: Shown(
            pa.string(), lambda _, source: _values(source.columns([SOURCE])), (SOURCE,)
        ),
    }

    def told(name: str) -> Make:
        return lambda part, _: _values(part.columns(name))

    def batches(shown: list[Shown]) -> Iterator[list[pa.Array]]:
        for part, columns in sight.parts(shown):
            for rows in _rows(part, sight.scope.purpose):
                sight.check()
                yield [values(rows) for values in columns]

    return View(own | _named(sight, told, own), batches)


def people(sight: Sight) -> View:
    """The view of the people: of whom an event can be seen."""
    purpose = sight.scope.purpose

    def extent(which: int) -> Make:
        return lambda part, _: _taken(_extents(part, purpose)[which], instants=which < 2)

    own = {
        "person": Shown(pa.int64(), lambda part, _: _taken(part.people)),
        "first": Shown(INSTANT, extent(0)),
        "last": Shown(INSTANT, extent(1)),
        "events": Shown(pa.int64(), extent(2)),
    }

    def told(name: str) -> Make:
        return lambda part, _: _values(of_people(part, name, sight.scope))

    def batches(shown: list[Shown]) -> Iterator[list[pa.Array]]:
        for part, columns in sight.parts(shown):
            there = np.flatnonzero(_extents(part, purpose)[2])
            for begin in range(0, len(there), BATCH_ROWS):
                sight.check()
                yield [values(there[begin : begin + BATCH_ROWS]) for values in columns]

    return View(own | _named(sight, told, own), batches)


def _named(sight: Sight, told: Callable[[str], Make], own: Mapping[str, Shown]) -> dict[str, Shown]:
    """The properties under names that SQL can tell apart, to which `Plan` and `plan` are one."""
    taken = {name.lower() for name in own}
    named = {}
    for name, kind in sight.properties().items():
        free, count = name, 2
        while free.lower() in taken:
            free, count = f"{name}_{count}", count + 1
        taken.add(free.lower())
        columns = tuple(sight.vocabulary.columns(name))
        named[free] = Shown(ARROW[kind], told(name), columns)
    return named


def _rows(part: Timeline, purpose: int) -> Iterator[Rows]:
    """The rows of a part that are events and lawful for the purpose, some people's at a time."""
    lengths = part.ends - part.starts
    before = np.cumsum(lengths) - lengths
    edges = np.unique(np.searchsorted(before, np.arange(0, lengths.sum() + 1, BATCH_ROWS)))
    for begin, end in zip(edges, [*edges[1:], len(lengths)], strict=True):
        rows = gather(part.starts[begin:end], part.ends[begin:end])
        yield rows[part.purposes[rows] & purpose != 0]


def _owners(part: Timeline) -> Values:
    """Whose each row is. People lie one after another, in order of their rows."""
    return lambda rows: pa.array(part.people[np.searchsorted(part.facts, rows, "right") - 1])


def _instants(ms: NDArray[np.int64]) -> pa.Array:
    return pa.array(ms * 1000).view(INSTANT)


def _names(part: Timeline) -> Values:
    words = pa.array(part.names, pa.string())
    return lambda rows: words.take(pa.array(part.event[rows]))


def _taken(values: NDArray[np.int64], *, instants: bool = False) -> Values:
    if instants:
        return lambda rows: _instants(values[rows])
    return lambda rows: pa.array(values[rows])


def _extents(part: Timeline, purpose: int) -> tuple[NDArray[np.int64], ...]:
    return extents(part.starts, part.ends, part.ts, part.purposes, purpose)


def _values(columns: tuple[Column, ...]) -> Values:
    """The values of a property: those of its only type, or all as they are written."""
    each = [_of_type(column) for column in columns]
    if len(each) == 1:
        return each[0]
    return lambda rows: _together([values(rows) for values in each], len(rows))


def _of_type(column: Column) -> Values:
    values: NDArray[Any] = column.values
    if column.type == "number":
        return lambda rows: pa.array(values[rows], from_pandas=True)
    if column.type == "flag":
        return lambda rows: pa.array(values[rows] == 1, mask=values[rows] < 0)
    words = pa.array(column.words, pa.string())
    return lambda rows: words.take(pa.array(values[rows], mask=values[rows] < 0))


def _together(columns: list[pa.Array], rows: int) -> pa.Array:
    """Values of several types as text; a row has one at most."""
    together: list[str | None] = [None] * rows
    for column in columns:
        for place in np.flatnonzero(column.is_valid().to_numpy(zero_copy_only=False)).tolist():
            together[place] = _written(column[place].as_py())
    return pa.array(together, pa.string())


def _written(value: str | float | bool) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else number(value)
