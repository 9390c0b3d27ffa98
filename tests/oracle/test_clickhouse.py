"""ClickHouse as a second oracle, where its rules are ours: no ties, no event that fits two steps.

What holds of every history of some kind is asked of one table of many; what has options of its own
is asked of small random histories, which a statement brings with it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from sojourn.counting.trail import PathsCell, PathsDefinition, PathsGroup
from sojourn.filter import EventChoice
from sojourn.reports import funnel, paths, retention
from sojourn.reports.funnel import FunnelCell, FunnelDefinition, FunnelStep
from sojourn.reports.retention import RetentionCell, RetentionDefinition
from sojourn.scope import FAR_MS, Scope
from sojourn.segment import Did, Segment, members
from sojourn.timeline import Timeline
from tests.oracle.clickhouse import ClickHouse, values
from tests.oracle.history import Row, ask, parts_of, timeline_of
from tests.oracle.strategies import SPRING_MS, ZONES, people_behind
from tests.oracle.test_segment import nobody

PEOPLE = 4_000
NAMES = ("a", "b", "c", "d")
SECOND_MS = 1_000
HOUR_MS = 3_600_000
SCOPE = Scope(0, FAR_MS, 1, ZoneInfo("UTC"))

often = settings(max_examples=120, deadline=None)
"""Each of these is a statement of its own, of ten milliseconds."""


@pytest.fixture(scope="module")
def clickhouse() -> Iterator[ClickHouse]:
    engine = ClickHouse()
    yield engine
    engine.close()


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
def table(histories: list[Row], tmp_path_factory: pytest.TempPathFactory) -> str:
    """The histories as ClickHouse reads them."""
    path = tmp_path_factory.mktemp("clickhouse") / "events.parquet"
    columns = {
        "person": pa.array([row.person for row in histories], pa.int64()),
        "ts": pa.array([row.ts for row in histories], pa.uint64()),
        "event": pa.array([row.name for row in histories]),
    }
    pq.write_table(pa.table(columns), path)
    return f"file('{path}', Parquet)"


@pytest.mark.parametrize("seconds", [1, 3, 6, 30])
def test_window_funnel(
    clickhouse: ClickHouse, timeline: Timeline, table: str, seconds: int
) -> None:
    steps = "event = 'a', event = 'b', event = 'c', event = 'd'"
    theirs = clickhouse.by_person(f"windowFunnel({seconds * SECOND_MS})(ts, {steps})", table)
    definition = FunnelDefinition(
        steps=tuple(FunnelStep(name) for name in NAMES), within=f"{seconds} seconds"
    )
    reached = [
        funnel.people(definition, FunnelCell(step=step), timeline, SCOPE)
        for step in range(1, len(NAMES) + 1)
    ]
    ours = np.sum(reached, axis=0)
    assert dict(zip(timeline.people.tolist(), ours.tolist(), strict=True)) == theirs
    assert set(theirs.values()) >= {0, 1, 2}


@pytest.mark.parametrize(
    ("pattern", "then"), [("(?1).*(?2)", "b"), ("(?1).*(?2).*(?3)", "bc"), ("(?1).*(?1)", "a")]
)
def test_sequence_match(
    clickhouse: ClickHouse, timeline: Timeline, table: str, pattern: str, then: str
) -> None:
    conditions = "event = 'a', event = 'b', event = 'c'"
    theirs = clickhouse.by_person(f"sequenceMatch('{pattern}')(ts, {conditions})", table)
    segment = Segment(did=Did(event="a", then=tuple(EventChoice(name) for name in then)))
    ours = members(segment, timeline, SCOPE, nobody)
    assert dict(zip(timeline.people.tolist(), ours.astype(int).tolist(), strict=True)) == theirs


def scattered(
    first_ms: int, instants: int, step_ms: int, least: int, most: int
) -> st.SearchStrategy[list[Row]]:
    """Events of a few people in order of arrival, nobody's two at the same instant."""
    row = st.builds(
        Row,
        person=st.integers(0, 2),
        ts=st.integers(0, instants - 1).map(lambda number: first_ms + number * step_ms),
        name=st.sampled_from("aabc"),
    )
    return st.lists(row, min_size=least, max_size=most, unique_by=lambda row: (row.person, row.ts))


BASES = [
    ("forward", "head"),
    ("forward", "first_match"),
    ("forward", "last_match"),
    ("backward", "tail"),
    ("backward", "first_match"),
    ("backward", "last_match"),
]


@often
@given(
    rows=scattered(0, 12, SECOND_MS, 1, 30),
    base=st.sampled_from(BASES),
    anchor=st.sampled_from("abc"),
    rest=st.lists(st.sampled_from("abcg"), max_size=2),
    hide=st.sampled_from(["", "", "c"]),
    grouped=st.booleans(),
)
def test_sequence_next_node(
    clickhouse: ClickHouse,
    rows: list[Row],
    base: tuple[str, str],
    anchor: str,
    rest: list[str],
    hide: str,
    grouped: bool,
) -> None:
    """What follows a run of events that begins at the head or at a match is the last step of paths
    as long; backwards, of paths `to` it.

    Our paths begin at the first match alone, so for a last match and a tail we read the history
    from its end. ClickHouse says NULL of a run that is not there and of one that nothing follows
    alike, and it has no order for events of one instant: there are none.
    """
    direction, place = base
    nodes = ("g" if grouped and anchor in "bc" else anchor, *rest)
    mirrored = place in ("tail", "last_match")
    backwards = (direction == "backward") != mirrored
    matched = EventChoice(anchor) if place.endswith("match") else None
    definition = PathsDefinition(
        from_=None if backwards else matched,
        to=matched if backwards else None,
        steps=len(nodes) + 1,
        hide=(EventChoice(hide),) if hide else (),
        groups=(PathsGroup("g", pattern="^[bc]$"),) if grouped else (),
        sequences=1_000,
    )
    own = [replace(row, ts=12 * SECOND_MS - row.ts) for row in rows] if mirrored else rows
    ours = next_nodes(definition, nodes, backwards, own)

    node = f"if({int(grouped)} AND event IN ('b', 'c'), 'g', event) AS node"
    table = f"(SELECT *, {node} FROM {values(rows)} WHERE event != '{hide}')"
    conditions = ", ".join(f"node = '{name}'" for name in nodes)
    match = f"event = '{anchor}'" if matched else "1"
    expression = f"sequenceNextNode('{direction}', '{place}')(ts, node, {match}, {conditions})"
    theirs = clickhouse.by_person(expression, table)
    assert ours == {person: theirs.get(person) for person in ours}


def next_nodes(
    definition: PathsDefinition, nodes: tuple[str, ...], backwards: bool, rows: list[Row]
) -> dict[int, str | None]:
    """What each person's path shows right after these nodes, if it begins with them at all."""
    found: dict[int, str | None] = dict.fromkeys(row.person for row in rows)
    for sequence in ask(paths.REPORT, definition, parts_of(rows, 3), SCOPE).sequences:
        *first, last = reversed(sequence.path) if backwards else sequence.path
        if tuple(first) == nodes:
            cell = PathsCell(path=sequence.path)
            people = people_behind(paths, definition, cell, rows, SCOPE)
            assert len(people) == sequence.people
            found.update(dict.fromkeys(people, last))
    return found


LENGTH_MS = {"day": 24 * HOUR_MS, "week": 168 * HOUR_MS, "month": 720 * HOUR_MS}
BEGINS = {"day": "toDate({})", "week": "toMonday({})", "month": "toStartOfMonth({})"}
MID_MARCH_MS = SPRING_MS - 20 * 24 * HOUR_MS


@often
@given(
    rows=scattered(MID_MARCH_MS, 18, 60 * HOUR_MS, 15, 40)
    | scattered(SPRING_MS - 48 * HOUR_MS, 18, 6 * HOUR_MS, 15, 40),
    definition=st.builds(
        RetentionDefinition,
        start=st.builds(EventChoice, event=st.sampled_from(["a", "b"])),
        return_=st.builds(EventChoice, event=st.sampled_from(["a", "b", "c"])),
        every=st.sampled_from(["day", "week", "month"]),
        periods=st.sampled_from([2, 4, 12]),
        clock=st.sampled_from(["calendar", "rolling"]),
        brackets=st.sampled_from([None, None, (1, 3), (2, 3, 10)]),
        cohorts=st.sampled_from(["ever", "first", "every"]),
        mode=st.sampled_from(["on", "on", "on_or_after", "on_or_before"]),
    ),
    zone=st.sampled_from(ZONES),
    which=st.integers(0, 11),
)
def test_retention(
    clickhouse: ClickHouse,
    rows: list[Row],
    definition: RetentionDefinition,
    zone: ZoneInfo,
    which: int,
) -> None:
    """Each cohort is a `retention` of its own: first those who entered, then a condition a column.

    One of them is asked for. ClickHouse does not know when somebody entered, so the statement finds
    that; days, weeks and months are then its own, in the project's time zone, weeks from Monday. It
    has no minimum, no streak and no amounts, and everybody of a cohort is in column 0.
    """
    scope = Scope(MID_MARCH_MS - HOUR_MS, SPRING_MS + 30 * 24 * HOUR_MS, 1, zone)
    answer = ask(retention.REPORT, definition, parts_of(rows, 3), scope)
    assume(answer.cohorts)
    cohort = answer.cohorts[which % len(answer.cohorts)]
    theirs = clickhouse.by_person(*cohort_of(definition, cohort.start, rows, zone))
    timeline = timeline_of(rows)
    for column, people in enumerate(cohort.people):
        cell = RetentionCell(cohort.start, column)
        came = timeline.people[retention.people(definition, cell, timeline, scope)].tolist()
        assert came == sorted(who for who, columns in theirs.items() if columns[column])
        assert people == len(came)


def cohort_of(
    definition: RetentionDefinition, start: str, rows: Sequence[Row], zone: ZoneInfo
) -> tuple[str, str]:
    """Who came back when; and the events, each with the instant at which its person entered."""
    unit = definition.every if definition.brackets is None else "day"
    begins = BEGINS[definition.every].format(local("ts", zone))
    entering = f"event = '{definition.start.event}'"
    if definition.cohorts == "every":
        entering += f" AND {begins} = '{start}'"
    entered = f"minIf(ts, {entering}) OVER (PARTITION BY person) AS entered"
    passed = (
        f"intDiv(toInt64(ts) - toInt64(entered), {LENGTH_MS[unit]})"
        if definition.clock == "rolling"
        else f"dateDiff('{unit}', toDate({local('entered', zone)}), toDate({local('ts', zone)}))"
    )
    table = f"(SELECT *, {entered}, {begins} AS begins, {passed} AS passed FROM {values(rows)})"
    edges = definition.brackets or tuple(range(1, definition.periods + 1))
    spans = {
        "on": pairwise(edges),
        "on_or_after": ((edge, 10_000) for edge in edges),
        "on_or_before": ((edges[0], edge) for edge in edges[1:]),
    }[definition.mode]
    conditions = [f"{entering} AND ts = entered AND begins = '{start}'"] + [
        f"event = '{definition.return_.event}' AND passed >= {first} AND passed < {end}"
        for first, end in spans
    ]
    return f"retention({', '.join(conditions)})", table


def local(instant: str, zone: ZoneInfo) -> str:
    """An instant as the clocks of a time zone show it."""
    return f"fromUnixTimestamp64Milli(toInt64({instant}), '{zone}')"
