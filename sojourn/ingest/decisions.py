"""What somebody decides about who is who in an open project: written down, and kept to at once.

Whoever calls these holds up the applier meanwhile. Another process that holds the folder takes up
what is written here a moment later.
"""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from sojourn import audit, control
from sojourn.event import Hierarchy
from sojourn.ingest.project import Project
from sojourn.people import hierarchy, merges
from sojourn.people.merges import StandingMerge


def split(
    engine: sa.Engine, project: Project, person: int, number: int | None, *, at_ms: int, actor: str
) -> StandingMerge:
    """Undo a merge of a person, that of a number or the newest: every event goes back under the
    person it came under."""
    members = project.parts.members(project.parts.today(person))
    with control.writing(engine).begin() as connection:
        standing = merges.standing(connection, project.id, members)
        undone = merges.chosen(standing, number, members[0])
        merges.undo(connection, project.id, undone, at_ms)
        subject = f"{project.name}/person {undone.person} from {undone.into}"
        audit.write(connection, at_ms, actor, "split", subject)
    project.split(undone.person)
    return undone


def change_hierarchy(
    engine: sa.Engine,
    project: Project,
    types: Sequence[str],
    *,
    drop: bool,
    at_ms: int,
    actor: str,
) -> Hierarchy:
    """Give a project other identifier types, or another order, for what arrives from now on."""
    with control.writing(engine).begin() as connection:
        known = hierarchy.change(connection, project.id, types, drop=drop)
        subject = f"{project.name}: {' > '.join(known.types)}"
        audit.write(connection, at_ms, actor, "change hierarchy", subject)
    project.people.hierarchy = known
    return known


def take_up(engine: sa.Engine, project: Project) -> None:
    """Keep to what another process has written down."""
    with engine.begin() as connection:
        project.people.hierarchy = hierarchy.load(connection, project.id)
        for person, into in merges.undone(connection, project.id):
            if project.canon.became(person) == into:
                project.split(person)
