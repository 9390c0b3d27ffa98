"""Times: how long converting took, the median over the attempts that count."""

from __future__ import annotations

import msgspec

from bench import attempts
from bench.attempts import WINDOW_MS
from bench.funnels import COMMON, COMMON_DAYS, definition
from bench.question import Answer, Question, Rows
from sojourn.reports.funnel import FunnelAnswer

DECIMALS = 3
"""Of a second: instants have no more."""

# The first attempt in time is the one that counts: all of these got to the last step.
CLICKHOUSE = f"""
    SELECT count(), quantileExactInclusive(0.5)(took)
    FROM (
        SELECT arrayFirst(ms -> ms <= {WINDOW_MS}, arrayMap(
            (attempt, third) -> third - attempt.1, attempts, thirds
        )) AS took
        FROM ({attempts.clickhouse()}) WHERE took > 0
    )"""

DUCKDB = f"""
    SELECT count(*), quantile_cont(took, 0.5)
    FROM (
        SELECT arg_min(third - ts, ts) AS took FROM ({attempts.DUCKDB})
        WHERE third - ts <= {WINDOW_MS} GROUP BY person
    )"""


def _of_sojourn(answer: FunnelAnswer) -> Answer:
    whole = answer.times and answer.times.whole
    return whole and (whole.count, round(whole.median, DECIMALS))


def _of_rows(rows: Rows) -> Answer:
    ((people, median_ms),) = rows
    return people, round(median_ms / 1000, DECIMALS)


QUESTION = Question(
    name="times",
    says="median time from the 1st to the 3rd step",
    definition=msgspec.structs.replace(definition(COMMON, COMMON_DAYS), times=True),
    clickhouse={"by_person": CLICKHOUSE, "by_day": CLICKHOUSE},
    duckdb=DUCKDB,
    of_sojourn=_of_sojourn,
    of_rows=_of_rows,
)
