"""The tracking plan: what people say of a project's events and properties.

Names appear by themselves when they first arrive; the plan adds what no event tells: a title, a
sentence for the timeline, which names are expected and with which type, which are not wanted, and
which are put away.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import Literal

import msgspec

from sojourn.errors import BadQuestion
from sojourn.timeline import PropertyType

NAME_CHARS_MAX = 200
"""As long as the name of an event may be that is kept."""
TITLE_CHARS_MAX = 100
DESCRIPTION_CHARS_MAX = 1_000
SENTENCE_CHARS_MAX = 300
EVENTS_MAX = 10_000
PROPERTIES_MAX = 2_000
"""As many as a project may have received: a plan for more could not come true."""
SENTENCE = re.compile(r"(?:[^{}\[\]]|\{[^{}\[\]]+\}|\[(?:[^{}\[\]]|\{[^{}\[\]]+\})*\])*")
"""Text with {names} and with [parts that go when a name in them has no value]."""
EXPECTED: dict[PropertyType, frozenset[type]] = {
    "text": frozenset({str}),
    "number": frozenset({int, float}),
    "flag": frozenset({bool}),
}
"""What a value of a type is in Python; to which a flag is no number."""

Icon = Literal[
    "bell", "bolt", "book", "bookmark", "calendar", "chart-bar", "check", "click",
    "cloud-upload", "credit-card", "download", "eye", "file", "flag", "gift", "heart", "home",
    "key", "lock", "login", "logout", "mail", "map-pin", "message", "package", "pencil", "phone",
    "player-play", "receipt", "search", "send", "settings", "share", "shopping-cart", "star",
    "tag", "trash", "user", "user-plus", "users", "x",
]  # fmt: skip
"""The icons that an event may have, by their names in Tabler's set."""


class EventEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What is said of an event. `sentence` is how the timeline tells it: names of properties and
    `person` in braces, in brackets what goes with a name that has no value. A `planned` event is
    expected, a `blocked` one refused, an `archived` one kept and no longer offered."""

    title: str = ""
    description: str = ""
    icon: Icon | None = None
    sentence: str = ""
    planned: bool = False
    blocked: bool = False
    archived: bool = False


class PropertyEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What is said of a property. A value of another type than the one `planned` has its event
    refused; a `blocked` property is taken out of events, an `archived` one kept and no longer
    offered."""

    title: str = ""
    description: str = ""
    planned: PropertyType | None = None
    blocked: bool = False
    archived: bool = False


class TrackingPlan(msgspec.Struct, frozen=True, forbid_unknown_fields=True, dict=True):
    """What is said of events and properties, by name."""

    events: dict[str, EventEntry] = {}
    properties: dict[str, PropertyEntry] = {}

    @cached_property
    def expected(self) -> dict[str, frozenset[type]]:
        """The properties with a planned type: what their values may be."""
        return {
            name: EXPECTED[entry.planned]
            for name, entry in self.properties.items()
            if entry.planned is not None
        }


def check(plan: TrackingPlan) -> None:
    """Refuse a plan that could not be kept or shown; raises `BadQuestion`."""
    _check_number("events", len(plan.events), EVENTS_MAX)
    _check_number("properties", len(plan.properties), PROPERTIES_MAX)
    for name, event in plan.events.items():
        where = f"events.{name[:60]}"
        _check_texts(where, name, event.title, event.description)
        _check_length(f"{where}.sentence", event.sentence, SENTENCE_CHARS_MAX)
        if not SENTENCE.fullmatch(event.sentence):
            raise BadQuestion(
                "The sentence cannot be read",
                detail="A brace or a bracket is open, empty or stands in another one of its kind.",
                where=f"{where}.sentence",
                mend="Write it as {person} paid {total}[ for {plan}].",
            )
    for name, own in plan.properties.items():
        _check_texts(f"properties.{name[:60]}", name, own.title, own.description)


def _check_number(where: str, given: int, most: int) -> None:
    if given > most:
        raise BadQuestion(
            "The plan is too long",
            detail=f"It names {given:,}; a project may have {most:,}.",
            where=where,
            mend="Take out the names that are not expected any more.",
        )


def _check_texts(where: str, name: str, title: str, description: str) -> None:
    if not name.strip():
        raise BadQuestion("A name is empty", where=where, mend="Name it as its events do.")
    _check_length(where, name, NAME_CHARS_MAX)
    _check_length(f"{where}.title", title, TITLE_CHARS_MAX)
    _check_length(f"{where}.description", description, DESCRIPTION_CHARS_MAX)


def _check_length(where: str, text: str, most: int) -> None:
    if len(text) > most or "\0" in text or _is_broken(text):
        raise BadQuestion(
            "The text cannot be kept",
            detail=f"It may have {most} characters, no NUL and no half characters.",
            where=where,
            mend="Shorten it, or write it anew.",
        )


def _is_broken(text: str) -> bool:
    return not text.isascii() and any("\ud800" <= letter <= "\udfff" for letter in text)
