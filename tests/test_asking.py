"""What all questions share: segments, the answer's own account, patience, refusals."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec
import pytest

from sojourn import asking
from sojourn.application import Sojourn
from sojourn.asking import decode_definition
from sojourn.control import writing
from sojourn.errors import BadQuestion, Interrupted, NotFound
from sojourn.ingest.project import Project
from sojourn.people import segments
from sojourn.people.segments import SavedSegment
from sojourn.promptly import SWITCH_ASKED_S, SWITCH_QUIET_S
from sojourn.segment import Segment
from sojourn.timeline import Timeline
from tests.opened import event, open_shop, send

FUNNEL = b'{"kind": "funnel", "steps": [{"event": "cart"}, {"event": "order"}]}'


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[tuple[Sojourn, Project]]:
    """Ten people with a cart, of whom the first four order; u0 does twice."""
    sojourn, project = open_shop(tmp_path)
    with sojourn:
        carts = [event("cart", number, user=f"u{number}", price=number) for number in range(10)]
        orders = [event("order", 100 + number, user=f"u{number}") for number in range(4)]
        send(sojourn, project, [*carts, *orders, event("order", 200, user="u0")])
        yield sojourn, project


def ask(shop: tuple[Sojourn, Project], **definition: Any) -> Any:
    sojourn, project = shop
    return sojourn.ask(project, decode_definition(msgspec.json.encode(definition)))


def steps(shop: tuple[Sojourn, Project], segment: dict[str, Any] | None = None) -> list[int]:
    """People at each step of the funnel, of a segment."""
    given = {} if segment is None else {"segment": segment}
    answer = ask(shop, kind="funnel", steps=[{"event": "cart"}, {"event": "order"}], **given)
    return [step.people for step in answer.steps]


def save(shop: tuple[Sojourn, Project], name: str, segment: dict[str, Any]) -> None:
    sojourn, project = shop
    saved = SavedSegment(name, msgspec.convert(segment, Segment))
    sojourn.questions.check_segment(project, saved)
    with writing(sojourn.engine).begin() as connection:
        segments.save(connection, project.id, saved)


def test_answer_gives_an_account_of_itself(shop: tuple[Sojourn, Project]) -> None:
    about = ask(shop, kind="funnel", steps=[{"event": "cart"}]).about
    assert (about.people, about.events, about.unseen) == (10, 15, 0.0)
    assert about.from_ == "2026-01-01T12:00:00+00:00"
    assert about.to == "2026-01-01T12:00:00.200000+00:00"
    assert about.parts >= 1
    assert about.ms > 0


def test_any_report_takes_a_segment(shop: tuple[Sojourn, Project]) -> None:
    twice = {"did": {"event": "order", "at_least": 2}}
    assert steps(shop) == [10, 4]
    assert steps(shop, twice) == [1, 1]
    assert steps(shop, {"not": twice}) == [9, 3]
    sequence = {"did": {"event": "cart", "then": [{"event": "order"}], "within": "1 minute"}}
    assert steps(shop, {"all": [sequence, {"not": twice}]}) == [3, 3]
    assert steps(shop, {"did": {"event": "cart", "sum": "price", "at_least": 7}}) == [3, 0]
    answer = ask(shop, kind="funnel", steps=[{"event": "cart"}], segment=twice)
    assert (answer.about.people, answer.about.events) == (1, 3)


def test_cell_turns_into_people_and_these_into_a_segment(shop: tuple[Sojourn, Project]) -> None:
    sojourn, project = shop
    definition = decode_definition(FUNNEL)
    report = asking.REPORTS["funnel"]
    cell = msgspec.convert({"step": 2, "reached": False}, report.cell)
    people = sojourn.questions.people_behind(project, definition, cell)
    assert len(people) == 6
    behind = {"definition": msgspec.json.decode(FUNNEL), "cell": {"step": 2, "reached": False}}
    assert steps(shop, {"behind": behind}) == [6, 0]
    assert steps(shop, {"people": people}) == [6, 0]
    assert (
        sojourn.questions.members(project, msgspec.convert({"behind": behind}, Segment)) == people
    )


def test_saved_segment_is_used_by_name_and_changes_for_all(shop: tuple[Sojourn, Project]) -> None:
    sojourn, project = shop
    save(shop, "buyers", {"did": {"event": "order"}})
    assert steps(shop, {"saved": "buyers"}) == [4, 4]
    assert steps(shop, {"not": {"saved": "buyers"}}) == [6, 0]
    save(shop, "buyers", {"did": {"event": "order", "at_least": 2}})
    assert steps(shop, {"saved": "buyers"}) == [1, 1]
    with writing(sojourn.engine).begin() as connection:
        segments.forget(connection, project.id, "buyers")
    with pytest.raises(NotFound):
        steps(shop, {"saved": "buyers"})


def test_segments_that_name_each_other_are_refused(shop: tuple[Sojourn, Project]) -> None:
    save(shop, "one", {"did": {"event": "order"}})
    save(shop, "two", {"not": {"saved": "one"}})
    with pytest.raises(BadQuestion, match="refer to each other"):
        save(shop, "one", {"not": {"saved": "two"}})
    with pytest.raises(BadQuestion, match="refer to each other"):
        save(shop, "self", {"any": [{"saved": "self"}]})


BAD: dict[str, Any] = {"event": "cart", "where": [{"property": "p"}]}


@pytest.mark.parametrize(
    ("definition", "where"),
    [
        ({"kind": "funnel", "steps": [{"event": "cart"}, BAD]}, "steps[1].where[0]"),
        ({"kind": "trend", "series": [BAD]}, "series[0].where[0]"),
        ({"kind": "retention", "start": {}, "return": BAD}, "return.where[0]"),
        ({"kind": "lifecycle", **BAD}, "where[0]"),
        ({"kind": "journey", "steps": [BAD]}, "steps[0].where[0]"),
        ({"kind": "trend", "series": [{"event": "never"}]}, "series[0].event"),
        ({"kind": "lifecycle", "event": "never"}, "event"),
        ({"kind": "trend", "series": [{}], "breakdown": {"by": []}}, "breakdown.by"),
        ({"kind": "trend", "series": [{}], "purpose": "fun"}, "purpose"),
    ],
)
def test_choice_that_cannot_be_made_is_refused_wherever_it_stands(
    shop: tuple[Sojourn, Project], definition: dict[str, Any], where: str
) -> None:
    with pytest.raises(BadQuestion) as refusal:
        ask(shop, **definition)
    assert refusal.value.where == where
    assert refusal.value.mend


def nested(depth: int) -> dict[str, Any]:
    return {"not": nested(depth - 1)} if depth else {"did": {}}


@pytest.mark.parametrize(
    ("segment", "where"),
    [
        ({}, "segment"),
        ({"did": {}, "saved": "x"}, "segment"),
        ({"all": [{"did": {"event": "unknown"}}]}, "segment.all[0].did.event"),
        ({"did": {"then": [{"event": "unknown"}]}}, "segment.did.then[0].event"),
        ({"did": {"where": [{"property": "p"}]}}, "segment.did.where[0]"),
        ({"did": {"within": "0 days"}}, "segment.did.within"),
        ({"did": {"then": [{}], "at_least": 2}}, "segment.did.then"),
        ({"did": {"sum": "price", "count": "visits"}}, "segment.did.count"),
        ({"did": {"then": [{}] * 21}}, "segment.did.then"),
        ({"did": {"period": {"from": "2026-02-01", "to": "2026-01-01"}}}, "segment.did.period"),
        ({"are": [{"property": "p", "matches": "("}]}, "segment.are[0].matches"),
        ({"behind": {"definition": {"kind": "nothing"}, "cell": {}}}, "kind"),
        ({"behind": {"definition": {"kind": "funnel"}, "cell": {}}}, ""),
        (nested(12), "segment" + ".not" * 11),
    ],
)
def test_segment_that_cannot_be_evaluated_is_refused(
    shop: tuple[Sojourn, Project], segment: dict[str, Any], where: str
) -> None:
    with pytest.raises(BadQuestion) as refusal:
        steps(shop, segment)
    assert refusal.value.where == where


def test_cells_of_cells_end_somewhere(shop: tuple[Sojourn, Project]) -> None:
    definition: dict[str, Any] = {"kind": "funnel", "steps": [{"event": "cart"}]}
    for _ in range(5):
        behind = {"definition": definition, "cell": {"step": 1}}
        definition = {**definition, "segment": {"behind": behind}}
    with pytest.raises(BadQuestion, match="too deeply"):
        ask(shop, **definition)


def test_question_that_takes_too_long_is_given_up(shop: tuple[Sojourn, Project]) -> None:
    sojourn, project = shop
    questions = sojourn.questions
    questions.settings = msgspec.structs.replace(questions.settings, question_seconds=0)
    with pytest.raises(Interrupted, match="too long") as refusal:
        sojourn.ask(project, decode_definition(FUNNEL))
    assert refusal.value.status == 408
    assert "SOJOURN_QUESTION_SECONDS" in refusal.value.mend
    cell = msgspec.convert({"step": 1}, asking.REPORTS["funnel"].cell)
    with pytest.raises(Interrupted, match="too long"):
        sojourn.questions.people_behind(project, decode_definition(FUNNEL), cell)


class OneByOne:
    """An executor that tells, before each part, that it is about to begin."""

    def __init__(self, before: Callable[[], object]) -> None:
        self.before = before
        self.begun = 0

    def map(self, function: Callable[[Timeline], Any], parts: Sequence[Timeline]) -> list[Any]:
        return [self._run(function, part) for part in parts]

    def _run(self, function: Callable[[Timeline], Any], part: Timeline) -> Any:
        self.begun += 1
        self.before()
        return function(part)

    def close(self) -> None:
        pass


def test_question_is_cancelled_by_its_name_between_two_parts(
    shop: tuple[Sojourn, Project],
) -> None:
    sojourn, project = shop
    sojourn.applier.commit(now=True)
    project.parts.settle()
    executor = OneByOne(
        lambda: sojourn.questions.cancel("mine" if executor.begun == 3 else "other")
    )
    sojourn.executor.close()
    sojourn.questions.executor = executor
    with pytest.raises(Interrupted, match="cancelled"):
        sojourn.ask(project, decode_definition(FUNNEL), name="mine")
    assert executor.begun == 3
    # Nothing is being asked now, so there is nothing to cancel.
    sojourn.questions.cancel("mine")
    assert sojourn.ask(project, decode_definition(FUNNEL), name="mine").steps[0].people == 10


def test_question_without_a_name_cannot_be_cancelled(shop: tuple[Sojourn, Project]) -> None:
    sojourn, project = shop
    sojourn.executor.close()
    sojourn.questions.executor = OneByOne(lambda: sojourn.questions.cancel(""))
    assert sojourn.ask(project, decode_definition(FUNNEL)).steps[0].people == 10


def test_threads_hand_over_sooner_until_nobody_waits_for_an_answer(
    shop: tuple[Sojourn, Project], monkeypatch: pytest.MonkeyPatch
) -> None:
    sojourn, project = shop
    usual, seen = sys.getswitchinterval(), list[float]()
    real = asking.ask

    def watched(*asked: Any) -> Any:
        seen.append(sys.getswitchinterval())
        if len(seen) == 1:
            # While the first is asked, another comes and goes.
            sojourn.ask(project, decode_definition(FUNNEL))
            seen.append(sys.getswitchinterval())
        return real(*asked)

    monkeypatch.setattr(asking, "ask", watched)
    sojourn.questions.hurried = True
    try:
        sojourn.ask(project, decode_definition(FUNNEL))
        assert seen == pytest.approx([SWITCH_ASKED_S] * 3)
        assert sys.getswitchinterval() == pytest.approx(SWITCH_QUIET_S)
        with pytest.raises(BadQuestion):
            sojourn.ask(project, decode_definition(b'{"kind": "funnel", "steps": []}'))
        assert seen[3:] == pytest.approx([SWITCH_ASKED_S])
        assert sys.getswitchinterval() == pytest.approx(SWITCH_QUIET_S)
    finally:
        sys.setswitchinterval(usual)
