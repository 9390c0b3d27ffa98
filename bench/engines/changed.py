"""Sojourn again, on a copy of the folder to which something has happened since it was settled.

The rows and merges go where the applier puts them, `Parts.add`, and are not committed: all of them
stand in the tail for as long as the engine is open.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench import workload
from bench.engines import sojourn
from bench.engines.sojourn import SojournEngine
from bench.workload import DAY_MS, DAYS, NAMES, START_MS, Workload
from sojourn.ingest.inbox import order_of
from sojourn.ingest.project import Project
from sojourn.ingest.rows import EMPTY

MERGES = 100_000
MERGES_A_PERSON_MAX = 0.1
"""How many merges for each person at most: a short log has too few people for that many."""
HIDDEN = 1_000
CEILING_MB = 16
"""Less than the columns of any question take."""
CEILING = f"at most {CEILING_MB} MB in memory"


class ChangedSojourn(SojournEngine):
    """A copied folder, after one of the `CHANGES`."""

    def __init__(self, folder: Path, change: str, log: Workload) -> None:
        super().__init__(folder, memory_mb=CEILING_MB if change == CEILING else 0)
        CHANGES[change](self.project, log)


size = sojourn.size


def _nothing(project: Project, log: Workload) -> None:
    """As it was."""


def _newcomers(share: float) -> Callable[[Project, Workload], None]:
    """One more event for a share of the people."""

    def change(project: Project, log: Workload) -> None:
        people = _chosen(log, round(share * log.people))
        rng = np.random.default_rng([log.seed, 4])
        event = rng.integers(0, len(NAMES), len(people)).astype(np.uint8)
        ts = START_MS + DAYS * DAY_MS - 1 - np.arange(len(people))
        rows = workload.table(people, ts, event, rng)
        later = order_of(project.store.committed() + 1, 0)
        order = later + np.arange(len(people))
        project.parts.add(sojourn.stored(rows, order, sojourn.columns_of(project)), [])

    return change


def _merges(project: Project, log: Workload) -> None:
    """Pairs of people become one each."""
    pairs = min(MERGES, round(MERGES_A_PERSON_MAX * log.people))
    chosen = _chosen(log, 2 * pairs).tolist()
    merges = list(zip(chosen[:pairs], chosen[pairs:], strict=True))
    project.parts.add(EMPTY, merges)


def _hidden(project: Project, log: Workload) -> None:
    """Some people may not be seen for now."""
    project.parts.hide(_chosen(log, HIDDEN).tolist())


def _chosen(log: Workload, number: int) -> NDArray[np.int32]:
    """Different people by chance; their ids run from 1."""
    everyone = np.random.default_rng([log.seed, 3]).permutation(log.people)
    return (everyone[:number] + 1).astype(np.int32)


CHANGES: dict[str, Callable[[Project, Workload], None]] = {
    "unchanged": _nothing,
    "1 % of people changed": _newcomers(0.01),
    "5 % of people changed": _newcomers(0.05),
    "100,000 merges, or 1 for 10 people": _merges,
    "1,000 people hidden": _hidden,
    CEILING: _nothing,
}
"""What may have happened to a folder, by its name in the results."""
