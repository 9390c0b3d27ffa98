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
from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from itertools import groupby

import pyarrow as pa
import pyarrow.compute as pc
import sqlalchemy as sa

from sojourn import control, tables
from sojourn.consent import records
from sojourn.event import CHANGE
from sojourn.ingest import open_events, provisional, room
from sojourn.ingest import rows as event_rows
from sojourn.ingest.aside import ASIDE_MAX, Keep, set_aside
from sojourn.ingest.first_seen import first_seen
from sojourn.ingest.inbox import Inbox, Row, order_of
from sojourn.ingest.poison import is_poison, poisonous
from sojourn.ingest.project import Project, load_vocabulary
from sojourn.ingest.provisional import Provisional
from sojourn.kept import Kept
from sojourn.people import identities, linking, organisations, profiles
from sojourn.people.linking import Changes

BATCH_EVENTS = 5_000
"""Events in one transaction: enough to share its cost, few enough to be visible in a moment."""
COMMIT_EVENTS_MAX = 250_000
"""Applied events that wait for the table before they are committed at once."""
COMMIT_AFTER_MS = 30_000
"""How long applied events may wait. They are safe in the inbox; a commit makes files."""
CLOSING_MAX = 1_000
"""Closed events in one inbox row."""
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
    provisional: Provisional = field(default_factory=Provisional)


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
        keep: Keep,
    ) -> None:
        self._engine = engine
        self._keep = keep
        self.aside = 0
        """How many events were poison, and set aside."""
        self._writing = control.writing(engine)
        self._inbox = inbox
        self._projects = projects
        self._clock_ms = clock_ms
        self._waiting_since_ms: int | None = None
        with engine.begin() as connection:
            self.applied = read_progress(connection)
            self._opened = open_events.read_rows(connection)

    def step(self) -> int:
        """Apply the next inbox rows; how many there were."""
        rows = self._inbox.after(self.applied, BATCH_EVENTS)
        if not rows:
            return self._send_closed(self._clock_ms())
        self._take(rows)
        return len(rows) + self._send_closed(rows[-1].received_ms)

    def _take(self, rows: list[Row]) -> None:
        named = {row.project for row in rows}
        projects = self._projects(named)
        try:
            batches = self._apply(rows, projects, rows[-1].id)
        except Exception as failure:
            # Memory may be ahead of the transaction that failed; the next try starts from the disk.
            for project in named:
                self._reload(projects[project])
            if not is_poison(failure):
                raise
            self._take_apart(rows, projects, failure)
            return
        for batch in batches:
            self._show(batch)
        self.applied = rows[-1].id
        for batch in batches:
            batch.project.message_ids.settle(self._writing)
        # This may read from the disk: should it fail, the rows are applied all the same.
        for batch in batches:
            batch.project.parts.keep_fresh()

    def _take_apart(
        self, rows: list[Row], projects: Mapping[int, Project], failure: Exception
    ) -> None:
        """Apply rows that fail together one by one, and one that fails without its poison."""
        if len(rows) > 1:
            for row in rows:
                self._take([row])
            return
        (row,) = rows
        if row.aside or self.aside > ASIDE_MAX:
            raise failure
        places = [place for place, _ in row.events.placed()]
        aside = poisonous(places, lambda some: self._fails(row, some, projects))
        self.aside += len(aside)
        if not aside or self.aside > ASIDE_MAX:
            raise failure
        self._take([replace(row, aside=frozenset(aside))])

    def _fails(self, row: Row, some: Sequence[int], projects: Mapping[int, Project]) -> bool:
        """Whether some events of a row fail without the others; nothing of this trial stays."""
        project = projects[row.project]
        others = frozenset(place for place, _ in row.events.placed()) - frozenset(some)
        try:
            with self._writing.connect() as connection, connection.begin() as trial:
                _apply_project(connection, project, [replace(row, aside=others)])
                trial.rollback()
        except Exception as failure:
            if not is_poison(failure):
                raise
            return True
        finally:
            self._reload(project)
        return False

    def close_older(self, project: Project, than_ms: int) -> None:
        """Close what is open of a project and happened before an instant, and apply everything."""
        self._close(project, project.open_events.older(than_ms))
        while self.step():
            pass

    def _send_closed(self, now_ms: int) -> int:
        """Close what is due by an instant, up to which all was applied, and send what is closed
        through the inbox; how many events. An inbox that is closed gets them at the next start."""
        count = 0
        if self._inbox.closed:
            return 0
        for project in self._projects(set()).values():
            self._close(project, project.open_events.due(now_ms))
            while leaving := project.open_events.leaving(CLOSING_MAX):
                self._inbox.submit(project.id, now_ms, Kept.of(leaving.values())).result()
                project.open_events.sent(leaving)
                count += len(leaving)
        return count

    def _close(self, project: Project, due: list[bytes]) -> None:
        if due:
            with self._writing.begin() as connection:
                project.open_events.close(connection, due)
            project.open_events.closed(due)

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
        for project in projects.values():
            with self._engine.begin() as connection:
                provisional.bring_back(connection, project, self._opened)
        self._note_opened(projects)

    def _note_opened(self, projects: Mapping[int, Project]) -> None:
        """Know the names of events that open with what is still to be applied: their changes may
        come before that."""
        row = self.applied
        while rows := self._inbox.after(row, BATCH_EVENTS):
            row = rows[-1].id
            for one in rows:
                opening = (event for _, event in one.events.others if event.open_ms)
                for event in opening if one.project in projects else ():
                    projects[one.project].names.note_opened(event)

    def commit(self, *, now: bool = False) -> bool:
        """Move what waits to the tables, if enough waits for long enough (or `now`); then trim.
        Whether it did."""
        if self._waiting_since_ms is None:
            return False
        projects = [project for project in self._projects(set()).values() if project.uncommitted]
        waiting = sum(len(table) for project in projects for table in project.uncommitted)
        if now or waiting >= COMMIT_EVENTS_MAX or self._overdue():
            for project in projects:
                # With nothing missing this still makes sure that what the table took is on disk.
                project.store.append(_missing(project), self.applied)
                project.uncommitted.clear()
            self._waiting_since_ms = None
            self._inbox.trim(self.applied)
            return True
        return False

    def _overdue(self) -> bool:
        if self._waiting_since_ms is None:
            return False
        # A clock that went back would make them wait until it is where it was.
        return not 0 <= self._clock_ms() - self._waiting_since_ms < COMMIT_AFTER_MS

    def _apply(self, rows: list[Row], projects: Mapping[int, Project], last: int) -> list[Batch]:
        with self._writing.begin() as connection:
            batches = [
                _apply_project(connection, project, theirs)
                for project, theirs in _by_project(rows, projects)
            ]
            for batch in batches:
                _save(connection, batch)
            for row in rows:
                if row.aside:
                    set_aside(connection, projects[row.project], row, self._keep)
            progress = {"name": "applied", "value": last}
            control.upsert(connection, tables.progress, [progress])
            old = tables.outcomes.c.inbox_id <= last - OUTCOMES_KEPT
            connection.execute(sa.delete(tables.outcomes).where(old))
        return batches

    def _show(self, batch: Batch) -> None:
        project = batch.project
        merges = [(one.person, one.into) for one in batch.changes.merges]
        shown, open_still = batch.table, batch.provisional
        if len(open_still.table):
            shown = pa.concat_tables([shown, open_still.table], promote_options="default")
        project.parts.add(shown, merges, open_still.withdrawn)
        project.live.show(batch.table, open_still.table, self._clock_ms())
        for closed in open_still.closed:
            project.names.opened.pop(closed, None)
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
            project.people = identities.load(connection, project.id, project.vault, project.canon)
            project.open_events.load(connection, open_events.read_rows(connection))
            project.message_ids.load(connection)


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


def _apply_project(connection: sa.Connection, project: Project, rows: list[Row]) -> Batch:
    batch = Batch(project, event_rows.EMPTY)
    seen = first_seen(connection, project, rows)
    batch.stored, batch.duplicates = seen.stored, seen.duplicates
    fitting, batch.refused = room.fitting(project, _numbered(connection, project, seen.kept))
    others = [placed for placed in fitting.others if placed[1].kind is not CHANGE]
    lots, events = project.people.parted(connection, Kept(fitting.lots, others))
    owners = [
        event.person or project.people.resolve(event, order, batch.changes)
        for order, event in events
    ]
    linking.save(connection, project.id, project.vault, batch.changes)
    if project.has_consents:
        _keep_stopped(connection, batch, rows[-1].received_ms)
    told = [(who, event) for who, (_, event) in zip(owners, events, strict=True) if event.traits]
    profiles.update(connection, project.id, project.vault, told)
    batch.table = event_rows.table_of(connection, project, events, owners, lots)
    whose = {order: person for (order, _), person in zip(events, owners, strict=True)}
    batch.provisional = provisional.take(connection, project, fitting.others, whose, rows)
    batch.refused.update(batch.provisional.refused)
    return batch


def _numbered(connection: sa.Connection, project: Project, kept: Kept) -> Kept:
    """Events in which an organisation's number stands for its id."""
    others = organisations.numbered(connection, project.id, project.vault, kept.others)
    return Kept(kept.lots, others)


def _keep_stopped(connection: sa.Connection, batch: Batch, at_ms: int) -> None:
    """Have whoever got identifiers unseen for what was stopped under these before."""
    rules = batch.project.rules
    stoppable = {name for name, bit in rules.bits.items() if bit & rules.stoppable}
    links = {link.digest: link.person for link in batch.changes.links}
    records.keep_stopped(connection, batch.project.id, links, at_ms, stoppable)


def _replayed(connection: sa.Connection, project: Project, rows: list[Row]) -> Batch:
    """The batch these rows were when they were applied: who and what is known, nothing is new."""
    batch = Batch(project, event_rows.EMPTY)
    seen = first_seen(connection, project, rows, replayed=True).kept
    fresh = _numbered(connection, project, Kept([], seen.placed())).others
    events = [
        (order, event)
        for order, event in fresh
        if event.kind is not CHANGE and room.is_known(project, event)
    ]
    project.people.prepare(connection, [event for _, event in events])
    found = [event.person or project.people.find(event.identifiers) for _, event in events]
    owned = [(event, who) for event, who in zip(events, found, strict=True) if who is not None]
    owners = [who for _, who in owned]
    batch.table = event_rows.table_of(connection, project, [event for event, _ in owned], owners)
    return batch


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
