"""A project as the applier holds it: its words, its people, its store and its parts."""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from threading import Lock
from zoneinfo import ZoneInfo

import msgspec
import pyarrow as pa
import sqlalchemy as sa

from sojourn import tables
from sojourn.collection import EVERYTHING, Collection
from sojourn.consent import records
from sojourn.consent.cookieless import DailyIds
from sojourn.errors import SojournError
from sojourn.geography import country_of
from sojourn.ingest.arrival import Arrival, Names
from sojourn.ingest.exclusions import exclusions_of
from sojourn.ingest.inbox import PLACES, order_of
from sojourn.ingest.message_ids import MessageIds
from sojourn.ingest.open_events import OpenEvents
from sojourn.people import identities
from sojourn.people.identities import Identities
from sojourn.people.live import Live
from sojourn.period import WeekStart
from sojourn.policy import versions
from sojourn.policy.compile import compile
from sojourn.policy.gate import Will
from sojourn.policy.rules import Rules, rules_of
from sojourn.store import Store
from sojourn.timelines.canon import Canon
from sojourn.timelines.ledger import Ledger
from sojourn.timelines.parts import Parts
from sojourn.tracking_plan import EventEntry, PropertyEntry, TrackingPlan
from sojourn.vault import Sealer, Vault
from sojourn.vocabulary import Vocabulary

COLLECTION = "collection"
"""What a project's sealed choices of how to collect are bound to."""
NONE_CHOSEN = "{}"
"""What stands in the control database for a project that has chosen nothing."""
PROJECT_NAME = r"[a-z0-9][a-z0-9_-]{0,62}"
"""A project's name stands in addresses, which take no more than this without escapes."""


@dataclass(slots=True)
class Project:
    """One open project. `uncommitted` are applied rows that the store does not hold yet."""

    id: int
    name: str
    title: str
    zone: ZoneInfo
    week_start: WeekStart
    simulated: bool
    vault: Vault
    vocabulary: Vocabulary
    canon: Canon
    people: Identities
    store: Store
    parts: Parts
    names: Names
    rules: Rules
    collection: Collection
    plan: TrackingPlan
    daily_ids: DailyIds
    has_consents: bool
    open_events: OpenEvents
    message_ids: MessageIds
    uncommitted: list[pa.Table]
    live: Live
    taking_up: Lock = field(default_factory=Lock)
    """Held from reading what is in force until it is in force here: what was read a moment before
    somebody wrote would take the place of what they wrote."""

    def split(self, person: int) -> None:
        """Undo the merge by which this id went, from the next event and question on. It stands so
        in the control database already."""
        self.people.split(person)
        self.parts.split(person)


def check_project(name: str, timezone: str) -> None:
    """Refuse a name that would not do in an address, and a time zone that is none."""
    if not re.fullmatch(PROJECT_NAME, name):
        raise SojournError(
            f"“{name[:60]}” cannot name a project",
            mend="Use lower-case letters, digits, - and _, up to 63 of them.",
        )
    try:
        ZoneInfo(timezone)
    except (KeyError, ValueError, OSError):
        raise SojournError(
            f"“{timezone[:60]}” is no time zone",
            mend="Use a name such as Europe/Berlin or UTC.",
        ) from None


def wrap_key(master: Sealer, name: str, key: bytes) -> bytes:
    """A project's key as it stands in the control database."""
    return master.seal(key, f"project {name}".encode())


def open_project(
    connection: sa.Connection,
    row: sa.Row,  # type: ignore[type-arg]
    master: Sealer,
    store: Store,
    cache: Callable[[int], Path] | None,
    messages: Path,
    ledger: Ledger,
    *,
    now_ms: int,
    keeps: bool,
) -> Project:
    """Open a project from its row in the control database, as of what is committed now. The files
    of its message ids lie in `messages`."""
    committed = store.committed()
    key = master.open(row.wrapped_key, f"project {row.name}".encode())
    vault = Vault(row.id, key)
    vocabulary = load_vocabulary(connection, row.id)
    canon = identities.load_canon(connection, row.id)
    people = identities.load(connection, row.id, vault, canon)
    parts = Parts(
        store,
        vocabulary,
        canon.copy(),
        lambda inbox_row: order_of(inbox_row, PLACES - 1),
        ledger,
        cache(row.id) if cache else None,
        keeps=keeps,
    )
    parts.open(committed)
    message_ids = MessageIds(row.id, messages)
    message_ids.load(connection)
    return Project(
        id=row.id,
        name=row.name,
        title=row.title,
        zone=ZoneInfo(row.timezone),
        week_start=row.week_start,
        simulated=row.simulated,
        vault=vault,
        vocabulary=vocabulary,
        canon=canon,
        people=people,
        store=store,
        parts=parts,
        names=Names(set(vocabulary.codes), {name for name, _ in vocabulary.properties()}),
        rules=load_rules(connection, row.id, vault, now_ms),
        collection=load_collection(connection, row.id, vault),
        plan=load_plan(connection, row.id),
        daily_ids=DailyIds(ZoneInfo(row.timezone)),
        has_consents=records.any_of(connection, row.id),
        open_events=OpenEvents(row.id, vault),
        message_ids=message_ids,
        uncommitted=[],
        live=Live(),
    )


def arrival_at(project: Project, now_ms: int, will: Will) -> Arrival:
    """What the steps know of events that arrive now, whose people have said this."""
    return Arrival(
        received_ms=now_ms,
        rules=project.rules,
        names=project.names,
        hierarchy=project.people.hierarchy,
        will=will,
        exclusions=exclusions_of(project.collection),
        daily_ids=project.daily_ids,
        expected=project.plan.expected,
    )


def load_rules(connection: sa.Connection, project: int, vault: Vault, now_ms: int) -> Rules:
    """The rules of the policy in force, for one project."""
    version = versions.ruling(connection, project, now_ms)
    compiled = compile(version.text, date.fromtimestamp(now_ms / 1000))
    bits = versions.bits_of(connection, project)
    return rules_of(
        compiled.policy,
        bits,
        number=version.number,
        asked_again=versions.asked_again(connection, project),
        digest=lambda value: vault.digest("reduced", value).hex(),
        country_of=country_of,
    )


def load_collection(connection: sa.Connection, project: int, vault: Vault) -> Collection:
    """How a project collects. It names people and their addresses, so it stands sealed."""
    table = tables.projects
    own = sa.select(table.c.collection).where(table.c.id == project)
    sealed = connection.execute(own).scalar_one()
    if sealed == NONE_CHOSEN:
        return EVERYTHING
    opened = vault.open_text(COLLECTION, b64decode(sealed))
    return msgspec.json.decode(opened, type=Collection)


def load_plan(connection: sa.Connection, project: int) -> TrackingPlan:
    """What is said of a project's events and properties; what it blocks is in its collection."""
    events, properties = tables.event_entries, tables.property_entries
    known = connection.execute(sa.select(events).where(events.c.project == project))
    own = connection.execute(sa.select(properties).where(properties.c.project == project))
    return TrackingPlan(
        {
            row.name: EventEntry(
                title=row.title,
                description=row.description,
                icon=row.icon,
                sentence=row.sentence,
                planned=row.planned,
                archived=row.archived,
            )
            for row in known
        },
        {
            row.name: PropertyEntry(
                title=row.title,
                description=row.description,
                planned=row.planned,
                archived=row.archived,
            )
            for row in own
        },
    )


def load_vocabulary(connection: sa.Connection, project: int) -> Vocabulary:
    """The words of a project, as last committed."""
    vocabulary = Vocabulary()
    names, properties = tables.event_names, tables.properties
    for (name,) in connection.execute(
        sa.select(names.c.name).where(names.c.project == project).order_by(names.c.code)
    ):
        vocabulary.add_event(name)
    for name, kind, column in connection.execute(
        sa.select(properties.c.name, properties.c.type, properties.c.column)
        .where(properties.c.project == project)
        .order_by(properties.c.number)
    ):
        vocabulary.add_property(name, kind, column)
    return vocabulary
