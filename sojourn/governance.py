"""Governance: the policy of one project at work: its versions, what a change of it would have done,
and what people have said to it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

import msgspec
import numpy as np
import sqlalchemy as sa

from sojourn import audit, control, counterfactual, publishing
from sojourn.consent import records
from sojourn.consent.consents import Basis, Consents, Decision
from sojourn.consent.records import ConsentRecord, State
from sojourn.counterfactual import Consequence
from sojourn.drop_reason import Dropped
from sojourn.errors import NotAllowed
from sojourn.event import IDENTIFIER_CHARS_MAX, Event, Identifier
from sojourn.executor import Executor
from sojourn.ingest.project import Project, load_rules
from sojourn.policy import compile as compiling
from sojourn.policy import gate, versions
from sojourn.policy.gate import Will, nothing_said
from sojourn.policy.model import Policy
from sojourn.policy.rules import Rules
from sojourn.policy.versions import Version
from sojourn.publishing import Moment, Published
from sojourn.timelines.snapshot import Snapshot

DAY_MS = 86_400_000
UNDER_AGE = "an age below the limit was told"
"""How consent was taken back, where nobody took it back."""


@dataclass(frozen=True, slots=True)
class Governance:
    """What one project may do, and what its people let it do."""

    project: Project
    engine: sa.Engine
    executor: Executor
    clock_ms: Callable[[], int]

    # The policy

    def publish(self, text: str, *, begin: date | None = None, actor: str) -> Published:
        """Make a text that compiles the project's policy from a day on, or from now on."""
        moment = Moment(self.clock_ms(), self.project.zone)
        with control.writing(self.engine).begin() as connection:
            published = publishing.publish(
                connection, self.project.id, text, moment=moment, begin=begin, actor=actor
            )
        self.take_up()
        return published

    def take_up(self) -> None:
        """Keep to the policy that is in force now, if it is another one than before; and to what
        another process has taken down."""
        project, now = self.project, self.clock_ms()
        with project.taking_up, self.engine.begin() as connection:
            version = versions.in_force(connection, project.id, now)
            if version is not None and version.number != project.rules.number:
                project.rules = load_rules(connection, project.id, project.vault, now)
            project.has_consents = project.has_consents or records.any_of(connection, project.id)

    def history(self) -> list[Version]:
        """All versions, in the order of publishing."""
        with self.engine.begin() as connection:
            return versions.history(connection, self.project.id)

    def in_force(self) -> Version:
        """The version that is in force now."""
        with self.engine.begin() as connection:
            return versions.ruling(connection, self.project.id, self.clock_ms())

    def consequences(self, old: Policy, new: Policy, days: int) -> list[Consequence]:
        """What a policy would have done with the events of the last days that another let in."""
        now = self.clock_ms()
        with self.engine.begin() as connection:
            bits = versions.bits_of(connection, self.project.id)
        judge = counterfactual.Judge(old, new, bits)
        parts = self.project.parts.now().parts
        return counterfactual.consequences(judge, parts, self.executor, now - days * DAY_MS, now)

    # What people say

    @property
    def consents(self) -> Consents:
        """What people have decided."""
        parts = self.project.parts
        vault, hierarchy = self.project.vault, self.project.people.hierarchy
        return Consents(
            self.project.id, vault, hierarchy, lambda who: parts.members(parts.today(who))
        )

    def record(self, decision: Decision) -> ConsentRecord:
        """Take down what a person decided; it holds from the next event and question on."""
        version, now = self.in_force(), self.clock_ms()
        policy = compiling.compile(version.text, date.fromtimestamp(now / 1000)).policy
        basis = Basis(version, policy, self.project.rules)
        with control.writing(self.engine).begin() as connection:
            record = self.consents.record(connection, decision, basis, now)
        self.project.has_consents = True
        return record

    def will(self, events: Sequence[Event | Dropped]) -> Will:
        """What the people of some events have said."""
        if not self.project.has_consents:
            return nothing_said
        named = [event for event in events if isinstance(event, Event)]
        with self.engine.begin() as connection:
            return self.consents.will(connection, named, self.project.rules)

    def hear_ages(self, events: Sequence[Event | Dropped], will: Will) -> bool:
        """Take back the consent of whoever turns out to be under age: nobody below the limit can
        have given any, so from now on they are unseen for the purposes that need it (clause S1-36),
        until a guardian consents. Whether anything was taken back.

        It holds from the instant at which the age was told, for what they do next may be on its way
        already, and takes back what they agreed to since."""
        rules, now, heard = self.project.rules, self.clock_ms(), False
        for event in events:
            if isinstance(event, Dropped) or event.signals.age is None or not event.identifiers:
                continue
            if event.signals.age >= rules.adult_from(event.signals.country):
                continue
            then = min(event.ts, now) if event.ts > 0 else now
            heard |= self._take_back(msgspec.structs.replace(event, ts=then), will)
            later = msgspec.structs.replace(event, ts=now)
            if then < now and not rules.by_guardian and any(will(later).values()):
                heard |= self._take_back(later, self.will([later]))
        return heard

    def _take_back(self, event: Event, will: Will) -> bool:
        """Take down, as of an event that tells it, that its person is under age; whether that takes
        back anything."""
        rules, said = self.project.rules, will(event)
        void: dict[str, State] = {
            purpose: "withdrawn"
            for purpose, bit in rules.bits.items()
            if bit & rules.needs_consent and _is_void(said.get(purpose), rules)
        }
        # What names nobody here is refused on its way, with its event or from it.
        who = {
            one.type: one.value
            for one in self.project.people.hierarchy.ranked(event.identifiers)
            if 0 < len(one.value) <= IDENTIFIER_CHARS_MAX
        }
        if not void or not who:
            return False
        self.record(Decision(identifiers=who, purposes=void, how=UNDER_AGE, at_ms=event.ts))
        return True

    def restrict(self, person: int, *, actor: str, lift: bool = False) -> None:
        """From the next question on nobody sees this person (GDPR 18), or sees them again."""
        parts = self.project.parts
        members = parts.members(parts.today(person))
        state: dict[str, State] = {records.EVERY_PURPOSE: "given" if lift else "objected"}
        with control.writing(self.engine).begin() as connection:
            records.stop(connection, self.project.id, members, state)
            action = "lift restriction" if lift else "restrict"
            subject = f"{self.project.name}/person {members[0]}"
            audit.write(connection, self.clock_ms(), actor, action, subject)

    def unseen(self, purpose: str) -> list[int]:
        """The people who may not be seen for a purpose, by the ids they had then."""
        return records.unseen(self.engine, self.project.id, purpose)

    def seen(self, purpose: str) -> Snapshot:
        """The parts of this moment, without the people who may not be seen for a purpose."""
        parts = self.project.parts
        return parts.now().without({parts.today(person) for person in self.unseen(purpose)})

    def unrestricted(self) -> Snapshot:
        """The parts of this moment, without people who are restricted."""
        return self.seen(records.EVERY_PURPOSE)

    def require_seen(self, person: int, purpose: str) -> None:
        """Refuse to show a person (an id of today) for a purpose for which they stopped being seen,
        or for which nothing of theirs was collected (clauses S1-13, S1-30)."""
        if gate.mask_of(self.project.rules, purpose) & self._collected_for(person, purpose):
            return
        shut = f"Person {person} is not shown for {purpose}"
        if not self._collected_for(person, records.EVERY_PURPOSE):
            if not _purposes_of(self.project.parts.now(), person):
                return
            mend = "Lift the restriction to see them again, for whatever purpose."
            raise NotAllowed(shut, detail="They are restricted (GDPR 18).", mend=mend)
        others = [
            name
            for name, mask in self.project.rules.sees.items()
            if mask & self._collected_for(person, name)
        ]
        raise NotAllowed(
            shut,
            detail="They stopped it, or nothing of theirs was collected for it (GDPR 5(1)(b)).",
            where="purpose",
            mend=f"They are seen for {', '.join(others) or 'no purpose'}.",
        )

    def _collected_for(self, person: int, purpose: str) -> int:
        """The purposes of a person's events, none while they are unseen for one: a mask."""
        return _purposes_of(self.seen(purpose), person)


def _purposes_of(snapshot: Snapshot, person: int) -> int:
    """The purposes that any event of a person is lawful for: a mask."""
    mask = 0
    for part in snapshot.parts:
        place = int(part.people.searchsorted(person))
        if place < len(part.people) and part.people[place] == person:
            run = part.purposes[part.starts[place] : part.ends[place]]
            mask |= int(np.bitwise_or.reduce(run, initial=0))
    return mask


def with_ages(events: Sequence[Event | Dropped]) -> Sequence[Event | Dropped]:
    """The events with the age that others which came with them tell of the same person, whichever
    came first: clients tell an age once, and consent with each message. Of two ages the lower
    holds. A person is whom identifiers that came together name."""
    ages = {
        place: event.signals.age
        for place, event in enumerate(events)
        if isinstance(event, Event) and event.signals.age is not None
    }
    if not ages:
        return events
    named: dict[Identifier, list[int]] = {}
    for place, event in enumerate(events):
        for one in _names_of(event):
            named.setdefault(one, []).append(place)
    found: dict[int, float] = {}
    for first, age in sorted(ages.items(), key=lambda told: told[1]):
        left = [first]
        while left:
            place = left.pop()
            if place not in found:
                found[place] = age
                # Each identifier is followed once, so a long chain of them takes no longer.
                left.extend(at for one in _names_of(events[place]) for at in named.pop(one, ()))
    return [
        _aged(event, found[place]) if place in found and place not in ages else event
        for place, event in enumerate(events)
    ]


def _names_of(event: Event | Dropped) -> tuple[Identifier, ...]:
    if isinstance(event, Dropped):
        return ()
    return event.identifiers if event.previous is None else (*event.identifiers, event.previous)


def _aged(event: Event | Dropped, age: float) -> Event | Dropped:
    if isinstance(event, Dropped):
        return event
    signals = msgspec.structs.replace(event.signals, age=age)
    return msgspec.structs.replace(event, signals=signals)


def _is_void(said: bool | None, rules: Rules) -> bool:
    """Whether what a child is known to have said of a purpose does not hold. What is on record may
    be a guardian's, where the policy lets them consent; what was only signalled is not."""
    return said is None or (said and not rules.by_guardian)
