"""Breakdown: the common funnel by the country of the first step, of the attempt that counts."""

from __future__ import annotations

import msgspec

from bench import attempts
from bench.attempts import FAR_MS, WINDOW_MS
from bench.funnels import COMMON, COMMON_DAYS, definition
from bench.question import Answer, Question, Rows
from bench.workload import COUNTRIES
from sojourn.breakdown import Breakdown, Dimension
from sojourn.reports.funnel import FunnelAnswer

CLICKHOUSE = f"""
    SELECT counting.3, count(), countIf(counting.1 <= 1), countIf(counting.1 = 0)
    FROM (
        SELECT arrayMin(arrayMap(
            (attempt, second, third) -> (
                (second - attempt.1 > {WINDOW_MS}) + (third - attempt.1 > {WINDOW_MS}),
                attempt.1,
                attempt.2
            ),
            attempts, seconds, thirds
        )) AS counting
        FROM ({attempts.clickhouse("ts, country")})
    )
    GROUP BY counting.3"""

DUCKDB = f"""
    SELECT country, count(*), count(*) FILTER (missed <= 1), count(*) FILTER (missed = 0)
    FROM (
        SELECT arg_min(country, missed * {FAR_MS} + ts) AS country, min(missed) AS missed
        FROM (
            SELECT person, ts, country,
                   (second - ts > {WINDOW_MS})::INT + (third - ts > {WINDOW_MS})::INT AS missed
            FROM ({attempts.DUCKDB})
        )
        GROUP BY person
    )
    GROUP BY country"""


def _of_sojourn(answer: FunnelAnswer) -> Answer:
    return {group.value[0]: [step.people for step in group.steps] for group in answer.groups}


def _of_rows(rows: Rows) -> Answer:
    return {country: list(people) for country, *people in rows}


QUESTION = Question(
    name="breakdown",
    says="the funnel by country at its 1st step",
    definition=msgspec.structs.replace(
        definition(COMMON, COMMON_DAYS),
        breakdown=Breakdown((Dimension("country"),), limit=len(COUNTRIES)),
    ),
    clickhouse={"by_person": CLICKHOUSE, "by_day": CLICKHOUSE},
    duckdb=DUCKDB,
    of_sojourn=_of_sojourn,
    of_rows=_of_rows,
)
