"""Questions on their way: each has a time limit, may be cancelled by its name, and knows what it is
asked around."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import RLock
from typing import Any

import msgspec
import pyarrow as pa
import sqlalchemy as sa

from sojourn import asking
from sojourn.executor import Executor
from sojourn.ingest.project import Project
from sojourn.metrics import Metrics
from sojourn.people import segments
from sojourn.people.segments import SavedSegment
from sojourn.promptly import hand_over, wake_promptly
from sojourn.report import PURPOSE, Question
from sojourn.segment import Segment
from sojourn.settings import Settings
from sojourn.timelines.ledger import ceiling

SQL_SHARE = 2
"""A statement in SQL may take, besides the history, such a part of the memory that this may."""

Unseen = Callable[[str], list[int]]
"""The people who may not be seen for a purpose."""


class Questions:
    """Answers the questions to an open data folder."""

    def __init__(
        self,
        engine: sa.Engine,
        executor: Executor,
        settings: Settings,
        clock_ms: Callable[[], int],
        metrics: Metrics,
        unseen: Callable[[Project], Unseen],
    ) -> None:
        self._engine = engine
        self.executor = executor
        self.settings = settings
        self._clock_ms = clock_ms
        self._metrics = metrics
        self._unseen = unseen
        self._asking: list[tuple[str, asking.Patience]] = []
        # A signal may come while it is held, and cancel.
        self._asking_lock = RLock()
        self.hurried = False
        """Whether what else the process does makes way for whoever waits, as in a server."""

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

    @contextmanager
    def select(
        self, project: Project, statement: str, *, purpose: str = PURPOSE, name: str = ""
    ) -> Iterator[pa.RecordBatchReader]:
        """The rows that an SQL statement finds in what may be seen for a purpose. Under its `name`
        it can be cancelled."""
        # Imported here because DuckDB, which nothing else needs, takes memory as soon as it is.
        from sojourn import sql

        with self._patience(name) as patience:
            around = self._around(project, patience)
            memory = ceiling(self.settings.memory_mb) // SQL_SHARE
            with sql.select(statement, purpose, around, memory) as rows:
                yield rows

    def check_segment(self, project: Project, saved: SavedSegment) -> None:
        """Refuse to keep a segment that could not be asked."""
        with self._patience("") as patience:
            around = self._around(project, patience, saved)
            asking.prepare_segment(Segment(saved=saved.name), around)

    def cancel(self, name: str) -> None:
        """Stop the questions of this name soon, if there are any."""
        with self._asking_lock:
            found = [patience for own, patience in self._asking if name and own == name]
        for patience in found:
            patience.cancelled.set()

    @contextmanager
    def _patience(self, name: str) -> Iterator[asking.Patience]:
        wake_promptly()
        patience = asking.Patience(self.settings.question_seconds)
        entry = (name, patience)
        with self._asking_lock:
            self._asking.append(entry)
            if self.hurried and len(self._asking) == 1:
                hand_over(asked=True)
        try:
            with self._metrics.questions.time():
                yield patience
        finally:
            with self._asking_lock:
                self._asking.remove(entry)
                if self.hurried and not self._asking:
                    hand_over(asked=False)

    def _around(
        self,
        project: Project,
        patience: asking.Patience,
        new: SavedSegment | None = None,
    ) -> asking.Circumstances:
        def saved(name: str) -> Segment:
            if new is not None and new.name == name:
                return new.segment
            with self._engine.begin() as connection:
                return segments.read(connection, project.id, name).segment

        return asking.Circumstances(
            project=project,
            executor=self.executor,
            now_ms=self._clock_ms(),
            visit_gap_ms=int(self.settings.visit_gap_minutes * 60_000),
            saved=saved,
            unseen=self._unseen(project),
            patience=patience,
        )
