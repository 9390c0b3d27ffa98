"""Trial, prices, subscription, invoices, and the end of it: when a company's workspace is open.

A truth is planted here: the price test. In the last two months every second company is shown 9
instead of 6 for a seat, and four subscribe where five would have.
"""

from __future__ import annotations

from sojourn.demo.clock import DAY_MS, HOUR_MS, MINUTE_MS, WEEK_MS, in_office, is_weekend
from sojourn.demo.company import (
    BUSINESS_PRICE_EUR,
    BUSINESS_SEATS_MIN,
    TEAM_PRICE_EUR,
    TESTED_PRICE_EUR,
    Company,
)
from sojourn.demo.person import Person, device_at
from sojourn.demo.phrases import LEAVING_REASONS
from sojourn.demo.world import World
from sojourn.event import PropertyValue

PRICE_TEST_DAYS = 61
PRICE_TEST_SHARE = 0.5
COMPARES_SHARE = 0.92
SUBSCRIBES_SHARE = {TEAM_PRICE_EUR: 0.60, TESTED_PRICE_EUR: 0.48, BUSINESS_PRICE_EUR: 0.70}

MONTH_MS = 30 * DAY_MS
CANCELS_SHARE_A_MONTH = 0.05
RESUBSCRIBES_SHARE = 0.15
GOODBYE_MS = 3 * DAY_MS
FREE_ENDS_SHARE_A_MONTH = 0.12
PAYMENT_FAILS_SHARE = 0.04
SEATS_ADDED_SHARE_A_MONTH = 0.08
ESTABLISHED_FREE_SHARE = 0.2


def tell_trial(world: World, company: Company, admin: Person, ts: int) -> None:
    """Two weeks of trial, then a subscription or the free plan."""
    rng, fate = world.rng, world.fate
    company.plans.append((0, "trial"))
    compares_ms = _working_day(world, admin, ts + int((7 + 6 * rng.random()) * DAY_MS))
    if fate.draw("compares plans") < COMPARES_SHARE:
        price = _price_shown(world, company, compares_ms)
        _compare(world, company, admin, compares_ms, price)
        if fate.draw(f"subscribes at {price}") < SUBSCRIBES_SHARE[price]:
            begins_ms = compares_ms + int((4 + 30 * rng.random()) * MINUTE_MS)
            company.open.append((ts, begins_ms))
            _subscribe(world, company, admin, begins_ms, price, is_first=True)
            return
    company.plans.append((compares_ms + WEEK_MS, "free"))
    company.open.append((ts, _free_until(world, compares_ms + WEEK_MS)))


def tell_established(world: World, company: Company, admin: Person) -> None:
    """A company that came before the window; its invoices fall due on their own day."""
    rng = world.rng
    start_ms = world.window.start_ms
    if rng.random() < ESTABLISHED_FREE_SHARE:
        company.plans.append((0, "free"))
        company.open.append((start_ms, _free_until(world, start_ms + MONTH_MS)))
        return
    price = BUSINESS_PRICE_EUR if company.size >= BUSINESS_SEATS_MIN else TEAM_PRICE_EUR
    company.plans.append((0, plan_of(price)))
    due_ms = start_ms + int(rng.random() * MONTH_MS)
    company.open.append((start_ms, due_ms))
    _tell_months(world, company, admin, due_ms, price)


def plan_of(price_eur: float) -> str:
    """The plan that is sold at a price."""
    return "business" if price_eur == BUSINESS_PRICE_EUR else "team"


def _price_shown(world: World, company: Company, ts: int) -> float:
    if company.size >= BUSINESS_SEATS_MIN:
        return BUSINESS_PRICE_EUR
    if ts < world.window.end_ms - PRICE_TEST_DAYS * DAY_MS:
        return TEAM_PRICE_EUR
    is_tested = world.fate.draw("price test") < PRICE_TEST_SHARE
    return TESTED_PRICE_EUR if is_tested else TEAM_PRICE_EUR


def _compare(world: World, company: Company, admin: Person, ts: int, price_eur: float) -> None:
    device = device_at(world.rng, admin, ts)
    properties: dict[str, PropertyValue] = {
        "device": device.kind,
        "plan": plan_of(price_eur),
        "price": price_eur,
        "seats": float(company.size),
    }
    world.diary.write(ts, "Plans Compared", device.source, device.known, properties)


def _subscribe(
    world: World, company: Company, admin: Person, ts: int, price_eur: float, *, is_first: bool
) -> None:
    """A subscription begins: the server says so, and says what the person is on now."""
    plan = plan_of(price_eur)
    company.plans.append((ts, plan))
    properties: dict[str, PropertyValue] = {
        "plan": plan,
        "price": price_eur,
        "seats": float(company.size),
        "first_time": is_first,
    }
    identifiers = admin.server_identifiers
    world.diary.write(ts, "Subscription Started", "server", identifiers, properties)
    world.diary.profile(ts + 50, "server", identifiers, admin.traits_at(ts))
    _tell_months(world, company, admin, ts + MINUTE_MS, price_eur)


def _tell_months(
    world: World, company: Company, admin: Person, since_ms: int, price_eur: float
) -> None:
    """Invoices month by month, until the subscription is cancelled or the window is over."""
    rng = world.rng
    seats = company.size
    due_ms = since_ms
    while due_ms < world.window.end_ms:
        _invoice(world, admin, due_ms, plan_of(price_eur), price_eur, seats)
        if rng.random() < SEATS_ADDED_SHARE_A_MONTH:
            added = 1 + int(3 * rng.random())
            seats += added
            _add_seats(world, admin, due_ms + 10 * DAY_MS, added, seats)
        if rng.random() < CANCELS_SHARE_A_MONTH:
            cancels_ms = _working_day(world, admin, due_ms + int((10 + 18 * rng.random()) * DAY_MS))
            _cancel(world, company, admin, cancels_ms, since_ms, price_eur)
            return
        due_ms += MONTH_MS
    company.open.append((since_ms - MINUTE_MS, world.window.end_ms))


def _invoice(world: World, admin: Person, ts: int, plan: str, price_eur: float, seats: int) -> None:
    properties: dict[str, PropertyValue] = {
        "plan": plan,
        "price": price_eur,
        "seats": float(seats),
        "amount": price_eur * seats,
    }
    if world.rng.random() < PAYMENT_FAILS_SHARE:
        failed = {**properties, "reason": "the bank declined the card"}
        world.diary.write(ts, "Payment Failed", "server", admin.server_identifiers, failed)
        ts += 2 * DAY_MS
    world.diary.write(ts, "Invoice Paid", "server", admin.server_identifiers, properties)


def _add_seats(world: World, admin: Person, ts: int, added: int, seats: int) -> None:
    device = device_at(world.rng, admin, ts)
    properties: dict[str, PropertyValue] = {
        "device": device.kind,
        "seats": float(seats),
        "added": float(added),
    }
    world.diary.write(ts, "Seats Added", device.source, device.known, properties)


def _cancel(
    world: World, company: Company, admin: Person, ts: int, since_ms: int, price_eur: float
) -> None:
    """A subscription ends; a few companies come back after a month or two."""
    rng = world.rng
    device = device_at(rng, admin, ts)
    properties: dict[str, PropertyValue] = {
        "device": device.kind,
        "plan": plan_of(price_eur),
        "seats": float(company.size),
        "reason": rng.choice(LEAVING_REASONS),
    }
    world.diary.write(ts, "Subscription Cancelled", device.source, device.known, properties)
    company.plans.append((ts + GOODBYE_MS, "free"))
    company.open.append((since_ms - MINUTE_MS, ts + GOODBYE_MS))
    if rng.random() < RESUBSCRIBES_SHARE:
        back_ms = _working_day(world, admin, ts + int((5 + 5 * rng.random()) * WEEK_MS))
        _subscribe(world, company, admin, back_ms, price_eur, is_first=False)


def _free_until(world: World, since_ms: int) -> int:
    """When a company on the free plan lets it go: each month some do."""
    until_ms = since_ms
    while until_ms < world.window.end_ms and world.rng.random() >= FREE_ENDS_SHARE_A_MONTH:
        until_ms += MONTH_MS
    return until_ms + int(world.rng.random() * MONTH_MS)


def _working_day(world: World, admin: Person, ts: int) -> int:
    """An instant in office hours on a working day, at or soon after `ts`."""
    day_ms = ts - ts % DAY_MS
    while is_weekend(day_ms):
        day_ms += DAY_MS
    return max(in_office(world.rng, day_ms, admin.region), ts - 12 * HOUR_MS)
