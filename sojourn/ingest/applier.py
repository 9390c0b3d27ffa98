"""The applier: one writer that turns inbox rows, in order, into people, profiles and timelines.

    inbox rows ─► known already? ─► whose? ─► profile ─► words ─► rows ─► tail ─► (later) table

One control-database transaction covers a batch and carries the last applied inbox row; the table's
commit carries the last row it holds; a row leaves the inbox only when it is in the table. So:

    crash before the transaction      the rows are applied again, from the start
    crash after it, before the table  the rows are replayed: same people, same decisions, no writes
    crash after the table             the rows are in the table and are only trimmed
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from itertools import groupby

import pyarrow as pa
import pyarrow.compute as pc
import sqlalchemy as sa

from sojourn import control, tables
from sojourn.drop_reason import DropReason
from sojourn.event import Event, Kind
from sojourn.ingest import rows as event_rows
from sojourn.ingest.inbox import PLACES, Inbox, Row, order_of
from sojourn.ingest.pipeline import EVENT_NAMES_MAX, PROPERTY_NAMES_MAX
from sojourn.ingest.project import Project, load_vocabulary
from sojourn.ingest.rows import properties_of
from sojourn.people import identities, profiles
from sojourn.people.identities import Changes

BATCH_EVENTS = 5_000
"""Events in one transaction: enough to share its cost, few enough to be visible in a moment."""
COMMIT_EVENTS_MAX = 250_000
"""Applied events that wait for the table before they are committed at once."""
COMMIT_AFTER_MS = 30_000
"""How long applied events may wait. They are safe in the inbox; a commit makes files."""
OUTCOMES_KEPT = 100_000
"""Inbox rows whose outcome is remembered for whoever sent them, such as an import."""


@dataclass(slots=True)
class Batch:
    """What applying some inbox rows of one project came to."""

    project: Project
    table: pa.Table
    changes: Changes = field(default_factory=Changes)
    stored: Counter[int] = field(default_factory=Counter)
    duplicates: Counter[int] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)


class Applier:
    """Applies what is in the inbox. One thread of one process calls its methods.

    `projects` gives all open projects by id, and opens those asked for that are not open yet:
    another process may have made one and sent to it a moment ago.
    """

    def __init__(
        self,
        engine: sa.Engine,
        inbox: Inbox,
        projects: Callable[[AbstractSet[int]], Mapping[int, Project]],
        clock_ms: Callable[[], int],
    ) -> None:
        self._engine = engine
        self._writing = control.writing(engine)
        self._inbox = inbox
        self._projects = projects
        self._clock_ms = clock_ms
        self._waiting_since_ms: int | None = None
        with engine.begin() as connection:
            self.applied = read_progress(connection)

    def step(self) -> int:
        """Apply the next inbox rows; how many there were."""
        rows = self._inbox.after(self.applied, BATCH_EVENTS)
        if not rows:
            return 0
        named = {row.project for row in rows}
        projects = self._projects(named)
        try:
            batches = self._apply(rows, projects, rows[-1].id)
        except Exception:
            # Memory may be ahead of the transaction that failed; the next try starts from the disk.
            for project in named:
                self._reload(projects[project])
            raise
        for batch in batches:
            self._show(batch)
        self.applied = rows[-1].id
        return len(rows)

    def replay(self) -> None:
        """Bring back to the tail what was applied but had not reached the table before a stop."""
        projects = self._projects(set())
        first = min((project.parts.opened for project in projects.values()), default=0)
        while rows := [
            row for row in self._inbox.after(first, BATCH_EVENTS) if row.id <= self.applied
        ]:
            first = rows[-1].id
            known = [row for row in rows if row.project in projects]
            for project, theirs in _by_project(known, projects):
                missing = [row for row in theirs if row.id > project.parts.opened]
                with self._engine.begin() as connection:
                    batch = _replayed(connection, project, missing)
                self._show(batch)

    def commit(self, *, now: bool = False) -> None:
        """Move what waits to the tables, if enough waits for long enough (or `now`); then trim."""
        if self._waiting_since_ms is None:
            return
        projects = [project for project in self._projects(set()).values() if project.uncommitted]
        waiting = sum(len(table) for project in projects for table in project.uncommitted)
        if now or waiting >= COMMIT_EVENTS_MAX or self._overdue():
            for project in projects:
                # With nothing missing this still makes sure that what the table took is on disk.
                project.store.append(_missing(project), self.applied)
                project.uncommitted.clear()
            self._waiting_since_ms = None
            self._inbox.trim(self.applied)

    def _overdue(self) -> bool:
        since = self._waiting_since_ms
        return since is not None and self._clock_ms() - since >= COMMIT_AFTER_MS

    def _apply(self, rows: list[Row], projects: Mapping[int, Project], last: int) -> list[Batch]:
        with self._writing.begin() as connection:
            batches = [
                _apply_project(connection, project, theirs)
                for project, theirs in _by_project(rows, projects)
            ]
            for batch in batches:
                _save(connection, batch)
            progress = {"name": "applied", "value": last}
            control.upsert(connection, tables.progress, [progress])
            old = tables.outcomes.c.inbox_id <= last - OUTCOMES_KEPT
            connection.execute(sa.delete(tables.outcomes).where(old))
        return batches

    def _show(self, batch: Batch) -> None:
        project = batch.project
        merges = [(person, into) for person, into, _ in batch.changes.merges]
        project.parts.add(batch.table, merges)
        project.vault.trim()
        if len(batch.table):
            project.uncommitted.append(batch.table)
        # Rows without an event, such as profiles, also wait: for their removal from the inbox.
        if self._waiting_since_ms is None:
            self._waiting_since_ms = self._clock_ms()

    def _reload(self, project: Project) -> None:
        with self._writing.begin() as connection:
            project.vault.forget_keys()
            project.vocabulary.become(load_vocabulary(connection, project.id))
            project.canon = identities.load_canon(connection, project.id)
            project.people = identities.Identities(
                project.id,
                project.vault,
                project.canon,
                identities.next_person(connection, project.id),
            )


def _missing(project: Project) -> pa.Table:
    """The uncommitted rows that the table lacks: a commit that failed may have reached it."""
    table = pa.concat_tables(project.uncommitted, promote_options="default")
    first = order_of(project.store.committed() + 1, 0)
    return table.filter(pc.greater_equal(table["order"], first))


def read_progress(connection: sa.Connection) -> int:
    """The last inbox row that has been applied."""
    table = tables.progress
    found = connection.execute(sa.select(table.c.value).where(table.c.name == "applied"))
    return found.scalar() or 0


def outcome_of(
    connection: sa.Connection, project: int, inbox_rows: Iterable[int]
) -> tuple[int, int]:
    """How many events of these applied inbox rows were stored, and how many were known already."""
    table = tables.outcomes
    columns = (table.c.stored, table.c.duplicates)
    found = list(control.found_in(connection, columns, project, table.c.inbox_id, inbox_rows))
    return sum(stored for stored, _ in found), sum(duplicates for _, duplicates in found)


def _by_project(
    rows: list[Row], projects: Mapping[int, Project]
) -> Iterable[tuple[Project, list[Row]]]:
    ordered = sorted(rows, key=lambda row: (row.project, row.id))
    for project, theirs in groupby(ordered, key=lambda row: row.project):
        yield projects[project], list(theirs)


Placed = tuple[int, Event]
"""An event with its order of arrival."""


def _apply_project(connection: sa.Connection, project: Project, rows: list[Row]) -> Batch:
    batch = Batch(project, event_rows.EMPTY)
    fresh = _first_seen(connection, project, rows, batch)
    events = _fitting(project, fresh, batch)
    project.people.prepare(connection, (event for _, event in events))
    owners = [project.people.resolve(event, order, batch.changes) for order, event in events]
    identities.save(connection, project.id, project.vault, batch.changes)
    traits = [
        (person, event.ts, event.traits)
        for person, (_, event) in zip(owners, events, strict=True)
        if event.traits
    ]
    profiles.update(connection, project.id, project.vault, traits)
    batch.table = event_rows.table_of(connection, project, events, owners)
    return batch


def _replayed(connection: sa.Connection, project: Project, rows: list[Row]) -> Batch:
    """The batch these rows were when they were applied: who and what is known, nothing is new."""
    batch = Batch(project, event_rows.EMPTY)
    fresh = _first_seen(connection, project, rows, batch)
    events = [(order, event) for order, event in fresh if _is_known(project, event)]
    project.people.prepare(connection, (event for _, event in events))
    found = [project.people.find(event.identifiers) for _, event in events]
    owned = [(event, who) for event, who in zip(events, found, strict=True) if who is not None]
    owners = [who for _, who in owned]
    batch.table = event_rows.table_of(connection, project, [event for event, _ in owned], owners)
    return batch


def _first_seen(
    connection: sa.Connection, project: Project, rows: list[Row], batch: Batch
) -> list[Placed]:
    """The events whose message id is seen for the first time here, and their row's counts.

    The table of message ids remembers at which place each was first seen, so that a replay makes
    the same choice again.
    """
    table = tables.messages
    placed = [placed for row in rows for placed in enumerate(row.events, order_of(row.id, 0))]
    digests = [project.vault.digest("message", event.message_id) for _, event in placed]
    columns = (table.c.digest, table.c.order)
    unique = dict.fromkeys(digests)
    found = control.found_in(connection, columns, project.id, table.c.digest, unique)
    seen = {bytes(digest): order for digest, order in found}
    known = set(seen)
    kept = [
        (order, event)
        for (order, event), digest in zip(placed, digests, strict=True)
        if seen.setdefault(digest, order) == order
    ]
    # The table is ordered by digest: neighbours are written together.
    new = [
        {"project": project.id, "digest": digest, "order": seen[digest]}
        for digest in sorted(seen.keys() - known)
    ]
    control.insert_many(connection, table, new)
    batch.stored = Counter(order // PLACES for order, _ in kept)
    batch.duplicates = Counter({row.id: len(row.events) for row in rows}) - batch.stored
    return kept


def _fitting(project: Project, events: list[Placed], batch: Batch) -> list[Placed]:
    """The events whose names there is room for, together with all that were applied so far.

    The pipeline has bounded the names it saw; only here are those of all processes known.
    """
    words = project.vocabulary
    names, properties = set(words.names), set(words.properties())
    fitting: list[Placed] = []
    for order, event in events:
        new = properties_of(event) - properties
        happened = event.kind is Kind.EVENT
        if happened and event.name not in names and len(names) >= EVENT_NAMES_MAX:
            batch.refused[DropReason.TOO_MANY_EVENT_NAMES] += 1
        elif new and len(properties) + len(new) > 2 * PROPERTY_NAMES_MAX:
            batch.refused[DropReason.TOO_MANY_PROPERTY_NAMES] += 1
        else:
            if happened:
                names.add(event.name)
            properties.update(new)
            fitting.append((order, event))
    return fitting


def _is_known(project: Project, event: Event) -> bool:
    """Whether an event that was applied found room: then all of its names are known. Names never
    go, so those of an event for which there was no room can never all have become known."""
    words = project.vocabulary
    if event.kind is Kind.EVENT and event.name not in words.codes:
        return False
    return all(words.knows(*known) for known in properties_of(event))


def _save(connection: sa.Connection, batch: Batch) -> None:
    """Write what the batch came to: totals since the project began, and the outcome of each row."""
    tallies = {
        "stored": batch.stored.total() - batch.refused.total(),
        "duplicates": batch.duplicates.total(),
        **{f"refused {reason}": count for reason, count in batch.refused.items()},
    }
    count_up(connection, batch.project.id, tallies)
    rows = batch.stored.keys() | batch.duplicates.keys()
    control.upsert(
        connection,
        tables.outcomes,
        [
            {
                "inbox_id": row,
                "project": batch.project.id,
                "stored": batch.stored[row],
                "duplicates": batch.duplicates[row],
            }
            for row in sorted(rows)
        ],
    )


def count_up(connection: sa.Connection, project: int, counts: Mapping[str, int]) -> None:
    """Add to the project's totals."""
    rows = [
        {"project": project, "what": what, "events": events}
        for what, events in counts.items()
        if events
    ]
    control.upsert(connection, tables.tallies, rows, add="events")
