"""Tallies: what was refused, withheld and corrected, counted in memory and written down now and
then, so that counting costs a request nothing."""

from __future__ import annotations

from collections import Counter
from threading import Lock

import sqlalchemy as sa

from sojourn.control import writing
from sojourn.ingest.applier import count_up


class Tallies:
    """The counts of all projects that are not written down yet."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        self._counts: dict[int, Counter[str]] = {}
        self._lock = Lock()

    def count(self, project: int, counts: Counter[str]) -> None:
        """Add to a project's totals, with the next `save`."""
        if counts:
            with self._lock:
                self._counts.setdefault(project, Counter()).update(counts)

    def save(self) -> None:
        """Write down what was counted so far."""
        with self._lock:
            counted, self._counts = self._counts, {}
        if not counted:
            return
        with writing(self._engine).begin() as connection:
            for project, counts in counted.items():
                count_up(connection, project, counts)
