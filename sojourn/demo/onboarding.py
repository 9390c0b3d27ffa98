"""The first two weeks: sign-up, a workspace or an invitation, first steps, first rituals.

Two truths are planted here. People on a phone get through every first step but one: a third as many
as on a laptop connect their calendar. And whoever holds a one-on-one in the first two weeks stays
longer (how much longer is in `rhythm`).
"""

from __future__ import annotations

from sojourn.demo.clock import DAY_MS, HOUR_MS, SECOND_MS, next_office_day
from sojourn.demo.company import Company
from sojourn.demo.person import Device, Person, add_device, first_kind
from sojourn.demo.rhythm import check_in, one_on_one
from sojourn.demo.world import World
from sojourn.event import PropertyValue

PROFILE_SHARE = 0.95
CALENDAR_SHARE = {"desktop": 0.72, "tablet": 0.50, "mobile": 0.24}
"""Granting access to a calendar opens the vendor's own page, which small screens get wrong."""

ONBOARDING_MS = 14 * DAY_MS
EARLY_ONE_ON_ONE_SHARE = 0.45
INTEGRATION_SHARE = 0.45
UNANSWERED_SHARE = 0.25
"""Of invitations, those that go to someone who never comes; nothing else is known of them."""

ROLLOUT_DAYS_MIN = 6.0
ROLLOUT_DAYS_PER_PERSON = 0.4
"""A large company brings its people in team by team: one of a hundred takes about six weeks."""

_CALENDARS = ("google", "google", "outlook", "another calendar, subscribed to by its address")
_INTEGRATIONS = ("slack", "slack", "teams", "hr-system")


def found_workspace(world: World, company: Company, founder: Person, ts: int) -> int:
    """A founder signs up and creates the workspace; returns when that is done."""
    rng = world.rng
    device = founder.devices[0]
    _sign_up(world, founder, device, ts, invited=False)
    ts += int((40 + 120 * rng.random()) * SECOND_MS)
    properties: dict[str, PropertyValue] = {
        "device": device.kind,
        "team_size": float(company.size),
        "plan": "trial",
    }
    world.diary.write(ts, "Workspace Created", device.source, device.known, properties)
    if rng.random() < INTEGRATION_SHARE:
        properties = {"device": device.kind, "integration": rng.choice(_INTEGRATIONS)}
        later = ts + int((0.2 + 2 * rng.random()) * HOUR_MS)
        world.diary.write(later, "Integration Connected", device.source, device.known, properties)
    _first_steps(world, founder, device, ts)
    return ts


def invite(world: World, founder: Person, role: str, ts: int) -> None:
    """A founder invites one person."""
    device = founder.devices[0]
    properties: dict[str, PropertyValue] = {"device": device.kind, "role": role}
    world.diary.write(ts, "Invitation Sent", device.source, device.known, properties)
    if world.rng.random() < UNANSWERED_SHARE:
        world.diary.write(ts + 700, "Invitation Sent", device.source, device.known, properties)


def join(world: World, person: Person, company: Company, invited_ms: int) -> int:
    """An invited person follows the link, signs up and takes the first steps; returns when."""
    rng = world.rng
    ts = _accepted_ms(world, person, company, invited_ms)
    device = add_device(rng, person, first_kind(rng), known_from=ts)
    properties: dict[str, PropertyValue] = {"page": "/join", "device": device.kind}
    world.diary.write(ts, "Page Viewed", "web", device.anonymous, properties)
    ts += int((15 + 60 * rng.random()) * SECOND_MS)
    _sign_up(world, person, device, ts, invited=True)
    ts += 5 * SECOND_MS
    properties = {"device": device.kind, "hours_waited": round((ts - invited_ms) / HOUR_MS, 1)}
    world.diary.write(ts, "Invitation Accepted", device.source, device.known, properties)
    _first_steps(world, person, device, ts)
    return ts


def _accepted_ms(world: World, person: Person, company: Company, invited_ms: int) -> int:
    """When an invitation is accepted: in office hours if that is still inside the window."""
    rng = world.rng
    rollout_days = max(ROLLOUT_DAYS_MIN, ROLLOUT_DAYS_PER_PERSON * company.size)
    wished = invited_ms + int(rng.random() ** 2 * rollout_days * DAY_MS)
    wished = next_office_day(rng, wished, person.region)
    if invited_ms < wished < world.window.end_ms - HOUR_MS:
        return wished
    return invited_ms + int((world.window.end_ms - invited_ms) * 0.9 * rng.random())


def _sign_up(world: World, person: Person, device: Device, ts: int, *, invited: bool) -> None:
    """The moment in which a device learns whose it is."""
    properties: dict[str, PropertyValue] = {
        "device": device.kind,
        "invited": invited,
        "method": world.rng.choice(("google", "microsoft", "email")),
    }
    if person.campaign:
        properties["campaign"] = person.campaign
    identifiers = (person.user_id, person.email, *device.anonymous)
    world.diary.profile(ts, "web", identifiers, person.traits_at(ts))
    world.diary.write(ts + 40, "Signed Up", "web", device.known, properties)


def _first_steps(world: World, person: Person, device: Device, ts: int) -> None:
    """Profile, calendar, a first check-in, perhaps a one-on-one, and the end of onboarding."""
    rng, fate, diary = world.rng, world.fate, world.diary
    person.onboarded_ms = ts + ONBOARDING_MS
    step_ms = ts + int((30 + 200 * rng.random()) * SECOND_MS)
    if fate.draw(f"completes profile: {device.kind}") < PROFILE_SHARE:
        properties: dict[str, PropertyValue] = {"device": device.kind, "role": person.role}
        diary.write(step_ms, "Profile Completed", device.source, device.known, properties)
        step_ms += int((20 + 240 * rng.random()) * SECOND_MS)
        if fate.draw(f"connects calendar: {device.kind}") < CALENDAR_SHARE[device.kind]:
            properties = {"device": device.kind, "calendar": rng.choice(_CALENDARS)}
            diary.write(step_ms, "Calendar Connected", device.source, device.known, properties)
    check_in(world, person, next_office_day(rng, ts, person.region), is_first=True)
    held = _early_one_on_ones(world, person, ts)
    properties = {"one_on_ones": float(held), "plan": "trial", "role": person.role}
    diary.write(
        person.onboarded_ms, "Onboarding Ended", "server", person.server_identifiers, properties
    )


def _early_one_on_ones(world: World, person: Person, ts: int) -> int:
    """How many one-on-ones a person holds before their onboarding ends: none, one or two."""
    person.held_one_on_one = world.fate.draw("early one-on-one") < EARLY_ONE_ON_ONE_SHARE
    if not person.held_one_on_one:
        return 0
    rng = world.rng
    held = 1 + int(rng.random() < 0.3)
    for number in range(held):
        wished = ts + int((1 + 4 * rng.random() + 5 * number) * DAY_MS)
        wished = next_office_day(rng, wished, person.region)
        # A weekend may push the last one out; it must lie before the end it is counted at.
        held_ms = min(wished, person.onboarded_ms - 2 * HOUR_MS)
        one_on_one(world, person, held_ms, is_first=number == 0)
    return held
