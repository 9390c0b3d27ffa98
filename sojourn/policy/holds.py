"""Legal holds: while one stands, nothing of its categories is due, whatever the policy says.

A hold has a reference (of the order or the dispute), a scope and, where it is known, an end (clause
S1-17). It is lifted, never deleted: that it was there is part of the record.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import msgspec
import sqlalchemy as sa

from sojourn import tables


@dataclass(frozen=True, slots=True)
class Hold:
    """One hold. Without `categories` it is on all; without `until_ms` it stands until lifted."""

    number: int
    reference: str
    categories: tuple[str, ...]
    placed_ms: int
    until_ms: int | None
    lifted_ms: int | None
    actor: str

    def stands(self, at_ms: int) -> bool:
        """Whether it blocks anything at an instant."""
        return self.lifted_ms is None and (self.until_ms is None or at_ms < self.until_ms)


def place(
    connection: sa.Connection,
    project: int,
    *,
    reference: str,
    categories: Iterable[str],
    placed_ms: int,
    until_ms: int | None,
    actor: str,
) -> int:
    """Place a hold on some of a project's categories, or on all; its number."""
    values = {
        "project": project,
        "reference": reference,
        "categories": msgspec.json.encode(list(categories)).decode(),
        "placed_ms": placed_ms,
        "until_ms": until_ms,
        "actor": actor,
    }
    made = sa.insert(tables.holds).values(**values).returning(tables.holds.c.number)
    return int(connection.execute(made).scalar_one())


def lift(connection: sa.Connection, project: int, reference: str, at_ms: int) -> int:
    """Lift the holds of a reference; how many stood."""
    table = tables.holds
    standing = [one for one in history(connection, project) if one.stands(at_ms)]
    numbers = [one.number for one in standing if one.reference == reference]
    lifted = sa.update(table).where(table.c.number.in_(numbers)).values(lifted_ms=at_ms)
    connection.execute(lifted)
    return len(numbers)


def history(connection: sa.Connection, project: int) -> list[Hold]:
    """All holds of a project, the oldest first."""
    table = tables.holds
    chosen = sa.select(table).where(table.c.project == project).order_by(table.c.number)
    return [
        Hold(
            number=row.number,
            reference=row.reference,
            categories=msgspec.json.decode(row.categories, type=tuple[str, ...]),
            placed_ms=row.placed_ms,
            until_ms=row.until_ms,
            lifted_ms=row.lifted_ms,
            actor=row.actor,
        )
        for row in connection.execute(chosen)
    ]


def held(
    connection: sa.Connection, project: int, categories: Iterable[str], at_ms: int
) -> dict[str, str]:
    """Which of some categories are under a hold at an instant, with its reference."""
    standing = [one for one in history(connection, project) if one.stands(at_ms)]
    return {
        category: one.reference
        for category in categories
        for one in standing
        if not one.categories or category in one.categories
    }
