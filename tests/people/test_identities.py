"""Whose event it is: Woopra's rule by example, and against a naive model over random histories."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sojourn.event import Event, Identifier, Kind, type_ranks
from tests.opened import NOON_MS, event, open_shop, profile, send, timelines, together


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


class NaiveModel:
    """Woopra's rule as one would tell it: every person is a set of identifiers."""

    def __init__(self) -> None:
        self.people: list[set[tuple[str, str]]] = []
        self.events: list[list[int]] = []

    def take(self, number: int, given: dict[str, str]) -> None:
        ranked = [(kind, given[kind]) for kind in type_ranks if kind in given]
        who = self.first_that_fits(ranked)
        if who is None:
            who = len(self.people)
            self.people.append(set())
            self.events.append([])
        for place, identifier in enumerate(ranked):
            other = self.owner(identifier)
            if other is None:
                self.people[who].add(identifier)
            elif other != who and not self.differ(who, other, type_ranks.index(ranked[place][0])):
                self.people[who] |= self.people[other]
                self.events[who] += self.events[other]
                self.people[other], self.events[other] = set(), []
        self.events[who].append(number)

    def first_that_fits(self, ranked: list[tuple[str, str]]) -> int | None:
        for place, identifier in enumerate(ranked):
            who = self.owner(identifier)
            higher = {kind for kind, _ in ranked[:place]}
            if who is not None and not higher & {kind for kind, _ in self.people[who]}:
                return who
        return None

    def differ(self, one: int, other: int, rank: int) -> bool:
        kinds = [{kind for kind, _ in self.people[who]} for who in (one, other)]
        return bool(kinds[0] & kinds[1] & set(type_ranks[:rank]))

    def owner(self, identifier: tuple[str, str]) -> int | None:
        return next((who for who, ids in enumerate(self.people) if identifier in ids), None)

    def timelines(self) -> set[tuple[int, ...]]:
        return {tuple(sorted(events)) for events in self.events if events}


some_identifiers = st.fixed_dictionaries(
    {},
    optional={
        "user_id": st.sampled_from("ab"),
        "email": st.sampled_from(["x@example.com", "y@example.com"]),
        "anonymous_id": st.sampled_from("pqr"),
    },
).filter(bool)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    histories=st.lists(some_identifiers, min_size=1, max_size=14),
    together_by=st.integers(1, 5),
)
def test_random_histories_agree_with_the_naive_model(
    tmp_path_factory: pytest.TempPathFactory, histories: list[dict[str, str]], together_by: int
) -> None:
    sojourn, project = open_shop(tmp_path_factory.mktemp("identities"))
    model = NaiveModel()
    with sojourn:
        events = [
            Event(
                name=f"e{number}",
                ts=NOON_MS + number,
                identifiers=tuple(Identifier(*pair) for pair in given.items()),
                message_id=str(number),
            )
            for number, given in enumerate(histories)
        ]
        for begin in range(0, len(events), together_by):
            send(sojourn, project, events[begin : begin + together_by])
        for number, given_ids in enumerate(histories):
            model.take(number, given_ids)
        found = {tuple(ts for ts, _ in run) for run in timelines(project).values()}
        assert found == model.timelines()
