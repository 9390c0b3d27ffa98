"""More devices: each is first seen anonymous, and known once its person logs in on it."""

from __future__ import annotations

from sojourn.demo.clock import DAY_MS, MINUTE_MS, SECOND_MS
from sojourn.demo.person import Device, Person, add_device
from sojourn.demo.world import World
from sojourn.event import PropertyValue

SECOND_DEVICE_SHARE = 0.62
THIRD_DEVICE_SHARE = 0.15
SEEN_BEFORE_SHARE = 0.4
"""Of further devices, those that had looked at the site before their person signed up."""

SETTLING_DAYS = 12
"""Within so many days after sign-up all devices are logged in: nobody has left by then."""

ALIAS_SHARE = 0.02
"""A few old clients say whose a device is by an alias instead of an identify message."""

_NEXT_KIND = {"desktop": "mobile", "mobile": "desktop", "tablet": "desktop"}


def add_more_devices(world: World, person: Person, joined_ms: int) -> None:
    """Give a person the other devices they have, if they come to log in on them."""
    rng = world.rng
    if rng.random() >= SECOND_DEVICE_SHARE:
        return
    first_kind = person.devices[0].kind
    _appear(world, person, _NEXT_KIND[first_kind], joined_ms)
    if first_kind != "tablet" and rng.random() < THIRD_DEVICE_SHARE:
        _appear(world, person, "tablet", joined_ms)


def log_in(world: World, person: Person, device: Device, ts: int) -> None:
    """A person says on a device who they are."""
    is_first = device is person.devices[0]
    if not is_first and world.rng.random() < ALIAS_SHARE:
        world.diary.alias(ts, device.source, person.user_id, device.anonymous[0])
    else:
        identifiers = (person.user_id, person.email, *device.anonymous)
        world.diary.profile(ts, device.source, identifiers, person.traits_at(ts))
    properties: dict[str, PropertyValue] = {
        "device": device.kind,
        "method": world.rng.choice(("google", "microsoft", "email")),
    }
    world.diary.write(ts + 30, "Logged In", device.source, device.known, properties)


def _appear(world: World, person: Person, kind: str, joined_ms: int) -> None:
    """One more device: looked with before anyone knew whose it is, then logged in on."""
    rng = world.rng
    login_ms = joined_ms + int((0.1 + (SETTLING_DAYS - 0.1) * rng.random()) * DAY_MS)
    if login_ms >= world.window.end_ms - MINUTE_MS:
        return  # Never logged in: in the figures it would be somebody else.
    device = add_device(rng, person, kind, known_from=login_ms)
    if rng.random() < SEEN_BEFORE_SHARE:
        seen_ms = joined_ms - int(3 * rng.random() * DAY_MS)
    else:
        seen_ms = login_ms - int((30 + 600 * rng.random()) * SECOND_MS)
    page: PropertyValue = "/" if device.source == "web" else "app store page"
    for number in range(1 + int(rng.random() * 2)):
        name = "Page Viewed" if number == 0 else "App Opened"
        properties: dict[str, PropertyValue] = {"device": kind}
        if number == 0:
            properties["page"] = page
        world.diary.write(
            seen_ms + number * 20 * SECOND_MS, name, device.source, device.anonymous, properties
        )
    log_in(world, person, device, login_ms)
