"""Paths: what people do next, from each event to the following one of the same person.

Counts are exact for every pair of names and stay sparse until the end. Only the answer has a limit:
past `NAMES_MAX` names the rarest are shown as one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

import msgspec
import numpy as np
from numpy.typing import NDArray

from sojourn.kernels.transitions import transitions
from sojourn.period import Period
from sojourn.report import Report, Scope
from sojourn.timeline import Timeline

NAMES_MAX = 1_000
"""More names than a picture shows, few enough that an answer fits in memory."""

Key = TypeVar("Key", str, tuple[str, str])

OTHER = "(other)"
"""The name under which the rarest names are pooled."""


class PathsDefinition(
    msgspec.Struct, frozen=True, tag_field="kind", tag="paths", forbid_unknown_fields=True
):
    """Every transition within the period."""

    period: Period = Period()
    purpose: str = "analytics"


class Transition(msgspec.Struct, frozen=True, rename={"from_": "from"}):
    """How often an event of one name was directly followed by one of another (or the same)."""

    from_: str
    to: str
    count: int


class PathsEnd(msgspec.Struct, frozen=True):
    """How many people began, or ended, with an event of this name."""

    event: str
    count: int


class PathsAnswer(msgspec.Struct, frozen=True, tag_field="kind", tag="paths"):
    """People seen, and every transition, first and last event, the most frequent first."""

    people: int
    transitions: tuple[Transition, ...]
    starts: tuple[PathsEnd, ...]
    ends: tuple[PathsEnd, ...]


@dataclass(frozen=True, slots=True)
class PathsPartial:
    """What one part holds.

    names  the names by code        people  how many people had a visible event
    first  int64[names]             last    int64[names]
    pairs  int64[k], ascending: code of the first event · len(names) + code of the second
    often  int64[k]
    """

    names: tuple[str, ...]
    people: int
    first: NDArray[np.int64]
    last: NDArray[np.int64]
    pairs: NDArray[np.int64]
    often: NDArray[np.int64]


def check(definition: PathsDefinition) -> None:
    """Every definition can be answered."""


def events(definition: PathsDefinition) -> Iterator[tuple[str, str]]:
    """No event is named."""
    return iter(())


def partial(definition: PathsDefinition, timeline: Timeline, scope: Scope) -> PathsPartial:
    """Count the pairs and the ends of a part."""
    people, first, last, pairs, often = transitions(
        timeline.starts,
        timeline.ends,
        timeline.ts,
        timeline.event,
        timeline.purposes,
        len(timeline.names),
        scope.start_ms,
        scope.end_ms,
        scope.purpose,
    )
    order = np.argsort(pairs)
    return PathsPartial(timeline.names, people, first, last, pairs[order], often[order])


def add(one: PathsPartial, other: PathsPartial) -> PathsPartial:
    """Counts of two parts; codes mean the same names in every part."""
    pairs, slots = np.unique(np.concatenate((one.pairs, other.pairs)), return_inverse=True)
    often = np.zeros(len(pairs), dtype=np.int64)
    np.add.at(often, slots, np.concatenate((one.often, other.often)))
    return PathsPartial(
        names=one.names,
        people=one.people + other.people,
        first=one.first + other.first,
        last=one.last + other.last,
        pairs=pairs,
        often=often,
    )


def answer(definition: PathsDefinition, counted: PathsPartial, scope: Scope) -> PathsAnswer:
    """Name the codes, pooling the rarest names when there are too many."""
    names = _shown(counted)
    size = len(names)
    moves: Counter[tuple[str, str]] = Counter()
    for pair, often in zip(counted.pairs.tolist(), counted.often.tolist(), strict=True):
        moves[names[pair // size], names[pair % size]] += often
    return PathsAnswer(
        people=counted.people,
        transitions=tuple(Transition(*pair, count) for pair, count in _ranked(moves.items())),
        starts=_ends(names, counted.first),
        ends=_ends(names, counted.last),
    )


def _shown(counted: PathsPartial) -> list[str]:
    """The name under which each code is shown; a name weighs as often as it occurs."""
    names = list(counted.names)
    weight = counted.first.copy()
    np.add.at(weight, counted.pairs % max(len(names), 1), counted.often)
    for code in np.argsort(-weight, kind="stable")[NAMES_MAX:]:
        names[code] = OTHER
    return names


def _ends(names: list[str], counts: NDArray[np.int64]) -> tuple[PathsEnd, ...]:
    ends: Counter[str] = Counter()
    for code in np.flatnonzero(counts):
        ends[names[code]] += int(counts[code])
    return tuple(PathsEnd(name, count) for name, count in _ranked(ends.items()))


def _ranked(counts: Iterable[tuple[Key, int]]) -> list[tuple[Key, int]]:
    """The most frequent first, equals by name."""
    return sorted(counts, key=lambda one: (-one[1], one[0]))


def rows(answer: PathsAnswer) -> list[dict[str, Any]]:
    """One row a transition; a start has no “from”, an end no “to”."""
    moves = [
        {"from": move.from_, "to": move.to, "count": move.count} for move in answer.transitions
    ]
    starts = [{"from": None, "to": start.event, "count": start.count} for start in answer.starts]
    ends = [{"from": end.event, "to": None, "count": end.count} for end in answer.ends]
    return [*moves, *starts, *ends]


REPORT = Report(
    kind="paths",
    definition=PathsDefinition,
    check=check,
    events=events,
    partial=partial,
    add=add,
    answer=answer,
    rows=rows,
)
