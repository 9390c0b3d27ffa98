"""The steps of a journey as they are asked for, and which of them each person took.

What an attempt is: step 1 opens it, and every required step is taken by the first event that
completes it after the step before. Optional steps are then looked for between the required ones
around them, so that they never stop anybody.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal, NoReturn

import msgspec
import numpy as np
from numpy.typing import NDArray

from sojourn import breakdown, segment
from sojourn.breakdown import Breakdown, Dimension
from sojourn.errors import BadQuestion
from sojourn.filter import Condition, EventChoice
from sojourn.kernels.journey import journey
from sojourn.matching import marks
from sojourn.period import duration_ms
from sojourn.report import Question
from sojourn.scope import Scope
from sojourn.segment import Behind, Segment
from sojourn.timeline import Column, Timeline
from sojourn.values import columns_of

STEPS_MAX = 20
CHOICES_MAX = 60
TOP_MAX = 100
AT_LEAST_MAX = 1_000
COMPARED_MAX = 10

NOT_DONE = -1


class JourneyBranch(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """Another event that completes a step, shown by itself under its own name."""

    event: str | None = None
    where: tuple[Condition, ...] = ()
    name: str = ""


class JourneyStep(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    rename={"or_": "or"},
    forbid_unknown_fields=True,
    omit_defaults=True,
):
    """One step. With `by` it is dynamic: it takes whatever comes next that fits, and shows the most
    frequent names of events, or values of a property."""

    event: str | None = None
    where: tuple[Condition, ...] = ()
    or_: tuple[JourneyBranch, ...] = ()
    by: Literal["event"] | Dimension | None = None
    top: int = 3
    at_least: int = 1
    optional: bool = False
    within: str | None = None
    name: str = ""
    hidden: bool = False

    @property
    def branches(self) -> tuple[JourneyBranch, ...]:
        """All events that complete the step; one that could be several is the first of them."""
        return (JourneyBranch(event=self.event, where=self.where), *self.or_)

    @property
    def title(self) -> str:
        """How an answer names the step."""
        own = "(any)" if self.event is None else self.event
        return self.name or " or ".join((own, *(label_of(branch) for branch in self.or_)))


class Compared(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A segment whose journey is shown by itself."""

    name: str
    segment: Segment


class JourneyDefinition(Question, frozen=True, tag="journey"):
    """The steps, how long they may take together, and whose journeys are compared."""

    steps: tuple[JourneyStep, ...]
    within: str = "30 days"
    compare: tuple[Compared, ...] = ()


@dataclass(frozen=True, slots=True)
class Taken:
    """What each person of a part took: values int64[n, shown steps], codes into each step's names,
    or -1; `completed` bool[n], whether every required step was taken."""

    values: NDArray[np.int64]
    names: list[list[str]]
    completed: NDArray[np.bool_]


def check(definition: JourneyDefinition) -> None:
    """Refuse a journey that cannot be answered."""
    steps = definition.steps
    if not 1 <= len(steps) <= STEPS_MAX:
        refuse(f"A journey has 1 to {STEPS_MAX} steps", "steps", "Add or leave out steps.")
    if sum(len(step.branches) for step in steps) > CHOICES_MAX:
        refuse(f"A journey names up to {CHOICES_MAX} events", "steps", "Leave out branches.")
    if steps[0].optional:
        refuse("A journey begins with a step", "steps[0].optional", "Require the first step.")
    if steps[0].hidden:
        refuse("Shares are of step 1", "steps[0].hidden", "Show the first step.")
    if steps[0].within is not None:
        refuse("Time runs from step 1", "steps[0].within", "Give it to a later step.")
    for number, step in enumerate(steps):
        _check_step(step, f"steps[{number}]")
    duration_ms(definition.within, "within")
    if len(definition.compare) > COMPARED_MAX:
        refuse(f"Up to {COMPARED_MAX} segments are compared", "compare", "Leave some out.")
    names = [one.name for one in definition.compare]
    for number, one in enumerate(definition.compare):
        where = f"compare[{number}]"
        if not one.name or names.index(one.name) < number:
            refuse("Compared segments need different names", f"{where}.name", "Name it.")
        segment.check(one.segment, f"{where}.segment")
        segment.spelled_out(one.segment, _not_spelled_out)
        if any(segment.behinds(one.segment)):
            _not_spelled_out("")


def shown_steps(definition: JourneyDefinition) -> list[int]:
    """The numbers of the steps that are shown, from 0."""
    return [number for number, step in enumerate(definition.steps) if not step.hidden]


def step_choices(definition: JourneyDefinition) -> Iterator[tuple[str, EventChoice]]:
    """The events of each branch of each step, with their places."""
    for number, step in enumerate(definition.steps):
        for other, branch in enumerate(step.branches):
            where = f"steps[{number}].or[{other - 1}]" if other else f"steps[{number}]"
            yield where, EventChoice(branch.event, branch.where)


def masks(
    definition: JourneyDefinition, timeline: Timeline, scope: Scope
) -> list[NDArray[np.bool_]]:
    """Who is in each compared segment; everybody when there is none."""

    def nobody_asks(behind: Behind, timeline: Timeline) -> NoReturn:
        _not_spelled_out("")

    return [
        segment.members(one.segment, timeline, scope, nobody_asks) for one in definition.compare
    ] or [np.ones(len(timeline.people), dtype=np.bool_)]


def take(definition: JourneyDefinition, timeline: Timeline, scope: Scope) -> Taken:
    """Take the steps, and find under which value each of them is shown."""
    steps = definition.steps
    table, held = marks([choice for _, choice in step_choices(definition)], timeline, scope)
    sizes = np.array([len(step.branches) for step in steps])
    lowest = np.cumsum(sizes) - sizes
    fits = ((1 << sizes) - 1) << lowest
    required = np.array([not step.optional for step in steps])
    least = np.array([step.at_least for step in steps])
    windows = _windows(definition)
    rows = journey(*timeline.arrays, table, held, fits, least, windows, required, *scope.bounds)
    places = shown_steps(definition)
    values = np.full((len(rows), len(places)), NOT_DONE, dtype=np.int64)
    names: list[list[str]] = []
    for place, number in enumerate(places):
        done = rows[:, number] >= 0
        at = rows[done, number]
        if steps[number].by is None:
            bits = table[timeline.event[at]]
            own = (bits & held[at] if len(held) else bits) >> lowest[number]
            values[done, place] = _first_bit(own, int(sizes[number]))
            names.append([label_of(branch) for branch in steps[number].branches])
        else:
            values[done, place], written = _values(steps[number].by, at, timeline, scope)
            names.append(written)
    return Taken(values, names, np.all(rows[:, required] >= 0, axis=1))


def _windows(definition: JourneyDefinition) -> NDArray[np.int64]:
    """How long after step 1 each step may be taken, in milliseconds: int64[steps]."""
    whole = duration_ms(definition.within, "within")
    own = [step.within for step in definition.steps]
    return np.array([whole if one is None else min(whole, duration_ms(one, "")) for one in own])


def _first_bit(bits: NDArray[np.int64], size: int) -> NDArray[np.int64]:
    """The number of the lowest bit that is set, of `size`."""
    number: NDArray[np.int64] = np.argmax(bits[:, None] >> np.arange(size) & 1, axis=1)
    return number


def _values(
    by: Literal["event"] | Dimension | None, at: NDArray[np.int64], timeline: Timeline, scope: Scope
) -> tuple[NDArray[np.int64], list[str]]:
    """The value of each of these rows as a code, and what codes mean."""
    if not isinstance(by, Dimension):
        return timeline.event[at].astype(np.int64), list(timeline.names)
    columns = tuple(
        Column(column.type, column.values[at], column.words)
        for column in columns_of(timeline, by.property, by.of, scope)
    )
    one = np.arange(len(at))
    events = replace(
        timeline,
        people=one,
        facts=one,
        starts=one,
        ends=one + 1,
        ts=timeline.ts[at],
        event=timeline.event[at],
        purposes=timeline.purposes[at],
        read_property=lambda name: columns,
    )
    own = Breakdown((Dimension(by.property, buckets=by.buckets),), limit=len(at))
    values = breakdown.chosen(own, [breakdown.survey(own, (EventChoice(),), events, scope)])
    codes = breakdown.slots(own, events, replace(scope, values=values))
    return codes.astype(np.int64), [label for (label,) in values.labels]


def refuse(title: str, where: str, mend: str) -> NoReturn:
    """Refuse what cannot be answered."""
    raise BadQuestion(title, where=where, mend=mend)


def _not_spelled_out(name: str) -> NoReturn:
    refuse(
        "A compared segment says for itself who is in it",
        "compare",
        "Write it out instead of naming a saved one or a cell of an answer.",
    )


def _check_step(step: JourneyStep, where: str) -> None:
    labels = [label_of(branch) for branch in step.branches]
    for number, branch in enumerate(step.branches):
        place = f"{where}.or[{number - 1}]" if number else where
        if not branch.event and not (step.by and branch.event is None):
            refuse("A fixed step needs an event", f"{place}.event", "Name it, or give “by”.")
        if not step.by and labels.index(labels[number]) < number:
            refuse("Branches need different names", f"{place}.name", "Name it.")
    for name, value, most in (
        ("top", step.top, TOP_MAX),
        ("at_least", step.at_least, AT_LEAST_MAX),
    ):
        if not 1 <= value <= most:
            refuse(f"“{name}” is 1 to {most:,}", f"{where}.{name}", "Choose one of these.")
    if isinstance(step.by, Dimension):
        breakdown.check(Breakdown((step.by,)), where)
    if step.within is not None:
        duration_ms(step.within, f"{where}.within")


def label_of(branch: JourneyBranch) -> str:
    """Under which name a branch is shown."""
    return branch.name or ("(any)" if branch.event is None else branch.event)
