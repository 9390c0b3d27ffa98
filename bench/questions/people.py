"""People: the list of those who added a product and did not order, from a cell of the funnel."""

from __future__ import annotations

from bench.funnels import COMMON, COMMON_DAYS, clickhouse_levels, definition, duckdb_steps
from bench.question import Answer, Question, Rows
from sojourn.reports.funnel import FunnelCell

CLICKHOUSE = f"""
    SELECT person FROM ({clickhouse_levels(COMMON, COMMON_DAYS)})
    WHERE level = 2 ORDER BY person"""

# An anti join and NOT IN were tried, and are a little slower.
DUCKDB = f"""
    WITH {duckdb_steps(COMMON, COMMON_DAYS)}
    SELECT person FROM step2 EXCEPT SELECT person FROM step3 ORDER BY person"""


def _of_sojourn(people: list[int]) -> Answer:
    return people


def _of_rows(rows: Rows) -> Answer:
    return [person for (person,) in rows]


QUESTION = Question(
    name="people",
    says="who left the funnel after its 2nd step",
    definition=definition(COMMON, COMMON_DAYS),
    cell=FunnelCell(step=3, reached=False),
    clickhouse={"by_person": CLICKHOUSE, "by_day": CLICKHOUSE},
    duckdb=DUCKDB,
    of_sojourn=_of_sojourn,
    of_rows=_of_rows,
)
