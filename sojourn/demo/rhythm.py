"""The weekly rhythm: check-ins, one-on-ones, objectives, praise, until a person has had enough.

Two truths are planted here. Rituals are held on working days, hardly ever on a weekend. And people
who held a one-on-one in their first two weeks stay: eight weeks later twice as many of them are
still there as of the others.

A life is one or two stretches of activity. The second is a return after months, which is kept out
of the first ten weeks: it would blur the truth about who stays.
"""

from __future__ import annotations

from math import log

from sojourn.demo.clock import DAY_MS, MINUTE_MS, SECOND_MS, WEEK_MS, in_office
from sojourn.demo.company import Stretch, is_open, overlap
from sojourn.demo.person import Device, Person, device_at
from sojourn.demo.phrases import APP_PAGES, OBJECTIVES, PRAISE_VALUES, TEMPLATES
from sojourn.demo.world import World
from sojourn.event import PropertyValue

STAYING_WEEKS = 8
STAYING_SHARE_WITH = 0.76
STAYING_SHARE_WITHOUT = STAYING_SHARE_WITH / 2
STAYING_SHARE_ESTABLISHED = 0.80
"""Of people active at the start, the share still active after `STAYING_WEEKS`."""

RETURN_SHARE = 0.15
RETURN_AFTER_WEEKS_MIN = STAYING_WEEKS + 2

CHECK_IN_SHARE = 0.90
"""Of the weeks of an active person: holidays, illness and full days take the others."""

WEEKEND_SHARE = 0.03
RITUAL_DAY_SHARE = 0.65
VISITS_MAX = 2
VISIT_SHARE = 0.58
"""A person may look in twice a week beside their check-in, and does so a little more than once."""

FINISHED_SHARE = 0.96
"""Of check-ins that are started: the rest is interrupted, and never finished."""


def live(world: World, person: Person, since_ms: int) -> None:
    """Tell a person's weeks, from the end of their onboarding or the start of the window."""
    opened = person.company.open if person.company else []
    person.active = overlap(_stretches(world, person, since_ms), opened)
    told_ms = 0
    for begin_ms, end_ms in person.active:
        for monday_ms in world.window.mondays(max(begin_ms, told_ms), end_ms):
            _week(world, person, monday_ms)
            told_ms = monday_ms + WEEK_MS


def check_in(world: World, person: Person, ts: int, *, is_first: bool) -> None:
    """A person opens the product, and writes their check-in."""
    rng, diary = world.rng, world.diary
    chance = rng.random()
    opened_ms = ts - int(20 * SECOND_MS + chance * 4 * MINUTE_MS)
    device = device_at(rng, person, opened_ms)
    if chance < 0.5:
        diary.write(opened_ms, "App Opened", device.source, device.known, {"device": device.kind})
    properties: dict[str, PropertyValue] = {"device": device.kind, "first_time": is_first}
    diary.write(ts, "Check-in Started", device.source, device.known, properties)
    if rng.random() >= FINISHED_SHARE:
        return
    minutes = 2.0 + 14.0 * rng.random() ** 2
    properties = {
        "device": device.kind,
        "first_time": is_first,
        "duration_minutes": round(minutes, 1),
        "mood": float(1 + int(5 * rng.random() ** 0.6)),
    }
    diary.write(
        ts + int(minutes * MINUTE_MS),
        "Check-in Completed",
        device.source,
        device.known,
        properties,
    )


def one_on_one(world: World, person: Person, ts: int, *, is_first: bool) -> None:
    """A person holds a one-on-one; every third was scheduled half a day before."""
    rng, diary = world.rng, world.diary
    scheduled_ms = ts - DAY_MS // 2
    device = device_at(rng, person, scheduled_ms)
    template = rng.choice(TEMPLATES)
    if rng.random() < 0.35:
        diary.write(
            scheduled_ms,
            "One-on-one Scheduled",
            device.source,
            device.known,
            {"device": device.kind, "template": template, "recurring": rng.random() < 0.6},
        )
    properties: dict[str, PropertyValue] = {
        "device": device.kind,
        "template": template,
        "first_time": is_first,
        "duration_minutes": float(rng.choice((15, 25, 30, 30, 45, 60))),
    }
    diary.write(ts, "One-on-one Completed", device.source, device.known, properties)


def _stretches(world: World, person: Person, since_ms: int) -> list[Stretch]:
    """When a person cares for it, from `since_ms` on."""
    if not person.onboarded_ms:
        share, group = STAYING_SHARE_ESTABLISHED, "established"
    elif person.held_one_on_one:
        share, group = STAYING_SHARE_WITH, "with an early one-on-one"
    else:
        share, group = STAYING_SHARE_WITHOUT, "without an early one-on-one"
    # The same risk of leaving every week, so that the share after `STAYING_WEEKS` is the one said.
    risk_a_week = -log(share) / STAYING_WEEKS
    # Drawn month by month: whoever joins too late to be seen in that week must not tip the scale.
    month = (since_ms - world.window.start_ms) // (4 * WEEK_MS)
    weeks = -log(1.0 - world.fate.draw(f"stays: {group}, {month}")) / risk_a_week
    leaves_ms = since_ms + int(weeks * WEEK_MS)
    stretches = [(since_ms, leaves_ms)]
    rng = world.rng
    if rng.random() < RETURN_SHARE:
        away_ms = int((3 + 8 * rng.random()) * WEEK_MS)
        returns_ms = max(leaves_ms + away_ms, since_ms + RETURN_AFTER_WEEKS_MIN * WEEK_MS)
        stretches.append((returns_ms, returns_ms + int((2 + 12 * rng.random()) * WEEK_MS)))
    return stretches


def _some_day(world: World, person: Person, monday_ms: int) -> int:
    """The day of a week's check-in: the company's own, another working day, or the weekend."""
    rng = world.rng
    if world.fate.draw("weekend") < WEEKEND_SHARE:
        day = 5 + int(2 * rng.random())
    elif person.company and rng.random() < RITUAL_DAY_SHARE:
        day = person.company.ritual_day
    else:
        day = int(5 * rng.random())
    return monday_ms + day * DAY_MS


def _week(world: World, person: Person, monday_ms: int) -> None:
    """One week of a person who is active in it: the check-in, and what else comes up."""
    rng = world.rng
    ts = in_office(rng, _some_day(world, person, monday_ms), person.region)
    if not is_open(person.active, ts):
        return
    if rng.random() < CHECK_IN_SHARE:
        check_in(world, person, ts, is_first=False)
    else:
        properties: dict[str, PropertyValue] = {"channel": rng.choice(("email", "slack", "teams"))}
        reminded_ms = ts + DAY_MS // 4
        world.diary.write(
            reminded_ms, "Check-in Reminder Sent", "server", person.server_identifiers, properties
        )
    if rng.random() < (0.30 if person.held_one_on_one else 0.08):
        ts = in_office(rng, monday_ms + int(5 * rng.random()) * DAY_MS, person.region)
        if is_open(person.active, ts):
            one_on_one(world, person, ts, is_first=False)
    for _ in range(VISITS_MAX):
        if rng.random() < VISIT_SHARE:
            ts = in_office(rng, monday_ms + int(5 * rng.random()) * DAY_MS, person.region)
            if is_open(person.active, ts):
                _look_in(world, person, device_at(rng, person, ts), ts)


def _look_in(world: World, person: Person, device: Device, ts: int) -> None:
    """Another visit of the week: a page or two, and sometimes an objective or praise."""
    rng, diary = world.rng, world.diary
    properties: dict[str, PropertyValue] = {"device": device.kind, "page": rng.choice(APP_PAGES)}
    diary.write(ts, "Page Viewed", device.source, device.known, properties)
    ts += int((10 + 200 * rng.random()) * SECOND_MS)
    chance = rng.random()
    if chance < 0.08:
        properties = {"device": device.kind, "title": rng.choice(OBJECTIVES)}
        diary.write(ts, "Objective Created", device.source, device.known, properties)
    elif chance < 0.30:
        percent = 5.0 * int(21 * rng.random())
        properties = {"device": device.kind, "progress_percent": percent}
        diary.write(ts, "Objective Updated", device.source, device.known, properties)
    elif chance < 0.52:
        properties = {"device": device.kind, "value": rng.choice(PRAISE_VALUES)}
        diary.write(ts, "Praise Given", device.source, device.known, properties)
