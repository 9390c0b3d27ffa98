"""The attempts at the common funnel, one for each event of its first step, in SQL.

A level alone does not say which attempt counts: that is the furthest, among equally far ones the
earliest. So we follow each attempt from its beginning to the earliest second step and the earliest
third step after that. What never happens happens too late: at an instant far away.

For ClickHouse we tried two nested window functions, two ASOF joins, and arrays filled from the
back (`arrayReverseFill`): twice as slow, twice as slow, and equal to the search in arrays that
stands here. For DuckDB window functions (`lead` without nulls) are twice as slow as ASOF joins.
"""

from __future__ import annotations

from bench.funnels import COMMON, COMMON_DAYS, DAY_MS, clickhouse_any

WINDOW_MS = COMMON_DAYS * DAY_MS
FAR_MS = 10**15

FIRST, SECOND, THIRD = (step.event for step in COMMON)


def clickhouse(columns: str = "ts") -> str:
    """Of each person who began: attempts (tuples of the columns), seconds and thirds (instants)."""
    return f"""
        SELECT attempts,
               arrayMap(attempt -> arrayFirst(ts -> ts > attempt.1, second), attempts) AS seconds,
               arrayMap(begin -> arrayFirst(ts -> ts > begin, third), seconds) AS thirds
        FROM (
            SELECT arraySort(groupArrayIf(tuple({columns}), event = '{FIRST}')) AS attempts,
                   {_clickhouse_instants(SECOND, FAR_MS)} AS second,
                   {_clickhouse_instants(THIRD, 2 * FAR_MS)} AS third
            FROM events PREWHERE {clickhouse_any(COMMON)}
            GROUP BY person HAVING notEmpty(attempts)
        )"""


def _clickhouse_instants(event: str, far_ms: int) -> str:
    return f"arrayPushBack(arraySort(groupArrayIf(ts, event = '{event}')), {far_ms})"


DUCKDB = f"""
    SELECT first.person, first.ts, first.country,
           coalesce(later.second, {FAR_MS}) AS second, coalesce(later.third, {FAR_MS}) AS third
    FROM (SELECT person, ts, country FROM events WHERE event = '{FIRST}') AS first
    ASOF LEFT JOIN (
        SELECT second.person, second.ts AS second, third.ts AS third
        FROM (SELECT person, ts FROM events WHERE event = '{SECOND}') AS second
        ASOF LEFT JOIN (SELECT person, ts FROM events WHERE event = '{THIRD}') AS third
        ON third.person = second.person AND third.ts > second.ts
    ) AS later
    ON later.person = first.person AND later.second > first.ts"""
"""A row for each attempt: person, ts, country, second, third."""
