"""The answers, each found by trying everything that the definition allows.

Meant for histories of a dozen events a person: nothing here is clever, and nothing is shared with
what it judges but the shapes of definitions and answers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import pairwise, permutations

from msgspec import UNSET

from sojourn.filter import Condition
from sojourn.report import Scope
from sojourn.reports.funnel import FunnelAnswer, FunnelDefinition, FunnelStep, FunnelStepAnswer
from sojourn.reports.paths import PathsAnswer, PathsEnd, Transition
from sojourn.reports.retention import CohortAnswer, RetentionAnswer, RetentionDefinition
from sojourn.reports.trend import TrendAnswer, TrendDefinition, TrendSeriesAnswer
from tests.oracle.history import Row, Value

SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400, "week": 604800}


def visible(rows: Iterable[Row], scope: Scope) -> dict[int, list[Row]]:
    """The events the question may see, by person, by time, equal instants in order of arrival."""
    people: dict[int, list[Row]] = {}
    for row in rows:
        if scope.start_ms <= row.ts <= scope.end_ms and row.purposes & scope.purpose:
            people.setdefault(row.person, []).append(row)
    return {person: sorted(own, key=lambda row: row.ts) for person, own in people.items()}


def holds(condition: Condition, properties: dict[str, Value]) -> bool:
    """Whether a condition holds; a value equals only values of its own type."""
    value = properties.get(condition.property)

    def equals(wanted: object) -> bool:
        options = wanted if isinstance(wanted, tuple) else (wanted,)
        return any(
            value == option and isinstance(value, bool) == isinstance(option, bool)
            for option in options
        )

    number = isinstance(value, int | float) and not isinstance(value, bool)
    if condition.is_ is not UNSET:
        return equals(condition.is_)
    if condition.is_not is not UNSET:
        return not equals(condition.is_not)
    if condition.contains is not UNSET:
        return isinstance(value, str) and condition.contains in value
    if condition.at_least is not UNSET:
        return number and value >= condition.at_least  # type: ignore[operator]
    if condition.at_most is not UNSET:
        return number and value <= condition.at_most  # type: ignore[operator]
    return (value is not None) == condition.is_set


def fits(event: str | None, where: Iterable[Condition], row: Row) -> bool:
    """Whether a row is meant by a name and conditions."""
    named = event is None or row.name == event
    return named and all(holds(condition, row.properties) for condition in where)


def level(definition: FunnelDefinition, own: list[Row]) -> int:
    """How many steps one person reaches."""
    count, unit = definition.within.split()
    window_ms = int(count) * SECONDS[unit.rstrip("s")] * 1000
    steps = definition.steps

    def is_step(row: Row, step: FunnelStep) -> bool:
        return fits(step.event, step.where, row)

    def ordered(position: int, step: int, opened: int) -> int:
        """Steps that can still be reached by events from `position` on."""
        return max(
            (
                1 + ordered(later + 1, step + 1, opened)
                for later in range(position, len(own))
                if step < len(steps)
                and is_step(own[later], steps[step])
                and own[later].ts - opened <= window_ms
            ),
            default=0,
        )

    def strict(position: int) -> int:
        run = 0
        for row, step in zip(own[position:], steps, strict=False):
            if not is_step(row, step) or row.ts - own[position].ts > window_ms:
                break
            run += 1
        return run

    def together(count: int) -> bool:
        return any(
            max(row.ts for row in rows) - min(row.ts for row in rows) <= window_ms
            for rows in permutations(own, count)
            if all(is_step(row, step) for row, step in zip(rows, steps, strict=False))
        )

    if definition.order == "any":
        return max((k for k in range(1, len(steps) + 1) if together(k)), default=0)
    openers = [i for i, row in enumerate(own) if is_step(row, steps[0])]
    if definition.order == "strict":
        return max((strict(opener) for opener in openers), default=0)
    return max((1 + ordered(i + 1, 1, own[i].ts) for i in openers), default=0)


def funnel(definition: FunnelDefinition, rows: list[Row], scope: Scope) -> FunnelAnswer:
    """People who reach at least each step."""
    levels = [level(definition, own) for own in visible(rows, scope).values()]
    people = [sum(one > k for one in levels) for k in range(len(definition.steps))]
    return FunnelAnswer(
        tuple(
            FunnelStepAnswer(step.event, count, round(count / people[0], 4) if people[0] else 0.0)
            for step, count in zip(definition.steps, people, strict=True)
        )
    )


def interval(ts: int, every: str, scope: Scope) -> str:
    """The name of the interval in which an instant lies."""
    local = datetime.fromtimestamp(ts / 1000, scope.zone)
    if every == "hour":
        hour = datetime.fromtimestamp(ts // 3_600_000 * 3600, scope.zone)
        return hour.isoformat(timespec="minutes")
    day = local.date()
    if every == "week":
        day -= timedelta(days=day.weekday())
    return (day.replace(day=1) if every == "month" else day).isoformat()


def intervals(every: str, scope: Scope) -> list[str]:
    """Every interval of the scope, found by asking for every hour of it."""
    if scope.start_ms > scope.end_ms:
        return []
    instants = [*range(scope.start_ms, scope.end_ms, 1_800_000), scope.end_ms]
    return list(dict.fromkeys(interval(ts, every, scope) for ts in instants))


def trend(definition: TrendDefinition, rows: list[Row], scope: Scope) -> TrendAnswer:
    """Events or different people by interval."""
    names = intervals(definition.every, scope)
    answers = []
    for series in definition.series:
        found: dict[str, list[int]] = {name: [] for name in names}
        for person, own in visible(rows, scope).items():
            for row in own:
                if fits(series.event, series.where, row):
                    found[interval(row.ts, definition.every, scope)].append(person)
        points = tuple(
            (name, len(set(people)) if series.measure == "people" else len(people))
            for name, people in found.items()
        )
        answers.append(TrendSeriesAnswer(series.event, series.measure, points))
    return TrendAnswer(tuple(answers))


def retention(definition: RetentionDefinition, rows: list[Row], scope: Scope) -> RetentionAnswer:
    """Who came back, by the interval of the first start event."""
    names = intervals(definition.every, scope)
    start, back = definition.start, definition.return_
    cohorts: dict[int, list[set[int]]] = {}
    for own in visible(rows, scope).values():
        opening = [row for row in own if fits(start.event, start.where, row)]
        if opening:
            cohort = names.index(interval(opening[0].ts, definition.every, scope))
            returned = {
                names.index(interval(row.ts, definition.every, scope)) - cohort
                for row in own
                if fits(back.event, back.where, row)
            }
            cohorts.setdefault(cohort, []).append(returned)
    answers = []
    for cohort in range(min(cohorts, default=0), max(cohorts, default=-1) + 1):
        people = cohorts.get(cohort, [])
        columns = range(1, min(definition.periods, len(names) - cohort))
        counts = (len(people), *(sum(j in returned for returned in people) for j in columns))
        answers.append(CohortAnswer(names[cohort], len(people), counts))
    return RetentionAnswer(tuple(answers))


def paths(rows: list[Row], scope: Scope) -> PathsAnswer:
    """Neighbours, first and last events."""
    histories = list(visible(rows, scope).values())
    moves = Counter((a.name, b.name) for own in histories for a, b in pairwise(own))
    first = Counter(own[0].name for own in histories)
    last = Counter(own[-1].name for own in histories)

    def ends(counts: Counter[str]) -> tuple[PathsEnd, ...]:
        ranked = sorted(counts.items(), key=lambda one: (-one[1], one[0]))
        return tuple(PathsEnd(name, count) for name, count in ranked)

    ranked = sorted(moves.items(), key=lambda one: (-one[1], one[0]))
    return PathsAnswer(
        people=len(histories),
        transitions=tuple(Transition(*pair, count) for pair, count in ranked),
        starts=ends(first),
        ends=ends(last),
    )
