"""A generic webhook: `/v1/webhook/{key}` takes any JSON of any tool. The project says what the
bodies mean, see `Webhook` in `collection.py`."""

from __future__ import annotations

from typing import Any

from sojourn.collection import Webhook
from sojourn.drop_reason import Dropped, DropReason
from sojourn.errors import BadBody
from sojourn.event import Event
from sojourn.instant import instant_ms
from sojourn.wire import Request, Wire, email_of, id_of, identifiers_of, require_batch

PLACE_CHARS_MAX = 9
"""The place in a list has fewer digits."""


def key(request: Request, body: Any) -> str:
    """The key, which is the end of the address: other tools have no other place for it."""
    return request.path.rstrip("/").rpartition("/")[2]


def events(request: Request, body: Any) -> list[Event | Dropped]:
    """The events of a body: one, or one for each element of a list in it."""
    webhook = request.webhook
    if webhook is None:
        raise BadBody(
            "Nothing says what these bodies mean",
            detail="The key has no mapping.",
            mend="`sojourn key create write --wire webhook --mapping FILE` gives a key one.",
        )
    if not webhook.each:
        return [_event(webhook, body, body, request)]
    elements = require_batch(at(body, webhook.each), webhook.each)
    return [_event(webhook, element, body, request) for element in elements]


def at(document: Any, pointer: str) -> Any:
    """What stands at a JSON pointer (RFC 6901), None where nothing does."""
    for step in pointer.split("/")[1:]:
        step = step.replace("~1", "/").replace("~0", "~")
        if isinstance(document, dict):
            document = document.get(step)
        elif isinstance(document, list) and _is_place(step, document):
            document = document[int(step)]
        else:
            return None
    return document


def _is_place(step: str, elements: list[Any]) -> bool:
    is_number = step.isdecimal() and len(step) <= PLACE_CHARS_MAX
    return is_number and int(step) < len(elements)


def _event(webhook: Webhook, element: Any, body: Any, request: Request) -> Event | Dropped:
    def found(pointer: str) -> Any:
        """What a mapping says: itself, or what stands there in the element or in the body."""
        if not pointer.startswith("/"):
            return pointer or None
        inside = at(element, pointer)
        return at(body, pointer) if inside is None else inside

    name, stamp = found(webhook.event), found(webhook.time)
    if not isinstance(name, str) or not name:
        return Dropped(DropReason.NO_EVENT_NAME, f"No name stands at {webhook.event:.60}.")
    ts = request.received_ms if stamp is None else instant_ms(stamp)
    if ts is None:
        return Dropped(DropReason.BAD_TIMESTAMP, f"“{str(stamp)[:60]}” is no instant.")
    identifiers = identifiers_of(
        user_id=found(webhook.user),
        email=email_of(found(webhook.email)),
        anonymous_id=found(webhook.anonymous),
    )
    if not identifiers:
        return Dropped(DropReason.NO_IDENTIFIER, "Nobody stands where the mapping says.")
    return Event(
        name=name,
        ts=ts,
        identifiers=identifiers,
        properties=_properties(webhook.properties, found),
        message_id=id_of(found(webhook.id)),
        source="webhook",
    )


def _properties(said: str | dict[str, str], found: Any) -> dict[str, Any]:
    if isinstance(said, dict):
        values = {name: found(pointer) for name, pointer in said.items()}
        return {name: value for name, value in values.items() if value is not None}
    given = found(said)
    return dict(given) if isinstance(given, dict) else {}


WIRE = Wire(
    name="webhook",
    title="Webhooks of any tool",
    paths=("/v1/webhook/{key:str}",),
    key=key,
    events=events,
)
