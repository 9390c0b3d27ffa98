"""Reports answered the slow and obvious way: lists of people, lists of their events, loops.

Only as much as the truths ask: ordered funnels, weekly retention, daily trends, one condition.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from sojourn.event import Event, Identifier, Kind
from sojourn.period import duration_ms

Json = dict[str, Any]
DAY_MS = 86_400_000


class People:
    """Who is who: identifiers that were named together belong to one person."""

    def __init__(self, events: Iterable[Event]) -> None:
        self._leader: dict[Identifier, Identifier] = {}
        for event in events:
            named = [*event.identifiers, *([event.previous] if event.previous else [])]
            for identifier in named:
                self._leader[self.leader(identifier)] = self.leader(named[0])

    def leader(self, identifier: Identifier) -> Identifier:
        """The identifier that stands for the person."""
        self._leader.setdefault(identifier, identifier)
        while self._leader[identifier] != identifier:
            identifier = self._leader[identifier]
        return identifier

    def __len__(self) -> int:
        return len({self.leader(identifier) for identifier in list(self._leader)})


class Answers:
    """What the reports must say of some events."""

    def __init__(self, events: list[Event]) -> None:
        self.people = People(events)
        self.timelines: dict[Identifier, list[Event]] = defaultdict(list)
        for event in events:
            if event.kind == Kind.EVENT:
                self.timelines[self.people.leader(event.identifiers[0])].append(event)

    def ask(self, definition: Json) -> Json:
        """Answer a definition."""
        kinds = {"funnel": self._funnel, "retention": self._retention, "trend": self._trend}
        return kinds[definition["kind"]](definition)

    def _funnel(self, definition: Json) -> Json:
        steps = definition["steps"]
        within_ms = duration_ms(definition["within"], "within")
        people = [0] * len(steps)
        for timeline in self.timelines.values():
            for number in range(_steps_reached(timeline, steps, within_ms)):
                people[number] += 1
        return {"steps": [{"people": count} for count in people]}

    def _retention(self, definition: Json) -> Json:
        last_week = max(_week(line[-1].ts) for line in self.timelines.values())
        cohorts: dict[int, list[int]] = {}
        for timeline in self.timelines.values():
            starts = [event.ts for event in timeline if _is(event, definition["start"])]
            if not starts:
                continue
            week = _week(starts[0])
            periods = min(definition["periods"], last_week - week + 1)
            counts = cohorts.setdefault(week, [0] * periods)
            counts[0] += 1
            returns = {
                _week(event.ts) - week
                for event in timeline
                if event.ts > starts[0] and _is(event, definition["return"])
            }
            for period in returns & set(range(1, periods)):
                counts[period] += 1
        return {"cohorts": [{"size": counts[0], "people": counts} for counts in cohorts.values()]}

    def _trend(self, definition: Json) -> Json:
        series = definition["series"][0]
        instants = [
            event.ts for line in self.timelines.values() for event in line if _is(event, series)
        ]
        first = min(line[0].ts for line in self.timelines.values())
        last = max(line[-1].ts for line in self.timelines.values())
        days = dict.fromkeys(range(first // DAY_MS, last // DAY_MS + 1), 0)
        for ts in instants:
            days[ts // DAY_MS] += 1
        points = [[_date(day), count] for day, count in days.items()]
        return {"series": [{"points": points}]}


def _steps_reached(timeline: list[Event], steps: list[Json], within_ms: int) -> int:
    best = 0
    for first, event in enumerate(timeline):
        if not _is(event, steps[0]):
            continue
        reached = 1
        for later in timeline[first + 1 :]:
            if later.ts - event.ts > within_ms or reached == len(steps):
                break
            reached += _is(later, steps[reached])
        best = max(best, reached)
    return best


def _is(event: Event, step: Json) -> bool:
    if event.name != step["event"]:
        return False
    return all(_holds(event, condition) for condition in step.get("where", []))


def _holds(event: Event, condition: Json) -> bool:
    value: Any = event.properties.get(condition["property"])
    if "is" in condition:
        return bool(value == condition["is"])
    if "is_not" in condition:
        return bool(value != condition["is_not"])
    if "at_least" in condition:
        return value is not None and value >= condition["at_least"]
    return value is not None and value <= condition["at_most"]


def _week(ts: int) -> int:
    return (ts // DAY_MS + 3) // 7


def _date(day: int) -> str:
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(days=day)).date().isoformat()
