"""Counting the schema: parts add up to what one loop over all events would find."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import pytest

from sojourn import schema
from sojourn.application import Sojourn
from sojourn.event import Event
from sojourn.ingest.project import Project
from sojourn.policy.compile import compile
from sojourn.schema import Counted, Known
from sojourn.tracking_plan import TrackingPlan
from tests.opened import NOON_MS, event, open_shop, profile, send

NAMES = ("look", "buy", "leave")
VALUES: tuple[Any, ...] = ("a", "b", 1.0, 2.0, True, False, "1.0")


def counted(sojourn: Sojourn, project: Project, purpose: str = "analytics") -> Counted:
    received, seen = project.parts.now(), sojourn.governance(project).seen(purpose)
    mask = schema.mask_for(project.rules, purpose)
    return schema.count(received, seen, mask, project.vocabulary, sojourn.executor)


def known(sojourn: Sojourn, project: Project, purpose: str = "analytics") -> Known:
    policy = compile(sojourn.governance(project).in_force().text, date(2026, 1, 2)).policy
    found = counted(sojourn, project, purpose)
    return Known(found, policy, TrackingPlan(), project.rules, purpose)


def some(random: Random, number: int, begin: int = 0) -> list[Event]:
    return [
        event(
            random.choice(NAMES),
            random.randrange(1_000_000),
            user=f"u{random.randrange(20)}",
            message_id=f"m{begin + at}",
            **({"x": random.choice(VALUES)} if random.random() < 0.7 else {}),
        )
        for at in range(number)
    ]


def by_hand(events: list[Event]) -> tuple[dict[str, Any], dict[Any, int], set[str]]:
    """Events by name as `Counted` has them, people by value of x, and the people who have one."""
    rows = defaultdict(list)
    holders = defaultdict(set)
    for one in events:
        person = one.identifiers[0].value
        rows[one.name].append((person, one.ts))
        if "x" in one.properties:
            value = one.properties["x"]
            holders[type(value), value].add(person)
    return (
        {
            name: (len(own), len({who for who, _ in own}), *spread([ts for _, ts in own]))
            for name, own in rows.items()
        },
        {value: len(people) for value, people in holders.items()},
        set().union(*holders.values()),
    )


def spread(instants: list[int]) -> tuple[int, int]:
    return min(instants), max(instants)


@pytest.mark.parametrize("settled", ["nothing", "half", "all"])
def test_counts_are_those_of_one_loop_over_all_events(tmp_path: Path, settled: str) -> None:
    random = Random(7)
    first, second = some(random, 400), some(random, 100, 400)
    sojourn, project = open_shop(tmp_path)
    with sojourn:
        for events in (first, second):
            send(sojourn, project, events)
            if settled == "all" or (settled == "half" and events is first):
                sojourn.applier.commit(now=True)
                project.parts.settle()
        found = counted(sojourn, project)
    every = first + second
    events_by_name, people_by_value, holders = by_hand(every)
    assert found.events == events_by_name
    own = found.properties["x"]
    types = {"text": str, "number": float, "flag": bool}
    assert {(types[kind], value): n for (kind, value), n in own.shared.items()} == people_by_value
    having = [one for one in every if "x" in one.properties]
    assert own.overall == (len(having), len(holders), *spread([one.ts for one in having]))
    by_event = dict(zip(found.names, own.events.tolist(), strict=True))
    assert by_event == {name: sum(one.name == name for one in having) for name in NAMES}
    assert own.types == {
        kind: sum(type(one.properties["x"]) is type_ for one in having)
        for kind, type_ in types.items()
    }


def test_whoever_may_not_be_seen_gives_no_example(tmp_path: Path) -> None:
    sojourn, project = open_shop(tmp_path)
    with sojourn:
        send(sojourn, project, [event("buy", user=f"u{n}", size="XL") for n in range(5)])
        (example,) = known(sojourn, project).property("size").examples
        assert (example.value, example.people) == ("XL", 5)
        sojourn.governance(project).restrict(1, actor="test")
        size = known(sojourn, project).property("size")
        assert (size.examples, size.people, size.filled) == ((), 4, 4)


def test_a_purpose_that_nobody_declared_shows_no_value(tmp_path: Path) -> None:
    sojourn, project = open_shop(tmp_path)
    with sojourn:
        send(sojourn, project, [event("buy", user=f"u{n}", size="XL") for n in range(5)])
        size = known(sojourn, project, "selling").property("size")
        assert (size.filled, size.examples) == (5, ())


def test_statements_about_people_are_no_events(tmp_path: Path) -> None:
    sojourn, project = open_shop(tmp_path)
    with sojourn:
        send(sojourn, project, [event("look", user="a"), profile(user="a", ts=5, plan="pro")])
        own = counted(sojourn, project).properties["plan"]
        assert own.overall == (1, 1, NOON_MS + 5, NOON_MS + 5)
        assert own.events.tolist() == [0]


def test_more_values_than_are_told_apart(tmp_path: Path) -> None:
    sojourn, project = open_shop(tmp_path)
    with sojourn:
        for begin in (0, 900):
            send(sojourn, project, [event("buy", user=f"u{n}", n=n) for n in range(begin, 1_000)])
            sojourn.applier.commit(now=True)
            project.parts.settle()
        number = known(sojourn, project).property("n")
        assert (number.different, number.more) == (1_000, False)
        send(sojourn, project, [event("buy", user="u0", n=-1)])
        number = known(sojourn, project).property("n")
        assert (number.different, number.more) == (1_000, True)


@pytest.mark.parametrize("value", ["x" * 201, "+49 30 1234567"])
def test_what_is_no_word_is_no_example(tmp_path: Path, value: str) -> None:
    sojourn, project = open_shop(tmp_path)
    with sojourn:
        send(sojourn, project, [event("buy", user=f"u{n}", size=value) for n in range(6)])
        assert known(sojourn, project).property("size").examples == ()


def test_an_empty_project_has_an_empty_schema(tmp_path: Path) -> None:
    sojourn, project = open_shop(tmp_path)
    with sojourn:
        own = known(sojourn, project)
        assert (own.events(), own.properties()) == ([], [])
