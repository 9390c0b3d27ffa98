"""What the simulation promises whoever loads it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter, defaultdict
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from itertools import pairwise
from pathlib import Path

import msgspec
import pytest

from sojourn.demo import simulate
from sojourn.event import Event, Identifier, Kind

from .by_hand import Answers
from .conftest import PEOPLE


def digest(seed: int) -> str:
    """The digest of every byte of a small simulation."""
    events = simulate(seed=seed, until=date(2026, 6, 30), people=400)
    return sha256(b"".join(msgspec.json.encode(event) for event in events)).hexdigest()


def digest_elsewhere(seed: int, hash_seed: int) -> str:
    """The same, told by a process whose strings and sets hash in another order."""
    root = Path(__file__).parents[2]
    program = f"from tests.demo.test_simulation import digest; print(digest({seed}))"
    told = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        cwd=root,
        env={**os.environ, "PYTHONHASHSEED": str(hash_seed), "PYTHONPATH": str(root)},
    )
    return told.stdout.strip()


def test_same_seed_gives_the_same_bytes_in_any_process() -> None:
    own_hash_seed = int(os.environ.get("PYTHONHASHSEED", "random").replace("random", "0"))
    assert digest(seed=3) == digest_elsewhere(seed=3, hash_seed=own_hash_seed + 1)


def test_another_seed_tells_another_story() -> None:
    assert digest(seed=3) != digest(seed=4)


def test_events_come_in_the_order_of_time(events: list[Event]) -> None:
    assert all(earlier.ts <= later.ts for earlier, later in pairwise(events))


def test_the_last_of_182_days_is_the_one_asked_for(events: list[Event]) -> None:
    days = [
        datetime.fromtimestamp(event.ts / 1000, UTC).date() for event in (events[0], events[-1])
    ]
    assert days == [date(2026, 6, 30) - timedelta(days=181), date(2026, 6, 30)]


def test_no_message_id_is_used_twice_even_by_another_simulation(events: list[Event]) -> None:
    ids = {event.message_id for event in events}
    assert len(ids) == len(events)
    other = simulate(seed=7, until=date(2026, 6, 29), people=300)
    assert ids.isdisjoint(event.message_id for event in other)


def test_identifiers_resolve_to_exactly_the_people_asked_for(answers: Answers) -> None:
    assert len(answers.people) == PEOPLE


def test_no_device_and_no_address_belongs_to_two_people(events: list[Event]) -> None:
    owners: dict[Identifier, set[str]] = defaultdict(set)
    for event in events:
        user_ids = [named.value for named in event.identifiers if named.type == "user_id"]
        others = [named for named in event.identifiers if named.type != "user_id"]
        for identifier in [*others, *([event.previous] if event.previous else [])]:
            owners[identifier].update(user_ids)
    assert max(len(owned_by) for owned_by in owners.values()) == 1


def test_there_are_about_thirty_events_a_person(events: list[Event]) -> None:
    assert 24 * PEOPLE < len(events) < 35 * PEOPLE


def test_many_people_use_several_devices_seen_before_they_were_known(events: list[Event]) -> None:
    unknown: set[Identifier] = set()
    devices: dict[Identifier, set[Identifier]] = defaultdict(set)
    merged: Counter[Identifier] = Counter()
    for event in events:
        person = [named for named in event.identifiers if named.type == "user_id"]
        device = [named for named in event.identifiers if named.type == "anonymous_id"]
        if event.kind == Kind.ALIAS and event.previous:
            device = [event.previous]
        if device and not person:
            unknown.add(device[0])
        elif device and device[0] not in devices[person[0]]:
            devices[person[0]].add(device[0])
            merged[person[0]] += device[0] in unknown
    several = [person for person, owned in devices.items() if len(owned) >= 2]
    assert len(several) > 0.4 * len(devices)
    assert sum(merged.values()) > 0.8 * len(devices)


def test_nothing_is_known_of_a_device_before_its_person_says_so(events: list[Event]) -> None:
    known: set[Identifier] = set()
    for event in events:
        device = [named for named in event.identifiers if named.type == "anonymous_id"]
        if event.kind == Kind.ALIAS and event.previous:
            known.add(event.previous)
        elif event.kind == Kind.PROFILE:
            known.update(device)
        elif device:
            assert (len(event.identifiers) == 2) == (device[0] in known), event


def test_addresses_are_of_domains_that_cannot_exist(events: list[Event]) -> None:
    profiles = [event for event in events if event.kind == Kind.PROFILE]
    assert all(str(event.traits["email"]).endswith(".example") for event in profiles)
    assert all(event.traits["simulated"] is True for event in profiles)


def test_names_and_texts_are_in_many_scripts_and_some_are_long(events: list[Event]) -> None:
    names = "".join(str(event.traits.get("name", "")) for event in events)
    assert {"é", "明", "ل", "ה", "θ", "अ"} <= set(names)
    texts = [value for event in events for value in event.properties.values()]
    assert max(len(text) for text in texts if isinstance(text, str)) > 200


@pytest.mark.parametrize("people", [0, 1, 2, 25])
def test_few_people_are_simulated_too(people: int) -> None:
    events = list(simulate(seed=11, until=date(2025, 3, 1), people=people))
    assert len(Answers(events).people) == people


def test_window_may_end_on_any_day_of_the_week() -> None:
    for day in range(1, 8):
        events = list(simulate(seed=day, until=date(2026, 2, day), people=60))
        assert len(Answers(events).people) == 60
