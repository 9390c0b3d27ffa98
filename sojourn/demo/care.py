"""Support and the question about recommending: what people say of the product.

Tickets come from the desk's own tool, which knows people by their address only: on a timeline they
show that one person is one person across tools.
"""

from __future__ import annotations

from sojourn.demo.clock import DAY_MS, HOUR_MS, WEEK_MS, next_office_day
from sojourn.demo.company import is_open
from sojourn.demo.person import Person
from sojourn.demo.phrases import NPS_COMMENTS, TICKETS
from sojourn.demo.world import World
from sojourn.event import PropertyValue

TICKETS_A_WEEK = 0.012
NPS_AFTER_DAYS = 45
NPS_ANSWERED_SHARE = 0.4


def tell_care(world: World, person: Person, since_ms: int) -> None:
    """Tell the tickets a person opens and the answer they give, while they are active."""
    rng = world.rng
    for begin_ms, end_ms in person.active:
        length_ms = min(end_ms, world.window.end_ms) - begin_ms
        if rng.random() < TICKETS_A_WEEK * length_ms / WEEK_MS:
            asked_ms = begin_ms + int(rng.random() * length_ms)
            _ticket(world, person, next_office_day(rng, asked_ms, person.region))
    answers_ms = since_ms + int((NPS_AFTER_DAYS + 20 * rng.random()) * DAY_MS)
    answers_ms = next_office_day(rng, answers_ms, person.region)
    answers = rng.random() < NPS_ANSWERED_SHARE and is_open(person.active, answers_ms)
    if answers and person.company:
        _answer(world, person, answers_ms, person.company.plan_at(answers_ms))


def _ticket(world: World, person: Person, ts: int) -> None:
    rng = world.rng
    hours = round(0.5 + 70 * rng.random() ** 3, 1)
    subject = rng.choice(TICKETS)
    channel = rng.choice(("email", "chat"))
    opened: dict[str, PropertyValue] = {"subject": subject, "channel": channel}
    closed: dict[str, PropertyValue] = {"subject": subject, "hours_open": hours}
    if rng.random() < 0.4:
        closed["rating"] = float(1 + int(5 * rng.random() ** 0.5))
    identifiers = (person.email,)
    world.diary.write(ts, "Support Ticket Opened", "support", identifiers, opened)
    closed_ms = ts + int(hours * HOUR_MS)
    world.diary.write(closed_ms, "Support Ticket Closed", "support", identifiers, closed)


def _answer(world: World, person: Person, ts: int, plan: str) -> None:
    """An answer from 0 to 10; those who hold one-on-ones are kinder."""
    rng = world.rng
    lean = 0.35 if person.held_one_on_one else 0.6
    properties: dict[str, PropertyValue] = {
        "score": float(int(11 * rng.random() ** lean)),
        "plan": plan,
    }
    comment = rng.choice(NPS_COMMENTS)
    if comment:
        properties["comment"] = comment
    world.diary.write(ts, "NPS Answered", "server", person.server_identifiers, properties)
