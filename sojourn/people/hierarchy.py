"""The hierarchy of a project: which types of identifier it knows, from the highest to the lowest.

Another order holds for what arrives from then on; who has been merged stays merged.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import sqlalchemy as sa

from sojourn import tables
from sojourn.errors import BadQuestion
from sojourn.event import DAILY_ID, Hierarchy

TYPE = r"[a-z][a-z0-9_]{0,39}"
"""A type's name stands in commands and in JSON."""
TYPES_MAX = 12
"""More ways to name one person are properties taken for identifiers."""


def load(connection: sa.Connection, project: int) -> Hierarchy:
    """The hierarchy of a project."""
    table = tables.projects
    found = sa.select(table.c.hierarchy).where(table.c.id == project)
    return Hierarchy(connection.execute(found).scalar_one().split())


def change(
    connection: sa.Connection, project: int, types: Sequence[str], *, drop: bool = False
) -> Hierarchy:
    """Give a project another hierarchy. A type that people have identifiers of goes only if `drop`
    says so: then no event leads to them by those any more."""
    _check(types)
    lacking = [kind for kind in load(connection, project).types if kind not in types]
    used = _used(connection, project, lacking)
    if used and not drop:
        counts = " and ".join(f"{count:,} of type {kind}" for kind, count in used.items())
        raise BadQuestion(
            "The hierarchy lacks types that are in use",
            detail=f"There are {counts}; nothing would lead to their people by them any more.",
            where="types",
            mend="Name them, or say that they may be dropped (--drop, `drop`).",
        )
    table = tables.projects
    another = sa.update(table).where(table.c.id == project).values(hierarchy=" ".join(types))
    connection.execute(another)
    return Hierarchy(types)


def _check(types: Sequence[str]) -> None:
    bad = next((kind for kind in types if kind == DAILY_ID or not re.fullmatch(TYPE, kind)), None)
    if bad is not None:
        raise BadQuestion(
            f"“{bad[:60]}” cannot name a type of identifier",
            where="types",
            mend="Use lower-case letters, digits and _, up to 40 of them, a letter first; "
            f"{DAILY_ID} is ours.",
        )
    if not 0 < len(types) <= TYPES_MAX or len(set(types)) < len(types):
        raise BadQuestion(
            f"A hierarchy has 1 to {TYPES_MAX} types, each once",
            where="types",
            mend="Name them from the highest to the lowest.",
        )


def _used(connection: sa.Connection, project: int, types: Sequence[str]) -> dict[str, int]:
    """How many identifiers of these types there are, of those that occur."""
    table = tables.identifiers
    counted = (
        sa.select(table.c.type, sa.func.count())
        .where(table.c.project == project, table.c.type.in_(types))
        .group_by(table.c.type)
        .order_by(table.c.type)
    )
    return {kind: int(count) for kind, count in connection.execute(counted)} if types else {}
