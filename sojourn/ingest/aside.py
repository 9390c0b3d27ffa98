"""Set aside: accepted events on which the applier fails wait in the quarantine, and the rest goes
on.

It is written in the transaction that applies the rest of their inbox row. Their message ids stand
with a negative order of arrival: what is replayed after a crash passes them over, and when they are
sent again, by their sender or out of the quarantine, they are tried again.
"""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import sqlalchemy as sa

from sojourn import control, tables
from sojourn.drop_reason import DropReason
from sojourn.event import Event, Signals
from sojourn.ingest.inbox import Row
from sojourn.ingest.open_events import sighting
from sojourn.ingest.project import Project

ASIDE_MAX = 100
"""Events set aside by one process. More are no accident of some events but a fault of the program
that may be mended: then everything waits in the inbox, where it has no end."""

Keep = Callable[[sa.Connection, Project, list[Event], int], None]
"""Puts events into the quarantine, within a transaction, as received at an instant in ms."""


def set_aside(connection: sa.Connection, project: Project, row: Row, keep: Keep) -> None:
    """Write down that some events of a row are not applied, and keep them."""
    ids = {project.vault.digest(*sighting(event)): -order for order, event in row.aside_events()}
    project.message_ids.set_aside(connection, ids)
    events = [_as_it_came(project, event) for _, event in row.aside_events()]
    keep(connection, project, events, row.received_ms)
    count = {"project": project.id, "what": f"refused {DropReason.POISON}", "events": len(events)}
    control.upsert(connection, tables.tallies, [count], add="events")


def _as_it_came(project: Project, event: Event) -> Event:
    """An accepted event as the pipeline takes it: agreed to are the purposes for which it was found
    lawful, and all others are stopped, whatever they come from."""
    agreed = {name: bool(event.purposes & bit) for name, bit in project.rules.bits.items()}
    return msgspec.structs.replace(
        event,
        properties=event.properties | event.sealed,
        sealed={},
        told={},
        purposes=0,
        signals=Signals(consent=agreed),
    )
