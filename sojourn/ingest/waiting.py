"""Waiting: what of an event that was refused may wait in the quarantine until it is looked at.

Only what could have been kept, had it had another form: nothing that no purpose makes lawful, no
secret, nothing that the project leaves out, no address and no agent of a device. What the policy
reduces waits reduced, and only where reducing it once more, when it is replayed, changes nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import msgspec

from sojourn.drop_reason import Dropped, DropReason
from sojourn.event import ALIAS, DAILY_ID, HAPPENED, Event, Identifier, Signals
from sojourn.ingest import poison
from sojourn.ingest.arrival import Arrival
from sojourn.ingest.enrich import enrich
from sojourn.ingest.exclude import exclude
from sojourn.ingest.limits import NAME_CHARS_MAX, OLDEST_MS
from sojourn.ingest.without_cookie import without_cookie
from sojourn.policy import gate, secrets
from sojourn.policy.rules import EventRule, PropertyRule, Rules

MENDABLE = frozenset(
    {
        DropReason.NO_EVENT_NAME,
        DropReason.NO_IDENTIFIER,
        DropReason.BAD_TIMESTAMP,
        DropReason.TIMESTAMP_OUT_OF_RANGE,
        DropReason.BAD_TEXT,
        DropReason.TOO_LONG,
        DropReason.TOO_DEEP,
        DropReason.TOO_MANY_PROPERTIES,
        DropReason.TOO_LARGE,
        DropReason.TOO_MANY_EVENT_NAMES,
        DropReason.TOO_MANY_PROPERTY_NAMES,
        DropReason.TYPE_CONFLICT,
        DropReason.UNDECLARED_EVENT,
        DropReason.POISON,
    }
)
"""Refusals for the form of an event, for a name that nobody has declared yet, or by our mistake."""
GONE: Any = object()
"""In the place of a value of which nothing may wait."""

Judge = Callable[[str, Any], Any]
"""What may wait of a property, by its name with dots and its value; `GONE` where nothing may."""


def what_may_wait(event: Event, arrival: Arrival) -> Event | None:
    """What of a refused event, as it came, may wait; None where nothing may."""
    # What this finds is counted nowhere: the refusal has been counted.
    quiet = replace(arrival, withheld=Counter(), corrected=Counter(), daily_ids=None)
    if _is_secret(event) or isinstance(exclude(event, quiet), Dropped):
        return None
    timed = _timed(event, arrival)
    identifiers = _lasting(timed, quiet)
    rule = _rule_of(event, quiet.rules)
    if identifiers is None or rule is None:
        return None
    purposes, joins = _lawful(timed, rule, quiet)
    if not purposes or (event.kind is ALIAS and not joins):
        return None
    enriched = enrich(event, quiet)
    assert isinstance(enriched, Event)
    return msgspec.structs.replace(
        enriched,
        identifiers=identifiers if joins else identifiers[:1],
        properties=_judged(enriched.properties, _judge(rule, purposes, quiet)),
        traits=_judged(enriched.traits, _judge(quiet.rules.told, purposes, quiet)),
        signals=_without_device(event.signals, arrival.country_of),
    )


def may_still_wait(event: Event, reason: DropReason, arrival: Arrival) -> Event | None:
    """What of an event that was refused for a reason may wait; nothing where the reason is none
    that can be mended, or where our own code fails on it here, too."""
    if reason not in MENDABLE:
        return None
    try:
        return what_may_wait(event, arrival)
    except Exception as failure:
        poison.dropped(failure)
        return None


def _is_secret(event: Event) -> bool:
    named = event.identifiers if event.previous is None else (*event.identifiers, event.previous)
    return secrets.found_in(event.name) is not None or any(
        secrets.found_in_identifier(identifier.value) for identifier in named
    )


def _timed(event: Event, arrival: Arrival) -> Event:
    """The event at its own instant, or now where that cannot be true: what a person has said by
    then decides."""
    if not event.stamp and OLDEST_MS <= event.ts <= arrival.received_ms:
        return event
    return msgspec.structs.replace(event, ts=arrival.received_ms)


def _lasting(event: Event, arrival: Arrival) -> tuple[Identifier, ...] | None:
    """The identifiers that may be kept; None for a visit without a cookie, which ends with its
    day: nobody could tell tomorrow whose it was."""
    ranked = arrival.hierarchy.ranked(event.identifiers)
    if arrival.rules.cookieless == "never" and not event.signals.cookieless:
        # Those of types that the project does not know wait for a hierarchy that has them.
        return ranked or event.identifiers
    named = without_cookie(msgspec.structs.replace(event, identifiers=ranked), arrival)
    if isinstance(named, Dropped):
        return None
    return tuple(one for one in named.identifiers if one.type != DAILY_ID) or None


def _rule_of(event: Event, rules: Rules) -> EventRule | None:
    """The rule that the event is judged by; what nobody has declared, like what is told."""
    if event.kind not in HAPPENED:
        return rules.told
    own = rules.events.get(event.name, rules.other_event)
    return rules.told if own is None and rules.others_wait else own


def _lawful(event: Event, rule: EventRule, arrival: Arrival) -> tuple[int, bool]:
    """The purposes for which it is lawful, and whether its identifiers may be joined."""
    rules = arrival.rules
    allowed = gate.lawful_purposes(
        rules, rule.category, event.signals, arrival.will(event), arrival.country_of
    )
    return rule.purposes & allowed, bool(allowed & rules.identity or not rules.identity)


def _judge(rule: EventRule, purposes: int, arrival: Arrival) -> Judge:
    rules, excluded = arrival.rules, arrival.exclusions.properties

    def judge(name: str, value: Any) -> Any:
        plain = _plain(value)
        if name in excluded or secrets.secret_of(name, plain) is not None:
            return GONE
        # A longer name is nobody's, and the rules remember names.
        own = rules.rule_of(rule, name[:NAME_CHARS_MAX])
        if own is None:
            return value if rules.other_properties_wait else GONE
        if not own.purposes & purposes:
            return GONE
        return value if own.reduce is None else _reduced(own, plain)

    return judge


def _reduced(own: PropertyRule, value: Any) -> Any:
    assert own.reduce is not None
    once = own.reduce(value)
    return GONE if once is None or own.reduce(once) != once else once


def _judged(given: dict[str, Any], judge: Judge) -> dict[str, Any]:
    """Of nested properties those that may wait, nested as they came."""
    left = _left("", given, judge)
    return {} if left is GONE else left


def _left(name: str, value: Any, judge: Judge) -> Any:
    if not isinstance(value, dict):
        return value if value is None else judge(name, value)
    found = (
        (key, _left(f"{name}.{key}" if name else key, one, judge)) for key, one in value.items()
    )
    left = {key: one for key, one in found if one is not GONE}
    return left if left or not value else GONE


def _plain(value: Any) -> Any:
    """A value as the pipeline would look at it: lists as JSON text, whole numbers as such."""
    if isinstance(value, list):
        return msgspec.json.encode(value).decode()
    if isinstance(value, int) and not isinstance(value, bool):
        return float(value) if abs(value) <= 2**53 else str(value)
    return value


def _without_device(signals: Signals, country_of: Callable[[str], str]) -> Signals:
    """What a message told of the person's situation, without the address and the agent that told
    part of it."""
    country = signals.country or (country_of(signals.ip) if signals.ip else "")
    return msgspec.structs.replace(signals, country=country, ip="", agent="", skew_ms=0)
