"""The pixel: an image in a mail, `/o.gif`, that is asked for when the mail is opened.

It tells of the event “Email Opened”, with the message and the campaign, of a person by the id that
whoever sends the mail has for them. An address would tell everybody between who reads what, so it
is not taken for an id. Nothing of the request itself is looked at: most mails are opened through a
proxy. Unless the project's policy names the event, for a purpose with consent, the policy's gate
keeps it out (clause S1-20).
"""

from __future__ import annotations

from typing import Any

from sojourn.drop_reason import Dropped, DropReason
from sojourn.errors import SojournError
from sojourn.event import EMAIL_OPENED, Event
from sojourn.wire import Receipt, Reply, Request, Wire, identifiers_of, image_reply, said_of

ADDRESS = "An address is no id: everybody who passes the mail on could read it."


def key(request: Request, _: Any) -> str:
    """The key in the image's address."""
    return request.query.get("key", "")


def events(request: Request, _: Any) -> list[Event | Dropped]:
    """The one event, that the mail was opened."""
    person = request.query.get("person", "")
    if "@" in person:
        return [Dropped(DropReason.NO_IDENTIFIER, ADDRESS)]
    told = said_of(request.query, message="message", **{"campaign.name": "campaign"})
    return [
        Event(
            name=EMAIL_OPENED,
            ts=request.received_ms,
            identifiers=identifiers_of(user_id=person),
            properties=told,
            message_id="",
            source="pixel",
        )
    ]


def reply(request: Request, receipt: Receipt) -> Reply:
    """The image, whatever became of the event."""
    return image_reply()


def failure(request: Request, error: SojournError) -> Reply:
    """The image also where nothing could be kept, so that no mail shows a broken one; the status
    tells."""
    image = image_reply()
    return Reply(image.body, error.status, image.media_type, image.headers)


WIRE = Wire(
    name="pixel",
    title="Pixel in mails",
    paths=("/o.gif",),
    methods=("GET",),
    content=lambda request: None,
    key=key,
    events=events,
    reply=reply,
    failure=failure,
)
