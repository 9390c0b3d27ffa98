"""The catalogue: every event name in the simulation, and every property with its type.

The page `docs/how-to/demo.md` repeats it for readers; the tests hold it against both the page and
the simulated events, so a name that is missing here is a red test.
"""

from __future__ import annotations

from typing import Literal

import msgspec

PropertyType = Literal["text", "number", "flag"]


class EventName(msgspec.Struct, frozen=True):
    """What an event means, which clients send it, and what it may carry."""

    sentence: str
    sources: tuple[str, ...]
    properties: tuple[str, ...]


class PropertyName(msgspec.Struct, frozen=True):
    """What a property means; it has one type in all events."""

    type: PropertyType
    sentence: str


SITE = ("web",)
CLIENTS = ("web", "ios", "android")
SERVER = ("server",)
DESK = ("support",)

EVENTS: dict[str, EventName] = {
    "Page Viewed": EventName(
        "A page of the site or the product was opened.",
        CLIENTS,
        ("page", "referrer", "campaign", "device"),
    ),
    "Pricing Viewed": EventName(
        "The prices were looked at, before signing up.", SITE, ("page", "campaign", "device")
    ),
    "Demo Requested": EventName(
        "A larger team asked to be shown the product.", SITE, ("team_size", "campaign", "device")
    ),
    "Signed Up": EventName(
        "An account was created: from here on the device knows its person.",
        SITE,
        ("method", "invited", "campaign", "device"),
    ),
    "Logged In": EventName(
        "A person said on one more device who they are.", CLIENTS, ("method", "device")
    ),
    "Workspace Created": EventName(
        "A founder opened their company's workspace.", CLIENTS, ("plan", "team_size", "device")
    ),
    "Integration Connected": EventName(
        "A chat or HR system was connected.", CLIENTS, ("integration", "device")
    ),
    "Invitation Sent": EventName("A colleague was invited.", CLIENTS, ("role", "device")),
    "Invitation Accepted": EventName(
        "A colleague followed an invitation.", CLIENTS, ("hours_waited", "device")
    ),
    "Profile Completed": EventName(
        "First step: name, role and photo were filled in.", CLIENTS, ("role", "device")
    ),
    "Calendar Connected": EventName(
        "First step: a calendar was connected.", CLIENTS, ("calendar", "device")
    ),
    "Onboarding Ended": EventName(
        "The first two weeks are over; the server counts what happened in them.",
        SERVER,
        ("one_on_ones", "plan", "role"),
    ),
    "App Opened": EventName("The product was opened.", CLIENTS, ("device",)),
    "Check-in Reminder Sent": EventName(
        "The server reminded someone who had not checked in.", SERVER, ("channel",)
    ),
    "Check-in Started": EventName(
        "The week's questions were opened.", CLIENTS, ("first_time", "device")
    ),
    "Check-in Completed": EventName(
        "The week's questions were answered.",
        CLIENTS,
        ("first_time", "duration_minutes", "mood", "device"),
    ),
    "One-on-one Scheduled": EventName(
        "A talk of two was put on the calendar.", CLIENTS, ("template", "recurring", "device")
    ),
    "One-on-one Completed": EventName(
        "A talk of two was held and noted.",
        CLIENTS,
        ("template", "first_time", "duration_minutes", "device"),
    ),
    "Objective Created": EventName("An objective was written down.", CLIENTS, ("title", "device")),
    "Objective Updated": EventName(
        "Progress on an objective was noted.", CLIENTS, ("progress_percent", "device")
    ),
    "Praise Given": EventName("A colleague was praised.", CLIENTS, ("value", "device")),
    "Plans Compared": EventName(
        "An admin was shown plans and prices in the trial.",
        CLIENTS,
        ("plan", "price", "seats", "device"),
    ),
    "Subscription Started": EventName(
        "A company began to pay, or came back.", SERVER, ("plan", "price", "seats", "first_time")
    ),
    "Invoice Paid": EventName(
        "A month was paid for.", SERVER, ("plan", "price", "seats", "amount")
    ),
    "Payment Failed": EventName(
        "A payment was declined; it is tried again two days later.",
        SERVER,
        ("plan", "price", "seats", "amount", "reason"),
    ),
    "Seats Added": EventName("An admin added seats.", CLIENTS, ("seats", "added", "device")),
    "Subscription Cancelled": EventName(
        "An admin ended the subscription.", CLIENTS, ("plan", "seats", "reason", "device")
    ),
    "Support Ticket Opened": EventName(
        "Someone asked for help; the desk knows them by their address only.",
        DESK,
        ("subject", "channel"),
    ),
    "Support Ticket Closed": EventName(
        "The question was answered.", DESK, ("subject", "hours_open", "rating")
    ),
    "NPS Answered": EventName(
        "Someone said how likely they are to recommend the product.",
        SERVER,
        ("score", "comment", "plan"),
    ),
}

PROPERTIES: dict[str, PropertyName] = {
    "added": PropertyName("number", "seats that were added"),
    "amount": PropertyName("number", "of an invoice, in euro"),
    "calendar": PropertyName("text", "whose calendar it is"),
    "campaign": PropertyName("text", "what brought a person to the site; none for most"),
    "channel": PropertyName("text", "email, chat, slack or teams"),
    "comment": PropertyName("text", "what somebody wrote, at times a paragraph"),
    "device": PropertyName("text", "desktop, mobile or tablet; what a server sends has none"),
    "duration_minutes": PropertyName("number", "how long it took"),
    "first_time": PropertyName("flag", "whether it is the person's first"),
    "hours_open": PropertyName("number", "from question to answer"),
    "hours_waited": PropertyName("number", "from invitation to acceptance"),
    "integration": PropertyName("text", "slack, teams or hr-system"),
    "invited": PropertyName("flag", "whether a colleague had invited them"),
    "method": PropertyName("text", "google, microsoft or email"),
    "mood": PropertyName("number", "from 1 to 5"),
    "one_on_ones": PropertyName("number", "held in the first two weeks"),
    "page": PropertyName("text", "the path of the page"),
    "plan": PropertyName("text", "trial, free, team or business"),
    "price": PropertyName("number", "of one seat and month, in euro: 6, 9 or 11"),
    "progress_percent": PropertyName("number", "of an objective"),
    "rating": PropertyName("number", "of an answer, from 1 to 5"),
    "reason": PropertyName("text", "why a payment failed or a company left"),
    "recurring": PropertyName("flag", "whether it repeats"),
    "referrer": PropertyName("text", "where a visit came from"),
    "role": PropertyName("text", "admin, manager or member"),
    "score": PropertyName("number", "from 0 to 10"),
    "seats": PropertyName("number", "people paid for"),
    "subject": PropertyName("text", "of a ticket, in the person's language"),
    "team_size": PropertyName("number", "people of the company who will use the product"),
    "template": PropertyName("text", "the agenda of a one-on-one"),
    "title": PropertyName("text", "of an objective, up to a long sentence, in many scripts"),
    "value": PropertyName("text", "what somebody is praised for"),
}
