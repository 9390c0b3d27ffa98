"""What is told changes what is known, as a naive model has it; merged and split people alike."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random
from typing import Any

import msgspec
import pytest

from sojourn.application import Sojourn
from sojourn.event import Event
from sojourn.ingest.project import Project
from sojourn.people import profiles
from sojourn.people.traits import Change, Trait, changed
from tests.opened import NOON_MS, event, open_shop, profile, send
from tests.people.test_portrait import shown

PHONE, ANN = 1, 2
Told = tuple[int, str, Any, int]
"""A message: of whom, how, what, at which instant."""


def known(sojourn: Sojourn, project: Project, *people: int) -> dict[str, Any]:
    with sojourn.engine.begin() as connection:
        return dict(profiles.read(connection, project.id, project.vault, people))


def message(who: int, how: str, name: str, value: Any, ts: int) -> Event:
    told = profile(anonymous="phone", ts=ts) if who == PHONE else profile("ann", ts=ts)
    return msgspec.structs.replace(
        told, traits={name: value}, how={name: how} if how else {}, message_id=f"{name}{ts}{how}"
    )


class NaiveNumber:
    """A number of one id: what was set, and all that was added since."""

    def __init__(self) -> None:
        self.set_at: int | None = None
        self.is_once = False
        self.base: float | None = None
        self.added: list[tuple[int, float]] = []

    def tell(self, how: str, value: float, ts: int) -> None:
        last = max([ts for ts, _ in self.added], default=-1)
        if self.set_at is not None and not self.is_once:
            last = max(last, self.set_at)
        if how == "add":
            if self.added or self.set_at is not None:
                ts = max(ts, last, self.set_at or 0)
            self.added.append((ts, value))
        elif how in ("", "unset") and ts >= last:
            self.set_at, self.is_once = ts, False
            self.base, self.added = (value if how == "" else None), []
        elif how == "once":
            nothing = self.base is None and not self.added
            if self.is_once and ts < (self.set_at or 0):
                self.set_at, self.base = ts, value
            elif nothing:
                self.is_once = self.set_at is None
                self.set_at, self.base = ts, value


def together(*ids: NaiveNumber) -> float | None:
    """The number of a person who is all of these."""
    outright = [one for one in ids if one.set_at is not None and not one.is_once]
    once = [one for one in ids if one.is_once]
    base, since = None, 0
    if outright:
        newest = max(outright, key=lambda one: one.set_at or 0)
        base, since = newest.base, newest.set_at or 0
    elif once:
        base = min(once, key=lambda one: one.set_at or 0).base
    counts = [
        sum(value for _, value in one.added)
        for one in ids
        if one.added and max(ts for ts, _ in one.added) >= since
    ]
    return base if not counts else (base or 0.0) + sum(counts)


def test_numbers_agree_with_the_naive_model_through_a_merge_and_a_split(tmp_path: Path) -> None:
    random = Random(11)
    sojourn, project = open_shop(tmp_path)
    with sojourn:
        send(sojourn, project, [event("look", 0, anonymous="phone"), event("buy", 0, user="ann")])
        naive: dict[tuple[int, str], NaiveNumber] = {}
        messages = []
        instants = random.sample(range(1, 5_000), 1_200)
        for ts in instants:
            who, name = random.choice((PHONE, ANN)), f"n{random.randrange(120)}"
            how = random.choice(("", "once", "add", "add", "unset"))
            value = float(random.randrange(1, 50))
            messages.append(message(who, how, name, value, ts))
            naive.setdefault((who, name), NaiveNumber()).tell(how, value, ts)
        for begin in range(0, len(messages), 100):
            send(sojourn, project, messages[begin : begin + 100])
        send(sojourn, project, messages[:300])  # Sent again, they change nothing.
        for who in (PHONE, ANN):
            own = {name: together(one) for (of, name), one in naive.items() if of == who}
            expected = {name: value for name, value in own.items() if value is not None}
            assert known(sojourn, project, who) == expected
        merged = {
            name: together(*(naive[who, name] for who in (PHONE, ANN) if (who, name) in naive))
            for _, name in naive
        }
        send(sojourn, project, [event("log in", 9_000, user="ann", anonymous="phone")])
        expected = {name: value for name, value in merged.items() if value is not None}
        assert known(sojourn, project, *project.parts.members(ANN)) == expected
        sojourn.split(project, ANN, actor="test")
        own = {name: together(one) for (of, name), one in naive.items() if of == ANN}
        assert known(sojourn, project, *project.parts.members(ANN)) == {
            name: value for name, value in own.items() if value is not None
        }


def test_lists_grow_and_shrink_in_order_of_arrival_and_join_in_order_of_time(
    tmp_path: Path,
) -> None:
    sojourn, project = open_shop(tmp_path)
    with sojourn:
        send(sojourn, project, [event("look", 0, anonymous="phone"), event("buy", 0, user="ann")])
        told: list[Told] = [
            (ANN, "", ["a"], 1),
            (PHONE, "append", "b", 2),
            (ANN, "union", ["a", "c"], 3),
            (PHONE, "append", ["b", 4], 4),
            (ANN, "append", "d", 5),
            (ANN, "remove", "c", 6),
            (PHONE, "remove", "x", 7),
        ]
        for who, how, value, ts in told:
            send(sojourn, project, [message(who, how, "tags", value, ts)])
        assert json.loads(known(sojourn, project, ANN)["tags"]) == ["a", "d"]
        assert json.loads(known(sojourn, project, PHONE)["tags"]) == ["b", "b", 4]
        assert json.loads(known(sojourn, project, PHONE, ANN)["tags"]) == ["a", "b", "b", 4, "d"]
        send(sojourn, project, [message(PHONE, "", "tags", ["new"], 8)])
        assert json.loads(known(sojourn, project, PHONE, ANN)["tags"]) == ["new"]


@pytest.mark.parametrize(
    ("before", "how", "value", "after"),
    [
        ("pro", "add", 1.0, "pro"),
        (True, "add", 1.0, True),
        (5.0, "add", "many", 5.0),
        (5.0, "append", 6.0, "[5,6]"),
        ("pro", "remove", "pro", "pro"),
        ("[1,true]", "union", "[1.0,false]", "[1,true,false]"),
        ("[1]", "add", 1.0, "[1]"),
        ("[no list", "append", "b", '["[no list","b"]'),
    ],
)
def test_change_that_does_not_fit_changes_nothing(
    before: Any, how: str, value: Any, after: Any
) -> None:
    trait = changed(changed(None, Change("", before, 1)), Change(how, value, 2))
    assert trait is not None
    assert trait.known() == after


def test_page_shows_what_changes_came_to_unless_it_is_sealed(tmp_path: Path) -> None:
    sojourn, project = open_shop(tmp_path)
    with sojourn:
        send(sojourn, project, [event("buy", 0, user="ann")])
        for number, (name, how, value) in enumerate(
            [
                ("seats", "", 5),
                ("seats", "add", 2),
                ("plan", "", "pro"),
                ("plan", "unset", True),
                ("source", "once", "ad"),
                ("name", "once", "Ann"),
            ],
        ):
            send(sojourn, project, [message(ANN, how, name, value, number + 1)])
        found = {one.name: one for one in shown(sojourn, project, 1).properties}
        assert [found[name].value for name in ("seats", "source")] == [7.0, "ad"]
        assert "plan" not in found
        assert (found["name"].value, found["name"].sealed) == (None, True)
        table = project.uncommitted[-1]
        assert "name.text" not in table.column_names


def test_old_items_leave_a_list_that_goes_on() -> None:
    trait: Trait | None = None
    for ts in (1, 2, 3):
        trait = changed(trait, Change("append", f"item {ts}", ts))
    assert trait is not None
    assert trait.instants() == (1, 2, 3)
    left = trait.without({1, 2})
    assert left is not None
    assert left.known() == '["item 3"]'
    assert trait.without({1, 2, 3}) is None


def test_what_was_sealed_before_changes_were_known_is_read(tmp_path: Path) -> None:
    assert msgspec.convert({"plan": ["pro", NOON_MS, "crm"]}, dict[str, Trait]) == {
        "plan": Trait("pro", NOON_MS, "crm")
    }
