"""What a funnel asks for: its steps, and what counts as an attempt to get through them.

Steps are counted from 1 in definitions and answers, from 0 in code. The required steps form the
chain of an attempt; an optional step is looked for between its required neighbours.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import msgspec
from msgspec import UNSET

from sojourn.breakdown import Breakdown
from sojourn.filter import Condition, EventChoice
from sojourn.period import Every, duration_ms
from sojourn.report import Question

Order = Literal["ordered", "strict", "any"]
Counted = Literal["people", "visits", "attempts"]
ValueOf = Literal["first", "last", "every"]


class FunnelStep(msgspec.Struct, frozen=True, rename={"or_": "or"}, forbid_unknown_fields=True):
    """One step: an event of this name that satisfies all conditions, or one of those in `or`.

    within     how long after the required step before it; null for as long as the attempt may take
    optional   reached when it lies between its required neighbours; stops nobody
    anchored   in `any` order: after all steps before it, and before all steps after it
    name       how answers call it, instead of by its event
    """

    event: str
    where: tuple[Condition, ...] = ()
    or_: tuple[EventChoice, ...] = ()
    optional: bool = False
    within: str | None = None
    anchored: bool = False
    name: str = ""

    @property
    def events(self) -> tuple[EventChoice, ...]:
        """What fulfils the step."""
        return (EventChoice(self.event, self.where), *self.or_)


class Exclusion(msgspec.Struct, frozen=True, rename={"from_": "from"}, forbid_unknown_fields=True):
    """An event that must not lie between two steps of an attempt, both of them required."""

    event: str
    where: tuple[Condition, ...] = ()
    from_: int = 1
    to: int = 2


class Correlate(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Of which properties of step 1's event it is asked how they go with converting, and how long
    each attempt is `watch`ed for other events: null for as long as a quarter of those who converted
    took."""

    properties: tuple[str, ...] = ()
    watch: str | None = None
    limit: int = 20


class FunnelDefinition(Question, frozen=True, tag="funnel"):
    """The steps, how long an attempt may take, and what “in order” means; see semantics.md."""

    steps: tuple[FunnelStep, ...]
    within: str = "30 days"
    order: Order = "ordered"
    exclude: tuple[Exclusion, ...] = ()
    exclusion: Literal["attempt", "person"] = "attempt"
    hold: str | None = None
    count: Counted = "people"
    breakdown: Breakdown | None = None
    value_of: ValueOf | int = "first"
    every: Every | None = None
    times: bool = False
    correlate: Correlate | None = None

    @property
    def window_ms(self) -> int:
        """How long an attempt may take, in milliseconds."""
        return duration_ms(self.within, "within")

    @property
    def required(self) -> list[int]:
        """The numbers of the steps that form the chain."""
        return [number for number, step in enumerate(self.steps) if not step.optional]

    @property
    def own_events(self) -> set[str | None]:
        """The names of the events that fulfil steps."""
        return {choice.event for step in self.steps for choice in step.events}

    @property
    def before(self) -> list[int]:
        """For each step the required step before it; step 1 has itself."""
        required = self.required
        return [max((r for r in required if r < s), default=0) for s in range(len(self.steps))]

    @property
    def groups(self) -> list[int]:
        """Where steps that may come in any order among themselves begin; the end, too."""
        single = [step.anchored or self.order != "any" for step in self.steps]
        inner = [s for s in range(1, len(single)) if single[s] or single[s - 1]]
        return [0, *inner, len(single)]

    @property
    def detailed(self) -> bool:
        """Whether more is asked than how far people get: which events an attempt is made of."""
        asked = (self.breakdown, self.every, self.correlate)
        return self.times or self.count == "attempts" or any(one is not None for one in asked)

    @property
    def plain(self) -> bool:
        """Whether nothing but the window and the order restricts an attempt."""
        steps = any(step.optional or step.within is not None for step in self.steps)
        return not (steps or self.exclude or (self.order == "any" and len(self.groups) > 2))


class CorrelationCell(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Those who did `event`, or set out with `value` of `property`, and converted or did not."""

    event: str | None = None
    property: str | None = None
    value: str | None = None
    converted: bool = True


class FunnelCell(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The people who reached a step (1 is the first), or who reached only the step before it; of
    those with one value, or whose step 1 lies in one interval, where that is given. Or, instead of
    all that, those of a correlation."""

    step: int | None = None
    reached: bool = True
    value: tuple[str, ...] | None = None
    interval: str | None = None
    correlation: CorrelationCell | None = None


def choices(definition: FunnelDefinition) -> Iterator[tuple[str, EventChoice]]:
    """The events of each step, then those excluded."""
    for number, step in enumerate(definition.steps):
        yield f"steps[{number}]", EventChoice(step.event, step.where)
        for place, other in enumerate(step.or_):
            yield f"steps[{number}].or[{place}]", other
    for number, excluded in enumerate(definition.exclude):
        yield f"exclude[{number}]", EventChoice(excluded.event, excluded.where)


def overlapping(definition: FunnelDefinition) -> bool:
    """Whether one event might fulfil two steps, as far as the definition tells."""
    steps = definition.steps
    return any(
        not _apart(one, other)
        for number, step in enumerate(steps)
        for later in steps[number + 1 :]
        for one in step.events
        for other in later.events
    )


def _apart(one: EventChoice, other: EventChoice) -> bool:
    """Whether no event can be both: the names differ, or values that the same property must be."""
    if one.event != other.event:
        return True
    return any(
        (a.property, a.of) == (b.property, b.of) and not _values(a) & _values(b)
        for a in one.where
        for b in other.where
        if a.is_ is not UNSET and b.is_ is not UNSET
    )


def _values(condition: Condition) -> set[tuple[str, object]]:
    """The values a condition allows; a value equals only values of its own type."""
    value = condition.is_
    listed = value if isinstance(value, tuple) else (value,)
    return {
        (
            "number"
            if isinstance(one, float | int) and not isinstance(one, bool)
            else str(type(one)),
            one,
        )
        for one in listed
    }
