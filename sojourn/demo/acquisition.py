"""How people come: visits to the site, some of which end at the sign-up form.

One truth is planted here. Whoever came by the campaign “spring-rituals” and sees the prices signs
up twice as often as everybody else who sees them.
"""

from __future__ import annotations

from sojourn.demo.clock import (
    DAY_MS,
    HOUR_MS,
    MINUTE_MS,
    SECOND_MS,
    WINDOW_DAYS,
    in_office,
    is_weekend,
    weekday,
)
from sojourn.demo.person import Device, Person, add_device, first_kind, some_person
from sojourn.demo.region import some_region
from sojourn.demo.world import World
from sojourn.event import PropertyValue

SPRING = "spring-rituals"
SPRING_SHARE = 0.30
SPRING_FIRST_DAY = 63
SPRING_DAYS = 70
"""The campaign runs in the middle of the window, for its visits to be seen to swell and ebb."""

SIGN_UP_SHARE = 0.20
SPRING_SIGN_UP_SHARE = 2 * SIGN_UP_SHARE
PRICING_SHARE = 0.90

WEEKEND_ARRIVAL_SHARE = 0.35
"""Of those who would first come on a weekend, who do; the others come on the Monday after."""

LAST_SIGN_UP_MS = HOUR_MS
"""Nobody signs up in the last hour: the first steps would be cut off, and people lost."""

_CAMPAIGNS = ("", "brand-search", "hr-newsletter", "remote-work-podcast", "partner-webinar")
_CAMPAIGN_SHARES_CUMULATED = (0.50, 0.68, 0.82, 0.92, 1.0)
_REFERRERS = {
    "": "https://search.example/",
    SPRING: "https://social.example/ads/spring-rituals",
    "brand-search": "https://search.example/?q=rituals+weekly+check-in",
    "hr-newsletter": "https://people-and-culture-weekly.example/issues/214",
    "remote-work-podcast": "https://podcasts.example/remote-work/how-teams-stay-close-when-apart",
    "partner-webinar": "https://calendar-partner.example/webinars/one-on-ones-that-people-like",
}
_LANDING_PAGES = ("/", "/", "/check-ins", "/one-on-ones", "/blog/a-week-in-five-questions")
_OTHER_PAGES = (
    "/",
    "/customers",
    "/one-on-ones",
    "/objectives",
    "/security",
    "/blog/what-we-learned-from-reading-every-weekly-check-in-of-a-team-for-a-year",
)


def arrive(world: World) -> tuple[Person, int | None]:
    """Someone new comes and looks; also says when they sign up, None if they never do."""
    rng = world.rng
    person = some_person(rng, world.next_person(), some_region(rng))
    is_spring = world.fate.draw("comes by campaign") < SPRING_SHARE
    campaigns = rng.choices(_CAMPAIGNS, cum_weights=_CAMPAIGN_SHARES_CUMULATED)
    person.campaign = SPRING if is_spring else campaigns[0]
    device = add_device(rng, person, first_kind(rng), known_from=0)
    ts = _first_instant(world, person, is_spring)
    sees_pricing = rng.random() < PRICING_SHARE
    group = "spring" if is_spring else "others"
    share = SPRING_SIGN_UP_SHARE if is_spring else SIGN_UP_SHARE
    signs_up = sees_pricing and world.fate.draw(f"signs up: {group}") < share
    visits = 1 + int(rng.random() * 2.4) if sees_pricing else 1
    for visit in range(visits):
        is_last = visit == visits - 1
        sees_now = sees_pricing and (is_last or rng.random() < 0.4)
        ts = look_around(world, person, device, ts, sees_pricing=sees_now)
        if not is_last:
            # Whoever thinks it over comes back within days, well inside a funnel's two weeks.
            ts += int((0.2 + 2.5 * rng.random()) * DAY_MS)
    if not signs_up or ts >= world.window.end_ms - LAST_SIGN_UP_MS:
        return person, None
    return person, ts


def look_around(
    world: World, person: Person, device: Device, ts: int, *, sees_pricing: bool
) -> int:
    """One visit to the site, before the device knows its person; returns when it is over."""
    rng = world.rng
    pages = 1 + int(rng.random() * 3)
    page = "/spring" if person.campaign == SPRING else rng.choice(_LANDING_PAGES)
    for number in range(pages):
        properties: dict[str, PropertyValue] = {"page": page, "device": device.kind}
        if number == 0:
            properties["referrer"] = _REFERRERS[person.campaign]
        if person.campaign:
            properties["campaign"] = person.campaign
        world.diary.write(ts, "Page Viewed", "web", device.anonymous, properties)
        ts += int((8 + 100 * rng.random()) * SECOND_MS)
        page = rng.choice(_OTHER_PAGES)
    if sees_pricing:
        properties = {"page": "/pricing", "device": device.kind}
        if person.campaign:
            properties["campaign"] = person.campaign
        world.diary.write(ts, "Pricing Viewed", "web", device.anonymous, properties)
        ts += int((20 + 200 * rng.random()) * SECOND_MS)
    return ts


def request_demo(world: World, person: Person, device: Device, ts: int, team_size: int) -> None:
    """Someone who will sign up for a larger team asks to be shown the product first."""
    properties: dict[str, PropertyValue] = {"device": device.kind, "team_size": float(team_size)}
    if person.campaign:
        properties["campaign"] = person.campaign
    world.diary.write(ts, "Demo Requested", "web", device.anonymous, properties)


def _first_instant(world: World, person: Person, is_spring: bool) -> int:
    """When someone first comes: mostly in working hours, a little more often every month."""
    rng = world.rng
    if is_spring:
        day = SPRING_FIRST_DAY + int(SPRING_DAYS * rng.random())
    else:
        # The square root leans towards late days; mixed with an even draw it is a gentle growth.
        drawn = rng.random()
        day = int(WINDOW_DAYS * (drawn if rng.random() < 0.7 else drawn**0.5))
    day_ms = world.window.start_ms + day * DAY_MS
    if is_weekend(day_ms) and rng.random() >= WEEKEND_ARRIVAL_SHARE:
        day_ms += (7 - weekday(day_ms)) * DAY_MS
    if day_ms >= world.window.end_ms:
        day_ms -= 3 * DAY_MS  # the Monday after is over the edge: the Friday before will do
    if rng.random() < 0.25:
        ts = day_ms + int(rng.random() * DAY_MS)
    else:
        ts = in_office(rng, day_ms, person.region)
    first, last = world.window.start_ms, world.window.end_ms - LAST_SIGN_UP_MS
    return min(max(ts, first + int(rng.random() * HOUR_MS)), last - int(rng.random() * MINUTE_MS))
