"""Segments that a project keeps under a name."""

from __future__ import annotations

import re

import msgspec
import sqlalchemy as sa

from sojourn import control, tables
from sojourn.errors import BadQuestion, NotFound
from sojourn.segment import Segment

NAME = r"[a-z0-9][a-z0-9_-]{0,62}"
"""A segment's name stands in addresses and definitions."""


class SavedSegment(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A segment with its name, a title to show, and a sentence on whom it means."""

    name: str
    segment: Segment
    title: str = ""
    description: str = ""


def save(connection: sa.Connection, project: int, saved: SavedSegment) -> SavedSegment:
    """Keep a segment, in place of one of the same name. Its definition has been checked."""
    if not re.fullmatch(NAME, saved.name):
        raise BadQuestion(
            f"“{saved.name[:60]}” cannot name a segment",
            where="name",
            mend="Use lower-case letters, digits, - and _, up to 63 of them.",
        )
    kept = msgspec.structs.replace(saved, title=saved.title or saved.name)
    row = {
        "project": project,
        "name": kept.name,
        "title": kept.title,
        "description": kept.description,
        "definition": msgspec.json.encode(kept.segment),
    }
    control.upsert(connection, tables.segments, [row])
    return kept


def read(connection: sa.Connection, project: int, name: str) -> SavedSegment:
    """The segment of this name."""
    for saved in every(connection, project):
        if saved.name == name:
            return saved
    raise NotFound(
        f"There is no segment “{name[:60]}”",
        where="segment.saved",
        mend="The list of segments shows those there are.",
    )


def every(connection: sa.Connection, project: int) -> list[SavedSegment]:
    """All segments of a project, by name."""
    table = tables.segments
    found = connection.execute(
        sa.select(table).where(table.c.project == project).order_by(table.c.name)
    )
    return [
        SavedSegment(
            row.name,
            msgspec.json.decode(row.definition, type=Segment),
            row.title,
            row.description,
        )
        for row in found
    ]


def forget(connection: sa.Connection, project: int, name: str) -> None:
    """Keep a segment no longer; questions that name it are refused from now on."""
    table = tables.segments
    done = connection.execute(
        sa.delete(table).where(table.c.project == project, table.c.name == name)
    )
    if not done.rowcount:
        raise NotFound(f"There is no segment “{name[:60]}”", where="name")
