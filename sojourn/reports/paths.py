"""Paths: what people do one after another, from a start, towards an end, or altogether.

A path is what one person does within the period, or within one visit; `from` and `to` cut it.
Without steps the answer tells what follows what; with them, what stands at each step, who goes on
from there to what, and who ends there. Counts are exact and stay sparse until the end; only the
answer has limits.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from sojourn.breakdown import OTHER
from sojourn.counting.trail import (
    PathsCell as PathsCell,
)
from sojourn.counting.trail import (
    PathsDefinition as PathsDefinition,
)
from sojourn.counting.trail import (
    as_funnel,
    breakdown_of,
    check,
    chosen,
    names_of,
    nodes_of,
    trail_of,
)
from sojourn.counting.walk import Ints, Sequences, Trail, together, walk
from sojourn.filter import EventChoice
from sojourn.kernels.transitions import transitions
from sojourn.regroup import by_visit
from sojourn.report import Answer, Report
from sojourn.scope import Scope
from sojourn.timeline import Timeline

NAMES_MAX = 1_000
"""More names than a picture shows, few enough that an answer fits in memory."""


class Transition(msgspec.Struct, frozen=True, rename={"from_": "from"}):
    """How often an event of one name was directly followed by one of another (or the same)."""

    from_: str
    to: str
    count: int


class PathsEnd(msgspec.Struct, frozen=True):
    """How many paths began, or ended, with an event of this name."""

    event: str
    count: int


class PathsNode(msgspec.Struct, frozen=True):
    """What stands at a step: in how many paths, of how many people, and how many end there."""

    step: int
    event: str
    count: int
    people: int
    dropped: int


class PathsEdge(msgspec.Struct, frozen=True, rename={"from_": "from"}):
    """How many paths go from one node to the next; `step` is that of the node nearer the anchor."""

    step: int
    from_: str
    to: str
    count: int


class PathsSequence(msgspec.Struct, frozen=True):
    """A whole path, how often it occurs, with how many people; and the funnel of its steps, if
    they can be told apart by names and properties."""

    path: tuple[str, ...]
    count: int
    people: int
    funnel: dict[str, Any] | None = None


class PathsPooled(msgspec.Struct, frozen=True):
    """How many of each kind there are past the limit, shown as `(other)` or left out."""

    transitions: int = 0
    edges: int = 0
    sequences: int = 0


class PathsAnswer(Answer, frozen=True, tag="paths"):
    """People and paths seen, every transition, first and last event, the most frequent first; with
    steps, also what stands at each of them."""

    people: int
    paths: int
    transitions: tuple[Transition, ...]
    starts: tuple[PathsEnd, ...]
    ends: tuple[PathsEnd, ...]
    nodes: tuple[PathsNode, ...] = ()
    edges: tuple[PathsEdge, ...] = ()
    sequences: tuple[PathsSequence, ...] = ()
    pooled: PathsPooled = PathsPooled()


@dataclass(frozen=True, slots=True)
class PathsPartial:
    """What one part holds; codes are nodes, the same in every part.

    events    the project's event names    people, paths  how many there are
    starts    int64[nodes]                 ends           int64[nodes]
    pairs     int64[k], ascending: (step · nodes + code) · nodes + code of the next
    often     int64[k]
    nodes     int64[steps, 3, nodes]: paths, people and last nodes
    sequences pieces, see `walk.Sequences`
    """

    events: tuple[str, ...]
    people: int
    paths: int
    starts: Ints
    ends: Ints
    pairs: Ints
    often: Ints
    nodes: Ints
    sequences: tuple[Sequences, ...]


def choices(definition: PathsDefinition) -> Iterator[tuple[str, EventChoice]]:
    """Every choice of events that is named."""
    for where, _, choice in chosen(definition):
        yield where, choice


def partial(definition: PathsDefinition, timeline: Timeline, scope: Scope) -> PathsPartial:
    """Count what the paths of a part have at each step, or altogether."""
    trail = trail_of(definition, timeline, scope)
    if _is_plain(definition):
        return _plain(trail, timeline, scope)
    paths = walk(trail, timeline, _runs(definition, timeline, scope), scope)
    size = len(trail.names)
    if definition.steps is None:
        nodes = np.zeros((0, 3, size), dtype=np.int64)
        pairs, often = paths.all_moves(size)
    else:
        nodes, pairs, often = paths.moves(size)
    near, far = paths.edges(size) if definition.steps is None else (nodes[0, 0], nodes[:, 2].sum(0))
    order = np.argsort(pairs)
    return PathsPartial(
        events=timeline.names,
        people=paths.people,
        paths=len(paths.at),
        starts=near if paths.sign > 0 else far,
        ends=far if paths.sign > 0 else near,
        pairs=pairs[order],
        often=often[order],
        nodes=nodes,
        sequences=(paths.sequences(size),) if definition.sequences else (),
    )


def add(one: PathsPartial, other: PathsPartial) -> PathsPartial:
    """Counts of two parts; sequences are put together at the end."""
    pairs, often = _summed(
        np.concatenate((one.pairs, other.pairs)), np.concatenate((one.often, other.often))
    )
    return PathsPartial(
        events=one.events,
        people=one.people + other.people,
        paths=one.paths + other.paths,
        starts=one.starts + other.starts,
        ends=one.ends + other.ends,
        pairs=pairs,
        often=often,
        nodes=one.nodes + other.nodes,
        sequences=one.sequences + other.sequences,
    )


def answer(definition: PathsDefinition, counted: PathsPartial, scope: Scope) -> PathsAnswer:
    """Name the nodes, and pool what is past the limits."""
    names = names_of(definition, counted.events, scope)
    limit, size = definition.limit, max(len(names), 1)
    shown, place = _common(names, counted)
    pairs, often = _summed(
        place[counted.pairs // size % size] * len(shown) + place[counted.pairs % size],
        counted.often,
    )
    transitions, more = _moves(shown, pairs, often, limit)
    edges: list[PathsEdge] = []
    further = 0
    for step in range(len(counted.nodes)):
        begin, end = np.searchsorted(counted.pairs, np.array([step, step + 1]) * size * size)
        own = counted.pairs[begin:end] - step * size * size
        moves, left = _moves(names, own, counted.often[begin:end], limit)
        edges += [PathsEdge(step + 1, *move) for move in moves]
        further += left
    sequences, others = _sequences(definition, counted, names)
    return PathsAnswer(
        people=counted.people,
        paths=counted.paths,
        transitions=tuple(Transition(*move) for move in transitions),
        starts=_ends(shown, place, counted.starts),
        ends=_ends(shown, place, counted.ends),
        nodes=tuple(_nodes(names, counted.nodes)),
        edges=tuple(edges),
        sequences=sequences,
        pooled=PathsPooled(more, further, others),
    )


def people(
    definition: PathsDefinition, cell: PathsCell, timeline: Timeline, scope: Scope
) -> NDArray[np.bool_]:
    """Who of a part stands behind one cell: bool[n]."""
    trail = trail_of(definition, timeline, scope)
    node = nodes_of(definition, cell, trail.names)
    paths = walk(trail, timeline, _runs(definition, timeline, scope), scope)
    if cell.path is not None:
        there = paths.same(node)
    elif cell.step is not None:
        there = paths.standing(node, cell.step - 1, cell.dropped)
    elif cell.dropped:
        there = paths.ending(node)
    else:
        return np.isin(timeline.people, paths.passing(node))
    return np.isin(timeline.people, paths.owner[there])


def rows(answer: PathsAnswer) -> list[dict[str, Any]]:
    """One row a transition; a start has no “from”, an end no “to”. With steps, one a node, without
    “to”, and one an edge."""

    def row(one: Any, from_: str | None, to: str | None) -> dict[str, Any]:
        step = {"step": one.step} if answer.nodes else {}
        return step | {"from": from_, "to": to, "count": one.count}

    if answer.nodes:
        nodes = [row(node, node.event, None) for node in answer.nodes]
        return nodes + [row(edge, edge.from_, edge.to) for edge in answer.edges]
    moves = [row(move, move.from_, move.to) for move in answer.transitions]
    starts = [row(start, None, start.event) for start in answer.starts]
    return moves + starts + [row(end, end.event, None) for end in answer.ends]


def _runs(definition: PathsDefinition, timeline: Timeline, scope: Scope) -> Timeline:
    return by_visit(timeline, scope) if definition.by == "visit" else timeline


def _is_plain(definition: PathsDefinition) -> bool:
    """Whether only what every definition has, and limits, are set."""
    plain = PathsDefinition(
        period=definition.period,
        segment=definition.segment,
        purpose=definition.purpose,
        limit=definition.limit,
    )
    return definition == plain


def _plain(trail: Trail, timeline: Timeline, scope: Scope) -> PathsPartial:
    """Whole histories as they are: the loop that does nothing else."""
    people, first, last, pairs, often = transitions(
        *timeline.arrays, len(timeline.names), *scope.bounds
    )
    size, node = len(timeline.names), trail.shown
    pairs = node[pairs // size] * size + node[pairs % size]
    order = np.argsort(pairs)
    starts, ends = np.zeros((2, size), dtype=np.int64)
    starts[node], ends[node] = first, last
    return PathsPartial(
        events=timeline.names,
        people=people,
        paths=people,
        starts=starts,
        ends=ends,
        pairs=pairs[order],
        often=often[order],
        nodes=np.zeros((0, 3, size), dtype=np.int64),
        sequences=(),
    )


def _common(names: list[str], counted: PathsPartial) -> tuple[list[str], Ints]:
    """The names that transitions show, and the place of each node's own among them.

    A node weighs as often as it occurs; the lightest of too many are one.
    """
    if len(names) <= NAMES_MAX:
        return names, np.arange(len(names))
    weight = counted.starts.copy()
    np.add.at(weight, counted.pairs % len(names), counted.often)
    own = list(names)
    for code in np.argsort(-weight, kind="stable")[NAMES_MAX:]:
        own[code] = OTHER
    shown = sorted(set(own))
    places = {name: place for place, name in enumerate(shown)}
    return shown, np.array([places[name] for name in own])


def _summed(keys: Ints, often: Ints) -> tuple[Ints, Ints]:
    """The different keys, ascending, and the sum of each."""
    # Keys come as a few ascending lists, which a stable sort merges.
    order = np.argsort(keys, kind="stable")
    ascending = keys[order]
    first = np.flatnonzero(np.diff(ascending, prepend=-1))
    return ascending[first], np.add.reduceat(often[order], first)


def _moves(
    names: list[str], pairs: Ints, often: Ints, limit: int
) -> tuple[list[tuple[str, str, int]], int]:
    """From, to and how often: the most frequent, equals by name, the rest as one; and how many
    those are."""
    order = np.lexsort((pairs, -often))
    first, rest = order[:limit], order[limit:]
    shown = [
        (names[pair // len(names)], names[pair % len(names)], count)
        for pair, count in zip(pairs[first].tolist(), often[first].tolist(), strict=True)
    ]
    if len(rest):
        shown.append((OTHER, OTHER, int(often[rest].sum())))
    return shown, len(rest)


def _nodes(names: list[str], nodes: Ints) -> Iterator[PathsNode]:
    """The nodes of each step, the most frequent first, equals by name."""
    for step, (paths, people, last) in enumerate(nodes, 1):
        for code in np.argsort(-paths, kind="stable")[: np.count_nonzero(paths)]:
            yield PathsNode(step, names[code], int(paths[code]), int(people[code]), int(last[code]))


def _sequences(
    definition: PathsDefinition, counted: PathsPartial, names: list[str]
) -> tuple[tuple[PathsSequence, ...], int]:
    """The most frequent sequences, equals by name, and how many more there are."""
    if not counted.sequences:
        return (), 0
    found = together(counted.sequences)
    shown = found.ranked(definition.sequences)
    sequences = []
    for nodes, count, people in shown.spelled(definition.steps or 0, len(names)):
        path = tuple(names[node] for node in nodes)
        funnel = as_funnel(definition, path, counted.events)
        sequences.append(PathsSequence(path, count, people, funnel))
    return tuple(sequences), len(found.often) - len(shown.often)


def _ends(shown: list[str], place: Ints, counts: Ints) -> tuple[PathsEnd, ...]:
    """The most frequent first, equals by name."""
    often = np.zeros(len(shown), dtype=np.int64)
    np.add.at(often, place, counts)
    order = np.argsort(-often, kind="stable")[: np.count_nonzero(often)]
    return tuple(PathsEnd(shown[code], int(often[code])) for code in order)


REPORT = Report(
    kind="paths",
    definition=PathsDefinition,
    check=check,
    choices=choices,
    partial=partial,
    add=add,
    answer=answer,
    rows=rows,
    cell=PathsCell,
    people=people,
    breakdown=breakdown_of,
)
