"""Linking: what a batch of events tells newly of who is who, and how it is written down."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import NamedTuple

import sqlalchemy as sa

from sojourn import control, tables
from sojourn.event import Identifier
from sojourn.vault import Vault

CATEGORY = "identifier"
"""The data category under whose key a person's identifiers are sealed."""


@dataclass(frozen=True, slots=True)
class Link:
    """A new link from an identifier to a person, made at an instant."""

    digest: bytes
    identifier: Identifier
    person: int
    at_ms: int


@dataclass(frozen=True, slots=True)
class Merge:
    """A person who went into another with the event of an order of arrival, at an instant, for both
    had an identifier of type `shared`, or by an alias."""

    person: int
    into: int
    order: int
    shared: str
    at_ms: int


class Blocked(NamedTuple):
    """The ids of two persons who share an identifier of one type and were not merged: they have
    others of the type `barrier`, or that is `SPLIT` or `CROWD`."""

    person: int
    other: int
    shared: str
    barrier: str


@dataclass(slots=True)
class Changes:
    """What one batch of events made: links, merges, pairs that an alias let be one again, when
    identifiers were seen anew, and how often merges were blocked, with the last instant of each."""

    links: list[Link] = field(default_factory=list)
    merges: list[Merge] = field(default_factory=list)
    lifted: list[tuple[int, int]] = field(default_factory=list)
    seen: dict[bytes, int] = field(default_factory=dict)
    blocked: Counter[Blocked] = field(default_factory=Counter)
    blocked_ms: dict[Blocked, int] = field(default_factory=dict)


def save(connection: sa.Connection, project: int, vault: Vault, changes: Changes) -> None:
    """Write what a batch changed; the identifiers themselves are sealed."""
    vault.prepare(connection, [(link.person, CATEGORY) for link in changes.links])
    links = [
        {
            "project": project,
            "digest": link.digest,
            "type": link.identifier.type,
            "person": link.person,
            "sealed": vault.seal((link.person, CATEGORY), link.identifier.value),
            "first_ms": link.at_ms,
            "last_ms": link.at_ms,
        }
        for link in changes.links
    ]
    control.insert_many(connection, tables.identifiers, links)
    _save_seen(connection, project, changes.seen)
    apart = tables.kept_apart
    for one, other in changes.lifted:
        pair = apart.c.person.in_((one, other)) & apart.c.other.in_((one, other))
        connection.execute(sa.delete(apart).where(apart.c.project == project, pair))
    control.insert_many(
        connection, tables.merges, [{"project": project, **asdict(one)} for one in changes.merges]
    )
    blocked = [
        {"project": project, **one._asdict(), "times": times, "last_ms": changes.blocked_ms[one]}
        for one, times in changes.blocked.items()
    ]
    control.upsert(connection, tables.blocked_merges, blocked, add="times")


def _save_seen(connection: sa.Connection, project: int, seen: dict[bytes, int]) -> None:
    if not seen:
        return
    table = tables.identifiers
    own = (table.c.project == project) & (table.c.digest == sa.bindparam("seen"))
    statement = sa.update(table).where(own).values(last_ms=sa.bindparam("at_ms"))
    connection.execute(statement, [{"seen": digest, "at_ms": at} for digest, at in seen.items()])
