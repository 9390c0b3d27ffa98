"""A part: whole timelines of some people, and what it takes to put some of them together anew.

Rows come from tables in any order, and become a part by one permutation. What is in the arrays of a
part never changes; of one that has room, more of them may be filled (`standing.py`). Its property
columns are made when a question first asks for them, and may leave memory.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from sys import getsizeof
from threading import Lock
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from sojourn.kernels.lawful import lawful
from sojourn.store import FACT
from sojourn.timeline import Column, PropertyType, Timeline
from sojourn.timelines import columns, ordering
from sojourn.timelines.columns import ColumnName
from sojourn.timelines.ledger import Ledger, bring_in, let_go, mapped_bytes
from sojourn.vocabulary import Vocabulary

ROWS = "rows"
"""The name under which the ledger knows the arrays that every question reads."""
NEEDED = ("person", "ts", "order", "event", "purposes")
"""The columns of a table that a part is made of."""

ARRAYS = (
    *("people", "facts", "starts", "ends", "ts", "event", "purposes", "order", "span"),
    *("moved", "given"),
)
"""The arrays of a part, each a file of the cache."""


ReadMore = Callable[[PropertyType, str, NDArray[np.int64]], Column]
"""The values of one property, its type and the name of its column, at some rows of a part."""


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows in no particular order: person int64, the id that each was given · ts int64 · order
    int64 · event uint16 codes · purposes uint16 · happened bool, false for facts; [m] each."""

    person: NDArray[np.int64]
    ts: NDArray[np.int64]
    order: NDArray[np.int64]
    event: NDArray[np.uint16]
    purposes: NDArray[np.uint16]
    happened: NDArray[np.bool_]

    @property
    def arrays(self) -> tuple[NDArray[Any], ...]:
        """All of them, in this order."""
        return self.person, self.ts, self.order, self.event, self.purposes, self.happened

    @staticmethod
    def of(table: pa.Table, vocabulary: Vocabulary) -> Rows:
        """The rows of a table as `store.py` describes it."""
        event, happened = _events(table["event"], vocabulary)
        return Rows(
            table["person"].to_numpy(),
            table["ts"].to_numpy(),
            table["order"].to_numpy(),
            event,
            table["purposes"].to_numpy().astype(np.uint16),
            happened,
        )

    @staticmethod
    def joined(pieces: Sequence[Rows]) -> Rows:
        """The rows of several pieces, one after another."""
        # Almost always there is one, and a copy of tens of millions of rows takes its time.
        if len(pieces) == 1:
            return pieces[0]
        arrays = zip(*(piece.arrays for piece in pieces), strict=True)
        return Rows(*(np.concatenate(alike) for alike in arrays))

    def at(self, rows: NDArray[np.int64]) -> Rows:
        """Some of the rows."""
        return Rows(*(array[rows] for array in self.arrays))

    def arranged(
        self, person: NDArray[np.int64]
    ) -> tuple[dict[str, NDArray[Any]], NDArray[np.int64]]:
        """The arrays of a part by name, and which row each of its rows was.

        `person` int64[m] says whose each row is by now.
        """
        rows = ordering.by_person(person, self.happened, self.ts, self.order)
        # Most often nobody has moved, and `person` is the very array that the rows have.
        differs = np.zeros(0, np.bool_) if person is self.person else self.person != person
        moved = np.flatnonzero(differs[rows]) if differs.any() else np.empty(0, np.int64)
        happened = self.happened[rows]
        people, facts, starts, ends = ordering.runs(person[rows], happened)
        ts = self.ts[rows]
        arrays: dict[str, NDArray[Any]] = {
            "people": people,
            "facts": facts,
            "starts": starts,
            "ends": ends,
            "ts": ts,
            "event": self.event[rows],
            "purposes": self.purposes[rows],
            "order": self.order[rows],
            "span": span_of(ts if happened.all() else ts[happened]),
            "moved": moved,
            "given": self.person[rows[moved]],
        }
        return arrays, rows


class _Held(NamedTuple):
    """A column that is here, and the bytes that it takes; how often the part had grown when it was
    last brought up to date, and the codes of its words once it was."""

    column: Column
    bytes: int
    grown: int = 0
    codes: dict[str, int] | None = None


@dataclass(eq=False, slots=True, weakref_slot=True)
class Part:
    """The arrays of a `Timeline`, and `order` int64[m] for adding to it; `span` holds the first and
    the last instant of an event, or nothing. `moved` int64[k], ascending, are the rows that were
    given to another id than the person they stand under, and `given` int64[k] are those ids.
    `read` makes properties' columns, and `read_more` what they have in rows that were filled since:
    `grown` says which these are, int64[…] for each time that there were any."""

    people: NDArray[np.int64]
    facts: NDArray[np.int64]
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    ts: NDArray[np.int64]
    event: NDArray[np.uint16]
    purposes: NDArray[np.uint16]
    order: NDArray[np.int64]
    span: NDArray[np.int64]
    moved: NDArray[np.int64]
    given: NDArray[np.int64]
    ledger: Ledger
    read: Callable[[Part, Sequence[ColumnName]], dict[str, Column]]
    read_more: ReadMore | None = field(default=None, init=False)
    grown: list[NDArray[np.int64]] = field(default_factory=list, init=False)
    _columns: dict[str, _Held] = field(default_factory=dict, init=False)
    _lawful: dict[int, NDArray[np.bool_]] = field(default_factory=dict, init=False)
    _lock: Lock = field(default_factory=Lock, init=False)
    _mapped: int = field(init=False)

    def __post_init__(self) -> None:
        self._mapped = mapped_bytes(*self._read)

    def columns(self, asked: Sequence[ColumnName]) -> tuple[Column, ...]:
        """Property columns, row for row; kept until memory is short. Whoever needs several asks for
        them at once: to read them together takes little longer than to read one."""
        found = self._held(asked)
        # What is here already waits for nobody; what somebody is reading is not read twice.
        if any(name not in found or self._lacks(found[name]) for _, name in asked):
            with self._lock:
                found |= self._held(asked)
                if lacking := [one for one in dict.fromkeys(asked) if one[1] not in found]:
                    for name, column in self.read(self, lacking).items():
                        found[name] = self._columns[name] = _Held(column, _size(column))
                for kind, name in asked:
                    if self._lacks(found[name]):
                        found[name] = self._columns[name] = self._more(kind, name, found[name])
        for name, held in found.items():
            self.ledger.use(self, name, held.bytes)
        return tuple(found[name].column for _, name in asked)

    def _lacks(self, held: _Held) -> bool:
        """Whether rows were filled that a column has no values for."""
        return held.grown < len(self.grown)

    def _more(self, kind: PropertyType, name: str, held: _Held) -> _Held:
        """A column with the values of all rows that were filled. What was read while they were may
        have some of them."""
        assert self.read_more is not None
        grown = len(self.grown)
        rows = np.concatenate(self.grown[held.grown : grown])
        # Made once: a column may have as many words as there are rows.
        codes = held.codes or {word: code for code, word in enumerate(held.column.words)}
        column = columns.put(held.column, self.read_more(kind, name, rows), rows, codes)
        words = column.words[len(held.column.words) :]
        return _Held(column, held.bytes + sum(map(getsizeof, words)), grown, codes)

    def _held(self, asked: Sequence[ColumnName]) -> dict[str, _Held]:
        """Those of these columns that are here; others may leave at any moment."""
        here = ((name, self._columns.get(name)) for _, name in asked)
        return {name: held for name, held in here if held is not None}

    def columns_in_use(self) -> list[ColumnName]:
        """The columns that questions have asked for and that are still here."""
        return [(held.column.type, name) for name, held in list(self._columns.items())]

    def touch(self) -> None:
        """Note that a question is about to read the rows. Those of a part that is not mapped are
        in memory for good, and the ledger has nothing to say about them."""
        if self._mapped:
            self.ledger.use(self, ROWS, self._mapped)

    def bring_in(self) -> None:
        """Have the rows in memory before a question reads them, if there is room for them."""
        if self._mapped and self.ledger.has_room(self._mapped):
            self.touch()
            bring_in(*self._read)

    def drop(self, name: str) -> None:
        """Let go of a column, or of the rows: they are mapped, and read again when needed."""
        if name == ROWS:
            let_go(*self._read, self.order)
        else:
            self._columns.pop(name, None)

    @property
    def _read(self) -> tuple[NDArray[Any], ...]:
        """The arrays that every question reads."""
        runs = (self.people, self.facts, self.starts, self.ends)
        return (*runs, self.ts, self.event, self.purposes)

    def lawful(self, purpose: int) -> NDArray[np.bool_]:
        """Who has an event that is lawful for a purpose: bool[n]."""
        known = self._lawful.get(purpose)
        if known is None:
            known = lawful(self.starts, self.ends, self.purposes, purpose)
            self._lawful[purpose] = known
        return known

    def find(self, people: NDArray[np.int64]) -> NDArray[np.int64]:
        """Where in this part those of some people (ascending) stand who are in it."""
        place = self.places(people)
        return place[place >= 0]

    def places(self, people: NDArray[np.int64]) -> NDArray[np.int64]:
        """Where in this part each of some people stands, -1 for who is not in it: int64[k]."""
        if not len(self.people):
            return np.full(len(people), -1, dtype=np.int64)
        place = np.minimum(np.searchsorted(self.people, people), len(self.people) - 1)
        place[self.people[place] != people] = -1
        return place

    def timeline(
        self, ends: NDArray[np.int64], names: tuple[str, ...], vocabulary: Vocabulary
    ) -> Timeline:
        """The part as questions see it, with other ends of the runs."""
        return Timeline(
            people=self.people,
            facts=self.facts,
            starts=self.starts,
            ends=ends,
            ts=self.ts,
            event=self.event,
            purposes=self.purposes,
            names=names,
            read_property=lambda name: self.columns(vocabulary.columns(name)),
        )


def span_of(instants: NDArray[np.int64]) -> NDArray[np.int64]:
    """The first and the last of some instants, or nothing: int64[2] or [0]."""
    return np.array([instants.min(), instants.max()]) if len(instants) else instants[:0]


def _size(column: Column) -> int:
    """The bytes that a column takes; most of them may be those of its words."""
    return column.values.nbytes + sum(map(getsizeof, column.words))


def _events(
    names: pa.ChunkedArray, vocabulary: Vocabulary
) -> tuple[NDArray[np.uint16], NDArray[np.bool_]]:
    """The codes of a column of event names, and which rows are events: [m] each."""
    codes, happened = [np.empty(0, dtype=np.uint16)], [np.empty(0, dtype=np.bool_)]
    for chunk in names.chunks:
        coded = chunk if pa.types.is_dictionary(chunk.type) else chunk.dictionary_encode()
        words = coded.dictionary.to_pylist()
        table = np.array([0 if word == FACT else vocabulary.codes[word] for word in words])
        indices = coded.indices.to_numpy(zero_copy_only=False)
        codes.append(table.astype(np.uint16)[indices])
        happened.append(np.array([word != FACT for word in words], dtype=np.bool_)[indices])
    return np.concatenate(codes), np.concatenate(happened)
