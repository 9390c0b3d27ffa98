"""Walks: the paths of a part as windows on one list of nodes.

    codes    a b c d | a c | b          what each run of a timeline shows, one run after another
    at       0         4     6          where each path begins, or, backwards, where it ends
    room     4         2     1          how many nodes it has, of which a question sees `steps`

However many paths overlap, the list stays as long as the history, and counting goes step by step.
A node is what is shown: two events under one name are one node. Nodes are numbered in the order of
their names, so that numbers sort as names do.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from sojourn.filter import EventChoice
from sojourn.kernels.moves import moves, neighbours
from sojourn.kernels.nodes import nodes
from sojourn.kernels.sequences import packed, standing
from sojourn.matching import marks
from sojourn.scope import Scope
from sojourn.timeline import Timeline
from sojourn.values import different

Role = Literal["from", "to", "property", "hide", "groups"]
ROLES: tuple[Role, ...] = ("from", "to", "property", "hide", "groups")

ALL = 1 << 40
"""More nodes than a run has."""

WORD_BITS = 62
NOTHING = np.zeros(0, dtype=np.int64)

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Trail:
    """How to walk: which events play a part, what is shown, and what a path is.

    chosen    each choice of events with its role, in the order of ROLES
    named     by the number of a choice, the only event names that it may mean: bool[names]
    names     the name of each node, ascending
    shown     the node of each event code, then of each group, then of each slot
    slots     the slot of each row's value: int32[m], or int32[0];  values  how many slots there are
    """

    chosen: tuple[tuple[Role, EventChoice], ...]
    named: dict[int, NDArray[np.bool_]]
    names: tuple[str, ...]
    shown: Ints
    slots: NDArray[np.int32]
    values: int
    steps: int | None
    every: bool
    merge: bool

    def mask(self, role: Role) -> int:
        """The bits of the choices that play a role."""
        return sum(1 << bit for bit, (own, _) in enumerate(self.chosen) if own == role)


@dataclass(frozen=True, slots=True)
class Walk:
    """The paths of a part; those of one person are neighbours.

    codes int32[k] · begins int64[runs + 1], see `kernels/nodes.py` · runs int64[runs], the person
    of each · at, room int64[paths] · owner int64[paths], the person of each · sign 1 or -1 ·
    steps, how many nodes of a path are seen
    """

    codes: NDArray[np.int32]
    begins: Ints
    runs: Ints
    at: Ints
    room: Ints
    owner: Ints
    sign: int
    steps: int

    @property
    def length(self) -> Ints:
        """How many nodes of each path are seen."""
        return np.minimum(self.room, self.steps)

    @property
    def first(self) -> Ints:
        """Where the earliest node of each path lies that is seen."""
        return self.at if self.sign > 0 else self.at - self.length + 1

    @property
    def people(self) -> int:
        """How many people have a path."""
        return int(np.count_nonzero(np.diff(self.owner))) + (len(self.owner) > 0)

    def edges(self, size: int) -> tuple[Ints, Ints]:
        """How many paths have each node where steps are counted from, and how many where the path
        is over: int64[size] twice. One that goes on past the steps that are seen is not over."""
        near = np.bincount(self.codes[self.at], minlength=size)
        far = np.bincount(self.codes[self._far[self._whole]], minlength=size)
        return near, far

    def moves(self, size: int) -> tuple[Ints, Ints, Ints]:
        """What stands at each step (see `kernels/moves.py`): int64[steps, 3, size], and the moves:
        (step · size + from) · size + to, and how often."""
        here = np.zeros((self.steps, 3, size), dtype=np.int64)
        pairs, often = [NOTHING], [NOTHING]
        for step in range(self.steps):
            rest = (self.owner, self.sign, step, self.steps, size)
            here[step], own, times = moves(self.codes, self.at, self.room, *rest)
            in_time = own if self.sign > 0 else own % size * size + own // size
            pairs.append(step * size * size + in_time)
            often.append(times)
        return here, np.concatenate(pairs), np.concatenate(often)

    def all_moves(self, size: int) -> tuple[Ints, Ints]:
        """Every move, at whatever step: from · size + to · how often."""
        pairs, often = neighbours(self.codes, self._change(2), size)
        return pairs, often

    def sequences(self, size: int) -> Sequences:
        """How often each whole path occurs, as far as it is seen."""
        rest = (self.sign, self.steps)
        numbers = [
            packed(self.codes, self.at, self.room, *rest, begin, end, size + 1)
            for begin, end in _words(self.steps, size)
        ]
        firsts, ranks = different(numbers)
        often, people = standing(ranks, self.owner, len(firsts))
        return Sequences([number[firsts] for number in numbers], often, people)

    def same(self, nodes: Sequence[int]) -> NDArray[np.bool_]:
        """Which paths show exactly these nodes: bool[paths]."""
        chosen = np.equal(self.length, len(nodes))
        for step, node in enumerate(nodes):
            chosen[chosen] = self.codes[self.first[chosen] + step] == node
        return chosen

    def standing(self, nodes: Sequence[int], step: int, ends: bool) -> NDArray[np.bool_]:
        """Which paths show these nodes (in order of time) from a step on, and maybe end there."""
        chosen = self.length >= step + max(len(nodes), 1)
        if ends:
            chosen &= self.room == step + 1
        for further, node in enumerate(nodes if self.sign > 0 else nodes[::-1]):
            place = self.at[chosen] + self.sign * (step + further)
            chosen[chosen] = self.codes[place] == node
        return chosen

    def ending(self, nodes: Sequence[int]) -> NDArray[np.bool_]:
        """Which paths are over, backwards: begin, at a node (at any, when none is given)."""
        chosen = self._whole
        for node in nodes:
            chosen[chosen] = self.codes[self._far[chosen]] == node
        return chosen

    def passing(self, nodes: Sequence[int]) -> Ints:
        """Whose paths go through these nodes, one after the other: ids of people."""
        if not nodes:
            return self.owner
        through = np.cumsum(self._change(len(nodes))) > 0
        for further, node in enumerate(nodes):
            here = np.flatnonzero(through)
            through[here] = self.codes[here + further] == node
        run = np.searchsorted(self.begins, np.flatnonzero(through), side="right") - 1
        return self.runs[run]

    @property
    def _whole(self) -> NDArray[np.bool_]:
        return np.less_equal(self.room, self.steps)

    @property
    def _far(self) -> Ints:
        return self.at + self.sign * (self.room - 1)

    def _change(self, together: int) -> Ints:
        """How many paths more, or fewer, go through each node and the `together` - 1 after it than
        go through the node before and those after that: int64[k]."""
        change = np.zeros(len(self.codes) + 1, dtype=np.int64)
        long = self.length >= together
        np.add.at(change, self.first[long], 1)
        np.subtract.at(change, (self.first + self.length)[long] - together + 1, 1)
        return change[:-1]


@dataclass(frozen=True, slots=True)
class Sequences:
    """Different sequences as numbers (see `kernels/sequences.py`), a list of int64[s]; how often
    each occurs, and with how many people: int64[s]."""

    numbers: list[Ints]
    often: Ints
    people: Ints

    def ranked(self, limit: int) -> Sequences:
        """The most frequent, equals by name."""
        least = 0
        if len(self.often) > limit:
            least = np.partition(self.often, -limit)[-limit]
        chosen = np.flatnonzero(self.often >= least)
        keys = [number[chosen] for number in self.numbers[::-1]]
        order = chosen[np.lexsort((*keys, -self.often[chosen]))[:limit]]
        return Sequences(
            [number[order] for number in self.numbers], self.often[order], self.people[order]
        )

    def spelled(self, steps: int, size: int) -> Iterator[tuple[list[int], int, int]]:
        """The nodes of each sequence, how often it occurs, with how many people."""
        columns = [
            number // (size + 1) ** (end - 1 - step) % (size + 1) - 1
            for (begin, end), number in zip(_words(steps, size), self.numbers, strict=True)
            for step in range(begin, end)
        ]
        rows = np.column_stack(columns).tolist()
        for row, often, people in zip(rows, self.often, self.people, strict=True):
            yield [node for node in row if node >= 0], int(often), int(people)


def together(pieces: Sequence[Sequences]) -> Sequences:
    """The sequences of several parts, whose people are different people."""
    if len(pieces) == 1:
        return pieces[0]
    numbers = [np.concatenate(same) for same in zip(*(one.numbers for one in pieces), strict=True)]
    firsts, ranks = different(numbers)
    often, people = np.zeros((2, len(firsts)), dtype=np.int64)
    np.add.at(often, ranks, np.concatenate([one.often for one in pieces]))
    np.add.at(people, ranks, np.concatenate([one.people for one in pieces]))
    return Sequences([number[firsts] for number in numbers], often, people)


def _words(steps: int, size: int) -> Iterator[tuple[int, int]]:
    """Which steps of a path fit into one number together."""
    fit = WORD_BITS // (size + 1).bit_length()
    for begin in range(0, steps, fit):
        yield begin, min(begin + fit, steps)


def walk(trail: Trail, timeline: Timeline, runs: Timeline, scope: Scope) -> Walk:
    """The paths of a part, of which `runs` are the people or their visits."""
    codes, anchors, begins = _nodes(trail, timeline, runs, scope)
    forwards = bool(trail.mask("from")) or not trail.mask("to")
    at, end, run = _ahead(trail, anchors, begins) if forwards else _back(trail, anchors, begins)
    return Walk(
        codes=codes,
        begins=begins,
        at=at,
        runs=runs.people,
        room=np.abs(end - at),
        owner=runs.people[run],
        sign=1 if forwards else -1,
        steps=trail.steps or ALL,
    )


def _nodes(
    trail: Trail, timeline: Timeline, runs: Timeline, scope: Scope
) -> tuple[NDArray[np.int32], NDArray[np.uint8], Ints]:
    table, held = marks([choice for _, choice in trail.chosen], timeline, scope)
    for bit, codes in trail.named.items():
        table = np.where(codes, table, table & ~(1 << bit))
    once = not trail.every
    found: tuple[NDArray[np.int32], NDArray[np.uint8], Ints] = nodes(
        *runs.arrays,
        table,
        held,
        trail.slots,
        trail.shown,
        np.array([trail.mask(role) for role in ROLES]),
        len(trail.shown) - trail.values,
        # One more than is seen, to know whether the path ends there.
        trail.steps + 1 if trail.steps and once and not trail.mask("to") else ALL,
        once and bool(trail.mask("from")),
        once and bool(trail.mask("to")),
        trail.merge,
        *scope.bounds,
    )
    return found


def _ahead(trail: Trail, anchors: NDArray[np.uint8], begins: Ints) -> tuple[Ints, Ints, Ints]:
    """Where each path begins, where it is over, and its run: on to the end of the run, or to the
    first end anchor after its begin; without one there is no path."""
    if trail.every and trail.mask("from"):
        at = np.flatnonzero(anchors & 1)
        run = np.searchsorted(begins, at, side="right") - 1
    else:
        run = np.flatnonzero(begins[1:] > begins[:-1])
        at = begins[run]
    end = begins[run + 1]
    if trail.mask("to"):
        goals = np.append(np.flatnonzero(anchors & 2), ALL)
        goal = goals[np.searchsorted(goals, at, side="right")]
        reached = goal < end
        return at[reached], goal[reached] + 1, run[reached]
    return at, end, run


def _back(trail: Trail, anchors: NDArray[np.uint8], begins: Ints) -> tuple[Ints, Ints, Ints]:
    """The same for paths that end at an anchor, from which they are seen backwards."""
    if trail.every:
        at = np.flatnonzero(anchors & 2)
        run = np.searchsorted(begins, at, side="right") - 1
    else:
        run = np.flatnonzero(begins[1:] > begins[:-1])
        at = begins[run + 1] - 1
        reached = anchors[at] & 2 != 0
        at, run = at[reached], run[reached]
    return at, begins[run] - 1, run
