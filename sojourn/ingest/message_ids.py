"""Message ids: how long they are known, so that what is sent again is stored once.

Each day that the server runs, the inbox row reached so far is marked. The ids of what came before
the mark of so many days ago go, a slice of them in each transaction, so that nothing waits for it.
Days on which no server ran do not count, and a wrong clock makes one mark at most: what is sent
again is known for longer then, never for less.
"""

from __future__ import annotations

import sqlalchemy as sa

from sojourn import control, tables
from sojourn.ingest.inbox import PLACES, order_of

DAY_MS = 86_400_000
MARK = "messages until day "
"""The beginning of the name under which a mark stands in the table of progress; the day follows."""
SLICES = 256
"""Ids begin with a random byte: this many slices are of one size."""

marks, messages = tables.progress, tables.messages


def mark_day(engine: sa.Engine, now_ms: int, row: int) -> None:
    """Mark the row reached, once a day."""
    today = now_ms // DAY_MS
    with control.writing(engine).begin() as connection:
        known = _marks(connection)
        if not known or max(known) < today:
            connection.execute(sa.insert(marks).values(name=f"{MARK}{today}", value=row))


def forget(engine: sa.Engine, days: int) -> int:
    """Forget the ids of what came more than so many marked days ago; how many there were."""
    with engine.begin() as connection:
        known = _marks(connection)
        over = sorted(known)[: -days - 1]
        if not over:
            return 0
        through = known[over[-1]]
        projects = list(connection.execute(sa.select(tables.projects.c.id)).scalars())
    gone = 0
    for project in projects:
        for first in range(SLICES):
            with control.writing(engine).begin() as connection:
                gone += connection.execute(_old(project, first, through)).rowcount
    with control.writing(engine).begin() as connection:
        names = [f"{MARK}{day}" for day in over]
        connection.execute(sa.delete(marks).where(marks.c.name.in_(names)))
    return gone


def _old(project: int, first: int, through: int) -> sa.Delete:
    """What takes out the ids of a slice that stand for what came up to a row; those of events that
    were set aside have a negative order."""
    c, last = messages.c, order_of(through, PLACES - 1)
    old = sa.delete(messages).where(c.project == project, c.order.between(-last, last))
    old = old.where(c.digest >= bytes([first]))
    return old if first == SLICES - 1 else old.where(c.digest < bytes([first + 1]))


def _marks(connection: sa.Connection) -> dict[int, int]:
    """The row that each marked day began with."""
    found = connection.execute(sa.select(marks).where(marks.c.name.startswith(MARK)))
    return {int(name.removeprefix(MARK)): row for name, row in found}
