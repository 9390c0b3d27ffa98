"""The composition: the one place that picks implementations and connects them.

A `Sojourn` is one open data folder. One process at a time writes to it (collects, applies,
commits); others may open it to read, and see what was applied when they opened it.

    data/
      master.key       wraps every other key; only its owner can read it
      control.db       everything but the events            inbox.db   accepted, not yet in a table
      events/{id}/     the Delta table of a project         cache/     derived, may be deleted
"""

from __future__ import annotations

import os
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from threading import Event as Signal
from threading import Lock, RLock, Thread
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import sqlalchemy as sa

from sojourn import asking, control, folder, kernels, publishing, tables
from sojourn.accounts import keys, sessions
from sojourn.accounts.keys import Grant, KeyKind
from sojourn.drop_reason import Dropped
from sojourn.egress import smtp
from sojourn.egress.log import Transfer
from sojourn.egress.mailings import Mailings
from sojourn.egress.sending import Egress, Sending
from sojourn.egress.subscriptions import Subscriptions
from sojourn.errors import Damaged, NotFound, SojournError, Unavailable
from sojourn.event import Event
from sojourn.executors.threads import ThreadExecutor
from sojourn.format import Format
from sojourn.found import found_in
from sojourn.governance import Governance
from sojourn.ingest import pipeline
from sojourn.ingest.applier import Applier, count_up, read_progress
from sojourn.ingest.inbox import Inbox
from sojourn.ingest.project import (
    Project,
    check_project,
    open_project,
    wrap_key,
)
from sojourn.jobs import Job, run_jobs
from sojourn.people import segments
from sojourn.people.directory import Directory
from sojourn.people.segments import SavedSegment
from sojourn.period import WeekStart
from sojourn.policy import versions
from sojourn.report import Question
from sojourn.retaining import run as retaining
from sojourn.retaining.run import Retained
from sojourn.segment import Segment
from sojourn.settings import Settings
from sojourn.stores.delta import DeltaStore
from sojourn.timelines.ledger import Ledger, ceiling
from sojourn.vault import KEY_BYTES, Sealer, master_key
from sojourn.wire import Wire

FORMATS: dict[str, Format] = found_in("sojourn.formats", "FORMAT")
WIRES: dict[str, Wire] = found_in("sojourn.wires", "WIRE")
SWITCH_S = 0.0005
"""How long a thread may keep the interpreter when another one waits for it."""
POLL_S = 0.2
"""How soon rows are noticed that another process, such as an import, put into the inbox."""
APPLY_S_MAX = 600.0
"""How long to wait for the applier: minutes behind is slow, more means that something is wrong."""
DAY_MS = 86_400_000
TAKE_UPS_MAX = 10
"""Commits are half a minute apart, so one of these finds the folder at rest."""


def system_clock_ms() -> int:
    """Now, in milliseconds since 1970."""
    return time.time_ns() // 1_000_000


class Sojourn:
    """An open data folder. Close it, or use it as a context."""

    def __init__(
        self,
        settings: Settings,
        *,
        clock_ms: Callable[[], int] = system_clock_ms,
        random: Callable[[int], bytes] = os.urandom,
    ) -> None:
        self.settings = settings
        self.send_mail = smtp.sender(settings)
        self.clock_ms = clock_ms
        self._random = random
        self._lock_file, self.writes = folder.lock(settings.data)
        key = master_key(settings.data / "master.key", settings.master_key)
        self._master = Sealer(key, random)
        url = settings.database_url
        self.engine = control.connect(url or control.sqlite_url(settings.data / "control.db"))
        inbox = control.connect(url or control.sqlite_url(settings.data / "inbox.db"))
        if self.writes:
            folder.migrate(self.engine)
            with control.writing(self.engine).begin() as connection:
                publishing.give_presets(connection, clock_ms())
        self.inbox = Inbox(inbox, key, random)
        self.executor = ThreadExecutor()
        self.ledger = Ledger(ceiling(settings.memory_mb))
        self._projects: dict[int, Project] = {}
        self._refused: dict[int, Counter[str]] = {}
        self._refused_lock = Lock()
        self._asking: list[tuple[str, asking.Patience]] = []
        self._asking_lock = Lock()
        self._wake, self._stop = Signal(), Signal()
        self._applying = RLock()
        self._threads: list[Thread] = []
        self.trouble = ""
        """What keeps events from being applied just now; empty when nothing does."""
        self.applier = self._take_up()

    def start(self) -> None:
        """Apply what arrives, and do the background work, until closed."""
        kernels.warm()
        # A question hands the interpreter back for each kernel; it should not wait 5 ms each time
        # to get it again while events are being applied.
        sys.setswitchinterval(SWITCH_S)
        if self.writes:
            self._run(self._apply_forever, "applier")
            self._run(lambda: run_jobs(self._jobs(), self._stop, self._note), "jobs")
            # A mail server takes its time, for which nothing else waits.
            telling = Job("tell who asked of recipients", self._tell, every_s=2)
            self._run(lambda: run_jobs([telling], self._stop, self._note), "mail")

    def require_writing(self) -> None:
        """Refuse to go on where another process holds the folder."""
        if not self.writes:
            raise Unavailable(
                "Another process holds the data folder",
                where=str(self.settings.data),
                mend="Stop it, or choose another folder with --data.",
            )

    def close(self) -> None:
        """Write what was submitted, apply and commit it, and let go of the folder."""
        self._stop.set()
        self._wake.set()
        for thread in self._threads:
            thread.join()
        self.inbox.close()
        with suppress(Exception):
            self._save_refusals()
        if self.writes:
            with suppress(Exception):
                # What cannot be committed now is safe in the inbox and applied at the next start.
                self.apply_all()
                self.applier.commit(now=True)
        self.executor.close()
        self.engine.dispose()
        self._lock_file.close()

    def __enter__(self) -> Sojourn:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # Projects

    def project(self, name: str) -> Project:
        """An open project, by name."""
        for project in self._projects.values():
            if project.name == name:
                return project
        raise NotFound(
            f"There is no project “{name[:60]}”",
            mend="`sojourn project list` shows those there are.",
        )

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
    ) -> Project:
        """Make a project, with a key of its own and a preset as its policy."""
        check_project(name, timezone)
        text = versions.preset(preset)
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
            actor = f"preset {preset}"
            publishing.publish(connection, project, text, moment=moment, begin=None, actor=actor)
        self._open_projects()
        return self.project(name)

    def login_link(self) -> str:
        """A new one-time login link for a server with these settings."""
        with control.writing(self.engine).begin() as connection:
            token = sessions.create_link(connection, self.clock_ms())
        return f"http://{self.settings.host}:{self.settings.port}/login/{token}"

    # Keys

    def find_key(self, connection: sa.Connection, wire: str, key: str) -> Grant | None:
        """What a key opens on a wire, with its secret."""
        return keys.find(connection, wire, key, self._master)

    def create_key(
        self, project: Project, kind: KeyKind, *, wire: str, name: str = "", secret: str = ""
    ) -> str:
        """Make a key of a project: random, or a `name`; with a `secret` that its senders must
        show."""
        sealed = keys.seal_secret(self._master, secret) if secret else None
        with control.writing(self.engine).begin() as connection:
            return keys.create(
                connection,
                project.id,
                kind,
                self.clock_ms(),
                wire=wire,
                name=name,
                sealed_secret=sealed,
            )

    # Events in

    def accept(
        self, project: Project, events: Sequence[Event | Dropped]
    ) -> tuple[pipeline.Outcome, Future[int] | None]:
        """Run events through the pipeline and submit those kept.

        The future gives the inbox row once it is on disk; None when nothing was kept. Refusals are
        counted whether or not the rest can be written.
        """
        now = self.clock_ms()
        will = self.governance(project).will(events)
        arrival = pipeline.Arrival(now, project.rules, project.names, will=will)
        outcome = pipeline.run(events, arrival)
        if outcome.dropped or outcome.withheld:
            with self._refused_lock:
                self._refused.setdefault(project.id, Counter()).update(outcome.tallies())
        if not outcome.kept:
            return outcome, None
        done = self.inbox.submit(project.id, now, outcome.kept)
        done.add_done_callback(lambda _: self._wake.set())
        return outcome, done

    def apply_all(self) -> None:
        """Apply everything that is in the inbox now."""
        with self._applying:
            while self.applier.step():
                self.applier.commit()
        self._save_refusals()

    def wait_until_applied(self, row: int, seconds_max: float = APPLY_S_MAX) -> None:
        """Until an inbox row is applied, by this process or by the server that holds the folder."""
        end = time.monotonic() + seconds_max
        while self._applied() < row:
            if self.trouble or time.monotonic() > end:
                raise Unavailable(
                    "What was accepted is safe but not applied yet",
                    detail=self.trouble or f"{seconds_max:.0f} seconds have passed.",
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
        with self._patience(name) as patience:
            return asking.ask(definition, self._around(project, patience))

    def people_behind(
        self, project: Project, definition: Question, cell: msgspec.Struct, *, name: str = ""
    ) -> list[int]:
        """The ids of the people behind one cell of an answer, ascending."""
        with self._patience(name) as patience:
            return asking.people_behind(definition, cell, self._around(project, patience))

    def members(self, project: Project, segment: Segment) -> list[int]:
        """The ids of the people in a segment, ascending."""
        with self._patience("") as patience:
            return asking.members(segment, self._around(project, patience))

    def check_segment(self, project: Project, saved: SavedSegment) -> None:
        """Refuse to keep a segment that could not be asked."""
        with self._patience("") as patience:
            around = self._around(project, patience, saved)
            asking.prepare_segment(Segment(saved=saved.name), around)

    def cancel(self, name: str) -> None:
        """Stop the questions of this name at the next part, if there are any."""
        with self._asking_lock:
            found = [patience for own, patience in self._asking if name and own == name]
        for patience in found:
            patience.cancelled.set()

    @contextmanager
    def _patience(self, name: str) -> Iterator[asking.Patience]:
        patience = asking.Patience(self.settings.question_seconds)
        entry = (name, patience)
        with self._asking_lock:
            self._asking.append(entry)
        try:
            yield patience
        finally:
            with self._asking_lock:
                self._asking.remove(entry)

    def _around(
        self,
        project: Project,
        patience: asking.Patience,
        new: SavedSegment | None = None,
    ) -> asking.Circumstances:
        def saved(name: str) -> Segment:
            if new is not None and new.name == name:
                return new.segment
            with self.engine.begin() as connection:
                return segments.read(connection, project.id, name).segment

        return asking.Circumstances(
            project=project,
            executor=self.executor,
            now_ms=self.clock_ms(),
            visit_gap_ms=int(self.settings.visit_gap_minutes * 60_000),
            saved=saved,
            unseen=self.governance(project).unseen,
            patience=patience,
        )

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
        )

    # Data out

    def egress(self, project: Project) -> Egress:
        """The way out of a project."""
        return Egress(self.engine, project, self.directory(project), self.clock_ms)

    def send(self, project: Project, recipient: str, purpose: str, person: int) -> Transfer:
        """Send what may leave of a person to a recipient's webhook, once."""
        return self.egress(project).send(Sending(recipient, purpose, person))

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
            if self.writes:
                self.applier.commit(now=True)
            now = self.clock_ms()
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
            Job("take out what is due", self._retain, every_s=300),
        )

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

    def _tell(self) -> None:
        for project in self.projects():
            self.subscriptions(project).forget_unconfirmed()
            if self.send_mail is None:
                continue
            mailings = self.mailings(project)
            mailings.plan()
            while not self._stop.is_set() and mailings.send_next(self.send_mail):
                pass

    def _take_up_policies(self) -> None:
        for project in self.projects():
            self.governance(project).take_up()

    def _tidy(self) -> None:
        for project in self.projects():
            if isinstance(project.store, DeltaStore):
                project.store.tidy()

    def _apply_forever(self) -> None:
        while not self._stop.is_set():
            try:
                with self._applying:
                    worked = self.applier.step()
                    self.applier.commit()
                self._save_refusals()
                self.trouble = ""
            except Exception as failure:
                # Nothing is lost: the rows stay in the inbox, and the next round tries them again.
                self._note(failure)
                worked = 0
                self._stop.wait(1)
            if not worked:
                self._wake.wait(POLL_S)
                self._wake.clear()
                # A project that another process has made is served from the next round on.
                self._open_projects()

    def _save_refusals(self) -> None:
        with self._refused_lock:
            refused, self._refused = self._refused, {}
        if not refused:
            return
        with control.writing(self.engine).begin() as connection:
            for project, counts in refused.items():
                count_up(connection, project, counts)

    def _note(self, failure: Exception) -> None:
        self.trouble = f"{type(failure).__name__}: {failure}"

    def _run(self, function: Callable[[], None], name: str) -> None:
        thread = Thread(target=function, name=name, daemon=True)
        thread.start()
        self._threads.append(thread)

    def _take_up(self) -> Applier:
        """Open the projects, and bring back what was applied but is not in a table yet.

        Beside a server, what the inbox held may move to a table in between; then begin again.
        """
        for _ in range(TAKE_UPS_MAX):
            self._projects.clear()
            applier = Applier(self.engine, self.inbox, self._projects_with, self.clock_ms)
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
                project = open_project(
                    connection,
                    row,
                    self._master,
                    DeltaStore(data / "events" / str(row.id)),
                    lambda number: data / "cache" / str(number),
                    self.ledger,
                    now_ms=self.clock_ms(),
                    keeps=self.writes,
                )
                self._projects[row.id] = project
