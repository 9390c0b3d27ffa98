"""Whose event it is: Woopra's rule by example, and against a naive model over random histories."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sojourn.control import writing
from sojourn.event import Event, Identifier, Kind, type_ranks
from sojourn.people import hierarchy, identities, merges
from tests.opened import NOON_MS, event, open_shop, profile, send, timelines, together
from tests.oracle.identities import NaivePeople


def shown_after(data: Path, *events: Event) -> set[tuple[tuple[int, str], ...]]:
    """The timelines after these events, one submission each."""
    sojourn, project = open_shop(data)
    with sojourn:
        for one in events:
            send(sojourn, project, [one])
        return together(timelines(project))


def test_anonymous_history_joins_at_the_first_identification(tmp_path: Path) -> None:
    assert shown_after(
        tmp_path,
        event("look", 1, anonymous="laptop"),
        event("sign up", 2, anonymous="laptop", user="ann"),
        event("use", 3, user="ann"),
    ) == {((1, "look"), (2, "sign up"), (3, "use"))}


def test_second_device_joins_the_known_person(tmp_path: Path) -> None:
    assert shown_after(
        tmp_path,
        event("sign up", 1, anonymous="laptop", user="ann"),
        event("look", 2, anonymous="phone"),
        event("log in", 3, anonymous="phone", user="ann"),
    ) == {((1, "sign up"), (2, "look"), (3, "log in"))}


def test_same_email_with_another_user_id_is_another_person(tmp_path: Path) -> None:
    assert shown_after(
        tmp_path,
        event("sign up", 1, user="ann", email="team@example.com"),
        event("sign up", 2, user="bob", email="team@example.com"),
    ) == {((1, "sign up"),), ((2, "sign up"),)}


def test_shared_device_does_not_merge_two_known_people(tmp_path: Path) -> None:
    assert shown_after(
        tmp_path,
        event("log in", 1, user="ann", anonymous="kiosk"),
        event("log in", 2, user="bob", anonymous="kiosk"),
        event("log in", 3, user="ann", anonymous="kiosk"),
    ) == {((1, "log in"), (3, "log in")), ((2, "log in"),)}


def test_overwritten_email_still_leads_to_the_person(tmp_path: Path) -> None:
    assert shown_after(
        tmp_path,
        event("sign up", 1, user="ann", email="old@example.com"),
        event("move", 2, user="ann", email="new@example.com"),
        event("write", 3, email="old@example.com"),
    ) == {((1, "sign up"), (2, "move"), (3, "write"))}


def test_alias_joins_two_people_outright(tmp_path: Path) -> None:
    alias = Event(
        kind=Kind.ALIAS,
        ts=NOON_MS,
        identifiers=(Identifier("user_id", "ann"),),
        previous=Identifier("user_id", "annie"),
        message_id="",
    )
    assert shown_after(
        tmp_path, event("old", 1, user="annie"), event("new", 2, user="ann"), alias
    ) == {((1, "old"), (2, "new"))}


def test_merge_is_seen_after_the_folder_is_opened_again(tmp_path: Path) -> None:
    sojourn, project = open_shop(tmp_path)
    with sojourn:
        send(sojourn, project, [event("look", 1, anonymous="phone")])
        send(sojourn, project, [event("sign up", 2, user="ann")])
        sojourn.applier.commit(now=True)
        project.parts.settle()
        send(sojourn, project, [profile(user="ann", anonymous="phone")])
        merged = together(timelines(project))
    sojourn, project = open_shop(tmp_path)
    with sojourn:
        assert together(timelines(project)) == merged == {((1, "look"), (2, "sign up"))}


some_identifiers = st.fixed_dictionaries(
    {},
    optional={
        "user_id": st.sampled_from("ab"),
        "email": st.sampled_from(["x@example.com", "y@example.com"]),
        "anonymous_id": st.sampled_from("pqrst"),
    },
).filter(bool)
ids = st.sampled_from("abpqr")
STEP = st.one_of(
    some_identifiers,
    some_identifiers,
    st.tuples(ids, ids),
    st.integers(0, 5),
    st.permutations(type_ranks),
    st.sampled_from(["commit", "settle", "reopen"]),
)
"""An event, an alias, which merge is undone, another order of types, or what the disk does."""


class Shop:
    """An open project, and beside it the naive model of its people."""

    def __init__(self, data: Path) -> None:
        self.data, self.model, self.sent = data, NaivePeople(crowd=4), 0
        self.sojourn, self.project = open_shop(data)

    def do(self, step: object) -> None:
        if isinstance(step, dict):
            self.send(tuple(Identifier(*pair) for pair in step.items()))
        elif isinstance(step, tuple):
            own, previous = (Identifier("user_id", value) for value in step)
            self.send((own,), previous)
        elif isinstance(step, list):
            with writing(self.sojourn.engine).begin() as connection:
                known = hierarchy.change(connection, self.project.id, step)
            self.project.people.hierarchy, self.model.types = known, list(step)
        elif isinstance(step, int):
            self.split(step)
        elif step == "commit":
            self.sojourn.applier.commit(now=True)
        elif step == "settle":
            self.project.parts.settle()
        else:
            self.sojourn.close()
            self.sojourn, self.project = open_shop(self.data)

    def send(self, given: tuple[Identifier, ...], previous: Identifier | None = None) -> None:
        self.sent += 1
        one = Event(
            kind=Kind.EVENT if previous is None else Kind.ALIAS,
            name="e" if previous is None else "",
            ts=NOON_MS + self.sent,
            identifiers=given,
            previous=previous,
            message_id=str(self.sent),
        )
        send(self.sojourn, self.project, [one])
        self.model.take(self.sent, {(one.type, one.value) for one in given}, previous)

    def split(self, index: int) -> None:
        if self.model.merges:
            gone, _ = self.model.split(index % len(self.model.merges))
            with self.sojourn.engine.begin() as connection:
                members = self.project.parts.members(self.project.parts.today(gone))
                known = merges.standing(connection, self.project.id, members)
            (number,) = (merge.number for merge in known if merge.person == gone)
            self.sojourn.split(self.project, gone, merge=number, actor="test")

    def check(self) -> None:
        shown = {who: [ts for ts, _ in run] for who, run in timelines(self.project).items()}
        assert shown == self.model.timelines()
        with self.sojourn.engine.begin() as connection:
            found = merges.blocked(connection, self.project.id, self.project.parts)
        times = {(one.person, one.other): 0 for one in found}
        for one in found:
            times[(one.person, one.other)] += one.times
        assert {frozenset(pair) for pair in times} == self.model.blocked_pairs()


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=st.lists(STEP, min_size=1, max_size=16))
def test_random_histories_agree_with_the_naive_model(
    tmp_path_factory: pytest.TempPathFactory, steps: list[object]
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(identities, "ALIKE_MAX", 4)
        shop = Shop(tmp_path_factory.mktemp("identities"))
        try:
            for step in steps:
                shop.do(step)
                shop.check()
        finally:
            shop.sojourn.close()
