"""Facts: what is told of a person is a property of theirs, in the next answer and for good."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pyarrow.compute as pc
import pytest

from sojourn.application import Sojourn
from sojourn.filter import Condition
from sojourn.ingest import applier, room
from sojourn.ingest.project import Project
from sojourn.segment import Segment
from tests.opened import event, open_shop, profile, send, timelines


def who_are(sojourn: Sojourn, project: Project, **properties: str | float | bool) -> list[int]:
    """The ids of those with events of whom this was told last."""
    are = tuple(Condition(property=name, is_=value) for name, value in properties.items())
    return sojourn.questions.members(project, Segment(are=are))


def person_of(sojourn: Sojourn, project: Project, identifier: str) -> int:
    with sojourn.engine.begin() as connection:
        (person,) = sojourn.directory(project).search(connection, identifier)
    return person


def settle(sojourn: Sojourn, project: Project) -> None:
    sojourn.applier.commit(now=True)
    project.parts.settle()


def test_fact_is_in_the_next_answer_and_after_commit_settling_and_reopening(
    tmp_path: Path,
) -> None:
    sojourn, project = open_shop(tmp_path)
    with sojourn:
        some = [profile("ann", plan="pro", seats=5, trial=True), event("buy", 9, user="ann")]
        send(sojourn, project, [*some, event("buy", user="bob"), profile("cy", plan="pro")])
        ann = [person_of(sojourn, project, "ann")]
        for _ in range(2):
            assert who_are(sojourn, project, plan="pro") == ann
            assert who_are(sojourn, project, seats=5.0, trial=True) == ann
            assert who_are(sojourn, project, plan="free") == []
            settle(sojourn, project)
    sojourn, project = open_shop(tmp_path)
    with sojourn:
        assert who_are(sojourn, project, plan="pro") == ann


def test_newest_fact_wins_whenever_it_arrives_and_across_merges(tmp_path: Path) -> None:
    sojourn, project = open_shop(tmp_path)
    with sojourn:
        send(sojourn, project, [event("look", 1, anonymous="phone"), event("buy", 2, user="ann")])
        send(sojourn, project, [profile(anonymous="phone", ts=30, plan="pro", city="Lyon")])
        settle(sojourn, project)
        send(sojourn, project, [profile("ann", ts=20, plan="free", team="red")])
        ann = [person_of(sojourn, project, "ann")]
        assert who_are(sojourn, project, plan="free") == ann
        send(sojourn, project, [event("log in", 40, user="ann", anonymous="phone")])
        for _ in range(2):
            assert who_are(sojourn, project, plan="pro", city="Lyon", team="red") == ann
            assert who_are(sojourn, project, plan="free") == []
            settle(sojourn, project)
        send(sojourn, project, [profile("ann", ts=25, plan="late")])
        assert who_are(sojourn, project, plan="pro") == ann
        send(sojourn, project, [profile("ann", ts=30, plan="same instant, later")])
        assert who_are(sojourn, project, plan="same instant, later") == ann


def test_traits_of_an_event_are_told_beside_it(tmp_path: Path) -> None:
    sojourn, project = open_shop(tmp_path)
    with sojourn:
        both = msgspec.structs.replace(event("buy", 1, user="ann"), traits={"plan": "pro"})
        send(sojourn, project, [both, event("look", 2, user="ann")])
        assert who_are(sojourn, project, plan="pro") == [person_of(sojourn, project, "ann")]
        assert list(timelines(project).values()) == [[(1, "buy"), (2, "look")]]
        table = project.uncommitted[0]
        assert len(set(table["order"].to_pylist())) == len(table) == 3


def test_fact_is_no_event_anywhere(tmp_path: Path) -> None:
    sojourn, project = open_shop(tmp_path)
    with sojourn:
        send(sojourn, project, [profile("ann", ts=900, plan="pro"), event("buy", 9, user="ann")])
        ann = person_of(sojourn, project, "ann")
        for _ in range(2):
            snapshot = project.parts.now()
            assert snapshot.events == 1
            assert snapshot.first_ms == snapshot.last_ms
            assert project.vocabulary.names == ("buy",)
            directory = sojourn.directory(project)
            with sojourn.engine.begin() as connection:
                (line,) = directory.summaries(connection, snapshot, [ann])
                shown, _ = directory.timeline(connection, ann, (2**62, 2**62), 10)
            assert (line.events, line.first) == (1, line.last)
            assert [one.event for one in shown] == ["buy"]
            settle(sojourn, project)


def test_facts_are_replayed_after_a_stop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was applied and had not reached the table is told again, once."""
    sojourn, project = open_shop(tmp_path)
    with monkeypatch.context() as broken:
        broken.setattr(applier.Applier, "commit", lambda *_, **__: None)
        with sojourn:
            send(sojourn, project, [profile("ann", plan="pro"), event("buy", 9, user="ann")])
            before = sojourn.questions.members(
                project, Segment(are=(Condition("plan", is_="pro"),))
            )
    assert project.store.committed() == 0
    sojourn, project = open_shop(tmp_path)
    with sojourn:
        assert (
            sojourn.questions.members(project, Segment(are=(Condition("plan", is_="pro"),)))
            == before
        )
        assert pc.sum(pc.equal(project.uncommitted[0]["event"], "")).as_py() == 1


def test_message_for_whose_names_there_was_no_room_stays_out_of_a_replay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "PROPERTY_NAMES_MAX", 1)
    sojourn, project = open_shop(tmp_path)
    with monkeypatch.context() as broken, sojourn:
        broken.setattr(applier.Applier, "commit", lambda *_, **__: None)
        send(sojourn, project, [profile("ann", plan="pro"), event("buy", user="ann", price=1)])
        send(sojourn, project, [profile("bob", team="red"), event("buy", user="bob", plan="x")])
        shown = timelines(project)
        assert sorted(project.vocabulary.properties()) == [("plan", "text"), ("price", "number")]
        with sojourn.engine.begin() as connection:
            assert sojourn.directory(project).search(connection, "bob") != []
    sojourn, project = open_shop(tmp_path)
    with sojourn:
        assert timelines(project) == shown
        assert len(project.uncommitted[0]) == 3
