"""The simulation: people come until there are enough, and each life is told to its end.

    arrive ──► looks, and is gone
       └─────► found a company ──► its people join ──► each lives, week by week
    established company ─────────► its people log in ──┘

Two groups make it look like six months of a company's life, not its first: most customers are won
within the window, some came before it and are there from the first day.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from hashlib import blake2b
from random import Random

from sojourn.demo.acquisition import arrive, request_demo
from sojourn.demo.billing import tell_established, tell_trial
from sojourn.demo.care import tell_care
from sojourn.demo.clock import DAY_MS, MINUTE_MS, SECOND_MS, next_office_day, window_ending
from sojourn.demo.company import SIZE_MAX, SIZE_SHARE_MAX, Company, some_company
from sojourn.demo.devices import add_more_devices, log_in
from sojourn.demo.diary import Diary
from sojourn.demo.fate import Fate
from sojourn.demo.onboarding import found_workspace, invite, join
from sojourn.demo.person import Person, add_device, first_kind, some_person
from sojourn.demo.region import some_region
from sojourn.demo.rhythm import live
from sojourn.demo.world import World
from sojourn.event import Event

PEOPLE = 20_000
ESTABLISHED_SHARE = 0.07
"""Of companies and passers-by together, how many are customers from before the window."""

ESTABLISHED_LOG_IN_DAYS = 6
"""With a weekend after it, still before the tenth day, on which the first of them may cancel."""

DEMO_SIZE_MIN = 8
MANAGED_PEOPLE = 6
"""One in so many people of a company leads the others."""


def simulate(*, seed: int, until: date, people: int = PEOPLE) -> Iterator[Event]:
    """Six months of a simulated company's events, in the order of time.

    `until` is the last day and is told to its end: give yesterday, for nothing to lie in the
    future. `people` is exactly how many different people there are once all identifiers are
    resolved. The same arguments give the same events in any process. Nothing is refused: with no
    people there are no events.

        >>> events = list(simulate(seed=1, until=date(2026, 6, 30), people=100))
        >>> len({event.message_id for event in events}) == len(events)
        True
    """
    rng = Random(seed)
    window = window_ending(until)
    # Message ids are the same in every run, and never those of a run with other arguments.
    prefix = blake2b(f"{seed}/{until}/{people}".encode(), digest_size=4).hexdigest()
    world = World(
        rng=rng,
        fate=Fate(rng),
        window=window,
        diary=Diary(window, prefix),
        company_size_max=max(2, min(SIZE_MAX, int(people * SIZE_SHARE_MAX))),
        people_left=people,
    )
    with _collector_paused():
        while world.people_left > 0:
            if rng.random() < ESTABLISHED_SHARE:
                _establish(world)
            else:
                founder, signs_up_ms = arrive(world)
                if signs_up_ms is not None:
                    _found(world, founder, signs_up_ms)
    yield from world.diary.in_order()


@contextmanager
def _collector_paused() -> Iterator[None]:
    """No search for cycles meanwhile: half a million live events hold none, and it is a third."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _found(world: World, founder: Person, signs_up_ms: int) -> None:
    """A new customer: founded, joined by those who are invited, and lived in."""
    rng = world.rng
    company = _next_company(world, founder)
    founder.company, founder.role = company, "admin"
    if company.size >= DEMO_SIZE_MIN:
        asked_ms = signs_up_ms - 10 * SECOND_MS
        request_demo(world, founder, founder.devices[0], asked_ms, company.size)
    created_ms = found_workspace(world, company, founder, signs_up_ms)
    tell_trial(world, company, founder, signs_up_ms)
    add_more_devices(world, founder, created_ms)
    invited_ms = created_ms + int((1 + 4 * rng.random()) * MINUTE_MS)
    _tell_life(world, founder, founder.onboarded_ms)
    for number in range(1, company.size):
        person = _next_colleague(world, company, number)
        invite(world, founder, person.role, invited_ms)
        joined_ms = join(world, person, company, invited_ms)
        add_more_devices(world, person, joined_ms)
        _tell_life(world, person, person.onboarded_ms)
        invited_ms += int((2 + 3 * rng.random()) * SECOND_MS)


def _establish(world: World) -> None:
    """A customer from before the window; all its people log in within the first days."""
    company = _next_company(world, None)
    for number in range(company.size):
        person = _next_colleague(world, company, number)
        wished_ms = world.window.start_ms + int(
            ESTABLISHED_LOG_IN_DAYS * world.rng.random() * DAY_MS
        )
        seen_ms = next_office_day(world.rng, wished_ms, person.region)
        device = add_device(world.rng, person, first_kind(world.rng), known_from=seen_ms)
        if number == 0:
            person.role = "admin"
            tell_established(world, company, person)
        log_in(world, person, device, seen_ms)
        add_more_devices(world, person, seen_ms)
        _tell_life(world, person, seen_ms + DAY_MS)


def _next_company(world: World, founder: Person | None) -> Company:
    """The next company, no larger than the people who are left to be told of."""
    is_new = founder is not None
    return some_company(
        world.rng,
        world.next_company(),
        size_max=min(world.company_size_max, world.people_left + is_new),
        region=founder.region if founder else None,
    )


def _next_colleague(world: World, company: Company, number: int) -> Person:
    """The next person of a company; most live where it is."""
    rng = world.rng
    region = company.region if rng.random() < 0.85 else some_region(rng)
    person = some_person(rng, world.next_person(), region)
    person.company = company
    person.role = "manager" if number % MANAGED_PEOPLE == 1 else "member"
    return person


def _tell_life(world: World, person: Person, since_ms: int) -> None:
    live(world, person, since_ms)
    tell_care(world, person, since_ms)
