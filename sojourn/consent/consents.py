"""Consents: taking down what a person decides, and knowing it when their events arrive.

Only what somebody does is taken down; going on is no consent (clause S1-01). Lawfulness is judged
at the time of the event (clause S1-31): withdrawing stops the future and leaves the past, which
questions no longer see; erasing is another request.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from uuid import uuid4
from zoneinfo import ZoneInfo

import msgspec
import sqlalchemy as sa

from sojourn.consent import records
from sojourn.consent.records import ConsentRecord, Granter, Notice, Standing, State
from sojourn.errors import BadQuestion
from sojourn.event import IDENTIFIER_CHARS_MAX, Event, Hierarchy, Identifier
from sojourn.period import from_ms, to_ms
from sojourn.policy.gate import NOTHING_SAID, Will
from sojourn.policy.model import Policy
from sojourn.policy.rules import Rules
from sojourn.policy.versions import Version
from sojourn.vault import Vault

UTC = ZoneInfo("UTC")


class Decision(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What somebody decided: a state for each purpose, under at least one identifier (its value by
    its type: `{"user_id": "42"}`).

    `how` is where they did (a banner, the preference centre, by mail …); without `at_ms` it is now.
    """

    identifiers: dict[str, str]
    purposes: dict[str, State]
    how: str
    granted_by: Granter = "person"
    at_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Basis:
    """Under what a decision is taken down: the version in force, as read, and its rules."""

    version: Version
    policy: Policy
    rules: Rules


@dataclass(frozen=True, slots=True)
class Consents:
    """The consents of one project, whose people are known by the types of `hierarchy`. `members`
    gives all ids that are one person today."""

    project: int
    vault: Vault
    hierarchy: Hierarchy
    members: Callable[[int], Sequence[int]]

    def record(
        self, connection: sa.Connection, decision: Decision, basis: Basis, now_ms: int
    ) -> ConsentRecord:
        """Take down a decision; from the next event and the next question on, it holds."""
        _check(decision, basis.rules, self.hierarchy, now_ms)
        at_ms = now_ms if decision.at_ms is None else decision.at_ms
        named = [Identifier(*own) for own in decision.identifiers.items()]
        digests = records.digests_of(self.vault, named)
        known = records.people_of(connection, self.project, digests)
        people = sorted({one for person in known.values() for one in self.members(person)})
        renew = basis.policy.consent.renew if basis.policy.consent else None
        record = ConsentRecord(
            record=str(uuid4()),
            principal=self.members(next(iter(known.values())))[0] if known else None,
            notice=Notice(basis.version.version, basis.version.digest.hex()),
            controller=basis.policy.organisation.name or "",
            purposes=decision.purposes,
            at_ms=at_ms,
            until_ms=None if renew is None else to_ms(renew.after(from_ms(at_ms, UTC))),
            how=decision.how,
            granted_by=decision.granted_by,
        )
        of_people = records.linked(connection, self.project, people)
        records.write(connection, self.project, record, [*digests, *of_people])
        stoppable = basis.rules.stoppable
        stopped = {
            purpose: state
            for purpose, state in decision.purposes.items()
            if basis.rules.bits[purpose] & stoppable
        }
        records.stop(connection, self.project, people, stopped)
        return record

    def will(self, connection: sa.Connection, events: Sequence[Event], rules: Rules) -> Will:
        """What the people of some events have said, looked up for all of them at once."""
        named = {identifier for event in events for identifier in event.identifiers}
        digest = dict(zip(named, records.digests_of(self.vault, named), strict=True))
        person = records.people_of(connection, self.project, list(digest.values()))
        members = {who: self.members(who) for who in set(person.values())}
        everyone = sorted({one for own in members.values() for one in own})
        others: dict[int, list[bytes]] = {}
        for own, who in records.owners(connection, self.project, everyone):
            others.setdefault(who, []).append(own)
        wanted = {*digest.values(), *(own for each in others.values() for own in each)}
        said = records.standings(connection, self.project, sorted(wanted))
        if not said:
            return lambda event: NOTHING_SAID

        def of(event: Event) -> Mapping[str, bool]:
            # Nobody has said anything under a daily id, which an event is given on its way.
            own = {digest[one] for one in event.identifiers if one in digest}
            for one in tuple(own):
                if one in person:
                    own.update(d for who in members[person[one]] for d in others.get(who, ()))
            each: list[Mapping[str, Sequence[Standing]]] = [said[d] for d in own if d in said]
            return records.will_at(each, event.ts, rules.asked_again) if each else NOTHING_SAID

        return of


def _check(decision: Decision, rules: Rules, hierarchy: Hierarchy, now_ms: int) -> None:
    if not decision.identifiers or not decision.purposes or not decision.how.strip():
        raise BadQuestion(
            "A decision names who, what and how",
            mend="Give at least one identifier and one purpose, and where it was decided.",
        )
    for kind, value in decision.identifiers.items():
        if kind not in hierarchy or not 0 < len(value) <= IDENTIFIER_CHARS_MAX:
            raise BadQuestion(
                f"“{kind[:60]}” is no identifier, or has no value that can be one",
                where="identifiers",
                mend=f"There are {', '.join(hierarchy.types)}.",
            )
    for purpose in decision.purposes:
        if purpose not in rules.bits:
            raise BadQuestion(
                f"“{purpose[:60]}” is no declared purpose",
                where="purposes",
                mend=f"There are {', '.join(rules.bits)}.",
            )
    gives = "given" in decision.purposes.values()
    if gives and decision.granted_by not in ("person", "guardian"):
        raise BadQuestion(
            "Only the person can consent",
            detail=f"No {decision.granted_by} can for somebody else (clause S2-14).",
            where="granted_by",
            mend="Ask the person, or rest the purpose on another basis.",
        )
    if decision.at_ms is not None and decision.at_ms > now_ms:
        raise BadQuestion("This lies in the future", where="at_ms", mend="Leave it out for now.")
