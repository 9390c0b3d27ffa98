"""An event: something one person did at one instant, as every wire hands it to ingest.

Wires parse many formats into this one value; the pipeline's steps turn one `Event` into another;
the applier gives it a person and a place in the order of arrival. Instants are milliseconds since
1970 in UTC, everywhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum
from typing import Any

import msgspec

type_ranks: tuple[str, ...] = ("user_id", "email", "anonymous_id")
"""Identifier types from the highest to the lowest, unless a project has others: Woopra's default of
id, e-mail, cookie."""

DAILY_ID = "daily_id"
"""The type of the identifier of a visit that is counted without a cookie. No hierarchy has it: it
ranks below all others, no client can name it, and nobody is searched by it."""

IDENTIFIER_CHARS_MAX = 500
"""Longer than any e-mail address (254) or device id; Woopra stops at 140."""

PAGE_VIEWED, SCREEN_VIEWED = "Page Viewed", "Screen Viewed"
"""What every wire calls a page or a screen that was seen, so that reports count them all."""

EMAIL_OPENED = "Email Opened"
"""That somebody opened a mail, which is collected only under a policy that names it."""

ORGANISATION = "group.id"
"""The trait that says to which organisation a person belongs from then on. Wires give it as the
sender's id; the applier puts the organisation's own number in its place."""

TRAIT_CHANGES = ("once", "add", "append", "union", "remove", "unset")
"""How a trait may change what is known: only where nothing is known yet; by adding a number; at
the end of a list, always or if it is not in it; out of a list; or no longer known at all."""

OPEN_MS_MAX = 3_600_000
"""How long an event may wait for its next change, whatever its sender wishes."""

PropertyValue = str | float | bool


class Identifier(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One way in which a client names a person, such as `user_id` “42”."""

    type: str
    value: str


class Hierarchy:
    """The identifier types that a project knows, from the highest to the lowest."""

    def __init__(self, types: Sequence[str] = type_ranks) -> None:
        self.types = tuple(types)
        self._ranks = {kind: rank for rank, kind in enumerate(self.types)}

    def __contains__(self, kind: str) -> bool:
        return kind in self._ranks

    def rank_of(self, kind: str) -> int:
        """The rank of an identifier's type, 0 being the highest; unknown types come last."""
        return self._ranks.get(kind, len(self._ranks))

    def ranked(self, identifiers: tuple[Identifier, ...]) -> tuple[Identifier, ...]:
        """Those of the identifiers that are of a known type, the highest first."""
        # Most events come under one identifier, and there are tens of thousands a second.
        if len(identifiers) == 1 and identifiers[0].type in self._ranks:
            return identifiers
        known = [identifier for identifier in identifiers if identifier.type in self._ranks]
        if len(known) > 1:
            known.sort(key=lambda identifier: self._ranks[identifier.type])
        return tuple(known)


DEFAULT_HIERARCHY = Hierarchy()


class Kind(IntEnum):
    """What a message is about."""

    EVENT = 0
    """Something happened: it goes into the timeline."""
    PROFILE = 1
    """What is told of the person (`traits`) and their identifiers; nothing happened."""
    ALIAS = 2
    """Two identifiers, `identifiers` and `previous`, name one person."""
    CHANGE = 3
    """What an event that is still open turned out to be: `message_id` is that event's."""


EVENT, PROFILE, ALIAS, CHANGE = Kind
"""The kinds by names of their own: to look one up in its class takes as long as to judge it."""
HAPPENED = (EVENT, CHANGE)
"""The kinds of messages that tell of something that happened."""


class Signals(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """What a message tells of the person's situation and will. It decides what is lawful and is not
    kept: nothing of it stands in an event that has been through the pipeline.

    `country` has two letters; `ip` and `agent` are of the person's device, and serve to find what
    the policy lets be known of it; `consent` says of purposes, by name, whether the person agreed;
    `gpc` and `dnt` are the browser's signals, `age` is in years; `cookieless` is who asks to be
    known by nothing that lasts; `skew_ms` is by how much the wire put the client's clock forward,
    which was behind, or back.
    """

    country: str = ""
    ip: str = ""
    agent: str = ""
    consent: dict[str, bool] = {}
    gpc: bool = False
    dnt: bool = False
    age: float | None = None
    cookieless: bool = False
    skew_ms: int = 0


NO_SIGNALS = Signals()


# Events hold no cycles, and come by the hundred thousand: the collector need not look at them.
class Event(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """One message about one person.

    `properties`, `sealed` and `traits` come as any JSON object and are flat, a `PropertyValue` by
    name, once the pipeline is through with them. `sealed` holds the properties whose values
    identify the person and so never stand in the clear; `told` those of the traits that identify
    nobody. `message_id` makes the event unique within its
    project: the same id is stored once, however often it is sent. An event with `open_ms` may still
    change for so long after it or its last change came; a change that `closes` is the last. Once
    closed it comes through the inbox again, with its `person`, who is not known (0) before. `stamp`
    is what its sender gave for an instant that is none; such an event is refused. `how`
    says of traits that are not simply set how they change what is known, see `TRAIT_CHANGES`.
    `looks`, on the way through the pipeline, says what looks at its values found, by name (None:
    nobody has looked), see `policy/looks.py`.
    """

    kind: Kind = Kind.EVENT
    name: str = ""
    ts: int
    identifiers: tuple[Identifier, ...] = ()
    properties: dict[str, Any] = {}
    sealed: dict[str, Any] = {}
    traits: dict[str, Any] = {}
    told: dict[str, Any] = {}
    how: dict[str, str] = {}
    previous: Identifier | None = None
    message_id: str
    source: str = ""
    open_ms: int = 0
    closes: bool = False
    person: int = 0
    stamp: str = ""
    signals: Signals = NO_SIGNALS
    looks: dict[str, int] | None = None
    purposes: int = 0

    @property
    def facts(self) -> dict[str, Any]:
        """What was told of the person in the clear and simply set: a fact on the timeline. What
        changes what is known is none, for its value comes of what was known."""
        if not self.how:
            return self.told
        return {name: value for name, value in self.told.items() if name not in self.how}
