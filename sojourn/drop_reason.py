"""Why an event was not kept. A refusal is a value: counted by reason and told to the sender."""

from __future__ import annotations

from enum import StrEnum

import msgspec


class DropReason(StrEnum):
    """Every reason there is; the value is what counters and answers show."""

    NOT_AN_EVENT = "not_an_event"
    """The message is no JSON object, or of a type the wire does not know."""
    BAD_ROW = "bad_row"
    """The row of a file cannot be read: another number of columns, broken JSON."""
    NO_EVENT_NAME = "no_event_name"
    NO_IDENTIFIER = "no_identifier"
    BAD_TIMESTAMP = "bad_timestamp"
    """Neither ISO 8601 nor an epoch in seconds, milliseconds or microseconds."""
    TIMESTAMP_OUT_OF_RANGE = "timestamp_out_of_range"
    """Before 1980, or more than a day after it arrived."""
    BAD_TEXT = "bad_text"
    """A NUL or half a surrogate pair in a name, an identifier or a value."""
    TOO_LONG = "too_long"
    """A name or an identifier is longer than it may be."""
    TOO_DEEP = "too_deep"
    """A property is nested deeper than it may be."""
    TOO_MANY_PROPERTIES = "too_many_properties"
    """This event has more properties than one event may have."""
    TOO_LARGE = "too_large"
    """The event takes more bytes than one event may take."""
    TOO_MANY_EVENT_NAMES = "too_many_event_names"
    """The project has as many event names as it may have, and this one is new."""
    TOO_MANY_PROPERTY_NAMES = "too_many_property_names"
    """The project has as many properties as it may have, and one here is new."""
    TYPE_CONFLICT = "type_conflict"
    """A property has another type than the tracking plan says."""
    EVENT_CLOSED = "event_closed"
    """A change of an event that is not open any more, or never was."""
    SECRET = "secret"
    """The name or an identifier is a card number, a password or an access token."""
    EXCLUDED = "excluded"
    """The project leaves this event out, or whom it is from."""
    BOT = "bot"
    """A machine says of itself that it is one, and the project does not collect what they do."""
    UNDECLARED_EVENT = "undeclared_event"
    """The policy does not name this event, and keeps out what it does not name."""
    NO_LAWFUL_PURPOSE = "no_lawful_purpose"
    """Nothing it could be used for is lawful: no basis, no consent, or an objection."""
    POISON = "poison"
    """Our own code fails on it: a mistake of ours."""


class Withheld(StrEnum):
    """Why a property was taken out of an event that was kept otherwise."""

    SECRET = "secret"
    """It holds a card number, a password or an access token."""
    UNDECLARED_PROPERTY = "undeclared_property"
    """The policy does not name this property, and keeps out what it does not name."""
    NO_LAWFUL_PURPOSE = "no_lawful_purpose"
    """Nothing it may be used for is lawful for this event."""
    REDUCED = "reduced"
    """Nothing is left of it after its reduction."""
    EXCLUDED = "excluded"
    """The project leaves this property out."""
    COOKIELESS = "cookieless"
    """It would tell who somebody is of whom only the visit is counted."""


class Dropped(msgspec.Struct, frozen=True):
    """An event that is not kept, and why."""

    reason: DropReason
    detail: str = ""
