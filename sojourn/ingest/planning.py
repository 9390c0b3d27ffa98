"""Planning: what people say of one project's events and properties, kept in the control database
and taken up at once.

What is blocked stands with what else the project leaves out of its collection, so that there is
one list of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

import msgspec
import sqlalchemy as sa

from sojourn import audit, control, tables, tracking_plan
from sojourn.collection import Collection
from sojourn.errors import NotFound
from sojourn.ingest.collecting import Collecting
from sojourn.ingest.project import Project
from sojourn.tracking_plan import EventEntry, PropertyEntry, TrackingPlan

Kind = Literal["event", "property"]
TABLES: dict[Kind, sa.Table] = {
    "event": tables.event_entries,
    "property": tables.property_entries,
}
NAMED_IN_LOG_MAX = 20
"""Names of one change that the audit log tells; a whole plan is told by how many it says."""


@dataclass(frozen=True, slots=True)
class Planning:
    """What is said of the events and properties of one project."""

    project: Project
    engine: sa.Engine
    clock_ms: Callable[[], int]

    def plan(self) -> TrackingPlan:
        """All that is said, with what is blocked."""
        plan, collection = self.project.plan, self.project.collection
        blocked_events, blocked = collection.blocked_events, collection.excluded_properties
        events = {name: EventEntry(blocked=True) for name in blocked_events} | {
            name: msgspec.structs.replace(entry, blocked=name in blocked_events)
            for name, entry in plan.events.items()
        }
        properties = {name: PropertyEntry(blocked=True) for name in blocked} | {
            name: msgspec.structs.replace(entry, blocked=name in blocked)
            for name, entry in plan.properties.items()
        }
        return TrackingPlan(dict(sorted(events.items())), dict(sorted(properties.items())))

    def say(self, said: TrackingPlan, *, actor: str) -> None:
        """Say this of the names in it, in place of what was said, from the next event on; raises
        `BadQuestion` for what makes no sense."""
        tracking_plan.check(said)
        self._take_up()
        tracking_plan.check(_together(self.project.plan, said))
        # Blocking comes first: should the rest fail, nothing unwanted is collected meanwhile.
        self._block(said, actor)
        with control.writing(self.engine).begin() as connection:
            for table, entries in (
                (tables.event_entries, said.events),
                (tables.property_entries, said.properties),
            ):
                rows = [self._row(name, entry) for name, entry in entries.items()]
                control.upsert(connection, table, rows)
            self._note(connection, actor, "change schema", [*said.events, *said.properties])
        self._take_up()

    def forget(self, kind: Kind, name: str, *, actor: str) -> None:
        """Forget what is said of a name. A block stands until it is lifted."""
        table = TABLES[kind]
        own = (table.c.project == self.project.id) & (table.c.name == name)
        with control.writing(self.engine).begin() as connection:
            if not connection.execute(sa.delete(table).where(own)).rowcount:
                raise NotFound(f"Nothing is said of the {kind} “{name[:60]}”", where="name")
            self._note(connection, actor, "forget schema", [name])
        self._take_up()

    def _take_up(self) -> None:
        """Another process may have said more in between."""
        Collecting(self.project, self.engine, self.clock_ms).take_up()

    def _block(self, said: TrackingPlan, actor: str) -> None:
        own = self.project.collection
        chosen: Collection = msgspec.structs.replace(
            own,
            blocked_events=_blocked(own.blocked_events, said.events),
            excluded_properties=_blocked(own.excluded_properties, said.properties),
        )
        if chosen != own:
            Collecting(self.project, self.engine, self.clock_ms).change(chosen, actor=actor)

    def _row(self, name: str, entry: EventEntry | PropertyEntry) -> dict[str, object]:
        row = {field: getattr(entry, field) for field in entry.__struct_fields__}
        del row["blocked"]
        return {"project": self.project.id, "name": name, **row}

    def _note(self, connection: sa.Connection, actor: str, action: str, names: list[str]) -> None:
        told = ", ".join(names) if len(names) <= NAMED_IN_LOG_MAX else f"{len(names):,} names"
        subject = f"{self.project.name}: {told}"
        audit.write(connection, self.clock_ms(), actor, action, subject)


def _blocked(
    before: Iterable[str], said: Mapping[str, EventEntry] | Mapping[str, PropertyEntry]
) -> tuple[str, ...]:
    """The names that are blocked once this is said."""
    kept = [name for name in before if name not in said or said[name].blocked]
    return (*kept, *(name for name, one in said.items() if one.blocked and name not in kept))


def _together(plan: TrackingPlan, said: TrackingPlan) -> TrackingPlan:
    return TrackingPlan(plan.events | said.events, plan.properties | said.properties)
