"""Funnels of any steps, in the words of every engine.

ClickHouse has a function for them, `windowFunnel`, whose rules are Sojourn's as long as no person
has two events at one instant (see `workload.py`). What is none of the steps changes nothing, and
leaving it out early is faster; conditions are looked at once the event is known to matter.
Aggregating in the order of the table by person saves no work and keeps the second core waiting.

For DuckDB one ASOF join a step is the fastest exact way found, twice as fast as window functions:
to each event of a step, the latest event of the step before, which is also the one whose attempt
began last. Left to itself it keeps what is used twice; told to (`MATERIALIZED`), it is slower.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bench.question import Answer, Question, Rows
from sojourn.counting.attempts.definition import FunnelDefinition, FunnelStep
from sojourn.filter import Condition
from sojourn.reports.funnel import FunnelAnswer

DAY_MS = 86_400_000


@dataclass(frozen=True, slots=True)
class Step:
    """An event and, where it has any, its conditions: for Sojourn, and as both peers read them."""

    event: str
    where: tuple[Condition, ...] = ()
    where_sql: str = "true"

    @property
    def sql(self) -> str:
        """The condition that an event fulfils this step."""
        return f"(event = '{self.event}' AND {self.where_sql})"


COMMON = (Step("product viewed"), Step("product added"), Step("order completed"))
"""Three steps that many people take."""
COMMON_DAYS = 3

TWELVE = tuple(
    Step(event)
    for event in (
        *("page viewed", "session started", "search", "product viewed", "list viewed"),
        *("cart opened", "product added", "filter applied", "signed in", "checkout started"),
        *("profile opened", "review read"),
    )
)
"""The twelve most frequent events, as steps."""
TWELVE_DAYS = 30


def question(
    name: str, says: str, steps: Sequence[Step], days: int, *, headline: bool = False
) -> Question:
    """How many people reach each of the steps, in order, within so many days."""
    numbers = range(1, len(steps) + 1)
    reached = ", ".join(f"countIf(level >= {number})" for number in numbers)
    clickhouse = f"SELECT {reached} FROM ({clickhouse_levels(steps, days)})"
    counts = ", ".join(f"(SELECT count(DISTINCT person) FROM step{number})" for number in numbers)
    return Question(
        name=name,
        says=says,
        definition=definition(steps, days),
        clickhouse={"by_person": clickhouse, "by_day": clickhouse},
        duckdb=f"WITH {duckdb_steps(steps, days)} SELECT {counts}",
        of_sojourn=_of_sojourn,
        of_rows=_of_rows,
        headline=headline,
    )


def definition(steps: Sequence[Step], days: int) -> FunnelDefinition:
    """The same for Sojourn."""
    return FunnelDefinition(
        steps=tuple(FunnelStep(step.event, step.where) for step in steps), within=f"{days} days"
    )


def clickhouse_levels(steps: Sequence[Step], days: int) -> str:
    """A statement of each person who did any of the steps, and how many they reached in order."""
    events = ", ".join(f"event = '{step.event}'" for step in steps)
    conditions = " OR ".join(step.sql for step in steps)
    where = f"WHERE {conditions}" if any(step.where for step in steps) else ""
    return f"""
        SELECT person, windowFunnel({days * DAY_MS})(ts, {events}) AS level
        FROM events PREWHERE {clickhouse_any(steps)} {where}
        GROUP BY person"""


def clickhouse_any(steps: Sequence[Step]) -> str:
    """The condition that an event is one of those that the steps name."""
    return f"event IN ({', '.join(repr(step.event) for step in steps)})"


def duckdb_steps(steps: Sequence[Step], days: int) -> str:
    """A table `step1`, `step2`, … for each step: its events that belong to an attempt."""
    first, *later = steps
    tables = [f"step1 AS (SELECT person, ts, ts AS opened FROM events WHERE {first.sql})"]
    for number, step in enumerate(later, 2):
        tables.append(f"""step{number} AS (
            SELECT step.person, step.ts, earlier.opened
            FROM (SELECT person, ts FROM events WHERE {step.sql}) AS step
            ASOF JOIN step{number - 1} AS earlier
            ON earlier.person = step.person AND earlier.ts < step.ts
            WHERE step.ts - earlier.opened <= {days * DAY_MS}
        )""")
    return ", ".join(tables)


def _of_sojourn(answer: FunnelAnswer) -> Answer:
    return [step.people for step in answer.steps]


def _of_rows(rows: Rows) -> Answer:
    return list(rows[0])


def _beginning(number: int) -> Question:
    name = "1 step" if number == 1 else f"{number} steps"
    return question(name, f"the first {number} of twelve", TWELVE[:number], TWELVE_DAYS)


BY_STEPS: dict[str, Question] = {
    beginning.name: beginning for beginning in map(_beginning, (1, 2, 3, 6, 12))
}
"""One funnel cut off after ever more steps, to see what a step costs."""
