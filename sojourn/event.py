"""An event: something one person did at one instant, as every wire hands it to ingest.

Wires parse many formats into this one value; the pipeline's steps turn one `Event` into another;
the applier gives it a person and a place in the order of arrival. Instants are milliseconds since
1970 in UTC, everywhere.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Any

import msgspec

type_ranks: tuple[str, ...] = ("user_id", "email", "anonymous_id")
"""Identifier types from the highest to the lowest: Woopra's default of id, e-mail, cookie."""

IDENTIFIER_CHARS_MAX = 500
"""Longer than any e-mail address (254) or device id; Woopra stops at 140."""

PropertyValue = str | float | bool


class Identifier(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One way in which a client names a person, such as `user_id` “42”."""

    type: str
    value: str


_RANK = {kind: rank for rank, kind in enumerate(type_ranks)}


def rank_of(kind: str) -> int:
    """The rank of an identifier's type, 0 being the highest; unknown types come last."""
    return _RANK.get(kind, len(_RANK))


def rank(identifier: Identifier) -> int:
    """The rank of an identifier, by its type."""
    return _RANK.get(identifier.type, len(_RANK))


class Kind(IntEnum):
    """What a message is about."""

    EVENT = 0
    """Something happened: it goes into the timeline."""
    PROFILE = 1
    """What is told of the person (`traits`) and their identifiers; nothing happened."""
    ALIAS = 2
    """Two identifiers, `identifiers` and `previous`, name one person."""


class Signals(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """What a message tells of the person's situation and will. It decides what is lawful and is not
    kept: nothing of it stands in an event that has been through the pipeline.

    `country` has two letters, `ip` only serves to find it; `consent` says of purposes, by name,
    whether the person agreed; `gpc` and `dnt` are the browser's signals, `age` is in years.
    """

    country: str = ""
    ip: str = ""
    consent: dict[str, bool] = {}
    gpc: bool = False
    dnt: bool = False
    age: float | None = None


NO_SIGNALS = Signals()


# Events hold no cycles, and come by the hundred thousand: the collector need not look at them.
class Event(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """One message about one person.

    `properties`, `sealed` and `traits` come as any JSON object and are flat, a `PropertyValue` by
    name, once the pipeline is through with them. `sealed` holds the properties whose values
    identify the person and so never stand in the clear; `told` those of the traits that identify
    nobody, which become a fact on the timeline. `message_id` makes the event unique within its
    project: the same id is stored once, however often it is sent.
    """

    kind: Kind = Kind.EVENT
    name: str = ""
    ts: int
    identifiers: tuple[Identifier, ...] = ()
    properties: dict[str, Any] = {}
    sealed: dict[str, Any] = {}
    traits: dict[str, Any] = {}
    told: dict[str, Any] = {}
    previous: Identifier | None = None
    message_id: str
    source: str = ""
    signals: Signals = NO_SIGNALS
    purposes: int = 0
