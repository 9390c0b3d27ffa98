"""Paths: what people do next, every pair of neighbouring events and every first and last one.

In SQL one grouping of (the event before, the event) says it all: nothing before means a first
event, and an event is the last of as many people as lead into it and not out of it. For ClickHouse
sorted arrays of codes are twice as fast as the window function `lagInFrame`; for DuckDB sorted
lists beat `lag` by a little.
"""

from __future__ import annotations

from collections import Counter

from bench.question import Answer, Question, Rows
from bench.workload import NAMES
from sojourn.reports.paths import PathsAnswer, PathsDefinition

# Codes are 1 to 40; 0 stands for nothing before.
CLICKHOUSE = """
    SELECT intDiv(pair, 256), pair % 256, count()
    FROM (
        SELECT arrayJoin(arrayMap(
            (before, after) -> toUInt16(before * 256 + after),
            arrayPushFront(arrayPopBack(path), 0), path
        )) AS pair
        FROM (
            SELECT arraySort(
                (code, instant) -> instant, groupArray(toUInt8(event)), groupArray(ts)
            ) AS path
            FROM events GROUP BY person
        )
    )
    GROUP BY pair"""

DUCKDB = """
    SELECT before, after, count(*)
    FROM (
        SELECT unnest(list_prepend(0, path[:-2])) AS before, unnest(path) AS after
        FROM (
            SELECT list(enum_code(event)::UTINYINT + 1::UTINYINT ORDER BY ts) AS path
            FROM events GROUP BY person
        )
    )
    GROUP BY ALL"""


def _of_sojourn(answer: PathsAnswer) -> Answer:
    return {
        "people": answer.people,
        "transitions": {(move.from_, move.to): move.count for move in answer.transitions},
        "starts": {start.event: start.count for start in answer.starts},
        "ends": {end.event: end.count for end in answer.ends},
    }


def _of_rows(rows: Rows) -> Answer:
    names = ("", *NAMES)
    starts: Counter[str] = Counter()
    ends: Counter[str] = Counter()
    transitions: dict[tuple[str, str], int] = {}
    for before, after, count in rows:
        ends[names[after]] += count
        if before:
            transitions[names[before], names[after]] = count
            ends[names[before]] -= count
        else:
            starts[names[after]] = count
    return {
        "people": starts.total(),
        "transitions": transitions,
        "starts": dict(starts),
        "ends": {name: count for name, count in ends.items() if count},
    }


QUESTION = Question(
    name="paths",
    says="every transition, first and last event",
    definition=PathsDefinition(),
    clickhouse={"by_person": CLICKHOUSE, "by_day": CLICKHOUSE},
    duckdb=DUCKDB,
    of_sojourn=_of_sojourn,
    of_rows=_of_rows,
    headline=True,
)
