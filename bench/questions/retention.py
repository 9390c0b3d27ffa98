"""Retention: of those who first signed up in a week, how many came back in each of the next seven.

Coming back is any event. In SQL a person's weeks fit into one number, a bit a week, which spares a
join of the person's first week to all others; ClickHouse's own `retention()` takes one cohort at a
time.
"""

from __future__ import annotations

from bench.question import Answer, Question, Rows
from bench.workload import DAYS
from sojourn.filter import EventChoice
from sojourn.reports.retention import RetentionAnswer, RetentionDefinition

START = "signed up"
PERIODS = 8
MONDAY = "2026-01-05"
WEEKS = -(-DAYS // 7)


def _clickhouse() -> str:
    week = f"intDiv(toUInt16(day) - toUInt16(toDate('{MONDAY}')), 7)"
    columns = ", ".join(f"countIf(bitTest(weeks, cohort + {n}))" for n in range(PERIODS))
    return f"""
        SELECT cohort, {columns}
        FROM (
            SELECT minIf({week}, event = '{START}') AS cohort,
                   groupBitOr(bitShiftLeft(toUInt32(1), {week})) AS weeks
            FROM events GROUP BY person HAVING countIf(event = '{START}') > 0
        )
        GROUP BY cohort ORDER BY cohort"""


def _duckdb() -> str:
    week = f"(day - DATE '{MONDAY}') // 7"
    columns = ", ".join(
        f"count(*) FILTER ((weeks >> (cohort + {n})) & 1 = 1)" for n in range(PERIODS)
    )
    return f"""
        SELECT cohort, {columns}
        FROM (
            SELECT min({week}) FILTER (event = '{START}') AS cohort,
                   bit_or(1 << ({week})) AS weeks
            FROM events GROUP BY person HAVING count(*) FILTER (event = '{START}') > 0
        )
        GROUP BY cohort ORDER BY cohort"""


def _of_sojourn(answer: RetentionAnswer) -> Answer:
    return [list(cohort.people) for cohort in answer.cohorts]


def _of_rows(rows: Rows) -> Answer:
    """Columns that had not begun when the log ended are left out, as in Sojourn's answer."""
    return [list(columns[: WEEKS - int(cohort)]) for cohort, *columns in rows]


QUESTION = Question(
    name="retention",
    says="weekly, sign-up to any event, 8 weeks",
    definition=RetentionDefinition(start=EventChoice(START), every="week", periods=PERIODS),
    clickhouse={
        "by_person": _clickhouse() + " SETTINGS optimize_aggregation_in_order = 1",
        "by_day": _clickhouse(),
    },
    duckdb=_duckdb(),
    of_sojourn=_of_sojourn,
    of_rows=_of_rows,
    headline=True,
)
