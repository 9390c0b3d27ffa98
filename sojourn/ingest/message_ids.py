"""Message ids: which messages have come, and at which place each came first.

    applied ─► recent: a table in order of arrival, and all of it in memory
                  │ when there are many
                  ▼
               runs: files of ids in order (runs.py) ─► several that are alike become one

An id is a keyed hash, so ids come in no order at all. In a table ordered by them each has a page to
itself that is read, changed and written again, and the longer the history the more of them: with
two million ids that took as long as all else that applying does. Here they are written one after
another, and put in order many at a time.

The table and the list of runs change in the transactions of who applies; the file of a run is on
disk before a transaction names it. Ids of events that were set aside (a negative order) stay in the
table, for they may be forgotten again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from threading import Lock

import numpy as np
import sqlalchemy as sa

from sojourn import control, tables
from sojourn.errors import Damaged
from sojourn.ingest import runs
from sojourn.ingest.runs import Run

RECENT_MAX = 50_000
"""So many recent ids become a run: some megabytes of memory, and read when a project opens."""
ALIKE_MIN = 4
"""So many runs or more, each no longer than those after it together, become one: an id is written
again when there are twice as many, so a few times in all, and there are only a dozen runs."""

messages, listed = tables.messages, tables.message_runs


class MessageIds:
    """The message ids of one project, in memory as on disk. `load` comes first, and again when a
    transaction failed that had changed them. Who applies calls `add`, `set_aside`, `try_again` and
    `settle`; the background work may call `merge` and `forget` meanwhile. An engine is one that
    writes."""

    def __init__(self, project: int, folder: Path) -> None:
        self._project = project
        self._folder = folder
        self._recent: dict[bytes, int] = {}
        self._runs: tuple[Run, ...] = ()
        self._lock = Lock()
        self._files = Lock()
        """Held while there is a file that no list names yet."""

    def __len__(self) -> int:
        return len(self._recent) + sum(map(len, self._runs))

    def load(self, connection: sa.Connection) -> None:
        """Know what is on disk."""
        own = sa.select(messages.c.digest, messages.c.order).where(self._own(messages))
        recent = {bytes(digest): order for digest, order in connection.execute(own)}
        known = {run.name: run for run in self._runs}
        found = tuple(known.get(name) or self._read(name) for name in self._listed(connection))
        with self._lock:
            self._recent, self._runs = recent, found

    def find(self, ids: Iterable[bytes]) -> dict[bytes, int]:
        """The order of each of these ids that is known."""
        found, left = dict[bytes, int](), list[bytes]()
        for digest in ids:
            order = self._recent.get(digest)
            if order is None:
                left.append(digest)
            else:
                found[digest] = order
        if left and self._runs:
            # In order, neighbours are looked for beside one another.
            left.sort()
            digests = runs.digests_of(left)
            for run in self._runs:
                orders = run.orders_of(digests)
                for place in np.flatnonzero(orders).tolist():
                    found[left[place]] = int(orders[place])
        return found

    def add(self, connection: sa.Connection, ids: dict[bytes, int]) -> None:
        """Know these ids, with their orders, from now on."""
        rows = [
            {"project": self._project, "order": order, "digest": digest}
            for digest, order in ids.items()
        ]
        control.insert_many(connection, messages, rows)
        with self._lock:
            self._recent.update(ids)

    def set_aside(self, connection: sa.Connection, ids: dict[bytes, int]) -> None:
        """Know ids of events that were set aside, with their negative orders."""
        self.try_again(connection, ids)
        self.add(connection, ids)

    def try_again(self, connection: sa.Connection, ids: Iterable[bytes]) -> None:
        """Know ids no longer, as far as they are recent; those of events set aside always are."""
        with self._lock:
            known = [self._recent.pop(digest, None) for digest in ids]
        orders = [order for order in known if order is not None]
        if orders:
            own = messages.c.order.in_(orders)
            connection.execute(sa.delete(messages).where(self._own(messages), own))

    def settle(self, engine: sa.Engine) -> None:
        """Make a run of the recent ids, if there are many."""
        if len(self._recent) < RECENT_MAX:
            return
        settled = {digest: order for digest, order in self._recent.items() if order > 0}
        if not settled:
            return
        with self._files:
            run = runs.write(self._folder, settled)
            with engine.begin() as connection:
                old = messages.c.order.between(run.first, run.last)
                connection.execute(sa.delete(messages).where(self._own(messages), old))
                self._list(connection, (), [run])
        with self._lock:
            self._runs = (*self._runs, run)
            self._recent = {one: order for one, order in self._recent.items() if order < 0}

    def merge(self, engine: sa.Engine) -> None:
        """Make one run of the newest that are alike, if there are enough."""
        alike = _alike(self._runs)
        if len(alike) >= ALIKE_MIN:
            self._drop_others(engine)
            self._replace(engine, alike, runs.merge(self._folder, alike))

    def forget(self, engine: sa.Engine, through: int) -> int:
        """Forget the ids of what came up to an order of arrival; how many there were."""
        gone = 0
        for run in self._runs:
            if run.first <= through:
                later = runs.without(self._folder, run, through)
                self._replace(engine, [run], later)
                gone += len(run) - (len(later) if later else 0)
        with engine.begin() as connection:
            old = messages.c.order.between(-through, through)
            gone += connection.execute(sa.delete(messages).where(self._own(messages), old)).rowcount
        with self._lock:
            recent = self._recent.items()
            self._recent = {digest: order for digest, order in recent if abs(order) > through}
        return gone

    def _replace(self, engine: sa.Engine, old: Sequence[Run], new: Run | None) -> None:
        """Put a run in the place of others that follow one another, or nothing."""
        with engine.begin() as connection:
            self._list(connection, [run.name for run in old], [new] if new else [])
        with self._lock:
            # Whoever loaded them meanwhile has the new list already.
            if old[0] in self._runs:
                place = self._runs.index(old[0])
                rest = self._runs[place + len(old) :]
                self._runs = (*self._runs[:place], *([new] if new else []), *rest)

    def _drop_others(self, engine: sa.Engine) -> None:
        """Delete the files that no list names. One that has just been replaced is left until the
        next time: another process may have read the list a moment ago."""
        with self._files:
            with engine.begin() as connection:
                names = self._listed(connection)
            runs.drop_others(self._folder, names)

    def _read(self, name: str) -> Run:
        try:
            return runs.read(self._folder, name)
        except (OSError, ValueError, EOFError) as failure:
            raise Damaged(
                "A file of message ids cannot be read",
                detail=f"{failure}. Without it, what is sent again would be stored again.",
                where=str(self._folder / name),
                mend="Restore the data folder from a backup. Nothing was changed.",
            ) from None

    def _listed(self, connection: sa.Connection) -> list[str]:
        own = sa.select(listed.c.name).where(self._own(listed)).order_by(listed.c.first)
        return list(connection.execute(own).scalars())

    def _list(self, connection: sa.Connection, old: Sequence[str], new: Sequence[Run]) -> None:
        gone = listed.c.name.in_(old)
        connection.execute(sa.delete(listed).where(self._own(listed), gone))
        rows = [{"project": self._project, "name": run.name, "first": run.first} for run in new]
        control.insert_many(connection, listed, rows)

    def _own(self, table: sa.Table) -> sa.ColumnElement[bool]:
        return table.c.project == self._project


def _alike(every: Sequence[Run]) -> list[Run]:
    """The last runs, as long as none is longer than those after it together."""
    alike, size = list[Run](), 0
    for run in reversed(every):
        if alike and len(run) > size:
            break
        alike.insert(0, run)
        size += len(run)
    return alike
