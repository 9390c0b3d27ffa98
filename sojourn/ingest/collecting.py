"""Collecting: how one project collects, kept in the control database and taken up at once.

The choices name people and their addresses, so they stand sealed.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass

import msgspec
import sqlalchemy as sa

from sojourn import audit, collection, control, tables
from sojourn.collection import Collection
from sojourn.ingest.project import COLLECTION, Project, load_collection, load_plan


@dataclass(frozen=True, slots=True)
class Collecting:
    """How one project collects."""

    project: Project
    engine: sa.Engine
    clock_ms: Callable[[], int]

    def change(self, chosen: Collection, *, actor: str) -> None:
        """Collect like this from the next event on; raises `BadQuestion` for what makes no
        sense."""
        collection.check(chosen)
        project, table = self.project, tables.projects
        text = msgspec.json.encode(chosen).decode()
        sealed = b64encode(project.vault.seal_text(COLLECTION, text)).decode()
        with control.writing(self.engine).begin() as connection:
            own = sa.update(table).where(table.c.id == project.id)
            connection.execute(own.values(collection=sealed))
            changed = [
                name
                for name, value in msgspec.structs.asdict(chosen).items()
                if value != getattr(project.collection, name)
            ]
            subject = f"{project.name}: {', '.join(changed) or 'nothing new'}"
            audit.write(connection, self.clock_ms(), actor, "change collection", subject)
        self.take_up()

    def take_up(self) -> None:
        """Collect as another process has chosen, and forget the visits of days that are over."""
        project = self.project
        with project.taking_up, self.engine.begin() as connection:
            project.collection = load_collection(connection, project.id, project.vault)
            project.plan = load_plan(connection, project.id)
        project.daily_ids.forget(self.clock_ms())
