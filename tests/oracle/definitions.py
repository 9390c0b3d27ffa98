"""What every definition rests on: what is visible, which event is meant, in which interval it is.

Meant for histories of a dozen events a person: nothing here is clever, and nothing is shared with
what it judges but the shapes of definitions and answers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import lru_cache

from msgspec import UNSET

from sojourn.filter import Condition
from sojourn.scope import Scope
from tests.oracle.history import Row, Value

MONTHS = {"month": 1, "quarter": 3, "year": 12}
SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400, "week": 604800}


def visible(rows: Iterable[Row], scope: Scope) -> dict[int, list[Row]]:
    """The events the question may see, by person, by time, equal instants in order of arrival."""
    people: dict[int, list[Row]] = {}
    for row in rows:
        seen = scope.start_ms <= row.ts <= scope.end_ms and row.purposes & scope.purpose
        if row.name and seen:
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
    if condition.contains_not is not UNSET:
        return not (isinstance(value, str) and condition.contains_not in value)
    if condition.starts_with is not UNSET:
        return isinstance(value, str) and value.startswith(condition.starts_with)
    if condition.matches is not UNSET:
        return isinstance(value, str) and re.search(condition.matches, value) is not None
    if condition.more_than is not UNSET:
        return number and value > condition.more_than  # type: ignore[operator]
    if condition.less_than is not UNSET:
        return number and value < condition.less_than  # type: ignore[operator]
    if condition.at_least is not UNSET:
        return number and value >= condition.at_least  # type: ignore[operator]
    if condition.at_most is not UNSET:
        return number and value <= condition.at_most  # type: ignore[operator]
    return (value is not None) == condition.is_set


def told(rows: Iterable[Row], scope: Scope) -> dict[int, dict[str, Value]]:
    """What was last told of each person, by property; the period of a question does not matter."""
    known: dict[int, dict[str, Value]] = {}
    for row in sorted(rows, key=lambda row: row.ts):
        if not row.name and row.purposes & scope.purpose:
            known.setdefault(row.person, {}).update(row.properties)
    return known


def visits(own: list[Row], scope: Scope) -> list[list[Row]]:
    """The visible events of one person, cut where nothing happened for longer than the gap."""
    found: list[list[Row]] = []
    for row in own:
        if not found or row.ts - found[-1][-1].ts > scope.visit_gap_ms:
            found.append([])
        found[-1].append(row)
    return found


def of_visit(visit: list[Row]) -> dict[str, Value]:
    """The first value of each property within a visit."""
    known: dict[str, Value] = {}
    for row in visit:
        known = {**row.properties, **known}
    return known


def fits(event: str | None, where: Iterable[Condition], row: Row) -> bool:
    """Whether a row is meant by a name and conditions."""
    named = event is None or row.name == event
    return named and all(holds(condition, row.properties) for condition in where)


def interval(ts: int, every: str, scope: Scope) -> str:
    """The name of the interval in which an instant lies."""
    local = datetime.fromtimestamp(ts / 1000, scope.zone)
    if every == "hour":
        hour = datetime.fromtimestamp(ts // 3_600_000 * 3600, scope.zone)
        return hour.isoformat(timespec="minutes")
    day = local.date()
    if every == "week":
        day -= timedelta(days=day.weekday())
    if every in MONTHS:
        day = day.replace(day=1, month=day.month - (day.month - 1) % MONTHS[every])
    return day.isoformat()


@lru_cache(maxsize=100)
def intervals(every: str, scope: Scope) -> tuple[str, ...]:
    """Every interval of the scope, found by asking for every half hour of it; which takes so long
    that it is remembered for the next oracle."""
    if scope.start_ms > scope.end_ms:
        return ()
    instants = [*range(scope.start_ms, scope.end_ms, 1_800_000), scope.end_ms]
    return tuple(dict.fromkeys(interval(ts, every, scope) for ts in instants))
