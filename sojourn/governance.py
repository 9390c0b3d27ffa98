"""Governance: the policy of one project at work: its versions, what a change of it would have done,
and what people have said to it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from sojourn import audit, control, counterfactual, publishing
from sojourn.consent import records
from sojourn.consent.consents import Basis, Consents, Decision
from sojourn.consent.records import ConsentRecord, State
from sojourn.counterfactual import Consequence
from sojourn.drop_reason import Dropped
from sojourn.event import Event
from sojourn.executor import Executor
from sojourn.ingest.project import Project, load_rules
from sojourn.policy import compile as compiling
from sojourn.policy import versions
from sojourn.policy.gate import Will, nothing_said
from sojourn.policy.model import Policy
from sojourn.policy.versions import Version
from sojourn.publishing import Moment, Published
from sojourn.timelines.parts import Snapshot

DAY_MS = 86_400_000


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
        with self.engine.begin() as connection:
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
        vault = self.project.vault
        return Consents(self.project.id, vault, lambda who: parts.members(parts.today(who)))

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
        with self.engine.begin() as connection:
            return records.unseen(connection, self.project.id, purpose)

    def unrestricted(self) -> Snapshot:
        """The parts of this moment, without people who are restricted."""
        parts = self.project.parts
        unseen = self.unseen(records.EVERY_PURPOSE)
        return parts.now().without({parts.today(person) for person in unseen})
