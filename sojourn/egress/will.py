"""The will of one person, when something of theirs is about to leave for a purpose.

Two things tell of it: what is on record as decided, and the newest row that could have been lawful
for the purpose, which says by its mask whether it was. The later of the two holds; but a recorded
stop always does, and so does the end of a recorded consent. Who neither decided nor did anything
has agreed to nothing and stopped nothing.
"""

from __future__ import annotations

from typing import NamedTuple

import sqlalchemy as sa

from sojourn.consent import records
from sojourn.ingest.project import Project
from sojourn.policy.rules import Rules
from sojourn.policy.sending import Stopped
from sojourn.timelines.snapshot import Snapshot


class Row(NamedTuple):
    """When a row happened or was told, and whether it was lawful for the purpose."""

    ts: int
    lawful: bool


def stopped_by(
    connection: sa.Connection,
    rules: Rules,
    project: Project,
    person: int,
    purpose: str,
    now_ms: int,
) -> Stopped:
    """What a person keeps from a purpose; who may not be seen for it keeps everything."""
    members = project.parts.members(person)
    if not set(members).isdisjoint(records.unseen(connection, project.id, purpose)):
        return lambda purpose, category: True
    bit = rules.bits.get(purpose, 0)
    row = _newest(rules, project.parts.now(), person, bit)
    given, stopped = (row.lawful, not row.lawful) if row else (False, False)
    digests = records.linked(connection, project.id, members)
    each = list(records.standings(connection, project.id, digests).values())
    decided = [one.at_ms for own in each for one in own.get(purpose, ()) if one.at_ms <= now_ms]
    if decided:
        agreed = records.will_at(each, now_ms, rules.asked_again).get(purpose)
        if agreed is False:
            given, stopped = False, True
        elif agreed is None:
            given = False
        elif row is None or max(decided) >= row.ts:
            given, stopped = True, False

    def stops(purpose: str, category: str) -> bool:
        line = rules.line(category, "")
        lawful = line.always | (line.asked if given else 0)
        return not lawful & ~(line.stoppable if stopped else 0) & bit

    return stops


def _newest(rules: Rules, snapshot: Snapshot, person: int, bit: int) -> Row | None:
    """The newest of a person's rows that could have been lawful for a purpose."""
    newest: Row | None = None
    for part in snapshot.parts:
        place = int(part.people.searchsorted(person))
        if place == len(part.people) or part.people[place] != person:
            continue
        for row in range(int(part.facts[place]), int(part.ends[place])):
            happened = row >= part.starts[place]
            name = part.names[part.event[row]] if happened else ""
            rule = rules.events.get(name, rules.other_event) if happened else rules.told
            if rule is None or not rule.purposes & bit:
                continue
            if newest is None or part.ts[row] >= newest.ts:
                newest = Row(int(part.ts[row]), bool(part.purposes[row] & bit))
    return newest
