"""The tracking plan at work: what is said is kept, planned types are held, blocks block."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from sojourn import tracking_plan
from sojourn.application import Sojourn
from sojourn.drop_reason import DropReason
from sojourn.errors import BadQuestion, NotFound
from sojourn.event import Event
from sojourn.ingest.planning import Planning
from sojourn.ingest.project import Project
from sojourn.ingest.quarantine import Chosen
from sojourn.tracking_plan import EventEntry, PropertyEntry, TrackingPlan
from tests.opened import event, open_shop, profile, send

PAID = EventEntry("Paid", "Money came in.", "receipt", "{person} paid {total}[ for {plan}]", True)


def planning(sojourn: Sojourn, project: Project) -> Planning:
    return Planning(project, sojourn.engine, sojourn.clock_ms)


def say(sojourn: Sojourn, project: Project, plan: TrackingPlan) -> None:
    planning(sojourn, project).say(plan, actor="test")


def reasons(sojourn: Sojourn, project: Project, *events: Event) -> list[DropReason]:
    outcome, done = sojourn.accept(project, events)
    if done is not None:
        done.result(timeout=10)
    return [dropped.reason for dropped in outcome.dropped.values()]


def test_what_is_said_outlives_the_process_and_other_names_are_left_alone(tmp_path: Path) -> None:
    total = PropertyEntry("Total", planned="number")
    with open_shop(tmp_path)[0] as sojourn:
        project = sojourn.project("shop")
        say(sojourn, project, TrackingPlan({"paid": PAID}, {"total": total}))
        other = EventEntry(archived=True, blocked=True)
        say(sojourn, project, TrackingPlan({"other": other}, {"note": PropertyEntry(blocked=True)}))
    with open_shop(tmp_path)[0] as sojourn:
        project = sojourn.project("shop")
        plan = planning(sojourn, project).plan()
        assert plan.events == {"other": other, "paid": PAID}
        assert plan.properties == {"note": PropertyEntry(blocked=True), "total": total}
        say(sojourn, project, TrackingPlan({"other": EventEntry(title="Other")}))
        assert planning(sojourn, project).plan().events["other"] == EventEntry(title="Other")
        assert project.collection.blocked_events == ()


@pytest.mark.parametrize(
    ("planned", "value", "fits"),
    [
        ("number", 3, True),
        ("number", "3", False),
        ("number", True, False),
        ("text", "3", True),
        ("text", 3, False),
        ("flag", False, True),
        ("flag", 0, False),
        ("text", None, True),
    ],
)
def test_a_planned_type_is_held(tmp_path: Path, planned: str, value: object, fits: bool) -> None:
    sojourn, project = open_shop(tmp_path)
    with sojourn:
        entry = msgspec.convert({"planned": planned}, PropertyEntry)
        say(sojourn, project, TrackingPlan(properties={"total": entry}))
        refused = [] if fits else [DropReason.TYPE_CONFLICT]
        bought = event("buy", user="a", total=value)
        assert reasons(sojourn, project, bought, event("look", user="a")) == refused
        assert reasons(sojourn, project, profile(user="a", total=value)) == refused


def test_what_is_sealed_has_a_type_too(tmp_path: Path) -> None:
    sojourn, project = open_shop(tmp_path)
    with sojourn:
        say(sojourn, project, TrackingPlan(properties={"phone": PropertyEntry(planned="text")}))
        called = event("call", user="a", phone=4930123456)
        assert reasons(sojourn, project, called) == [DropReason.TYPE_CONFLICT]
        assert reasons(sojourn, project, profile(user="a", phone=4930123456)) == [
            DropReason.TYPE_CONFLICT
        ]


def test_a_conflict_waits_in_the_quarantine_until_the_plan_is_mended(tmp_path: Path) -> None:
    sojourn, project = open_shop(tmp_path)
    with sojourn:
        say(sojourn, project, TrackingPlan(properties={"total": PropertyEntry(planned="number")}))
        reasons(sojourn, project, event("buy", user="a", message_id="m1", total="three"))
        sojourn.quarantine.flush()
        ((id, held),) = sojourn.quarantine.held(project, Chosen(), limit=9)
        assert held.event.properties["total"] == "three"
        assert held.detail == "“total” is planned as a number, and came as a text."
        assert sojourn.replay(project, Chosen(ids=(id,))).kept == 0
        planning(sojourn, project).forget("property", "total", actor="test")
        assert sojourn.replay(project, Chosen(ids=(id,))).kept == 1
        sojourn.apply_all()
        assert project.parts.now().events == 1


def test_blocks_are_those_of_the_collection(tmp_path: Path) -> None:
    sojourn, project = open_shop(tmp_path)
    with sojourn:
        blocked = TrackingPlan(
            {"buy": EventEntry(blocked=True)}, {"x": PropertyEntry(blocked=True)}
        )
        say(sojourn, project, blocked)
        assert project.collection.blocked_events == ("buy",)
        assert reasons(sojourn, project, event("buy", user="a")) == [DropReason.EXCLUDED]
        send(sojourn, project, [event("look", user="a", x="gone", y="stays")])
        assert [name for name, _ in project.vocabulary.properties()] == ["y"]
        own = planning(sojourn, project)
        own.forget("event", "buy", actor="test")
        assert own.plan().events == {"buy": EventEntry(blocked=True)}, "a block stands"


def test_another_process_hears_of_the_plan(tmp_path: Path) -> None:
    sojourn, project = open_shop(tmp_path)
    with sojourn, open_shop(tmp_path)[0] as beside:
        say(sojourn, project, TrackingPlan({"paid": PAID}))
        other = beside.project("shop")
        assert other.plan.events == {}
        say(beside, other, TrackingPlan({"look": EventEntry("Look")}))
        assert set(other.plan.events) == {"look", "paid"}


def test_nothing_is_forgotten_that_nobody_said(tmp_path: Path) -> None:
    sojourn, project = open_shop(tmp_path)
    with sojourn, pytest.raises(NotFound):
        planning(sojourn, project).forget("property", "total", actor="test")


@pytest.mark.parametrize(
    "sentence",
    ["", "paid", "{person} paid", "paid[ for {plan}]", "[{a}][{b}] c", "{a b.c} é", "[ x ]"],
)
def test_sentences_that_can_be_read(sentence: str) -> None:
    tracking_plan.check(TrackingPlan({"paid": EventEntry(sentence=sentence)}))


@pytest.mark.parametrize(
    "event_entry",
    [
        *(EventEntry(sentence=one) for one in ("{", "{}", "}", "[", "[[a]]", "{a{b}}", "{a]", "]")),
        EventEntry(sentence="s" * 301),
        EventEntry(title="t" * 101),
        EventEntry(description="a\0b"),
        EventEntry(title="\ud800"),
    ],
)
def test_what_cannot_be_shown_is_refused(event_entry: EventEntry) -> None:
    with pytest.raises(BadQuestion):
        tracking_plan.check(TrackingPlan({"paid": event_entry}))


@pytest.mark.parametrize("name", ["", " ", "n" * 201, "a\0b"])
def test_names_that_nothing_can_have_are_refused(name: str) -> None:
    with pytest.raises(BadQuestion):
        tracking_plan.check(TrackingPlan({name: EventEntry()}))
    with pytest.raises(BadQuestion):
        tracking_plan.check(TrackingPlan(properties={name: PropertyEntry()}))


def test_a_plan_is_as_long_as_a_project_may_have_names() -> None:
    many = {f"p{number}": PropertyEntry() for number in range(2_001)}
    with pytest.raises(BadQuestion):
        tracking_plan.check(TrackingPlan(properties=many))
