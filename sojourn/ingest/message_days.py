"""How long message ids are known, so that what is sent again is stored once.

Each day that the server runs, the inbox row reached so far is marked. The ids of what came before
the mark of so many days ago go. Days on which no server ran do not count, and a wrong clock makes
one mark at most: what is sent again is known for longer then, never for less.
"""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa

from sojourn import control, tables
from sojourn.ingest.inbox import PLACES, order_of
from sojourn.ingest.message_ids import MessageIds

DAY_MS = 86_400_000
MARK = "messages until day "
"""The beginning of the name under which a mark stands in the table of progress; the day follows."""

marks = tables.progress


def mark_day(engine: sa.Engine, now_ms: int, row: int) -> None:
    """Mark the row reached, once a day."""
    today = now_ms // DAY_MS
    with control.writing(engine).begin() as connection:
        known = _marks(connection)
        if not known or max(known) < today:
            connection.execute(sa.insert(marks).values(name=f"{MARK}{today}", value=row))


def forget(engine: sa.Engine, every: Iterable[MessageIds], days: int) -> int:
    """Forget the ids, of every project, of what came more than so many marked days ago; how many
    there were."""
    with engine.begin() as connection:
        known = _marks(connection)
    over = sorted(known)[: -days - 1]
    if not over:
        return 0
    writing = control.writing(engine)
    through = order_of(known[over[-1]], PLACES - 1)
    gone = sum(ids.forget(writing, through) for ids in every)
    with writing.begin() as connection:
        names = [f"{MARK}{day}" for day in over]
        connection.execute(sa.delete(marks).where(marks.c.name.in_(names)))
    return gone


def _marks(connection: sa.Connection) -> dict[int, int]:
    """The row that each marked day began with."""
    found = connection.execute(sa.select(marks).where(marks.c.name.startswith(MARK)))
    return {int(name.removeprefix(MARK)): row for name, row in found}
