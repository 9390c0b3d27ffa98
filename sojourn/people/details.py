"""One person in full: the line of the list, what they add up to, and whom they were merged from."""

from __future__ import annotations

import msgspec
import sqlalchemy as sa

from sojourn.people import merges
from sojourn.people.directory import EVERYTHING, Allowed, Days, Directory, PersonSummary
from sojourn.people.merges import BlockedMerge, StandingMerge
from sojourn.people.portrait import Device, KnownProperty, Totals, Touch
from sojourn.timelines.snapshot import Snapshot


class PersonDetail(msgspec.Struct, frozen=True):
    """One person: the ids that were found to be the same one (`merged`), by which merges, and with
    whom they were not merged (`blocked`); what they did, where they came from, what is known."""

    person: PersonSummary
    merged: list[int]
    merges: list[StandingMerge]
    blocked: list[BlockedMerge]
    totals: Totals
    touches: list[Touch]
    properties: list[KnownProperty]
    devices: list[Device]


def detail(
    connection: sa.Connection,
    directory: Directory,
    snapshot: Snapshot,
    person: int,
    days: Days,
    allowed: Allowed = EVERYTHING,
) -> PersonDetail | None:
    """A person (an id of today) as they are seen in a snapshot, None when they are not."""
    lines = directory.summaries(connection, snapshot, [person], allowed)
    if not lines:
        return None
    members = directory.parts.members(person)
    shown = directory.portrait(connection, person, days, allowed)
    return PersonDetail(
        person=lines[0],
        merged=members[1:],
        merges=merges.standing(connection, directory.project, members),
        blocked=merges.blocked(connection, directory.project, directory.parts, person),
        totals=shown.totals,
        touches=shown.touches,
        properties=shown.properties,
        devices=shown.devices,
    )
