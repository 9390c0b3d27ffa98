"""Asking: from a definition to an answer, and from a cell of it to its people.

What all reports share is here: checks, the segment, what a first pass over the parts settles, the
time limit, and the account of how the answer was found. What each of them counts is in `reports/`.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import reduce
from threading import Event as Signal
from typing import Any, TypeVar

import msgspec
import numpy as np
from numpy.typing import NDArray

from sojourn import breakdown, filter, segment
from sojourn.errors import BadQuestion, Interrupted
from sojourn.executor import Executor
from sojourn.found import found_in
from sojourn.ingest.project import Project
from sojourn.period import from_ms, instants
from sojourn.policy import gate
from sojourn.report import About, Question, Report
from sojourn.scope import FAR_MS, Scope
from sojourn.segment import Behind, Segment
from sojourn.timeline import Column, Timeline
from sojourn.timelines.snapshot import Snapshot
from sojourn.views import Sight

REPORTS: dict[str, Report[Any, Any]] = found_in("sojourn.reports", "REPORT")

Result = TypeVar("Result")
Mask = NDArray[np.bool_]
Behinds = dict[bytes, Callable[[Timeline], Mask]]

NOBODY = np.empty(0, dtype=np.int64)
BEHIND_DEPTH_MAX = 3
"""A cell of an answer about a segment made of a cell of an answer: nobody means more than that."""


@dataclass(slots=True)
class Patience:
    """How long a question may take, and whether somebody still wants to know."""

    seconds: float
    cancelled: Signal = field(default_factory=Signal)
    _begun: float = field(default_factory=time.monotonic)

    def check(self) -> None:
        """Give up between two parts, when it is time to."""
        if self.cancelled.is_set():
            raise Interrupted("The question was cancelled")
        if self.left <= 0:
            raise Interrupted(
                "The question took too long",
                detail=f"{self.seconds:g} seconds are allowed.",
                mend="Ask for a shorter period or fewer steps, or raise SOJOURN_QUESTION_SECONDS.",
            )

    @property
    def left(self) -> float:
        """Seconds until the time is over."""
        return max(0.0, self.seconds - (time.monotonic() - self._begun))

    @property
    def is_over(self) -> bool:
        """Whether it is time to give up."""
        return self.cancelled.is_set() or self.left <= 0

    @property
    def ms(self) -> float:
        """Milliseconds since the question was asked."""
        return (time.monotonic() - self._begun) * 1000


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What a question needs to know besides its definition: whom it asks, when, and by what.
    `unseen` gives the people who may not be seen for a purpose."""

    project: Project
    executor: Executor
    now_ms: int
    visit_gap_ms: int
    saved: Callable[[str], Segment]
    unseen: Callable[[str], list[int]]
    patience: Patience


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that has been checked, with all it needs; without a report it only asks who is in
    the segment."""

    report: Report[Any, Any] | None
    definition: Question
    snapshot: Snapshot
    scope: Scope
    segment: Segment | None
    behinds: Behinds
    closed: gate.Closed
    around: Circumstances

    def each(self, function: Callable[[Timeline], Result]) -> list[Result]:
        """The function's results over every part, of the people that the question is about."""

        return self.around.executor.map(
            lambda part: function(self.narrowed(part)), self.snapshot.parts
        )

    def narrowed(self, part: Timeline) -> Timeline:
        """A part in which only people of the segment have events.

        Whatever reads a part comes by here, so here a question that took too long is given up.
        """
        self.around.patience.check()
        self.snapshot.touch(part)
        part = self._for_purpose(part)
        if self.segment is None:
            return part
        return part.only(segment.members(self.segment, part, self.scope, self._stands_behind))

    def _for_purpose(self, part: Timeline) -> Timeline:
        """The part, in which what was not collected for the question's purpose cannot be read."""

        def read(name: str) -> tuple[Column, ...]:
            if name in self.closed:
                rules, purpose = self.around.project.rules, self.definition.purpose
                raise gate.refusal(rules, purpose, name)
            return part.read_property(name)

        return part.reading(read)

    def people(self, cell: Any) -> Callable[[Timeline], Mask]:
        """Who of a part stands behind a cell."""
        report = self.report
        assert report is not None

        def mask(part: Timeline) -> Mask:
            own = self.narrowed(part)
            chosen: Mask = report.people(self.definition, cell, own, self.scope)
            return chosen & (own.ends > own.starts)

        return mask

    def _stands_behind(self, behind: Behind, part: Timeline) -> Mask:
        return self.behinds[msgspec.json.encode(behind)](part)


def ask(definition: Question, around: Circumstances) -> Any:
    """The answer: a kernel over every part, then the sum."""
    asked = prepare(definition, around)
    report, scope = report_of(definition), asked.scope

    def one(part: Timeline) -> tuple[Any, int, int]:
        own = asked.narrowed(part)
        counted = report.partial(definition, own, scope)
        there = asked.snapshot.count(part, scope.purpose)
        if asked.segment is None:
            return counted, there.people, there.events
        lengths = own.ends - own.starts
        return counted, int(np.count_nonzero(lengths)), int(lengths.sum())

    found = around.executor.map(one, asked.snapshot.parts)
    partials, people, events = zip(*found, strict=True) if found else ((), (), ())
    answer = report.answer(definition, reduce(report.add, partials), scope)
    about = About(
        people=sum(people),
        unseen=asked.snapshot.unseen(scope.purpose),
        **_span(scope),
        parts=len(partials),
        events=sum(events),
        ms=round(around.patience.ms, 1),
    )
    return msgspec.structs.replace(answer, about=about)


def people_behind(definition: Question, cell: Any, around: Circumstances) -> list[int]:
    """The ids of the people behind one cell of an answer, ascending."""
    asked = prepare(definition, around)
    behind = asked.people(cell)

    def ids(part: Timeline) -> NDArray[np.int64]:
        return part.people[behind(part)]

    found = around.executor.map(ids, asked.snapshot.parts)
    people: list[int] = np.sort(np.concatenate([NOBODY, *found])).tolist()
    return people


def members(wanted: Segment, around: Circumstances) -> list[int]:
    """The ids of the people in a segment, ascending."""
    asked = prepare_segment(wanted, around)
    found = asked.each(lambda part: part.people[part.ends > part.starts])
    people: list[int] = np.sort(np.concatenate([NOBODY, *found])).tolist()
    return people


def prepare_segment(wanted: Segment, around: Circumstances) -> Asked:
    """Check a question about nothing but who is in a segment."""
    snapshot = _snapshot(Question(), around)
    scope = _scope(Question(), snapshot, around)
    return _asked(None, Question(segment=wanted), snapshot, scope, around, 0)


def prepare(definition: Question, around: Circumstances, depth: int = 0) -> Asked:
    """Check a question, and settle all that its parts have in common."""
    report = report_of(definition)
    report.check(definition)
    snapshot = _snapshot(definition, around)
    for where, choice in report.choices(definition):
        _check_choice(choice, where, around.project)
    breakdown.check(report.breakdown(definition))
    scope = _scope(definition, snapshot, around)
    asked = _asked(report, definition, snapshot, scope, around, depth)
    return replace(asked, scope=report.settled(definition, asked.each, scope))


def prepare_sight(purpose: str, around: Circumstances) -> Sight:
    """All that a question for a purpose can see, whatever it is."""
    question = Question(purpose=purpose)
    snapshot, project = _snapshot(question, around), around.project
    return Sight(
        snapshot=snapshot,
        scope=_scope(question, snapshot, around),
        vocabulary=project.vocabulary,
        closed=gate.not_for(project.rules, purpose),
        check=around.patience.check,
    )


def _snapshot(definition: Question, around: Circumstances) -> Snapshot:
    """The parts of this moment, without those who may not be seen for the question's purpose."""
    parts = around.project.parts
    unseen = around.unseen(definition.purpose)
    return parts.now().without({parts.today(person) for person in unseen})


def report_of(definition: Question) -> Report[Any, Any]:
    """The report that a definition asks for."""
    return REPORTS[str(definition.__struct_config__.tag)]


def decode_definition(text: bytes) -> Question:
    """A report's definition from its JSON."""
    try:
        return _definition(msgspec.json.decode(text, type=dict[str, Any]))
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as failure:
        raise _unreadable(failure) from None


def _asked(
    report: Report[Any, Any] | None,
    definition: Question,
    snapshot: Snapshot,
    scope: Scope,
    around: Circumstances,
    depth: int,
) -> Asked:
    segment.check(definition.segment)
    spelled = segment.spelled_out(definition.segment, around.saved)
    segment.check(spelled)
    for where, choice in segment.choices(spelled):
        _check_choice(choice, where, around.project)
    behinds = {
        msgspec.json.encode(behind): _behind(behind, definition.purpose, around, depth)
        for behind in segment.behinds(spelled)
    }
    _read_named((definition, spelled), snapshot, around)
    closed = gate.not_for(around.project.rules, definition.purpose)
    return Asked(report, definition, snapshot, scope, spelled, behinds, closed, around)


def _behind(
    behind: Behind, purpose: str, around: Circumstances, depth: int
) -> Callable[[Timeline], Mask]:
    """Who stands behind a cell that a segment refers to, in any part. A question has one purpose,
    so the inner one is asked for that of the outer one."""
    if depth >= BEHIND_DEPTH_MAX:
        raise BadQuestion(
            "Segments refer to cells of each other too deeply",
            where="segment.behind",
            mend="Save the inner one as a list of people.",
        )
    try:
        definition = msgspec.structs.replace(_definition(behind.definition), purpose=purpose)
        report = report_of(definition)
        cell = msgspec.convert(behind.cell, report.cell)
    except (msgspec.MsgspecError, RecursionError) as failure:
        raise _unreadable(failure) from None
    return prepare(definition, around, depth + 1).people(cell)


def _read_named(question: Any, snapshot: Snapshot, around: Circumstances) -> None:
    """Have at hand what a question names, wherever in it: a property is named by a text. Whatever
    else is called like a property is read in vain, and a property that nobody named is read later,
    when a part comes to it."""
    texts, left = dict[str, None](), [msgspec.to_builtins(question)]
    while left:
        match left.pop():
            case str(text):
                texts[text] = None
            case dict() as fields:
                left.extend(fields.values())
            case list() | tuple() as several:
                left.extend(several)
    vocabulary = around.project.vocabulary
    asked = [column for text in texts for column in vocabulary.columns(text)]
    snapshot.read(asked, around.patience.check)


def _check_choice(choice: filter.EventChoice, where: str, project: Project) -> None:
    filter.check(choice.where, f"{where}.where".lstrip("."))
    if choice.event is not None and choice.event not in project.vocabulary.codes:
        raise BadQuestion(
            "Unknown event",
            detail=f"Project “{project.name}” has never received “{choice.event[:200]}”.",
            where=f"{where}.event".lstrip("."),
            mend="Pick one of the names that the project's schema lists.",
        )


def _scope(definition: Question, snapshot: Snapshot, around: Circumstances) -> Scope:
    project = around.project
    start, end = instants(definition.period, project.zone, around.now_ms)
    return Scope(
        start_ms=(snapshot.first_ms or 0) if start is None else start,
        end_ms=(-1 if snapshot.last_ms is None else snapshot.last_ms) if end is None else end,
        purpose=gate.mask_of(project.rules, definition.purpose),
        zone=project.zone,
        week_start=project.week_start,
        visit_gap_ms=around.visit_gap_ms,
        now_ms=around.now_ms,
        first_ms=-FAR_MS if snapshot.first_ms is None else snapshot.first_ms,
        last_ms=FAR_MS if snapshot.last_ms is None else snapshot.last_ms,
    )


def _span(scope: Scope) -> dict[str, str]:
    """The period as `About` says it; nothing when it holds no instant."""
    if scope.start_ms > scope.end_ms:
        return {}
    ends = (from_ms(ms, scope.zone).isoformat() for ms in (scope.start_ms, scope.end_ms))
    return dict(zip(("from_", "to"), ends, strict=True))


def _definition(fields: dict[str, Any]) -> Question:
    kind = str(fields.get("kind", ""))
    if kind not in REPORTS:
        raise BadQuestion(
            f"There is no report “{kind[:60]}”",
            where="kind",
            mend=f"There are {', '.join(sorted(REPORTS))}.",
        )
    definition: Question = msgspec.convert(fields, REPORTS[kind].definition)
    return definition


def _unreadable(failure: Exception) -> BadQuestion:
    what, _, where = str(failure).partition(" - at `$")
    return BadQuestion(
        "The definition cannot be read",
        detail=f"{what}.",
        where=where.rstrip("`").lstrip("."),
        mend="docs/reference/reports.md shows what each report takes.",
    )
