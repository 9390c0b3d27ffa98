"""Removal: how rows leave a project for good, whatever they leave for.

    rows, in one commit ─► files and log of the past ─► timelines ─► what was derived from the past

Everything that was applied is in the table, and nothing is applied meanwhile: what an inbox still
had would come again after a crash.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from sojourn.store import Change, Rewritten, Store
from sojourn.timelines.parts import Parts


@dataclass(frozen=True, slots=True)
class WithoutPeople:
    """A `Change` by which every row goes that was given to one of some ids: int64[k]."""

    ids: NDArray[np.int64]

    @property
    def columns(self) -> tuple[str, ...]:
        return ("person",)

    def concerns(self, rows: pa.Table) -> bool:
        return not self._stays(rows).all()

    def weigh(self, rows: pa.Table) -> int | None:
        stays = self._stays(rows)
        return None if stays.all() else int(stays.sum())

    def made(self, rows: pa.Table) -> pa.Table:
        return rows.filter(pa.array(self._stays(rows)))

    def _stays(self, rows: pa.Table) -> NDArray[np.bool_]:
        return np.isin(rows["person"].to_numpy(), self.ids, invert=True)


def take_out(change: Change, store: Store, parts: Parts) -> Rewritten:
    """Change the rows of a project; nothing is left of those that it takes out."""
    done = store.rewrite(change)
    store.forget()
    if done.dropped + done.rewritten:
        parts.renew()
    parts.drop_other_editions()
    return done


def take_out_people(people: Iterable[int], store: Store, parts: Parts) -> Rewritten:
    """Take out all rows of some people: their own, those of who became them by merges that stand,
    and those of events that may still change. It takes its time, so they are hidden before, at once
    (`Parts.hide`); who comes back afterwards begins anew."""
    ids = [one for person in people for one in parts.members(parts.today(person))]
    gone = np.unique(np.array(ids, dtype=np.int64))
    parts.withdraw(gone)
    return take_out(WithoutPeople(gone), store, parts)
