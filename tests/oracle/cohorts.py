"""Cohorts by their definition: who enters which, and in which column an instant lies."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from sojourn.counting.cohorts import CohortQuestion
from sojourn.scope import Label, Scope
from tests.oracle.definitions import fits, of_visit, told, visible, visits
from tests.oracle.history import Row

HOUR_MS = 3_600_000
LONGER_HOURS = {"day": 36, "week": 180, "month": 800, "quarter": 2300, "year": 9000}
"""More hours than an interval has, fewer than two of them have."""
LENGTH_HOURS = {"hour": 1, "day": 24, "week": 168, "month": 720}


@dataclass(frozen=True)
class Entry:
    """A person's entry; `own` are the visible events from the entering one on."""

    person: int
    cohort: int
    value: Label
    own: tuple[Row, ...]

    @property
    def ts(self) -> int:
        return self.own[0].ts


@cache
def begin(ts: int, every: str, zone: ZoneInfo, week_start: str) -> int:
    """When the interval in which an instant lies begins."""
    if every == "hour":
        return ts // HOUR_MS * HOUR_MS
    day = datetime.fromtimestamp(ts / 1000, zone).date()
    while not _opens(day, every, week_start):
        day -= timedelta(days=1)
    return int(datetime.combine(day, time(), zone).astimezone(UTC).timestamp() * 1000)


def _opens(day: date, every: str, week_start: str) -> bool:
    """Whether an interval begins with a day."""
    if every == "week":
        return day.weekday() == (0 if week_start == "monday" else 6)
    months = {"month": 1, "quarter": 3, "year": 12}
    return every == "day" or (day.day == 1 and (day.month - 1) % months[every] == 0)


@cache
def following(begins: int, every: str, zone: ZoneInfo, week_start: str) -> int:
    """When the interval after the one that begins at an instant begins."""
    hours = LONGER_HOURS.get(every, 1)
    return begin(begins + hours * HOUR_MS, every, zone, week_start)


def passed(since: int, ts: int, every: str, scope: Scope) -> int:
    """How many intervals begin after the one of the first instant, up to that of the second."""
    calendar = (every, scope.zone, scope.week_start)
    at, count = begin(since, *calendar), 0
    while following(at, *calendar) <= ts:
        at, count = following(at, *calendar), count + 1
    return count


def column(question: CohortQuestion, entered: int, ts: int, scope: Scope) -> int:
    """The column in which an instant lies for who entered at another."""
    every = "day" if question.brackets is not None else question.every
    if question.clock == "rolling":
        units = (ts - entered) // (LENGTH_HOURS[every] * HOUR_MS)
    else:
        units = passed(entered, ts, every, scope)
    if question.brackets is None:
        return units
    return sum(day <= units for day in question.brackets)


def columns(question: CohortQuestion) -> int:
    """How many columns there are."""
    return question.periods if question.brackets is None else len(question.brackets)


def starts(question: CohortQuestion, scope: Scope) -> list[int]:
    """When each interval of the scope begins."""
    if scope.start_ms > scope.end_ms:
        return []
    calendar = (question.every, scope.zone, scope.week_start)
    found = [begin(scope.start_ms, *calendar)]
    while following(found[-1], *calendar) <= scope.end_ms:
        found.append(following(found[-1], *calendar))
    return found


def name(begins: int, question: CohortQuestion, scope: Scope) -> str:
    """How an answer names an interval."""
    local = datetime.fromtimestamp(begins / 1000, scope.zone)
    if question.every == "hour":
        return local.isoformat(timespec="minutes")
    return local.date().isoformat()


def values(question: CohortQuestion, rows: list[Row], scope: Scope) -> dict[tuple[int, int], Label]:
    """The value of each visible event, by person and its place among theirs."""
    known = told(rows, scope)
    result = {}
    for person, own in visible(rows, scope).items():
        together = [(row, of_visit(visit)) for visit in visits(own, scope) for row in visit]
        for place, (row, visit) in enumerate(together):
            sources = {"event": row.properties, "visit": visit, "person": known.get(person, {})}
            by = question.breakdown.by if question.breakdown else ()
            result[person, place] = tuple(written(sources[one.of].get(one.property)) for one in by)
    return result


def written(value: object) -> str:
    """How a value is written."""
    if value is None:
        return "(none)"
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:g}" if isinstance(value, int | float) else str(value)


def shown(question: CohortQuestion, rows: list[Row], scope: Scope) -> tuple[list[Label], int]:
    """The values that are shown, most frequent first, and how many are put together as (other)."""
    if question.breakdown is None:
        return [()], 0
    of = values(question, rows, scope)
    often = Counter(
        of[person, place]
        for person, own in visible(rows, scope).items()
        for place, row in enumerate(own)
        if fits(question.start.event, question.start.where, row)
    )
    ranked = sorted(often, key=lambda label: (-often[label], label))
    limit = question.breakdown.limit
    return ranked[:limit] + [("(other)",)] * (len(ranked) > limit), max(0, len(ranked) - limit)


def entries(
    question: CohortQuestion, labels: list[Label], rows: list[Row], scope: Scope
) -> list[Entry]:
    """Every entry of every person."""
    of = values(question, rows, scope)
    begins = starts(question, scope)
    found = []
    for person, own in visible(rows, scope).items():
        opening = [
            place
            for place, row in enumerate(own)
            if fits(question.start.event, question.start.where, row)
        ]
        cohorts = [
            passed(scope.start_ms, own[place].ts, question.every, scope) for place in opening
        ]
        if question.cohorts == "ever" and started_before(question, rows, person, scope):
            continue
        for number, (place, cohort) in enumerate(zip(opening, cohorts, strict=True)):
            first = number == 0 if question.cohorts != "every" else cohort not in cohorts[:number]
            if first:
                assert cohort < len(begins)
                label = of[person, place]
                value = label if label in labels else ("(other)",)
                found.append(Entry(person, cohort, value, tuple(own[place:])))
    return found


def started_before(
    question: CohortQuestion, rows: Iterable[Row], person: int, scope: Scope
) -> bool:
    """Whether a person has a start event before the scope."""
    return any(
        row.person == person
        and row.name
        and row.ts < scope.start_ms
        and row.purposes & scope.purpose
        and fits(question.start.event, question.start.where, row)
        for row in rows
    )


def begun(question: CohortQuestion, cohort: int, scope: Scope) -> int:
    """How many columns have begun for who enters a cohort as early as can be."""
    limit = min(scope.end_ms, scope.now_ms)
    earliest = max(starts(question, scope)[cohort], scope.start_ms)
    if limit < earliest:
        return 1
    return min(columns(question), column(question, earliest, limit, scope) + 1)


def finished(question: CohortQuestion, cohort: int, scope: Scope) -> int:
    """How many columns are over for who enters a cohort as late as can be."""
    after = min(scope.end_ms, scope.now_ms) + 1
    ends = following(starts(question, scope)[cohort], question.every, scope.zone, scope.week_start)
    latest = min(ends - 1, scope.end_ms)
    return 0 if after <= latest else min(columns(question), column(question, latest, after, scope))


def average(
    question: CohortQuestion,
    brought: Sequence[tuple[int, int, Sequence[float]]],
    width: int,
    scope: Scope,
) -> tuple[float | None, ...]:
    """By column what the cohorts in which it is finished brought by each of their people.

    What is `brought` is (cohort, size, amount of each column), for every cohort and value.
    """
    result = []
    for j in range(width):
        over = [
            (size, amounts[j])
            for cohort, size, amounts in brought
            if finished(question, cohort, scope) > j
        ]
        size = sum(one for one, _ in over)
        result.append(round(sum(amount for _, amount in over) / size, 4) if size else None)
    return tuple(result)
