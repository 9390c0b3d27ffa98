"""A report: a question about people, answered by a sum over parts.

    definition ──► partial(definition, timeline, scope)   pure, once for each part
                        │  add(a, b)                       partials add up, in any order
                        ▼
                   answer(definition, partial, scope)      frozen, ready to encode

Each file in `reports/` has one value `REPORT` of this type; `asking.py` finds it by its file's
name, so a new report is one file. Definitions and answers are frozen msgspec values with their
`kind` as the tag; they are the same in Python, on the command line and over HTTP.

A question may be asked in two passes: a `Survey` of the parts first settles, in the scope, what the
second counts by, such as which values of a breakdown are shown.

What all questions share is done before a report sees a part: runs of people outside the question's
segment, or who may not be seen, are empty.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

import msgspec
import numpy as np
from numpy.typing import NDArray

from sojourn import breakdown
from sojourn.breakdown import Breakdown, Census
from sojourn.filter import EventChoice
from sojourn.period import Period
from sojourn.scope import Scope
from sojourn.segment import Segment
from sojourn.timeline import Timeline

PURPOSE = "analytics"
"""What a question is for that does not say."""


class Question(
    msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", forbid_unknown_fields=True
):
    """What every definition has: when, of whom, and what for."""

    period: Period = Period()
    segment: Segment | None = None
    purpose: str = PURPOSE


class About(msgspec.Struct, frozen=True, kw_only=True, rename={"from_": "from"}):
    """What an answer is about, and how it was found.

    people   how many people the question could see, of those in its segment
    unseen   the share of the project's people whom it could not see: nothing of theirs is lawful
             for the purpose, or they may not be seen for now
    from, to the period, in the project's time zone; null when there is no event at all
    parts, events    how many timelines were read, and how many events stand in them
    ms       how long it took
    """

    people: int = 0
    unseen: float = 0.0
    from_: str | None = None
    to: str | None = None
    parts: int = 0
    events: int = 0
    ms: float = 0.0


class Answer(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind"):
    """What every answer has. A report leaves `about` alone: who asks the parts fills it in."""

    about: About = About()


Definition = TypeVar("Definition", bound=Question)
Partial = TypeVar("Partial")
Told = TypeVar("Told")
Each = Callable[[Callable[[Timeline], Any]], list[Any]]
"""A function's results over every part of a question."""


@dataclass(frozen=True, slots=True)
class Survey(Generic[Told]):
    """The first of two passes over the parts.

    partial   what one part tells
    settle    the scope, with what all of them tell together
    """

    partial: Callable[[Timeline, Scope], Told]
    settle: Callable[[list[Told], Scope], Scope]

    def settled(self, each: Each, scope: Scope) -> Scope:
        """The scope once every part was asked."""
        return self.settle(each(lambda part: self.partial(part, scope)), scope)


def no_breakdown(definition: Any) -> Breakdown | None:
    """The breakdown of a report that has none."""
    return None


def no_survey(definition: Any) -> Survey[Any] | None:
    """The survey of a report that knows beforehand what it counts by."""
    return None


def everywhere(place: str) -> bool:
    """The values of a breakdown are those of every choice of the definition."""
    return True


@dataclass(frozen=True, slots=True)
class Report(Generic[Definition, Partial]):
    """One kind of question. All functions are pure.

    check       raises `BadQuestion` for a definition that is well-formed but cannot be answered;
                conditions of choices and breakdowns are checked by who asks
    choices     (where in the definition, choice of events) for each one it names, so that an
                unknown event is refused before any work
    breakdown   the definition's breakdown, None when it has none
    valued      whether the choice at a place of the definition is one whose events have the values
    survey      what has to be asked of all parts before any is counted, besides those values
    rows        lays an answer out as a flat table, for CSV, terminals and data frames
    cell        the type that names one cell of the answer
    people      who stands behind a cell, of the people of one part: bool[n]
    """

    kind: str
    definition: type[Definition]
    check: Callable[[Definition], None]
    choices: Callable[[Definition], Iterator[tuple[str, EventChoice]]]
    partial: Callable[[Definition, Timeline, Scope], Partial]
    add: Callable[[Partial, Partial], Partial]
    answer: Callable[[Definition, Partial, Scope], Any]
    rows: Callable[[Any], list[dict[str, Any]]]
    cell: type[msgspec.Struct]
    people: Callable[[Definition, Any, Timeline, Scope], NDArray[np.bool_]]
    breakdown: Callable[[Definition], Breakdown | None] = no_breakdown
    valued: Callable[[str], bool] = everywhere
    survey: Callable[[Definition], Survey[Any] | None] = no_survey

    def settled(self, definition: Definition, each: Each, scope: Scope) -> Scope:
        """The scope with all that has to be known of every part before any is counted."""
        for survey in (self._survey_of_values(definition), self.survey(definition)):
            if survey is not None:
                scope = survey.settled(each, scope)
        return scope

    def _survey_of_values(self, definition: Definition) -> Survey[Census] | None:
        """Which values the breakdown shows, by the events that have them."""
        own = self.breakdown(definition)
        if own is None:
            return None
        choices = [choice for place, choice in self.choices(definition) if self.valued(place)]

        def settle(counted: list[Census], scope: Scope) -> Scope:
            return replace(scope, values=breakdown.chosen(own, counted))

        return Survey(functools.partial(breakdown.survey, own, choices), settle)
