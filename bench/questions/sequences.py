"""Sequences: the first five events of each person, and which fives are the most frequent.

An event is packed below its instant, so that the smallest five numbers are the first five events.
For ClickHouse the table by person gives them in order and is read no further (`LIMIT BY`); where it
has to be sorted, a bounded heap (`groupArraySorted`) is the best, and sorting whole arrays a
quarter slower. For DuckDB the five smallest (`min(…, 5)`) are four times as fast as `arg_min` and
five times as fast as a sorted list.
"""

from __future__ import annotations

from bench.question import Answer, Question, Rows
from bench.workload import NAMES
from sojourn.reports.paths import PathsAnswer, PathsDefinition

STEPS = 5
SHOWN = 50

RANKED = f"GROUP BY path ORDER BY often DESC, path LIMIT {SHOWN}"

CLICKHOUSE = {
    "by_person": f"""
        SELECT path, count() AS often
        FROM (
            SELECT arrayMap(one -> toUInt8(one), groupArray(ts * 256 + toUInt8(event))) AS path
            FROM (
                SELECT person, ts, event FROM events ORDER BY person, ts LIMIT {STEPS} BY person
            )
            GROUP BY person
        ) {RANKED}""",
    "by_day": f"""
        SELECT path, count() AS often
        FROM (
            SELECT arrayMap(
                one -> toUInt8(one), groupArraySorted({STEPS})(ts * 256 + toUInt8(event))
            ) AS path
            FROM events GROUP BY person
        ) {RANKED}""",
}

DUCKDB = f"""
    SELECT path, count(*) AS often
    FROM (
        SELECT list_transform(
            min(ts * 256 + enum_code(event) + 1, {STEPS}), lambda one: (one % 256)::UTINYINT
        ) AS path
        FROM events GROUP BY person
    ) {RANKED}"""


def _of_sojourn(answer: PathsAnswer) -> Answer:
    return _ranked([(list(one.path), one.count) for one in answer.sequences])


def _of_rows(rows: Rows) -> Answer:
    names = ("", *NAMES)
    return _ranked([([names[code] for code in path], often) for path, often in rows])


def _ranked(shown: list[tuple[list[str], int]]) -> Answer:
    """How often each shown sequence occurs, and which they are: of those as frequent as the last
    one, each engine may show others."""
    least = min(often for _, often in shown)
    sequences = sorted((often, path) for path, often in shown if often > least)
    return sorted(often for _, often in shown), sequences


QUESTION = Question(
    name="sequences",
    says="the first 5 events, the most frequent fives",
    definition=PathsDefinition(steps=STEPS, sequences=SHOWN),
    clickhouse=CLICKHOUSE,
    duckdb=DUCKDB,
    of_sojourn=_of_sojourn,
    of_rows=_of_rows,
)
