"""Which identifiers a project knows, in which order, and who is too many to be one person."""

from __future__ import annotations

from pathlib import Path

import pytest

from sojourn.application import Sojourn
from sojourn.errors import BadQuestion
from sojourn.event import Event, Hierarchy, Identifier
from sojourn.ingest.project import Project
from sojourn.people import identities, merges
from tests.opened import NOON_MS, event, open_shop, send, timelines, together

TYPES = ["account_number", "user_id", "email", "device_id", "anonymous_id"]


def named(name: str, ts: int, **identifiers: str) -> Event:
    """An event under identifiers of any type."""
    return Event(
        name=name,
        ts=NOON_MS + ts,
        identifiers=tuple(Identifier(*pair) for pair in identifiers.items()),
        message_id=f"{name} {ts}",
    )


def barriers(sojourn: Sojourn, project: Project) -> set[str]:
    with sojourn.engine.begin() as connection:
        return {one.barrier for one in merges.blocked(connection, project.id, project.parts)}


def test_project_has_types_of_its_own_and_ignores_others(tmp_path: Path) -> None:
    sojourn, project = open_shop(tmp_path)
    with sojourn:
        sojourn.change_hierarchy(project, TYPES, actor="test")
        send(sojourn, project, [named("look", 1, device_id="d1", shoe_size="42")])
        send(sojourn, project, [named("buy", 2, device_id="d1", account_number="a1")])
        send(sojourn, project, [named("look", 3, device_id="d2", shoe_size="42")])
        assert together(timelines(project)) == {((1, "look"), (2, "buy")), ((3, "look"),)}
        outcome, done = sojourn.accept(project, [named("look", 4, shoe_size="42")])
        assert [one.reason for one in outcome.dropped.values()] == ["no_identifier"]
        assert done is None
    sojourn, project = open_shop(tmp_path)
    with sojourn:
        assert list(project.people.hierarchy.types) == TYPES
        with sojourn.engine.begin() as connection:
            directory = sojourn.directory(project)
            assert directory.search(connection, "a1") == directory.search(connection, "d1") == [1]
            assert directory.search(connection, "42") == []


def test_another_order_holds_for_what_arrives_from_then_on(tmp_path: Path) -> None:
    sojourn, project = open_shop(tmp_path)
    with sojourn:
        for ts, user in ((1, "ann"), (2, "bob")):
            send(sojourn, project, [event("write", ts, user=user, email="team@example.com")])
        assert len(timelines(project)) == 2
        assert barriers(sojourn, project) == {"user_id"}
        sojourn.change_hierarchy(project, ["email", "user_id", "anonymous_id"], actor="test")
        send(sojourn, project, [event("write", 3, user="bob", email="team@example.com")])
        assert together(timelines(project)) == {((1, "write"), (2, "write"), (3, "write"))}


def test_type_in_use_is_not_dropped_unsaid(tmp_path: Path) -> None:
    sojourn, project = open_shop(tmp_path)
    with sojourn:
        send(sojourn, project, [event("write", 1, email="ann@example.com", anonymous="p")])
        with pytest.raises(BadQuestion) as refused:
            sojourn.change_hierarchy(project, ["user_id", "anonymous_id"], actor="test")
        assert "1 of type email" in refused.value.detail
        assert project.people.hierarchy.types == Hierarchy().types
        sojourn.change_hierarchy(project, ["email", "anonymous_id"], actor="test")
        sojourn.change_hierarchy(project, ["anonymous_id"], drop=True, actor="test")
        send(sojourn, project, [event("read", 2, email="ann@example.com", anonymous="q")])
        assert len(timelines(project)) == 2


@pytest.mark.parametrize("types", [[], ["user_id", "user_id"], ["User"], ["a b"], ["x"] * 13])
def test_what_is_no_hierarchy_is_refused(tmp_path: Path, types: list[str]) -> None:
    sojourn, project = open_shop(tmp_path)
    with sojourn, pytest.raises(BadQuestion):
        sojourn.change_hierarchy(project, types, drop=True, actor="test")


def test_guest_does_not_swallow_everybody(tmp_path: Path) -> None:
    """Everybody's cookie was once seen as “guest”; 100 of them are taken for one person's."""
    sojourn, project = open_shop(tmp_path)
    many = range(identities.ALIKE_MAX + 20)
    with sojourn:
        looks = [event("look", n, anonymous=f"c{n}", message_id=f"l{n}") for n in many]
        guests = [
            event("try", 1_000 + n, user="guest", anonymous=f"c{n}", message_id=f"g{n}")
            for n in many
        ]
        buys = [
            event("buy", 2_000 + n, user=f"u{n}", anonymous=f"c{n}", message_id=f"b{n}")
            for n in many
        ]
        for some in (looks, guests, buys):
            send(sojourn, project, some)
        shown = timelines(project)
        tried = max(shown.values(), key=len)
        assert len(tried) == identities.ALIKE_MAX + len(many), "their events stay with “guest”"
        own = [run for run in shown.values() if [name for _, name in run] == ["look", "buy"]]
        assert len(own) == 20, "whoever came later has a history of their own"
        assert "crowd" in barriers(sojourn, project)
        fresh = event("try", 9_000, user="guest", anonymous="new")
        send(sojourn, project, [fresh, event("look", 9_001, anonymous="new")])
        assert [(9_001, "look")] in timelines(project).values()


def test_cookie_made_of_nothing_does_not_tie_strangers(tmp_path: Path) -> None:
    """Woopra's Python client makes the cookie from the id, and the same one from no id."""
    cookie = "d41d8cd98f00"
    sojourn, project = open_shop(tmp_path)
    with sojourn:
        for ts, address in enumerate(("ann@example.com", "bob@example.com")):
            send(sojourn, project, [event("write", ts, email=address, anonymous=cookie)])
        send(sojourn, project, [event("read", 5, user="cid", anonymous=cookie)])
        send(sojourn, project, [event("read", 6, user="dan", anonymous=cookie)])
        runs = together(timelines(project))
        assert ((0, "write"), (5, "read")) in runs, "the first of them is taken to own it"
        assert len(runs) == 3
