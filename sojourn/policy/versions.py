"""Versions: which policy a project had, when, and which one is in force now.

A version is kept for good, with its hash: an event says by its mask what was lawful when it was
collected, and the version of that day says why. Each purpose of a project has one bit for good.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Any

import msgspec
import sqlalchemy as sa

from sojourn import tables
from sojourn.errors import Damaged, SojournError
from sojourn.policy.rules import PURPOSES_MAX

PRESET = "customer-journey"
"""What a new project starts on unless it says otherwise."""


@dataclass(frozen=True, slots=True)
class Version:
    """One published text: by whom and when, and from when on it is in force. `asks_again` are the
    purposes whose consent it does not take over from the version before."""

    number: int
    version: str
    digest: bytes
    text: str
    published_ms: int
    effective_ms: int
    actor: str
    asks_again: tuple[str, ...] = ()


class Summary(msgspec.Struct, frozen=True):
    """A version as it is told to others, without its text."""

    number: int
    version: str
    hash: str
    published: datetime
    effective: datetime | None
    by: str
    asks_again: tuple[str, ...]


def summary(version: Version) -> Summary:
    """What there is to know of a version; one in force from the beginning has no instant."""
    return Summary(
        number=version.number,
        version=version.version,
        hash=version.digest.hex(),
        published=_instant(version.published_ms),
        effective=_instant(version.effective_ms) if version.effective_ms else None,
        by=version.actor,
        asks_again=version.asks_again,
    )


def _instant(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, UTC)


@cache
def presets() -> dict[str, str]:
    """The policies that a project can start on: their text by name."""
    folder = files("sojourn.policy") / "presets"
    return {
        entry.name.removesuffix(".yaml"): entry.read_text()
        for entry in sorted(folder.iterdir(), key=lambda entry: entry.name)
        if entry.name.endswith(".yaml")
    }


def preset(name: str) -> str:
    """The text of a preset."""
    if name not in presets():
        raise SojournError(
            f"There is no preset “{name[:60]}”", mend=f"There are {', '.join(presets())}."
        )
    return presets()[name]


def idea(text: str) -> str:
    """What a preset says of itself in its first line."""
    return text.partition("\n")[0].removeprefix("#").strip()


def publish(
    connection: sa.Connection,
    project: int,
    *,
    version: str,
    text: str,
    published_ms: int,
    effective_ms: int,
    actor: str,
    asks_again: Iterable[str] = (),
) -> int:
    """Add a version of a project's policy, in force from `effective_ms` on; its number."""
    values = {
        "project": project,
        "version": version,
        "digest": sha256(text.encode()).digest(),
        "text": text,
        "published_ms": published_ms,
        "effective_ms": effective_ms,
        "actor": actor,
        "asks_again": msgspec.json.encode(list(asks_again)).decode(),
    }
    made = sa.insert(tables.policies).values(**values).returning(tables.policies.c.number)
    return int(connection.execute(made).scalar_one())


def in_force(connection: sa.Connection, project: int, at_ms: int) -> Version | None:
    """The version in force at an instant: of those begun, the one published last."""
    table = tables.policies
    begun = _chosen(project).where(table.c.effective_ms <= at_ms)
    row = connection.execute(begun.order_by(table.c.number.desc()).limit(1)).one_or_none()
    return None if row is None else _version(row)


def ruling(connection: sa.Connection, project: int, at_ms: int) -> Version:
    """The version in force at an instant, of a project that has one, as every opened one has."""
    version = in_force(connection, project, at_ms)
    if version is None:
        raise Damaged(
            "The project has no policy",
            where=f"project {project}",
            mend="Open the folder once with the server of this version.",
        )
    return version


def history(connection: sa.Connection, project: int) -> list[Version]:
    """All versions of a project's policy, in the order of publishing."""
    chosen = _chosen(project).order_by(tables.policies.c.number)
    return [_version(row) for row in connection.execute(chosen)]


def ends(history: Sequence[Version]) -> dict[int, int]:
    """The instant at which each version, by its number, is followed by another that was published
    later; one that nothing follows has none. `history` is in the order of publishing."""
    found: dict[int, int] = {}
    first: int | None = None
    for version in reversed(history):
        if first is not None:
            found[version.number] = first
        first = version.effective_ms if first is None else min(first, version.effective_ms)
    return found


def withdrawn(history: Sequence[Version]) -> dict[int, Version]:
    """The versions that waited and never held, by number: each with the one whose publishing
    dropped it, for it begins no later and was published before the other could hold."""
    found: dict[int, Version] = {}
    for place, version in enumerate(history):
        for later in history[place + 1 :]:
            begin_ms = version.effective_ms
            if later.effective_ms <= begin_ms and later.published_ms < begin_ms:
                found[version.number] = later
                break
    return found


def _chosen(project: int) -> sa.Select[Any]:
    return sa.select(tables.policies).where(tables.policies.c.project == project)


def _version(row: sa.Row[Any]) -> Version:
    return Version(
        number=row.number,
        version=row.version,
        digest=bytes(row.digest),
        text=row.text,
        published_ms=row.published_ms,
        effective_ms=row.effective_ms,
        actor=row.actor,
        asks_again=msgspec.json.decode(row.asks_again, type=tuple[str, ...]),
    )


def asked_again(connection: sa.Connection, project: int) -> dict[str, tuple[int, ...]]:
    """The instants from which on consent to a purpose had to be asked for again, by purpose."""
    found: dict[str, tuple[int, ...]] = {}
    known = history(connection, project)
    never = withdrawn(known)
    for version in known:
        for purpose in () if version.number in never else version.asks_again:
            found[purpose] = (*found.get(purpose, ()), version.effective_ms)
    return found


def bits_of(connection: sa.Connection, project: int) -> dict[str, int]:
    """The bit of each purpose that the project ever had, as a mask."""
    table = tables.purposes
    chosen = sa.select(table.c.name, table.c.bit).where(table.c.project == project)
    return {name: 1 << bit for name, bit in connection.execute(chosen)}


def assign_bits(connection: sa.Connection, project: int, names: Iterable[str]) -> dict[str, int]:
    """The bit of each purpose, new ones for those that have none; no bit is ever given twice."""
    bits = bits_of(connection, project)
    new = [name for name in names if name not in bits]
    if len(bits) + len(new) > PURPOSES_MAX:
        raise SojournError(
            f"A project has {PURPOSES_MAX} purposes in all its life",
            detail=f"This one has had {', '.join(bits)}.",
            mend="Name one of them again instead of a new one, or begin another project: what a "
            "preset names counts, too.",
        )
    for bit, name in enumerate(new, len(bits)):
        row = {"project": project, "name": name, "bit": bit}
        connection.execute(sa.insert(tables.purposes).values(**row))
        bits[name] = 1 << bit
    return bits
