"""A trail: which events a question about paths is about, and under which name each is shown.

    hide        as if they had not happened
    groups      under the group's name; an event of several is of the first
    property    under their name and a value: “page: /prices”
    others      under their name

It also leads back: a path of such names is a funnel, whose steps are the events so shown.
"""

from __future__ import annotations

import math
from typing import Any, Literal

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sojourn import breakdown, filter
from sojourn.breakdown import MISSING, OTHER, Breakdown, Dimension
from sojourn.counting.walk import Role, Trail
from sojourn.errors import BadQuestion
from sojourn.filter import Condition, EventChoice, Of
from sojourn.report import Question
from sojourn.scope import Scope
from sojourn.timeline import Timeline

STEPS_MAX = 20
EDGES_MAX = 10_000
SEQUENCES_MAX = 1_000
CHOICES_MAX = 60


class PathsGroup(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Events that are shown under one name: those of one event, or of all whose name matches."""

    name: str
    event: str | None = None
    pattern: str | None = None
    where: tuple[Condition, ...] = ()


class PathsProperty(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An event that is shown with its value of a property; past the limit as `(other)`."""

    event: str
    property: str
    of: Of = "event"
    limit: int = 20


class PathsDefinition(Question, frozen=True, tag="paths", rename={"from_": "from"}):
    """Where paths begin or end, what they are made of, and how much of them is shown."""

    from_: EventChoice | None = None
    to: EventChoice | None = None
    steps: int | None = None
    by: Literal["person", "visit"] = "person"
    occurrence: Literal["first", "every"] = "first"
    hide: tuple[EventChoice, ...] = ()
    groups: tuple[PathsGroup, ...] = ()
    property: PathsProperty | None = None
    merge_repeats: bool = False
    limit: int = EDGES_MAX
    sequences: int = 0


class PathsCell(msgspec.Struct, frozen=True, rename={"from_": "from"}, forbid_unknown_fields=True):
    """People with a path that has an event or a move (at a step, if one is given), that ends there
    (`dropped`), or that is a whole sequence; with any path, when nothing is given."""

    step: int | None = None
    event: str | None = None
    dropped: bool = False
    from_: str | None = None
    to: str | None = None
    path: tuple[str, ...] | None = None


def check(definition: PathsDefinition) -> None:
    """Refuse what has no answer."""
    for name, value, least, most in (
        ("steps", 2 if definition.steps is None else definition.steps, 2, STEPS_MAX),
        ("limit", definition.limit, 1, EDGES_MAX),
        ("sequences", definition.sequences, 0, SEQUENCES_MAX),
    ):
        if not least <= value <= most:
            raise BadQuestion(
                f"Paths take {least} to {most:,} {name}",
                detail=f"{value:,} were asked for.",
                where=name,
                mend="Choose a number in that range.",
            )
    if len(chosen(definition)) > CHOICES_MAX:
        raise BadQuestion(
            "The paths name too many events",
            detail=f"{CHOICES_MAX} may be named in from, to, property, hide and groups together.",
            where="groups" if len(definition.groups) > len(definition.hide) else "hide",
            mend="Put several events into one group by a pattern.",
        )
    if definition.sequences and definition.steps is None:
        raise BadQuestion(
            "Sequences have a length",
            where="sequences",
            mend="Say with “steps” how many events of a path make a sequence.",
        )
    if definition.occurrence == "every" and not (definition.from_ or definition.to):
        raise BadQuestion(
            "Paths begin at every occurrence of something",
            where="occurrence",
            mend="Say of what with “from” or “to”, or leave out “occurrence”.",
        )
    for number, group in enumerate(definition.groups):
        if not group.name or (group.event is None) == (group.pattern is None):
            raise BadQuestion(
                "A group has a name, and an event or a pattern",
                where=f"groups[{number}]",
                mend="Give its name, and one of the two.",
            )
        if group.pattern is not None:
            named = Condition(property="event", matches=group.pattern)
            filter.check((named,), f"groups[{number}].pattern")


def breakdown_of(definition: PathsDefinition) -> Breakdown | None:
    """The values with which an event is shown."""
    if definition.property is None:
        return None
    own = definition.property
    return Breakdown((Dimension(own.property, own.of),), own.limit)


def chosen(definition: PathsDefinition) -> list[tuple[str, Role, EventChoice]]:
    """Every choice with its place and its role, in the order of `walk.ROLES`."""
    found: list[tuple[str, Role, EventChoice]] = []
    if definition.from_ is not None:
        found.append(("from", "from", definition.from_))
    if definition.to is not None:
        found.append(("to", "to", definition.to))
    if definition.property is not None:
        found.append(("property", "property", EventChoice(definition.property.event)))
    for number, choice in enumerate(definition.hide):
        found.append((f"hide[{number}]", "hide", choice))
    for number, group in enumerate(definition.groups):
        found.append((f"groups[{number}]", "groups", EventChoice(group.event, group.where)))
    return found


def names_of(definition: PathsDefinition, events: tuple[str, ...], scope: Scope) -> list[str]:
    """The name of each node."""
    return sorted(set(_shown(definition, events, scope)))


def trail_of(definition: PathsDefinition, timeline: Timeline, scope: Scope) -> Trail:
    """How to walk through a part."""
    own = chosen(definition)
    names = names_of(definition, timeline.names, scope)
    node = {name: code for code, name in enumerate(names)}
    first = len(own) - len(definition.groups)
    return Trail(
        chosen=tuple((role, choice) for _, role, choice in own),
        named={
            first + number: np.isin(timeline.names, _grouped(group, timeline.names))
            for number, group in enumerate(definition.groups)
            if group.pattern is not None
        },
        names=tuple(names),
        shown=np.array(
            [node[name] for name in _shown(definition, timeline.names, scope)], dtype=np.int64
        ),
        slots=breakdown.slots(breakdown_of(definition), timeline, scope),
        values=0 if definition.property is None else scope.values.slots,
        steps=definition.steps,
        every=definition.occurrence == "every",
        merge=definition.merge_repeats,
    )


def nodes_of(definition: PathsDefinition, cell: PathsCell, names: tuple[str, ...]) -> list[int]:
    """The nodes that a cell names, in order of time; a cell that no answer has is refused."""
    _check_cell(definition, cell)
    wanted = cell.path or tuple(
        name for name in (cell.event, cell.from_, cell.to) if name is not None
    )
    node = {name: code for code, name in enumerate(names)}
    unknown = [name for name in wanted if name not in node]
    if unknown:
        raise BadQuestion(
            "No path shows this",
            detail=f"There is no “{unknown[0][:200]}”.",
            where="cell",
            mend="Take names from the answer. What it pools as (other) opens with a higher limit.",
        )
    return [node[name] for name in wanted]


def as_funnel(
    definition: PathsDefinition, path: tuple[str, ...], events: tuple[str, ...]
) -> dict[str, Any] | None:
    """The definition of the funnel whose steps are those of a path; None if a step is `(other)`.

    What follows directly on a path follows `strict`; where events are hidden or repeats are one,
    something may lie between.
    """
    steps = [_alternatives(definition, name, events) for name in path]
    if not all(steps) or sum(map(len, steps)) > CHOICES_MAX:
        return None
    for anchor, step in ((definition.from_, steps[0]), (definition.to, steps[-1])):
        if anchor is not None and (anchor is definition.from_ or definition.from_ is None):
            step[:] = [EventChoice(one.event, one.where + anchor.where) for one in step]
    loose = definition.hide or definition.merge_repeats
    funnel = {
        "kind": "funnel",
        "steps": [
            {**msgspec.to_builtins(first), **({"or": msgspec.to_builtins(rest)} if rest else {})}
            for first, *rest in steps
        ],
        "order": "ordered" if loose else "strict",
        "period": msgspec.to_builtins(definition.period),
        "purpose": definition.purpose,
    }
    if definition.segment is not None:
        funnel["segment"] = msgspec.to_builtins(definition.segment)
    return funnel


def _grouped(group: PathsGroup, events: tuple[str, ...]) -> list[str]:
    """The names of the events that a group may hold."""
    if group.pattern is None:
        return [event for event in events if event == group.event]
    found = pc.match_substring_regex(pa.array(events, pa.string()), group.pattern).to_pylist()
    return [event for event, fits in zip(events, found, strict=True) if fits]


def _shown(definition: PathsDefinition, events: tuple[str, ...], scope: Scope) -> list[str]:
    """What each event, then each group, then each value is shown as."""
    shown = [*events, *(group.name for group in definition.groups)]
    own = definition.property
    if own is not None:
        labels = [breakdown.label_of(slot, scope.values) for slot in range(scope.values.slots)]
        shown += [f"{own.event}: {value}" for (value,) in labels]
    return shown


def _check_cell(definition: PathsDefinition, cell: PathsCell) -> None:
    asked = (cell.path is not None, cell.event is not None, cell.from_ is not None)
    steps = definition.steps or 0
    unclear = (
        sum(asked) > 1
        or (cell.from_ is None) != (cell.to is None)
        or (cell.dropped and (cell.from_ is not None or cell.path is not None))
    )
    if unclear or (cell.path is not None and (cell.step is not None or not steps)):
        raise BadQuestion(
            "A cell of paths is an event, a move or a path",
            where="cell",
            mend="Give “event”, or “from” and “to”, or “path”; a step goes with the first two.",
        )
    if cell.step is not None and not 1 <= cell.step <= steps - (cell.from_ is not None):
        raise BadQuestion(
            "These paths have no such step",
            detail=f"Step {cell.step} was asked for; they have {steps}.",
            where="cell.step",
            mend="Count steps from 1; a move is named by the first of its two.",
        )


def _alternatives(
    definition: PathsDefinition, name: str, events: tuple[str, ...]
) -> list[EventChoice]:
    """Every choice of events that is shown under a name; none if that cannot be said."""
    found = [EventChoice(name)] if name in events else []
    for group in definition.groups:
        if group.name == name:
            found += [EventChoice(event, group.where) for event in _grouped(group, events)]
    own = definition.property
    if own is not None and name.startswith(f"{own.event}: "):
        value = name.removeprefix(f"{own.event}: ")
        if value != OTHER:
            found.append(EventChoice(own.event, (_is(own, value),)))
    return found


def _is(own: PathsProperty, value: str) -> Condition:
    """The condition that a property has a value, which may have been a text, a number or a flag."""
    if value == MISSING:
        return Condition(own.property, own.of, is_set=False)
    if value in ("true", "false"):
        return Condition(own.property, own.of, is_=(value, value == "true"))
    try:
        number = float(value)
    except ValueError:
        number = math.nan
    values = (value, number) if math.isfinite(number) else value
    return Condition(own.property, own.of, is_=values)
