"""Trend: how many different people there were each day, exactly.

The exact count is asked of everyone: `uniqExact`, not ClickHouse's estimate `uniq`. A bitmap and
two nested groupings were tried and are slower; the table by day may aggregate in its order.
"""

from __future__ import annotations

from bench.question import Answer, Question, Rows
from sojourn.reports.trend import TrendAnswer, TrendDefinition, TrendSeries

CLICKHOUSE = "SELECT day, uniqExact(person) FROM events GROUP BY day ORDER BY day"
DUCKDB = "SELECT day, count(DISTINCT person) FROM events GROUP BY day ORDER BY day"


def _of_sojourn(answer: TrendAnswer) -> Answer:
    return [(day, people) for day, people in answer.series[0].points if people]


def _of_rows(rows: Rows) -> Answer:
    return [(str(day), people) for day, people in rows]


QUESTION = Question(
    name="trend",
    says="different people a day",
    definition=TrendDefinition((TrendSeries(),), every="day"),
    clickhouse={
        "by_person": CLICKHOUSE,
        "by_day": CLICKHOUSE + " SETTINGS optimize_aggregation_in_order = 1",
    },
    duckdb=DUCKDB,
    of_sojourn=_of_sojourn,
    of_rows=_of_rows,
    headline=True,
)
