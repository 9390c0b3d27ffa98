"""Paths by their definition: every path is written out as a list of names."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import TypeVar

from sojourn.counting.trail import PathsCell, PathsDefinition
from sojourn.reports.paths import (
    PathsAnswer,
    PathsEdge,
    PathsEnd,
    PathsNode,
    PathsPooled,
    PathsSequence,
    Transition,
)
from sojourn.scope import Scope
from tests.oracle.definitions import fits, visible
from tests.oracle.history import Row, Value

Key = TypeVar("Key", tuple[str], tuple[str, str], tuple[str, ...])


@dataclass
class Path:
    """What is seen of a path, in order of time, by its anchor's side; and whether it goes on."""

    person: int
    names: list[str]
    goes_on: bool


def written(value: Value | None) -> str:
    """How a value is shown."""
    if value is None:
        return "(none)"
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:g}" if isinstance(value, int | float) else value


def top_values(definition: PathsDefinition, rows: list[Row], scope: Scope) -> list[str]:
    """The values that are shown: the most frequent on all events that the question names."""
    own = definition.property
    assert own is not None
    named = [
        (own.event, ()),
        *((c.event, c.where) for c in (definition.from_, definition.to) if c is not None),
        *((c.event, c.where) for c in definition.hide),
        *((g.event, g.where) for g in definition.groups),
    ]
    counts = Counter(
        written(row.properties.get(own.property))
        for history in visible(rows, scope).values()
        for row in history
        if any(fits(event, where, row) for event, where in named)
    )
    return sorted(counts, key=lambda value: (-counts[value], value))[: own.limit]


def name_of(definition: PathsDefinition, row: Row, values: list[str]) -> str:
    """What an event is shown as."""
    for group in definition.groups:
        named = group.pattern is None or re.search(group.pattern, row.name)
        if named and fits(group.event, group.where, row):
            return group.name
    own = definition.property
    if own is not None and row.name == own.event:
        value = written(row.properties.get(own.property))
        return f"{own.event}: {value if value in values else '(other)'}"
    return row.name


def visits(own: list[Row], gap_ms: int) -> list[list[Row]]:
    """The history cut where a gap is longer."""
    cut = [[own[0]]]
    for before, after in pairwise(own):
        if after.ts - before.ts > gap_ms:
            cut.append([])
        cut[-1].append(after)
    return cut


def paths_of(definition: PathsDefinition, rows: list[Row], scope: Scope) -> list[Path]:
    """Every path of every person."""
    values = top_values(definition, rows, scope) if definition.property else []
    from_, to = definition.from_, definition.to
    found = []
    for person, own in visible(rows, scope).items():
        for run in visits(own, scope.visit_gap_ms) if definition.by == "visit" else [own]:
            seen = [r for r in run if not any(fits(h.event, h.where, r) for h in definition.hide)]
            nodes = [(name_of(definition, row, values), [row]) for row in seen]
            if definition.merge_repeats:
                nodes = [
                    (name, [row for _, one in same for row in one])
                    for name, same in groupby(nodes, key=lambda node: node[0])
                ]
            names = [name for name, _ in nodes]
            opens, closes = (
                [
                    at
                    for at, (_, same) in enumerate(nodes)
                    if choice is not None
                    and any(fits(choice.event, choice.where, row) for row in same)
                ]
                for choice in (from_, to)
            )
            if from_ is None and to is None:
                whole = [names] if names else []
            elif to is None:
                whole = [names[at:] for at in opens]
            elif from_ is None:
                whole = [names[: at + 1] for at in closes]
            else:
                goals = [(at, next((goal for goal in closes if goal > at), None)) for at in opens]
                if definition.occurrence == "first":
                    goals = goals[:1]
                whole = [names[at : goal + 1] for at, goal in goals if goal is not None]
            if definition.occurrence == "first":
                whole = whole[:1]
            for one in whole:
                steps = definition.steps or len(one)
                shown = one[-steps:] if from_ is None and to is not None else one[:steps]
                found.append(Path(person, shown, len(one) > steps))
    return found


def ranked(counts: Counter[Key]) -> list[tuple[Key, int]]:
    """The most frequent first, equals by name."""
    return sorted(counts.items(), key=lambda one: (-one[1], one[0]))


def limited(
    counts: Counter[tuple[str, str]], limit: int
) -> tuple[list[tuple[tuple[str, str], int]], int]:
    """The most frequent, the others as one, and how many these are."""
    shown = ranked(counts)
    others = sum(count for _, count in shown[limit:])
    more = max(0, len(shown) - limit)
    return shown[:limit] + ([(("(other)", "(other)"), others)] if more else []), more


def paths(definition: PathsDefinition, rows: list[Row], scope: Scope) -> PathsAnswer:
    """Neighbours, first and last events; and what stands at each step."""
    found = paths_of(definition, rows, scope)
    backwards = definition.from_ is None and definition.to is not None
    moves = Counter(move for path in found for move in pairwise(path.names))
    whole = [path for path in found if not path.goes_on]
    firsts = Counter((path.names[0],) for path in (whole if backwards else found))
    lasts = Counter((path.names[-1],) for path in (found if backwards else whole))
    transitions, more = limited(moves, definition.limit)
    nodes: list[PathsNode] = []
    edges: list[PathsEdge] = []
    pooled = 0
    for step in range(1, (definition.steps or 0) + 1):
        by_step = [
            (path, path.names[::-1] if backwards else path.names)
            for path in found
            if len(path.names) >= step
        ]
        here = Counter((names[step - 1],) for _, names in by_step)
        for (name,), count in ranked(here):
            there = [(path, names) for path, names in by_step if names[step - 1] == name]
            people = {path.person for path, _ in there}
            dropped = sum(len(names) == step and not path.goes_on for path, names in there)
            nodes.append(PathsNode(step, name, count, len(people), dropped))
        near = [names[step - 1 : step + 1] for _, names in by_step if len(names) > step]
        own, further = limited(
            Counter((a, b) for a, b in (pair[::-1] if backwards else pair for pair in near)),
            definition.limit,
        )
        edges += [PathsEdge(step, a, b, count) for (a, b), count in own]
        pooled += further
    sequences = ranked(Counter(tuple(path.names) for path in found))
    shown = sequences[: definition.sequences]
    return PathsAnswer(
        people=len({path.person for path in found}),
        paths=len(found),
        transitions=tuple(Transition(a, b, count) for (a, b), count in transitions),
        starts=tuple(PathsEnd(name, count) for (name,), count in ranked(firsts)),
        ends=tuple(PathsEnd(name, count) for (name,), count in ranked(lasts)),
        nodes=tuple(nodes),
        edges=tuple(edges),
        sequences=tuple(
            PathsSequence(path, count, len({p.person for p in found if tuple(p.names) == path}))
            for path, count in shown
        ),
        pooled=PathsPooled(
            more, pooled, len(sequences) - len(shown) if definition.sequences else 0
        ),
    )


def people_behind(
    definition: PathsDefinition, cell: PathsCell, rows: list[Row], scope: Scope
) -> set[int]:
    """Who has a path as the cell says."""
    backwards = definition.from_ is None and definition.to is not None

    def shows(path: Path) -> bool:
        names = path.names
        if cell.path is not None:
            return tuple(names) == cell.path
        wanted = [name for name in (cell.event, cell.from_, cell.to) if name is not None]
        last = len(names) - 1
        near: Iterable[int] = range(len(names))
        if cell.step is not None:
            length = max(len(wanted), 1)
            at = len(names) - cell.step - length + 1 if backwards else cell.step - 1
            near = [at] if at >= 0 and at + length <= len(names) else []
        elif cell.dropped:
            near = [0 if backwards else last]
        places = [at for at in near if names[at : at + len(wanted)] == wanted]
        if cell.dropped:
            places = [] if path.goes_on else [p for p in places if p == (0 if backwards else last)]
        return bool(places)

    return {path.person for path in paths_of(definition, rows, scope) if shows(path)}
