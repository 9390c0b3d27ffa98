"""The merges that stand, undoing one, and those that were blocked.

Undoing a merge is a standing decision: the two are kept apart until an alias says they are one.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec
import sqlalchemy as sa

from sojourn import control, tables
from sojourn.errors import NotFound
from sojourn.period import from_ms
from sojourn.timelines.parts import Parts

UTC = ZoneInfo("UTC")
LISTED_MAX = 1_000
"""Blocked merges that are listed, the latest; people look at a few."""


class StandingMerge(msgspec.Struct, frozen=True):
    """A merge by its number: who went into whom, when, and by identifiers of which type both had
    (`shared`), or by an alias."""

    number: int
    person: int
    into: int
    shared: str
    at: datetime | None


class BlockedMerge(msgspec.Struct, frozen=True):
    """Two people who share an identifier of one type and are two for `barrier`: a higher type of
    which they have different ones, a `split`, or that they would be a `crowd`. How often that came
    up, and when last."""

    person: int
    other: int
    shared: str
    barrier: str
    times: int
    last: datetime


def standing(
    connection: sa.Connection, project: int, members: Collection[int]
) -> list[StandingMerge]:
    """The merges by which these ids are one person, the newest first."""
    table = tables.merges
    columns = (table.c.number, table.c.person, table.c.into, table.c.shared, table.c.at_ms)
    found = control.found_in(connection, columns, project, table.c.person, members)
    merges = [
        StandingMerge(number, person, into, shared, None if at is None else from_ms(at, UTC))
        for number, person, into, shared, at in found
        if into in members
    ]
    return sorted(merges, key=lambda merge: -merge.number)


def chosen(merges: list[StandingMerge], number: int | None, person: int) -> StandingMerge:
    """One of the merges of a person: that of a number, or else the newest."""
    for merge in merges:
        if number is None or merge.number == number:
            return merge
    raise NotFound(
        f"Person {person} has no such merge",
        where="" if number is None else f"merge {number}",
        mend="`sojourn person show` lists those that stand.",
    )


def undo(connection: sa.Connection, project: int, merge: StandingMerge, at_ms: int) -> None:
    """Write that a merge no longer stands, and that the two are to stay two."""
    table = tables.merges
    done = connection.execute(
        sa.delete(table).where(table.c.project == project, table.c.number == merge.number)
    )
    if not done.rowcount:
        raise NotFound(f"Merge {merge.number} has been undone already")
    pair = {"project": project, "person": merge.person, "other": merge.into, "at_ms": at_ms}
    control.upsert(connection, tables.kept_apart, [pair])


def undone(connection: sa.Connection, project: int) -> list[tuple[int, int]]:
    """The pairs that were told apart: (who had gone, into whom)."""
    table = tables.kept_apart
    found = sa.select(table.c.person, table.c.other).where(table.c.project == project)
    return [(person, other) for person, other in connection.execute(found)]


def blocked(
    connection: sa.Connection, project: int, parts: Parts, person: int | None = None
) -> list[BlockedMerge]:
    """The blocked merges of a project, or of one person, by whom people are today; the latest
    first. Those who became one since are none any more."""
    table = tables.blocked_merges
    chosen = sa.select(table).where(table.c.project == project)
    if person is not None:
        members = parts.members(parts.today(person))
        chosen = chosen.where(table.c.person.in_(members) | table.c.other.in_(members))
    rows = connection.execute(chosen.order_by(table.c.last_ms.desc()).limit(LISTED_MAX)).all()
    found: dict[tuple[int, int, str, str], tuple[int, int]] = {}
    for row in rows:
        one, other = sorted((parts.today(row.person), parts.today(row.other)))
        if one != other:
            key = one, other, row.shared, row.barrier
            times, last_ms = found.get(key, (0, row.last_ms))
            found[key] = times + row.times, last_ms
    return [
        BlockedMerge(*key, times, from_ms(last_ms, UTC)) for key, (times, last_ms) in found.items()
    ]
