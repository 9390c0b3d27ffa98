"""Reading: what a wire makes of a request, also where our own code fails on it.

Such a request is a poison body. It harms no other, and is not kept, for nobody could say what is in
it: it is refused for the reason `poison`, as an event is on which the pipeline fails, in a reply
after which its client goes on to the next. That we made a mistake is told on `/health` and logged.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec, TypeVar

from sojourn.drop_reason import Dropped, DropReason
from sojourn.errors import BadBody
from sojourn.health import Health, said
from sojourn.ingest.poison import is_poison
from sojourn.ingest.rounds import POISON_TOLD_S
from sojourn.wire import Receipt, Reply, Request, Wire, receipt_reply

Given = ParamSpec("Given")
Made = TypeVar("Made")


class PoisonBody(BadBody):
    """A request on which a wire failed, though it should not."""

    def __init__(self, wire: Wire, told: str) -> None:
        super().__init__("This request could not be read", detail=told, mend="Please report it.")
        self.wire = wire
        self.dropped = Dropped(DropReason.POISON, f"{told} Please report it.")


def by_wire(
    wire: Wire,
    health: Health,
    read: Callable[Given, Made],
    *given: Given.args,
    **named: Given.kwargs,
) -> Made:
    """What one of a wire's functions makes of something. Raises `PoisonBody` where it fails for
    what it was given; that the disk or memory fails is raised on, and so is the depth of a body,
    which only its sender can mend."""
    try:
        return read(*given, **named)
    except RecursionError:
        raise
    except Exception as failure:
        if not is_poison(failure):
            raise
        place = f"{wire.title}: {said(failure)}."
        health.wrong("poison_body", place, lasts_s=POISON_TOLD_S)
        raise PoisonBody(wire, f"A mistake of ours ({place[:-1]}).") from None


def worded(wire: Wire, health: Health, request: Request, receipt: Receipt) -> Reply:
    """The reply as a wire words it or, where it fails on that, in our words: what is on disk need
    not be sent again."""
    try:
        return by_wire(wire, health, wire.reply, request, receipt)
    except BadBody:
        return receipt_reply(request, receipt)
