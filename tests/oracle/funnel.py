"""Funnels by their definition: every attempt that could be made is made."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from sojourn.counting.attempts.correlation import Correlation, Correlations
from sojourn.counting.attempts.definition import (
    CorrelationCell,
    Exclusion,
    FunnelDefinition,
    FunnelStep,
)
from sojourn.counting.attempts.durations import EDGES_SECONDS, DurationBar, Durations, FunnelTimes
from sojourn.reports.funnel import (
    FunnelAnswer,
    FunnelCount,
    FunnelGroup,
    FunnelInterval,
    FunnelStepAnswer,
)
from sojourn.scope import Scope
from tests.oracle.definitions import SECONDS, fits, interval, intervals, told, visible, visits
from tests.oracle.history import Row, Value

Chain = tuple[int, ...]
"""Positions in a list of events, one for each required step reached."""

Label = tuple[str, ...]


@dataclass
class Attempt:
    """The event that fulfilled each step, None where it was not reached, and all that the person
    did after the first of them."""

    person: int
    events: list[Row | None]
    later: list[Row]


def milliseconds(duration: str) -> int:
    count, unit = duration.split()
    return int(count) * SECONDS[unit.rstrip("s")] * 1000


class Funnel:
    """One definition, and the events of one person, visit or value at a time."""

    def __init__(self, asked: FunnelDefinition, opens: Callable[[Row], bool]) -> None:
        self.asked = asked
        self.opens = opens
        self.window = milliseconds(asked.within)
        self.required = [n for n, step in enumerate(asked.steps) if not step.optional]

    def is_step(self, row: Row, number: int) -> bool:
        step: FunnelStep = self.asked.steps[number]
        named = any(fits(one.event, one.where, row) for one in step.events)
        return named and (number > 0 or self.opens(row))

    def gap(self, number: int) -> int:
        own = self.asked.steps[number].within
        return self.window if own is None else milliseconds(own)

    def excluded(self, row: Row, level: int) -> bool:
        """Whether the event may not come while `level` required steps are behind an attempt."""

        def guards(one: Exclusion) -> bool:
            return self.required.index(one.from_ - 1) < level <= self.required.index(one.to - 1)

        return any(fits(one.event, one.where, row) and guards(one) for one in self.asked.exclude)

    def in_time(self, own: list[Row], chain: Chain, at: int) -> bool:
        """Whether the step after a chain may still come at a position."""
        late = own[at].ts - own[chain[0]].ts > self.window
        number = self.required[len(chain)]
        return not late and own[at].ts - own[chain[-1]].ts <= self.gap(number)

    def follows(self, own: list[Row], chain: Chain, at: int) -> bool:
        """Whether the event at a position may be the step after a chain."""
        between = own[chain[-1] + 1 : at]
        if self.asked.order == "strict" and between:
            return False
        if any(self.excluded(row, len(chain)) for row in between):
            return False
        return self.is_step(own[at], self.required[len(chain)]) and self.in_time(own, chain, at)

    def chains(self, own: list[Row]) -> list[Chain]:
        """Every attempt that could be made, whole or not, in order."""
        found: list[Chain] = [(i,) for i, row in enumerate(own) if self.is_step(row, 0)]
        for chain in found:
            if len(chain) < len(self.required):
                later = range(chain[-1] + 1, len(own))
                found += [(*chain, at) for at in later if self.follows(own, chain, at)]
        return found

    def sets(self, own: list[Row], chain: Chain = ()) -> Iterator[Chain]:
        """Every choice of events for the first so many steps, in any order but for anchors."""
        steps = self.asked.steps
        if chain:
            yield chain
        if len(chain) == len(steps):
            return
        for at, row in enumerate(own):
            last = len(chain)
            ordered = all(
                place < at
                for number, place in enumerate(chain)
                if any(steps[between].anchored for between in range(number, last + 1))
            )
            moments = [own[place].ts for place in (*chain, at)]
            in_window = max(moments) - min(moments) <= self.window
            if at not in chain and ordered and in_window and self.is_step(row, last):
                yield from self.sets(own, (*chain, at))

    def dropped(self, own: list[Row], chains: list[Chain]) -> bool:
        """Whether an excluded event comes while an attempt stands between the two steps."""

        def hit(chain: Chain, at: int) -> bool:
            between = own[chain[-1] + 1 : at]
            return (
                chain[-1] < at
                and len(chain) < len(self.required)
                and self.excluded(own[at], len(chain))
                and not any(self.excluded(row, len(chain)) for row in between)
                and not self.is_step(own[at], self.required[len(chain)])
                and self.in_time(own, chain, at)
                and not any(other[-1] <= at for other in chains if len(other) == len(self.required))
            )

        return any(hit(chain, at) for chain in chains for at in range(len(own)))

    def furthest(self, own: list[Row]) -> Chain | None:
        """The furthest attempt, of equals the earliest; None when it drops out."""
        if self.asked.order == "any":
            found = list(self.sets(own))

            def first(chain: Chain) -> tuple[int, int, list[int]]:
                return -len(chain), max(chain), [-place for place in reversed(chain)]

            return min(found, key=first, default=())
        found = self.chains(own)
        if self.asked.exclusion == "person" and self.dropped(own, found):
            return None
        return min(found, key=lambda chain: (-len(chain), chain), default=())

    def succession(self, own: list[Row]) -> tuple[list[Chain], bool]:
        """One attempt after the other, each by its earliest events; whether one was excluded."""
        found: list[Chain] = []
        hit = False
        begin = 0
        while begin < len(own):
            if not self.is_step(own[begin], 0):
                begin += 1
                continue
            chain: Chain = (begin,)
            begin += 1
            while begin < len(own) and len(chain) < len(self.required):
                if not self.in_time(own, chain, begin):
                    break
                if self.is_step(own[begin], self.required[len(chain)]):
                    chain = (*chain, begin)
                elif self.excluded(own[begin], len(chain)):
                    hit = True
                    begin += 1
                    break
                elif self.asked.order == "strict":
                    break
                begin += 1
            found.append(chain)
        return found, hit

    def fulfilled(self, own: list[Row], chain: Chain, stop: int) -> list[Row | None]:
        """The event of each step, the optional ones looked for between the others."""
        events: list[Row | None] = [None] * len(self.asked.steps)
        taken = -1
        for number in range(len(events)):
            if number in self.required:
                place = self.required.index(number)
                if place == len(chain):
                    break
                taken = chain[place]
                events[number] = own[taken]
                continue
            level = sum(step < number for step in self.required)
            before = chain[level - 1]
            whole = level < len(chain)
            for at in range(before + 1, chain[level] if whole else stop):
                late = own[at].ts - own[chain[0]].ts > self.window
                late |= own[at].ts - own[before].ts > self.gap(number)
                if late or (not whole and self.excluded(own[at], level)):
                    break
                if at > taken and self.is_step(own[at], number):
                    events[number], taken = own[at], at
                    break
        return events


def attempts(
    asked: FunnelDefinition, rows: list[Row], scope: Scope, opens: Callable[[Row], bool]
) -> list[Attempt]:
    """The attempts that count."""
    funnel = Funnel(asked, opens)
    found: list[Attempt] = []
    for person, everything in visible(rows, scope).items():
        units = visits(everything, scope) if asked.count == "visits" else [everything]
        for unit in units:
            runs = [unit] if asked.hold is None else held(asked.hold, unit)
            if asked.count == "attempts":
                found += each_attempt(funnel, person, everything, runs)
                continue
            chains = [funnel.furthest(run) for run in runs]
            if None in chains:
                continue

            def order(place: int, runs: list[list[Row]] = runs) -> tuple[int, int]:
                chain = chains[place]  # noqa: B023
                assert chain is not None
                last = max(chain, default=0) if asked.order == "any" else chain[0] if chain else 0
                event = runs[place][last]
                moment = [row is event for row in unit].index(True)  # noqa: B023
                return -len(chain), moment

            best = min(range(len(runs)), key=order, default=None)
            if best is not None and chains[best]:
                chain, run = chains[best], runs[best]
                assert chain is not None
                first = place_of(run[min(chain)], everything)
                events = funnel.fulfilled(run, chain, len(run))
                found.append(Attempt(person, events, everything[first + 1 :]))
    return found


def each_attempt(
    funnel: Funnel, person: int, everything: list[Row], runs: list[list[Row]]
) -> list[Attempt]:
    """All attempts of a person, or none when one of them makes the person drop out."""
    found = []
    for run in runs:
        chains, hit = funnel.succession(run)
        if hit and funnel.asked.exclusion == "person":
            return []
        openers = [chain[0] for chain in chains]
        for chain, stop in zip(chains, [*openers[1:], len(run)], strict=False):
            first = place_of(run[chain[0]], everything)
            events = funnel.fulfilled(run, chain, stop)
            found.append(Attempt(person, events, everything[first + 1 :]))
    return found


def place_of(event: Row, rows: list[Row]) -> int:
    return [row is event for row in rows].index(True)


def held(property: str, own: list[Row]) -> list[list[Row]]:
    """The events of each value by themselves."""
    values: dict[tuple[str, Value], list[Row]] = {}
    for row in own:
        value = row.properties.get(property)
        if value is not None:
            kind = "number" if type(value) in (int, float) else type(value).__name__
            values.setdefault((kind, value), []).append(row)
    return list(values.values())


def funnel(asked: FunnelDefinition, rows: list[Row], scope: Scope) -> FunnelAnswer:
    """Everything that a funnel answers."""
    found = attempts(asked, rows, scope, lambda row: True)
    times = _times(asked, found) if asked.times else None
    medians = [one.median if one else None for one in times.steps] if times else []
    groups, pooled = _groups(asked, found, rows, scope)
    return FunnelAnswer(
        steps=tuple(
            FunnelStepAnswer(
                event=step.event,
                name=step.name or step.event,
                optional=step.optional,
                people=one.people,
                count=one.count,
                conversion=one.conversion,
                of_previous=one.of_previous,
                median_seconds=medians[number] if times else None,
            )
            for number, (step, one) in enumerate(
                zip(asked.steps, _counts(asked, found), strict=True)
            )
        ),
        groups=groups,
        pooled=pooled,
        over_time=_over_time(asked, found, scope) if asked.every else (),
        times=times,
        correlations=_correlations(asked, found) if asked.correlate else None,
    )


def _counts(asked: FunnelDefinition, found: list[Attempt]) -> tuple[FunnelCount, ...]:
    reached = [[one for one in found if one.events[s]] for s in range(len(asked.steps))]
    result = []
    before = 0
    for number, own in enumerate(reached):
        first, previous = len(reached[0]), len(reached[before])
        result.append(
            FunnelCount(
                people=len({one.person for one in own}),
                count=len(own),
                conversion=round(len(own) / first, 4) if first else 0.0,
                of_previous=round(len(own) / previous, 4) if previous else 0.0,
            )
        )
        if not asked.steps[number].optional:
            before = number
    return tuple(result)


def written(value: Value | None) -> str:
    """How a value is named."""
    if value is None:
        return "(none)"
    return str(value).lower() if isinstance(value, bool) else f"{value}"


def _groups(
    asked: FunnelDefinition, found: list[Attempt], rows: list[Row], scope: Scope
) -> tuple[tuple[FunnelGroup, ...], int]:
    """The attempts by the value of one of their events."""
    if asked.breakdown is None:
        return (), 0
    dimensions, facts = asked.breakdown.by, told(rows, scope)

    def label(row: Row) -> Label:
        known = {"event": row.properties, "person": facts.get(row.person, {})}
        return tuple(written(known[one.of].get(one.property)) for one in dimensions)

    meant = [choice for step in asked.steps for choice in step.events]
    counted = Counter(
        label(row)
        for own in visible(rows, scope).values()
        for row in own
        if any(fits(one.event, one.where, row) for one in meant)
    )
    ranked = sorted(counted, key=lambda one: (-counted[one], one))
    shown, pooled = ranked[: asked.breakdown.limit], len(ranked[asked.breakdown.limit :])

    def group(row: Row | None) -> Label:
        if row is None:
            return ("(none)",) * len(dimensions)
        return label(row) if label(row) in shown else ("(other)",)

    keys = [*shown, *([("(other)",)] if pooled else []), group(None)]
    result = {}
    for key in keys:
        own = [one for one in found if group(_valued(asked, one)) == key]
        if asked.value_of == "every":
            own = attempts(asked, rows, scope, lambda row, key=key: group(row) == key)  # type: ignore[misc]
        if own:
            result[key] = FunnelGroup(key, _counts(asked, own))
    return tuple(result.values()), pooled


def _valued(asked: FunnelDefinition, one: Attempt) -> Row | None:
    """The event whose value counts."""
    if asked.value_of == "last":
        return [event for event in one.events if event][-1]
    return one.events[asked.value_of - 1 if isinstance(asked.value_of, int) else 0]


def _over_time(
    asked: FunnelDefinition, found: list[Attempt], scope: Scope
) -> tuple[FunnelInterval, ...]:
    result = []
    assert asked.every is not None
    window = milliseconds(asked.within)
    for name in intervals(asked.every, scope):
        own = [
            one
            for one in found
            if one.events[0] and interval(one.events[0].ts, asked.every, scope) == name
        ]
        last = scope.start_ms
        while interval(last, asked.every, scope) <= name:
            last += 1_800_000 - last % 1_800_000
        finished = last - 1 + window < scope.now_ms
        result.append(FunnelInterval(name, finished, _counts(asked, own)))
    return tuple(result)


def _times(asked: FunnelDefinition, found: list[Attempt]) -> FunnelTimes:
    required = [n for n, step in enumerate(asked.steps) if not step.optional]
    converted = [one.events for one in found if all(one.events[n] for n in required)]

    def between(number: int, before: int) -> Durations | None:
        return _durations(
            [
                events[number].ts - events[before].ts  # type: ignore[union-attr]
                for events in converted
                if events[number]
            ]
        )

    if asked.order == "any":
        moments = [[event.ts for event in events if event] for events in converted]
        whole = _durations([max(own) - min(own) for own in moments])
        return FunnelTimes(whole, (None,) * len(asked.steps))
    steps = [
        between(number, max(n for n in required if n < number))
        for number in range(1, len(asked.steps))
    ]
    return FunnelTimes(between(required[-1], 0), (None, *steps))


def _durations(lengths: list[int]) -> Durations | None:
    if not lengths:
        return None
    ordered = sorted(lengths)

    def percentile(share: float) -> float:
        place = share * (len(ordered) - 1)
        low = ordered[math.floor(place)]
        return round((low + (ordered[math.ceil(place)] - low) * (place % 1)) / 1000, 6)

    edges = [*EDGES_SECONDS, None]
    bars = [
        DurationBar(
            low or 0,
            high,
            sum(
                (low or 0) * 1000 <= one and (high is None or one < high * 1000) for one in lengths
            ),
        )
        for low, high in pairwise(edges)
    ]
    filled = [place for place, bar in enumerate(bars) if bar.count]
    return Durations(
        count=len(lengths),
        mean=round(sum(lengths) / len(lengths) / 1000, 6),
        median=percentile(0.5),
        p75=percentile(0.75),
        p90=percentile(0.9),
        p99=percentile(0.99),
        histogram=tuple(bars[filled[0] : filled[-1] + 1]),
    )


Key = tuple[str | None, str | None, str | None]
"""An event, or a property and its value."""


@dataclass
class Watched:
    """One attempt as correlations see it: the events are None when it had converted before the end
    of its watch."""

    person: int
    converted: bool
    events: set[Key] | None
    values: set[Key]


def took(asked: FunnelDefinition, one: Attempt) -> int | None:
    """Milliseconds from the first event to the last required one; None if that was not reached."""
    required = [one.events[n] for n, step in enumerate(asked.steps) if not step.optional]
    moments = [event.ts for event in required if event]
    return max(moments) - min(moments) if len(moments) == len(required) else None


def watch(asked: FunnelDefinition, found: list[Attempt]) -> int:
    """How long attempts are watched: the least time in which a quarter of the conversions were
    done, if nothing is said."""
    assert asked.correlate is not None
    if asked.correlate.watch is not None:
        return milliseconds(asked.correlate.watch)
    lengths = [length for one in found if (length := took(asked, one)) is not None]
    enough = [
        length
        for length in lengths
        if 4 * sum(other <= length for other in lengths) >= len(lengths)
    ]
    return min(enough, default=milliseconds(asked.within))


def watched(asked: FunnelDefinition, found: list[Attempt]) -> list[Watched]:
    """What was seen of each attempt."""
    assert asked.correlate is not None
    own_names = {choice.event for step in asked.steps for choice in step.events}
    length = watch(asked, found)
    result = []
    for one in found:
        taken = took(asked, one)
        first = min(event.ts for event in one.events if event)
        seen: set[Key] = {
            (row.name, None, None)
            for row in one.later
            if row.ts - first <= length and row.name not in own_names
        }
        opening = one.events[0]
        assert opening is not None
        carried = {name: opening.properties.get(name) for name in asked.correlate.properties}
        values: set[Key] = {
            (None, name, written(value)) for name, value in carried.items() if value is not None
        }
        early = taken is not None and taken <= length
        result.append(Watched(one.person, taken is not None, None if early else seen, values))
    return result


def behind(asked: FunnelDefinition, rows: list[Row], scope: Scope, cell: CorrelationCell) -> int:
    """How many different people stand behind a cell of a correlation."""
    key = (cell.event, cell.property, cell.value)
    found = watched(asked, attempts(asked, rows, scope, lambda row: True))
    return len(
        {
            one.person
            for one in found
            if key in (one.events or set()) | one.values and one.converted == cell.converted
        }
    )


def _correlations(asked: FunnelDefinition, found: list[Attempt]) -> Correlations:
    """The table of four of each event done while watched, and of each value at its start."""
    assert asked.correlate is not None
    everyone = watched(asked, found)
    there = [one for one in everyone if one.events is not None]
    outcomes = [(one.converted, one.events or set()) for one in there]
    tables = _tables(outcomes) + _tables([(one.converted, one.values) for one in everyone])
    tables.sort(
        key=lambda one: (
            -abs(math.log(one.odds_ratio)),
            one.event or "",
            one.property or "",
            one.value or "",
        )
    )
    return Correlations(
        watch(asked, found) / 1000,
        len(everyone) - len(there),
        tuple(tables[: asked.correlate.limit]),
    )


def _tables(outcomes: list[tuple[bool, set[Key]]]) -> list[Correlation]:
    """What each key comes to, among those who converted and those who did not."""
    result = []
    for key in set().union(*(keys for _, keys in outcomes)):
        table = Counter((key in keys, converted) for converted, keys in outcomes)
        a, b = table[True, True] + 0.5, table[True, False] + 0.5
        c, d = table[False, True] + 0.5, table[False, False] + 0.5
        odds = (a / b) / (c / d)
        error = 1.959963984540054 * math.sqrt(1 / a + 1 / b + 1 / c + 1 / d)
        ends = odds, math.exp(math.log(odds) - error), math.exp(math.log(odds) + error)
        shown = [float(f"{end:.6g}") for end in ends]
        result.append(Correlation(*key, table[True, True], table[True, False], *shown))
    return result
