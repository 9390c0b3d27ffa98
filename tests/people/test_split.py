"""A merge is undone: at once and everywhere, for good, and only that merge."""

from __future__ import annotations

import shutil
from pathlib import Path

import msgspec
import pytest
import sqlalchemy as sa

from sojourn import tables
from sojourn.application import Sojourn
from sojourn.errors import NotFound
from sojourn.event import Event, Identifier, Kind
from sojourn.ingest.project import Project
from sojourn.people import merges, profiles
from sojourn.people.merges import BlockedMerge, StandingMerge
from sojourn.settings import Settings
from tests.opened import NOON_MS, Clock, event, open_shop, profile, send, timelines, together

PHONE = ((1, "look"), (4, "look again"))
ANN = ((2, "sign up"), (3, "log in"))


def merged(data: Path) -> tuple[Sojourn, Project]:
    """A phone whose person went into Ann's, with an event of each before and after."""
    sojourn, project = open_shop(data)
    for one in (
        event("look", 1, anonymous="phone"),
        event("sign up", 2, user="ann", email="ann@example.com"),
        event("log in", 3, user="ann", anonymous="phone"),
        event("look again", 4, anonymous="phone"),
    ):
        send(sojourn, project, [one])
    return sojourn, project


def alias(user: str, previous: str, ts: int = 0) -> Event:
    """A message that says that two names are of one person."""
    return Event(
        kind=Kind.ALIAS,
        ts=NOON_MS + ts,
        identifiers=(Identifier("user_id", user),),
        previous=Identifier("user_id", previous),
        message_id="",
    )


def standing(sojourn: Sojourn, project: Project, person: int) -> list[StandingMerge]:
    with sojourn.engine.begin() as connection:
        members = project.parts.members(project.parts.today(person))
        return merges.standing(connection, project.id, members)


def blocked(sojourn: Sojourn, project: Project) -> list[BlockedMerge]:
    with sojourn.engine.begin() as connection:
        return merges.blocked(connection, project.id, project.parts)


@pytest.mark.parametrize("before", ["nothing", "settle", "reopen", "rebuild"])
def test_every_event_goes_back_under_the_person_it_came_under(tmp_path: Path, before: str) -> None:
    sojourn, project = merged(tmp_path)
    if before != "nothing":
        sojourn.applier.commit(now=True)
    if before in ("settle", "reopen"):
        project.parts.settle()
    if before in ("reopen", "rebuild"):
        sojourn.close()
        sojourn, project = open_shop(tmp_path)
    with sojourn:
        assert together(timelines(project)) == {tuple(sorted(PHONE + ANN))}
        undone = sojourn.split(project, 1, actor="test")
        assert (undone.person, undone.into, undone.shared) == (1, 2, "anonymous_id")
        assert timelines(project) == {1: list(PHONE), 2: list(ANN)}
        if before == "settle":
            project.parts.settle()
            assert timelines(project) == {1: list(PHONE), 2: list(ANN)}
    sojourn, project = open_shop(tmp_path)
    with sojourn:
        assert timelines(project) == {1: list(PHONE), 2: list(ANN)}


def test_merge_does_not_come_back_by_itself_but_by_an_alias(tmp_path: Path) -> None:
    sojourn, project = merged(tmp_path)
    with sojourn:
        sojourn.split(project, 2, actor="test")
        for at in (5, 6):
            send(sojourn, project, [event("log in", at, user="ann", anonymous="phone")])
        assert timelines(project) == {1: list(PHONE), 2: [*ANN, (5, "log in"), (6, "log in")]}
        (one,) = blocked(sojourn, project)
        assert (one.person, one.other, one.shared, one.barrier) == (1, 2, "anonymous_id", "split")
        assert one.times == 2
    sojourn, project = open_shop(tmp_path)
    with sojourn:
        send(sojourn, project, [event("log in", 7, user="ann", anonymous="phone")])
        assert set(timelines(project)) == {1, 2}, "the decision outlives the process"
        send(sojourn, project, [alias("ann", "phone", 8)])
        assert set(timelines(project)) == {2}
        assert blocked(sojourn, project) == []
        sojourn.split(project, 2, actor="test")
        assert set(timelines(project)) == {1, 2}


def test_one_of_several_merges_is_undone(tmp_path: Path) -> None:
    sojourn, project = merged(tmp_path)
    with sojourn:
        send(sojourn, project, [event("read", 5, anonymous="tablet")])
        send(sojourn, project, [event("log in", 6, user="ann", anonymous="tablet")])
        newest, oldest = standing(sojourn, project, 2)
        assert (newest.person, oldest.person) == (3, 1)
        sojourn.split(project, 2, merge=oldest.number, actor="test")
        assert timelines(project) == {1: list(PHONE), 2: [*ANN, (5, "read"), (6, "log in")]}
        with pytest.raises(NotFound):
            sojourn.split(project, 2, merge=oldest.number, actor="test")
        with pytest.raises(NotFound):
            sojourn.split(project, 1, actor="test")


def test_whoever_became_them_goes_with_them(tmp_path: Path) -> None:
    sojourn, project = merged(tmp_path)
    with sojourn:
        send(sojourn, project, [event("other", 5, user="annette")])
        send(sojourn, project, [alias("annette", "ann")])
        assert set(timelines(project)) == {3}
        sojourn.split(project, 3, actor="test")
        assert timelines(project) == {2: sorted(PHONE + ANN), 3: [(5, "other")]}
        assert project.parts.members(2) == [2, 1]


def test_profile_and_identifiers_go_with_what_told_them(tmp_path: Path) -> None:
    sojourn, project = merged(tmp_path)
    with sojourn:
        send(sojourn, project, [profile(anonymous="phone", ts=5, colour="red")])
        send(sojourn, project, [profile(user="ann", ts=6, colour="blue")])
        both = event("read", 7, anonymous="phone"), event("read", 7, anonymous="new phone")
        given = tuple(name for one in both for name in one.identifiers)
        send(sojourn, project, [msgspec.structs.replace(both[0], identifiers=given)])
        with sojourn.engine.begin() as connection:
            known = profiles.newest(connection, project.id, project.vault, [1, 2])
        assert known["colour"].value == "blue"
        sojourn.split(project, 2, actor="test")
        with sojourn.engine.begin() as connection:
            theirs = [profiles.read(connection, project.id, project.vault, [who]) for who in (1, 2)]
            found = sojourn.directory(project).search(connection, "new phone")
        assert [one["colour"] for one in theirs] == ["red", "blue"]
        assert found == [1], "an identifier stays with the one it came with"


def test_crash_before_the_table_replays_the_same_people(tmp_path: Path) -> None:
    sojourn, _ = merged(tmp_path / "stopped")
    with sojourn:
        sojourn.split(sojourn.project("shop"), 2, actor="test")
        send(sojourn, sojourn.project("shop"), [event("look", 5, anonymous="phone")])
        shutil.copytree(tmp_path / "stopped", tmp_path / "copy")
    crashed, project = open_shop(tmp_path / "copy")
    with crashed:
        assert project.store.committed() == 0, "all of it came from the inbox"
        assert timelines(project) == {1: [*PHONE, (5, "look")], 2: list(ANN)}


def test_another_process_splits_and_the_writing_one_sees_it(tmp_path: Path) -> None:
    sojourn, project = merged(tmp_path)
    with sojourn:
        with Sojourn(Settings(data=tmp_path), clock_ms=Clock()) as beside:
            assert not beside.writes
            shop = beside.project("shop")
            beside.split(shop, 2, actor="test")
            assert timelines(shop) == {1: list(PHONE), 2: list(ANN)}
            beside.change_hierarchy(shop, ["email", "user_id", "anonymous_id"], actor="test")
        sojourn.take_up_people()
        assert timelines(project) == {1: list(PHONE), 2: list(ANN)}
        assert project.people.hierarchy.types[0] == "email"
        send(sojourn, project, [event("log in", 5, user="ann", anonymous="phone")])
        assert set(timelines(project)) == {1, 2}
        with sojourn.engine.begin() as connection:
            done = connection.execute(sa.select(tables.audit.c.action)).scalars().all()
        assert done[-2:] == ["split", "change hierarchy"]


def test_restricted_people_stay_so_on_both_sides(tmp_path: Path) -> None:
    sojourn, project = merged(tmp_path)
    with sojourn:
        governance = sojourn.governance(project)
        governance.restrict(2, actor="test")
        sojourn.split(project, 2, actor="test")
        assert governance.unrestricted().people == 0
