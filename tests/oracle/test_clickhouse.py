"""ClickHouse as a second oracle, where its rules are ours: no ties, no event that fits two steps.

Many small random histories stand in one table, so that one statement answers for all of them. The
engine runs in a process of its own, as it brings a memory allocator of its own.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sojourn.filter import EventChoice
from sojourn.reports import funnel
from sojourn.reports.funnel import FunnelCell, FunnelDefinition, FunnelStep
from sojourn.scope import FAR_MS, Scope
from sojourn.segment import Did, Segment, members
from sojourn.timeline import Timeline
from tests.oracle.history import Row, timeline_of
from tests.oracle.test_segment import nobody

PEOPLE = 4_000
NAMES = ("a", "b", "c", "d")
SECOND_MS = 1_000
SCOPE = Scope(0, FAR_MS, 1, ZoneInfo("UTC"))

ASK = """
import sys, chdb
print(chdb.query(sys.argv[1], "JSONCompact").data())
"""


@pytest.fixture(scope="module")
def histories() -> list[Row]:
    """Up to a dozen events a person within twelve seconds, each at an instant of its own."""
    chance = np.random.default_rng(7)
    rows = []
    for person in range(PEOPLE):
        instants = chance.choice(12, size=chance.integers(1, 12), replace=False)
        names = chance.choice(NAMES, size=len(instants))
        rows += [
            Row(person, int(instant) * SECOND_MS, str(name))
            for instant, name in zip(instants, names, strict=True)
        ]
    return rows


@pytest.fixture(scope="module")
def timeline(histories: list[Row]) -> Timeline:
    return timeline_of(histories)


@pytest.fixture(scope="module")
def table(histories: list[Row], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The histories as ClickHouse reads them."""
    path = tmp_path_factory.mktemp("clickhouse") / "events.parquet"
    columns = {
        "person": pa.array([row.person for row in histories], pa.int64()),
        "ts": pa.array([row.ts for row in histories], pa.uint64()),
        "event": pa.array([row.name for row in histories]),
    }
    pq.write_table(pa.table(columns), path)
    return path


def by_person(expression: str, table: Path) -> dict[int, Any]:
    """What ClickHouse says of each person."""
    statement = (
        f"SELECT person, {expression} FROM file('{table}', Parquet) GROUP BY person "
        "SETTINGS output_format_json_quote_64bit_integers = 0, "
        "allow_experimental_funnel_functions = 1"
    )
    done = subprocess.run(
        [sys.executable, "-c", ASK, statement],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    return {int(person): value for person, value in json.loads(done.stdout)["data"]}


@pytest.mark.parametrize("seconds", [1, 3, 6, 30])
def test_window_funnel(timeline: Timeline, table: Path, seconds: int) -> None:
    steps = "event = 'a', event = 'b', event = 'c', event = 'd'"
    theirs = by_person(f"windowFunnel({seconds * SECOND_MS})(ts, {steps})", table)
    definition = FunnelDefinition(
        steps=tuple(FunnelStep(name) for name in NAMES), within=f"{seconds} seconds"
    )
    ours = sum(
        funnel.people(definition, FunnelCell(step=step), timeline, SCOPE).astype(int)
        for step in range(1, len(NAMES) + 1)
    )
    assert dict(zip(timeline.people.tolist(), ours.tolist(), strict=True)) == theirs
    assert set(theirs.values()) >= {0, 1, 2}


@pytest.mark.parametrize(
    ("pattern", "then"), [("(?1).*(?2)", "b"), ("(?1).*(?2).*(?3)", "bc"), ("(?1).*(?1)", "a")]
)
def test_sequence_match(timeline: Timeline, table: Path, pattern: str, then: str) -> None:
    conditions = "event = 'a', event = 'b', event = 'c'"
    theirs = by_person(f"sequenceMatch('{pattern}')(ts, {conditions})", table)
    segment = Segment(did=Did(event="a", then=tuple(EventChoice(name) for name in then)))
    ours = members(segment, timeline, SCOPE, nobody)
    assert dict(zip(timeline.people.tolist(), ours.astype(int).tolist(), strict=True)) == theirs
