"""One run of the keep gate: find what is due (clause S1-27), take it out, leave no copy (clause
S1-40), and tell.

    traces of people ─► rows, in one commit ─► files and log of the past ─► timelines ─► record

People's traces go first: rows tell when their terms began. What a run that was ended left over, the
next one finds; and there is a next one until a run is recorded.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import msgspec
import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray

from sojourn import audit, control, tables
from sojourn.ingest.project import Project
from sojourn.people import organisations
from sojourn.policy import holds, versions
from sojourn.policy.compile import compile
from sojourn.policy.keeping import Keeping, Lasts, keeping_of
from sojourn.retaining import traces
from sojourn.retaining.removal import take_out
from sojourn.retaining.sealed import SealedValues
from sojourn.retaining.sweep import Sweep
from sojourn.retaining.tally import Tally
from sojourn.retaining.traces import Circle
from sojourn.store import Rewritten
from sojourn.timelines.snapshot import Snapshot

EVERY = timedelta(days=1)
"""How often a project's turn comes."""


class Kept(msgspec.Struct, frozen=True):
    """What was due of one category: `events` that went; those `narrowed`, which stay for other
    purposes; single `values` of properties, traits and identifiers; and how many `people` they were
    about. `before` is the day before which something could be due, `held` a hold's reference."""

    category: str
    rule: str
    before: date | None
    held: str
    events: int
    narrowed: int
    values: int
    people: int


class Retained(msgspec.Struct, frozen=True):
    """What a run came to, by category; how many partitions of the table were `dropped` whole and
    how many `rewritten`, and how long it took. A `dry` run only looked."""

    at: datetime
    version: str
    dry: bool
    categories: tuple[Kept, ...]
    dropped: int
    rewritten: int
    seconds: float

    @property
    def events(self) -> int:
        """How many events went."""
        return sum(one.events for one in self.categories)

    @property
    def values(self) -> int:
        """How many single values went."""
        return sum(one.values for one in self.categories)


def retain(
    engine: sa.Engine, project: Project, at_ms: int, *, actor: str, dry: bool = False
) -> Retained:
    """Take out of a project what its policy makes due at an instant; `dry` only tells what is.

    Everything that was applied is in the table, and nothing is applied meanwhile.
    """
    began = time.perf_counter()
    canon, snapshot = project.canon.copy(), project.parts.now(latest=True)
    with engine.begin() as connection:
        keeping, version = _keeping(connection, project, at_ms)
        happened = {
            name: _last(project, snapshot, name, canon.of_all) for name in keeping.anchors()
        }
        sealed = SealedValues(engine, project.vault)
        sweep = Sweep(keeping, happened, canon.of_all, project.vocabulary, sealed)
        seen = _seen(snapshot, canon.of_all)
        circle = Circle(project.id, project.vault, canon.of_all, happened, seen)
        found = traces.due(connection, circle, keeping, sweep.tally)
    if dry:
        done = project.store.rewrite(sweep, dry=True)
    else:
        with control.writing(engine).begin() as connection:
            traces.remove(connection, circle, found)
        project.people.forget()
        project.vault.forget_keys()
        done = take_out(sweep, project.store, project.parts)
        with control.writing(engine).begin() as connection:
            organisations.forget_others(connection, project.id, project.parts.now(latest=True))
    seconds = round(time.perf_counter() - began, 3)
    retained = _told(keeping, sweep.tally, done, at_ms, version, seconds, dry)
    if not dry:
        with control.writing(engine).begin() as connection:
            _record(connection, project, at_ms, actor, retained)
    return retained


def due_before(engine: sa.Engine, project: Project, at_ms: int) -> int:
    """Before which instant something may be due at another; 0 when nothing can be."""
    with engine.begin() as connection:
        keeping, _ = _keeping(connection, project, at_ms)
    return max((term.due_before_ms or 0 for term in keeping.terms.values()), default=0)


def is_due(connection: sa.Connection, project: int, at_ms: int) -> bool:
    """Whether a project's turn has come."""
    table = tables.retentions
    last = sa.select(sa.func.max(table.c.at_ms)).where(table.c.project == project)
    before = connection.execute(last).scalar()
    return before is None or at_ms - before >= EVERY / timedelta(milliseconds=1)


def _keeping(connection: sa.Connection, project: Project, at_ms: int) -> tuple[Keeping, str]:
    """The terms of the policy in force, under the holds that stand, and its version."""
    version = versions.ruling(connection, project.id, at_ms)
    at = datetime.fromtimestamp(at_ms / 1000, UTC)
    policy = compile(version.text, at.date()).policy
    bits = versions.bits_of(connection, project.id)
    held = holds.held(connection, project.id, policy.categories, at_ms)
    return keeping_of(policy, bits, at, held), version.version


People = Callable[[NDArray[np.int64]], NDArray[np.int64]]


def _last(project: Project, snapshot: Snapshot, name: str, today: People) -> Lasts:
    """When an event happened last to everybody to whom it did, hidden people among them."""
    code = project.vocabulary.codes.get(name, -1)
    pieces = []
    for part in snapshot.sources:
        rows = np.flatnonzero(part.event == code)
        owner = np.searchsorted(part.facts, rows, "right") - 1
        happened = (rows >= part.starts[owner]) & (rows < part.ends[owner])
        pieces.append((today(part.people[owner[happened]]), part.ts[rows[happened]]))
    return Lasts.gathered(pieces)


def _seen(snapshot: Snapshot, today: People) -> Lasts:
    """When something of everybody came last."""
    return Lasts.gathered((today(part.people), part.ts[part.ends - 1]) for part in snapshot.sources)


def _told(
    keeping: Keeping,
    tally: Tally,
    done: Rewritten,
    at_ms: int,
    version: str,
    seconds: float,
    dry: bool,
) -> Retained:
    categories = tuple(
        Kept(
            category=name,
            rule=term.said,
            before=_day(term.due_before_ms),
            held=term.held,
            events=tally.events[name],
            narrowed=tally.narrowed[name],
            values=tally.values[name],
            people=tally.people(name),
        )
        for name, term in keeping.terms.items()
    )
    at = datetime.fromtimestamp(at_ms / 1000, UTC)
    return Retained(at, version, dry, categories, done.dropped, done.rewritten, seconds)


def _day(instant: int | None) -> date | None:
    return None if instant is None else datetime.fromtimestamp(instant / 1000, UTC).date()


def _record(
    connection: sa.Connection, project: Project, at_ms: int, actor: str, retained: Retained
) -> None:
    result = msgspec.json.encode(retained).decode()
    row = {"project": project.id, "at_ms": at_ms, "actor": actor, "result": result}
    connection.execute(sa.insert(tables.retentions).values(**row))
    subject = (
        f"project {project.id}, version {retained.version}: {retained.events} events, "
        f"{retained.values} values, {retained.dropped} partitions dropped, "
        f"{retained.rewritten} rewritten"
    )
    audit.write(connection, at_ms, actor, "retain", subject)
