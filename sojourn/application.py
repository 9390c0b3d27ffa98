"""The composition: the one place that picks implementations and connects them.

A `Sojourn` is one open data folder. One process at a time writes to it (collects, applies,
commits); others may open it to read, and see what was applied when they opened it.

    data/
      master.key       wraps every other key; only its owner can read it
      control.db       everything but the events            inbox.db   accepted, not yet in a table
      events/{id}/     the Delta table of a project         cache/     derived, may be deleted
      messages/{id}/   which messages have come
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
from concurrent.futures import Future
from contextlib import suppress
from threading import Event as Signal
from threading import RLock, Thread
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from sojourn import control, folder, kernels, publishing, tables
from sojourn.accounts import keys
from sojourn.accounts.keys import Grant
from sojourn.drop_reason import Dropped
from sojourn.egress import smtp, subscriptions
from sojourn.egress.log import Transfer
from sojourn.egress.mailings import Mailings
from sojourn.egress.sending import Egress, Sending
from sojourn.egress.subscriptions import Subscriptions
from sojourn.errors import Damaged, SojournError, Unavailable
from sojourn.event import Event, Hierarchy
from sojourn.executors.threads import ThreadExecutor
from sojourn.folder import Folder, no_project, system_clock_ms
from sojourn.format import Format
from sojourn.found import found_in
from sojourn.governance import Governance, with_ages
from sojourn.health import Health
from sojourn.ingest import decisions, message_days, pipeline
from sojourn.ingest.applier import Applier, read_progress
from sojourn.ingest.collecting import Collecting
from sojourn.ingest.inbox import Inbox
from sojourn.ingest.project import (
    Project,
    arrival_at,
    check_project,
    open_project,
    wrap_key,
)
from sojourn.ingest.quarantine import Chosen, Quarantine
from sojourn.ingest.replay import Replayed, replay
from sojourn.ingest.rounds import STOPPED, apply_forever, timed_round
from sojourn.ingest.tallies import Tallies
from sojourn.ingest.watch import EVERY_S, MIB, Watch
from sojourn.jobs import Job, run_jobs
from sojourn.kept import Kept
from sojourn.metrics import Metrics
from sojourn.origin import Origin
from sojourn.people.directory import Days, Directory
from sojourn.people.merges import StandingMerge
from sojourn.period import WeekStart
from sojourn.policy import versions
from sojourn.promptly import hand_over, step_back
from sojourn.questions import Questions
from sojourn.report import Question
from sojourn.retaining import run as retaining
from sojourn.retaining.run import Retained
from sojourn.settings import Settings
from sojourn.stores.delta import DeltaStore
from sojourn.stores.recovery import drop_unsafe
from sojourn.timelines.ledger import Ledger, ceiling
from sojourn.vault import KEY_BYTES, Random, drawn
from sojourn.wire import Wire

FORMATS: dict[str, Format] = found_in("sojourn.formats", "FORMAT")
ORIGINS: dict[str, Origin] = found_in("sojourn.origins", "ORIGIN")
WIRES: dict[str, Wire] = found_in("sojourn.wires", "WIRE")
APPLY_S_MAX = 600.0
"""How long to wait for the applier: minutes behind is slow, more means that something is wrong."""
DAY_MS = 86_400_000
TAKE_UPS_MAX = 10
"""Commits are half a minute apart, so one of these finds the folder at rest."""


class Sojourn(Folder):
    """A data folder, opened with its events. Close it, or use it as a context."""

    def __init__(
        self,
        settings: Settings,
        *,
        clock_ms: Callable[[], int] = system_clock_ms,
        random: Random = drawn,
    ) -> None:
        super().__init__(settings, clock_ms=clock_ms, random=random)
        self.send_mail = smtp.sender(settings)
        self._random = random
        url = settings.database_url or control.sqlite_url(settings.data / "inbox.db")
        inbox = control.connect(url)
        if self.writes:
            with control.writing(self.engine).begin() as connection:
                publishing.give_presets(connection, clock_ms())
        self.health = Health(clock_ms)
        self.metrics = Metrics()
        self.inbox = Inbox(inbox, self._master_key, random, self.health)
        self.executor = ThreadExecutor()
        self.ledger = Ledger(ceiling(settings.memory_mb))
        self._projects: dict[int, Project] = {}
        self._tallies = Tallies(self.engine)
        self.quarantine = Quarantine(self.engine, random, clock_ms, settings.quarantine_days)
        self.questions = Questions(
            self.engine,
            self.executor,
            settings,
            clock_ms,
            self.metrics,
            lambda project: self.governance(project).unseen,
        )
        self._wake, self._stop = Signal(), Signal()
        self._applying = RLock()
        self._threads: list[Thread] = []
        self.applier = self._take_up()

    def make_ready(self) -> None:
        """Have at hand what the first questions would wait for."""
        kernels.warm()
        for project in self._projects.values():
            project.parts.make_ready()

    def start(self) -> None:
        """Apply what arrives, and do the background work, until closed."""
        self.make_ready()
        hand_over(asked=False)
        self.questions.hurried = True
        if self.writes:
            self._run(
                lambda: apply_forever(self._round, self.health, self._wake, self._stop),
                "applier",
            )
            self._run_jobs(self._jobs(), "jobs")
            # A mail server takes its time, for which nothing else waits; nor does the watch wait.
            self._run_jobs((Job("tell who asked of recipients", self.tell_subscribers, 2),), "mail")
            self._run_jobs((Job("see whether all is well", self._watch().look, EVERY_S),), "watch")

    def close(self) -> None:
        """Write what was submitted, apply and commit it, and let go of the folder."""
        self._stop.set()
        self._wake.set()
        for thread in self._threads:
            thread.join()
        self.inbox.close()
        self.quarantine.close()
        with suppress(Exception):
            self._tallies.save()
        if self.writes:
            with suppress(Exception):
                # What cannot be committed now is safe in the inbox and applied at the next start.
                self.apply_all()
                self.applier.commit(now=True)
        self.executor.close()
        super().close()

    # Projects

    def project(self, name: str) -> Project:
        """An open project, by name."""
        for project in self._projects.values():
            if project.name == name:
                return project
        raise no_project(name)

    def projects(self) -> list[Project]:
        """All projects, by name."""
        return sorted(self._projects.values(), key=lambda project: project.name)

    def project_by_id(self, project: int) -> Project | None:
        """An open project, by the number that keys carry."""
        return self._projects.get(project)

    def create_project(
        self,
        name: str,
        *,
        title: str = "",
        timezone: str = "UTC",
        week_start: WeekStart = "monday",
        simulated: bool = False,
        preset: str = versions.PRESET,
        policy: str = "",
    ) -> Project:
        """Make a project, with a key of its own and the text of a policy, or else a preset, as its
        policy."""
        check_project(name, timezone)
        text, actor = policy or versions.preset(preset), "project" if policy else f"preset {preset}"
        wrapped = wrap_key(self._master, name, self._random(KEY_BYTES))
        values = {
            "name": name,
            "title": title or name.capitalize(),
            "timezone": timezone,
            "week_start": week_start,
        }
        with control.writing(self.engine).begin() as connection:
            known = sa.select(tables.projects.c.id).where(tables.projects.c.name == name)
            if connection.execute(known).scalar() is not None:
                raise SojournError(
                    f"There is a project “{name}” already", mend="Take another name."
                )
            new = sa.insert(tables.projects).values(
                **values, simulated=simulated, wrapped_key=wrapped
            )
            made = connection.execute(new.returning(tables.projects.c.id))
            project = int(made.scalar_one())
            moment = publishing.Moment(self.clock_ms(), ZoneInfo(timezone))
            publishing.publish(connection, project, text, moment=moment, begin=None, actor=actor)
        self._open_projects()
        return self.project(name)

    # Keys

    def find_key(self, connection: sa.Connection, wire: str, key: str) -> Grant | None:
        """What a key opens on a wire, with its secret."""
        return keys.find(connection, wire, key, self._master)

    # Events in

    def accept(
        self, project: Project, events: Sequence[Event | Dropped], wire: str = ""
    ) -> tuple[pipeline.Outcome, Future[int] | None]:
        """Run events through the pipeline and submit those kept.

        The future gives the inbox row once it is on disk; None when nothing was kept. Refusals are
        counted, and what of them may wait is kept, whether or not the rest can be written.
        """
        now = self.clock_ms()
        governance = self.governance(project)
        will = governance.will(events)
        if governance.hear_ages(events, will):
            will = governance.will(events)
        arrival = arrival_at(project, now, will)
        outcome = pipeline.run(with_ages(events), arrival)
        self._tallies.count(project.id, outcome.tallies() + arrival.corrected)
        self.quarantine.take(project, arrival, outcome, wire)
        return outcome, self._submit(project, now, outcome.kept) if outcome.kept else None

    def replay(self, project: Project, chosen: Chosen) -> Replayed:
        """Send what waits in a project's quarantine through the pipeline again."""
        now, will = self.clock_ms(), self.governance(project).will
        return replay(
            project,
            self.quarantine,
            chosen,
            lambda events: arrival_at(project, now, will(events)),
            lambda kept: self._submit(project, now, kept),
        )

    def _submit(self, project: Project, now_ms: int, events: Kept) -> Future[int]:
        done = self.inbox.submit(project.id, now_ms, events)
        done.add_done_callback(lambda _: self._wake.set())
        return done

    def apply_all(self) -> None:
        """Apply everything that is in the inbox now."""
        with self._applying:
            while self.applier.step():
                self.applier.commit()
        self._tallies.save()

    def wait_until_applied(self, row: int, seconds_max: float = APPLY_S_MAX) -> None:
        """Until an inbox row is applied, by this process or by the server that holds the folder."""
        end = time.monotonic() + seconds_max
        while self._applied() < row:
            trouble = self.health.trouble(*STOPPED)
            if trouble or time.monotonic() > end:
                raise Unavailable(
                    "What was accepted is safe but not applied yet",
                    detail=trouble or f"{seconds_max:.0f} seconds have passed.",
                    mend="It will be applied when a server runs; nothing need be sent again.",
                )
            time.sleep(0.02)

    def _applied(self) -> int:
        if self.writes:
            return self.applier.applied
        with self.engine.begin() as connection:
            return read_progress(connection)

    # Questions

    def ask(self, project: Project, definition: Question, *, name: str = "") -> Any:
        """Answer a report's definition. Under its `name` the question can be cancelled."""
        return self.questions.ask(project, definition, name=name)

    def governance(self, project: Project) -> Governance:
        """The policy of a project at work, and what people have said to it."""
        return Governance(project, self.engine, self.executor, self.clock_ms)

    def directory(self, project: Project) -> Directory:
        """The people of a project."""
        return Directory(
            project.id,
            project.vault,
            project.store,
            project.parts,
            project.vocabulary,
            project.people.hierarchy,
        )

    def days(self, project: Project) -> Days:
        """How the histories of a project's people are cut into days and visits."""
        return Days(project.zone, int(self.settings.visit_gap_minutes * 60_000))

    def change_hierarchy(
        self, project: Project, types: Sequence[str], *, drop: bool = False, actor: str
    ) -> Hierarchy:
        """Give a project other identifier types, or another order, for what arrives from now on."""
        at_ms = self.clock_ms()
        with self._applying:
            return decisions.change_hierarchy(
                self.engine, project, types, drop=drop, at_ms=at_ms, actor=actor
            )

    def split(
        self, project: Project, person: int, *, merge: int | None = None, actor: str
    ) -> StandingMerge:
        """Undo a merge of a person, that of a number or the newest."""
        at_ms = self.clock_ms()
        with self._applying:
            return decisions.split(self.engine, project, person, merge, at_ms=at_ms, actor=actor)

    # Data out

    def egress(self, project: Project) -> Egress:
        """The way out of a project."""
        return Egress(self.engine, project, self.directory(project), self.clock_ms)

    def send(
        self, project: Project, recipient: str, purpose: str, person: int, subject: str = ""
    ) -> Transfer:
        """Send what may leave of a person, of a kind `subject`, to a recipient, once."""
        return self.egress(project).send(Sending(recipient, purpose, person, subject))

    def subscriptions(self, project: Project) -> Subscriptions:
        """Those who want to be told when a project's recipients change."""
        return Subscriptions(self.engine, project, self.clock_ms, self._random)

    def mailings(self, project: Project) -> Mailings:
        """What they are told."""
        pages = f"{self.settings.public_url.rstrip('/')}/p/{project.name}"
        return Mailings(self.engine, project, self.clock_ms, pages)

    # Background work

    def retain(self, project: Project, *, actor: str, dry: bool = False) -> Retained:
        """Take out of a project what its policy makes due by now; `dry` only tells what is. What
        arrives meanwhile waits in the inbox."""
        if not dry:
            self.require_writing()
        with self._applying:
            now = self.clock_ms()
            if self.writes:
                if not dry:
                    # What may still change is in no table, and only from there anything is taken.
                    before_ms = retaining.due_before(self.engine, project, now)
                    self.applier.close_older(project, before_ms)
                self.applier.commit(now=True)
            retained = retaining.retain(self.engine, project, now, actor=actor, dry=dry)
        if not dry:
            self.inbox.forget()
            control.cut_log(self.engine)
        return retained

    def _jobs(self) -> tuple[Job, ...]:
        return (
            Job("settle parts whose tail has grown", self._settle, every_s=2),
            Job("put small files together", self._tidy, every_s=300),
            Job("keep to the policies in force", self._take_up_policies, every_s=1),
            Job("see what other processes said of people", self.take_up_people, every_s=1),
            Job("take out what is due", self._retain, every_s=300),
            Job("end what has waited too long", self.quarantine.expire, every_s=300),
            Job("put message ids together", self._merge_message_ids, every_s=5),
            Job("forget old message ids", self._forget_message_ids, every_s=600),
        )

    def _merge_message_ids(self) -> None:
        for project in self.projects():
            project.message_ids.merge(control.writing(self.engine))

    def _forget_message_ids(self) -> None:
        message_days.mark_day(self.engine, self.clock_ms(), self.applier.applied)
        every = [project.message_ids for project in self.projects()]
        message_days.forget(self.engine, every, self.settings.message_days)

    def _settle(self) -> None:
        for project in self.projects():
            if project.parts.wants_settling():
                project.parts.settle()

    def _retain(self) -> None:
        for project in self.projects():
            # Nobody has chosen the terms of a draft yet: a history must not go by them unasked.
            if project.rules.draft:
                continue
            with self.engine.begin() as connection:
                is_due = retaining.is_due(connection, project.id, self.clock_ms())
            if is_due:
                self.retain(project, actor="daily")

    def tell_subscribers(self) -> None:
        """Send the mails that are due, and forget the addresses that nobody confirmed in time."""
        for project in self.projects():
            own, mailings = self.subscriptions(project), self.mailings(project)
            subscriptions.tell(own, mailings, self.send_mail, self._stop.is_set)

    def _take_up_policies(self) -> None:
        for project in self.projects():
            self.governance(project).take_up()
            Collecting(project, self.engine, self.clock_ms).take_up()

    def take_up_people(self) -> None:
        """Keep to what other processes have said of who is who."""
        for project in self.projects():
            with self._applying:
                decisions.take_up(self.engine, project)

    def _tidy(self) -> None:
        for project in self.projects():
            if isinstance(project.store, DeltaStore):
                project.store.tidy()

    def _round(self) -> int:
        folder.require_lock(self._lock_file)
        with self._applying:
            worked = timed_round(self.applier, self.metrics, self.health)
        self._tallies.save()
        if not worked:
            # A project that another process has made is served from the next round on.
            self._open_projects()
        return worked

    def _watch(self) -> Watch:
        return Watch(
            self.health,
            self.settings.data,
            free_min=self.settings.free_mb * MIB,
            behind_max=self.settings.behind_events,
            backlog=lambda: self.inbox.backlog(self.applier.applied),
            is_locked=lambda: folder.is_locked(self._lock_file),
            clock_ms=self.clock_ms,
        )

    def _run_jobs(self, jobs: Sequence[Job], name: str) -> None:
        self._run(lambda: run_jobs(jobs, self._stop, self.health, self.metrics), name)

    def _run(self, function: Callable[[], None], name: str) -> None:
        def behind() -> None:
            step_back()
            function()

        thread = Thread(target=behind, name=name, daemon=True)
        thread.start()
        self._threads.append(thread)

    def _take_up(self) -> Applier:
        """Open the projects, and bring back what was applied but is not in a table yet.

        Beside a server, what the inbox held may move to a table in between; then begin again.
        """
        for _ in range(TAKE_UPS_MAX):
            self._projects.clear()
            applier = Applier(
                self.engine,
                self.inbox,
                self._projects_with,
                self.clock_ms,
                self.quarantine.set_aside,
            )
            self._open_projects()
            applier.replay()
            projects = self._projects.values()
            if self.writes or all(one.store.committed() == one.parts.opened for one in projects):
                return applier
        raise Unavailable("The server commits too often to read beside it", mend="Ask the server.")

    def _projects_with(self, needed: AbstractSet[int]) -> dict[int, Project]:
        """All open projects, those of `needed` among them."""
        if not needed <= self._projects.keys():
            self._open_projects()
        if not needed <= self._projects.keys():
            raise Damaged(
                "The inbox holds events of a project that does not exist",
                detail=f"Its number is {min(needed - self._projects.keys())}.",
                mend="Restore the control database and the inbox together; nothing was dropped.",
            )
        return dict(self._projects)

    def _open_projects(self) -> None:
        """Open the projects that are in the control database and not open yet."""
        data = self.settings.data
        with self.engine.begin() as connection:
            for row in connection.execute(sa.select(tables.projects)).all():
                if row.id in self._projects:
                    continue
                events = data / "events" / str(row.id)
                if self.writes:
                    drop_unsafe(events, self.inbox.first())
                project = open_project(
                    connection,
                    row,
                    self._master,
                    DeltaStore(events),
                    lambda number: data / "cache" / str(number),
                    data / "messages" / str(row.id),
                    self.ledger,
                    now_ms=self.clock_ms(),
                    keeps=self.writes,
                )
                self._projects[row.id] = project
