"""The sweep over a store: which rows are due, which lose a purpose, which lose a value.

An event goes by its category. What was told of a person is one row of several properties: each
value goes by the category of its property, and the row with the last of them. A value whose
category is kept shorter than the event it came with goes from the event, be it in the clear or
sealed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from sojourn.policy.keeping import EVERY_PURPOSE, Happened, Keeping
from sojourn.retaining.sealed import SealedValues
from sojourn.retaining.tally import Tally
from sojourn.store import FACT
from sojourn.vocabulary import Vocabulary

NEEDED = ("person", "ts", "event", "purposes")
SEALED = "sealed"


class Parted(NamedTuple):
    """The sealed values of a row: the names of those that are due, and those that stay."""

    gone: tuple[str, ...]
    left: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is left of some rows: their `purposes` int32[m], none where the row goes; and which of
    a column's values are `cleared` bool[m], by column, and of sealed values which go and stay, by
    row. `people` int64[m] are whose they are today, `facts` bool[m] which are no events."""

    people: NDArray[np.int64]
    facts: NDArray[np.bool_]
    purposes: NDArray[np.int32]
    stays: NDArray[np.bool_]
    cleared: dict[str, NDArray[np.bool_]]
    parted: dict[int, Parted]


class Sweep:
    """A `Change` that takes out what is due. `today` says who people are by now."""

    def __init__(
        self,
        keeping: Keeping,
        happened: Happened,
        today: Callable[[NDArray[np.int64]], NDArray[np.int64]],
        vocabulary: Vocabulary,
        sealed: SealedValues,
    ) -> None:
        self.tally = Tally()
        self._sealed = sealed
        self._keeping = keeping
        self._happened = happened
        self._today = today
        self._told = {
            vocabulary.add_property(name, kind): keeping.of_property(name)
            for name, kind in vocabulary.properties()
        }
        # A value that is kept as long as every event goes with its event, and needs no look.
        every_event = {(keeping.other,), *map(keeping.of_event, keeping.events)}
        watched = [name for name, own in self._told.items() if every_event != {own}]
        self._sealable = {keeping.of_property(name) for name in ("", *keeping.properties)}
        if self._sealable - every_event or len(every_event) > 1:
            watched.append(SEALED)
        self.columns = (*NEEDED, *watched)

    def concerns(self, rows: pa.Table) -> bool:
        people, ts, facts, mask = self._seen(rows)
        for categories, at in self._events(rows):
            if (mask[at] & self._due(categories, people[at], ts[at])).any():
                return True
        for categories in {*self._told.values()} if facts.any() else ():
            if (mask[facts] & self._due(categories, people[facts], ts[facts])).any():
                return True
        cleared = self._cleared(rows, people, ts, mask)
        if any(gone.any() for gone in cleared.values()):
            return True
        every = np.ones(len(rows), dtype=np.bool_)
        return bool(self._parted(rows, people, ts, mask, every))

    def weigh(self, rows: pa.Table) -> int | None:
        verdict = self._judged(rows)
        before = rows["purposes"].to_numpy()
        narrowed = verdict.stays & (verdict.purposes != before)
        kept_whole = not verdict.cleared and not verdict.parted
        if verdict.stays.all() and not narrowed.any() and kept_whole:
            return None
        people, facts = verdict.people, verdict.facts
        for categories, at in self._events(rows):
            self.tally.add(self.tally.events, categories, people[at & ~verdict.stays])
            self.tally.add(self.tally.narrowed, categories, people[at & narrowed])
        gone = facts & ~verdict.stays
        for name, categories in self._told.items() if gone.any() else ():
            if name in rows.column_names:
                at = gone & _given(rows, name)
                self.tally.add(self.tally.values, categories, people[at])
        for name, at in verdict.cleared.items():
            self.tally.add(self.tally.values, self._told[name], people[at])
        for place, parted in verdict.parted.items():
            for name in parted.gone:
                categories = self._keeping.of_property(name)
                self.tally.add(self.tally.values, categories, people[place : place + 1])
        return int(verdict.stays.sum())

    def made(self, rows: pa.Table) -> pa.Table:
        verdict = self._judged(rows)
        purposes = rows.schema.field("purposes")
        place = rows.column_names.index("purposes")
        left = rows.set_column(place, purposes, pa.array(verdict.purposes, pa.int32()))
        for name, cleared in verdict.cleared.items():
            place, field = left.column_names.index(name), left.schema.field(name)
            kept = pc.if_else(pa.array(cleared), pa.scalar(None, field.type), left[name])
            left = left.set_column(place, field, kept)
        if verdict.parted:
            left = self._resealed(left, verdict.parted)
        return left.filter(pa.array(verdict.stays))

    def _judged(self, rows: pa.Table) -> Verdict:
        people, ts, facts, mask = self._seen(rows)
        due = np.zeros(len(rows), dtype=np.int32)
        for categories, at in self._events(rows):
            due[at] = self._due(categories, people[at], ts[at])
        due[facts] = EVERY_PURPOSE
        for name, categories in self._told.items() if facts.any() else ():
            if name in rows.column_names:
                at = facts & _given(rows, name)
                due[at] &= self._due(categories, people[at], ts[at])
        left = mask & ~due
        stays = left != 0
        cleared = {
            name: gone & stays for name, gone in self._cleared(rows, people, ts, mask).items()
        }
        purposes = np.where(rows["purposes"].to_numpy() == 0, 0, left).astype(np.int32)
        gone_values = {name: gone for name, gone in cleared.items() if gone.any()}
        parted = self._parted(rows, people, ts, mask, stays)
        return Verdict(people, facts, purposes, stays, gone_values, parted)

    def _seen(
        self, rows: pa.Table
    ) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_], NDArray[np.int32]]:
        """Whose the rows are today, their instants, which are facts, and their purposes; a row of
        no purpose counts as one of every purpose, for it must have an end, too."""
        mask = rows["purposes"].to_numpy()
        facts = pc.equal(rows["event"].cast(pa.string()), FACT).to_numpy()
        return (
            self._today(rows["person"].to_numpy()),
            rows["ts"].to_numpy(),
            facts,
            np.where(mask == 0, EVERY_PURPOSE, mask).astype(np.int32),
        )

    def _events(self, rows: pa.Table) -> Iterator[tuple[tuple[str, ...], NDArray[np.bool_]]]:
        """The events among rows, bool[m] each, by their categories."""
        coded = rows["event"].cast(pa.string()).combine_chunks().dictionary_encode()
        if isinstance(coded, pa.ChunkedArray):
            coded = coded.combine_chunks()
        names, codes = coded.dictionary.to_pylist(), coded.indices.to_numpy(zero_copy_only=False)
        alike: defaultdict[tuple[str, ...], list[int]] = defaultdict(list)
        for code, name in enumerate(names):
            if name != FACT:
                alike[self._keeping.of_event(name)].append(code)
        for categories, own in alike.items():
            yield categories, np.isin(codes, own)

    def _cleared(
        self,
        rows: pa.Table,
        people: NDArray[np.int64],
        ts: NDArray[np.int64],
        mask: NDArray[np.int32],
    ) -> dict[str, NDArray[np.bool_]]:
        """The values that are due for every purpose that their row still has, by column."""
        cleared = {}
        for name in rows.column_names:
            categories = self._told.get(name)
            if categories is not None:
                gone = _given(rows, name)
                due = self._due(categories, people[gone], ts[gone])
                gone[gone] = mask[gone] & ~due == 0
                cleared[name] = gone
        return cleared

    def _parted(
        self,
        rows: pa.Table,
        people: NDArray[np.int64],
        ts: NDArray[np.int64],
        mask: NDArray[np.int32],
        stays: NDArray[np.bool_],
    ) -> dict[int, Parted]:
        """What is due of the sealed values for every purpose that their row still has, by row; of
        rows that go as a whole nothing is opened."""
        if SEALED not in rows.column_names:
            return {}
        given = np.flatnonzero(_given(rows, SEALED) & stays)
        over = {
            categories: mask[given] & ~self._due(categories, people[given], ts[given]) == 0
            for categories in self._sealable
        }
        some = np.flatnonzero(np.logical_or.reduce([*over.values()]))
        parted = {}
        opened = self._sealed.of(rows.take(pa.array(given[some])))
        for place, values in zip(some.tolist(), opened, strict=True):
            gone = tuple(name for name in values if over[self._keeping.of_property(name)][place])
            if gone:
                left = {name: value for name, value in values.items() if name not in gone}
                parted[int(given[place])] = Parted(gone, left)
        return parted

    def _resealed(self, rows: pa.Table, parted: dict[int, Parted]) -> pa.Table:
        """The rows with what is left of their sealed values."""
        places, sealed = list(parted), rows[SEALED].to_pylist()
        people = rows["person"].take(pa.array(places, pa.int64())).to_pylist()
        left = self._sealed.sealed(people, [own.left for own in parted.values()])
        for place, blob in zip(places, left, strict=True):
            sealed[place] = blob
        place, field = rows.column_names.index(SEALED), rows.schema.field(SEALED)
        return rows.set_column(place, field, pa.array(sealed, field.type))

    def _due(
        self, categories: tuple[str, ...], people: NDArray[np.int64], ts: NDArray[np.int64]
    ) -> NDArray[np.int32]:
        return self._keeping.due(categories, people, ts, self._happened)


def _given(rows: pa.Table, name: str) -> NDArray[np.bool_]:
    """Which rows have a value of a column: bool[m]."""
    given: NDArray[np.bool_] = np.array(rows[name].is_valid().to_numpy())
    return given
