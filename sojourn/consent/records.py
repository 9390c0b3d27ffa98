"""Records: who agreed to what, when, how, and on which version of the notice.

A record holds the fields of ISO/IEC TS 27560 (record, principal, notice and its version, purposes,
event and state, who granted it, until when) and is never changed: withdrawing is a new record. Each
record sets states for every identifier that the person has at that time, so a later one of the same
person speaks for all of them; identifiers that become one person later each bring their own state,
and the stricter of them holds until the person is asked again.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import msgspec
import sqlalchemy as sa

from sojourn import control, tables
from sojourn.event import Identifier
from sojourn.vault import Vault

SCHEMA = "ISO/IEC TS 27560:2023"

State = Literal["given", "refused", "withdrawn", "objected"]
STOPS: frozenset[str] = frozenset({"refused", "withdrawn", "objected"})
"""The states in which a purpose is stopped."""
EVERY_PURPOSE = "*"
"""Stands for all purposes where a person is restricted."""

Granter = Literal["person", "guardian", "admin", "manager", "employer"]


class Notice(msgspec.Struct, frozen=True):
    """The text that was shown: the version of the policy, and the hash of its text in hex."""

    version: str
    sha256: str


class ConsentRecord(msgspec.Struct, frozen=True, kw_only=True):
    """One act: `purposes` are the states it set; instants are ms since 1970. `until_ms` is when
    what was given ends by itself; `principal` the person, None while nobody knows who it is."""

    schema: str = SCHEMA
    record: str
    principal: int | None
    notice: Notice
    controller: str
    purposes: dict[str, State]
    at_ms: int
    until_ms: int | None
    how: str
    granted_by: Granter


@dataclass(frozen=True, slots=True)
class Standing:
    """What holds for one identifier and purpose from an instant on."""

    at_ms: int
    until_ms: int | None
    state: str


Standings = Mapping[bytes, Mapping[str, Sequence[Standing]]]
"""By the digest of an identifier and by purpose, in the order of their instants."""


def write(
    connection: sa.Connection, project: int, record: ConsentRecord, digests: Iterable[bytes]
) -> None:
    """Keep a record, and the states that it sets for identifiers with these digests."""
    connection.execute(
        sa.insert(tables.consents).values(
            project=project,
            record=record.record,
            person=record.principal,
            at_ms=record.at_ms,
            body=msgspec.json.encode(record),
        )
    )
    states = [
        {
            "project": project,
            "digest": digest,
            "purpose": purpose,
            "at_ms": record.at_ms,
            "until_ms": record.until_ms if state == "given" else None,
            "state": state,
            "record": record.record,
        }
        for digest in dict.fromkeys(digests)
        for purpose, state in record.purposes.items()
    ]
    control.upsert(connection, tables.consent_states, states)


def of_people(
    connection: sa.Connection, project: int, people: Sequence[int]
) -> list[ConsentRecord]:
    """The records of some people, who are all one today, the oldest first: those of an identifier
    that is theirs by now among them, which nobody knew whose it was then."""
    table, states = tables.consents, tables.consent_states
    body = (table.c.body,)
    digests = linked(connection, project, people)
    named = control.found_in(connection, (states.c.record,), project, states.c.digest, digests)
    names = {record for (record,) in named if record is not None}
    found = {
        *control.found_in(connection, body, project, table.c.person, people),
        *control.found_in(connection, body, project, table.c.record, names),
    }
    records = [msgspec.json.decode(body, type=ConsentRecord) for (body,) in found]
    theirs = [
        record
        if record.principal is not None
        else msgspec.structs.replace(record, principal=people[0])
        for record in records
    ]
    return sorted(theirs, key=lambda record: (record.at_ms, record.record))


def any_of(connection: sa.Connection, project: int) -> bool:
    """Whether the project has any record."""
    table = tables.consents
    chosen = sa.select(table.c.number).where(table.c.project == project).limit(1)
    return connection.execute(chosen).scalar() is not None


def linked(connection: sa.Connection, project: int, people: Sequence[int]) -> list[bytes]:
    """The digests of all identifiers of some people."""
    return [digest for digest, _ in owners(connection, project, people)]


def owners(
    connection: sa.Connection, project: int, people: Sequence[int]
) -> list[tuple[bytes, int]]:
    """The digests of all identifiers of some people, each with whose it is."""
    table = tables.identifiers
    columns = (table.c.digest, table.c.person)
    found = control.found_in(connection, columns, project, table.c.person, people)
    return [(bytes(digest), person) for digest, person in found]


def people_of(
    connection: sa.Connection, project: int, digests: Sequence[bytes]
) -> dict[bytes, int]:
    """The person that each identifier was linked to, of those that are known."""
    table = tables.identifiers
    columns = (table.c.digest, table.c.person)
    found = control.found_in(connection, columns, project, table.c.digest, digests)
    return {bytes(digest): person for digest, person in found}


def standings(connection: sa.Connection, project: int, digests: Sequence[bytes]) -> Standings:
    """What was ever said under these identifiers."""
    table = tables.consent_states
    columns = (table.c.digest, table.c.purpose, table.c.at_ms, table.c.until_ms, table.c.state)
    found: dict[bytes, dict[str, list[Standing]]] = {}
    rows = control.found_in(connection, columns, project, table.c.digest, digests)
    for digest, purpose, *standing in sorted(rows, key=lambda row: row[2]):
        own = found.setdefault(bytes(digest), {}).setdefault(purpose, [])
        own.append(Standing(*standing))
    return found


def digests_of(vault: Vault, identifiers: Iterable[Identifier]) -> list[bytes]:
    """The keyed hashes of some identifiers."""
    return [vault.digest(identifier.type, identifier.value) for identifier in identifiers]


def will_at(
    each: Sequence[Mapping[str, Sequence[Standing]]],
    ts: int,
    asked_again: Mapping[str, Sequence[int]],
) -> dict[str, bool]:
    """What a person's identifiers together say at an instant, by purpose: True is consent, False a
    stop. What was given before a change that asks again no longer counts after it. The stricter of
    two identifiers holds."""
    said: dict[str, bool] = {}
    for own in each:
        for purpose, standings in own.items():
            latest = None
            for standing in standings:
                if standing.at_ms <= ts:
                    latest = standing
            if latest is None:
                continue
            if latest.state in STOPS:
                said[purpose] = False
            elif _still_given(latest, ts, asked_again.get(purpose, ())):
                said.setdefault(purpose, True)
    return said


def _still_given(standing: Standing, ts: int, changes: Sequence[int]) -> bool:
    ended = standing.until_ms is not None and ts >= standing.until_ms
    return not ended and not any(standing.at_ms < change <= ts for change in changes)


# Who may not be seen


def stop(
    connection: sa.Connection,
    project: int,
    people: Iterable[int],
    purposes: Mapping[str, State],
) -> None:
    """From now on these people are unseen for the purposes stopped, and seen for those given: for
    these alone, whatever else is known of them (clauses S1-22, S1-30, S1-33)."""
    table = tables.unseen
    ids = list(people)
    connection.execute(
        sa.delete(table).where(
            table.c.project == project,
            table.c.person.in_(ids),
            table.c.purpose.in_(list(purposes)),
        )
    )
    rows = [
        {"project": project, "person": person, "purpose": purpose}
        for person in ids
        for purpose, state in purposes.items()
        if state in STOPS
    ]
    control.insert_many(connection, table, rows)


def keep_stopped(
    connection: sa.Connection,
    project: int,
    links: Mapping[bytes, int],
    at_ms: int,
    stoppable: Container[str],
) -> None:
    """Have people unseen for what was stopped under identifiers that have just been linked to them,
    given by digest: the stricter of two identifiers holds until the person is asked again."""
    for digest, own in standings(connection, project, list(links)).items():
        said = will_at([own], at_ms, {}).items()
        stopped = [purpose for purpose, agreed in said if not agreed and purpose in stoppable]
        if stopped:
            stop(connection, project, [links[digest]], dict.fromkeys(stopped, "refused"))


def unseen(source: sa.Engine | sa.Connection, project: int, purpose: str) -> list[int]:
    """The people who stopped a purpose or are restricted, by the ids they had then; see
    `control.rows_of`."""
    text = f"SELECT person FROM {tables.unseen.name} WHERE project = ? AND purpose IN (?, ?)"
    rows = control.rows_of(source, text, (project, purpose, EVERY_PURPOSE))
    return sorted({int(person) for (person,) in rows})
