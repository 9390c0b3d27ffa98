"""Enrich: what is known of an event from how it came, as far as the policy lets it be kept.

The address and the agent themselves are gone once the policy's gate has judged the event.
"""

from __future__ import annotations

import msgspec

from sojourn.drop_reason import Dropped
from sojourn.event import EVENT, NO_SIGNALS, Event
from sojourn.ingest.agents import client_of
from sojourn.ingest.arrival import Arrival
from sojourn.ingest.traffic import traffic_of

CAMPAIGN = "campaign."
TELLING = ("url", "referrer")
"""The properties that tell how somebody came."""


def enrich(event: Event, arrival: Arrival) -> Event | Dropped:
    """The event with what `additions` finds."""
    added = additions(event, arrival)
    if not added:
        return event
    # An address may hold anything, and so may what is found in it.
    looks = None if event.looks is None else event.looks | arrival.names.looks.at(added)
    return msgspec.structs.replace(event, properties=event.properties | added, looks=looks)


def additions(event: Event, arrival: Arrival) -> dict[str, str]:
    """`browser`, `os` and `device` of an event's agent, `country` of its address, `referrer_type`
    and `campaign.*` of its page: those that it does not say itself and that the policy lets it
    have."""
    given, signals = event.properties, event.signals
    if signals is NO_SIGNALS and "url" not in given and "referrer" not in given:
        return {}
    rules = arrival.rules
    rule = rules.events.get(event.name, rules.other_event)
    if rule is None or event.kind is not EVENT:
        return {}
    url, referrer = given.get("url", ""), given.get("referrer", "")
    found: dict[str, str] = {}
    if signals.agent:
        found.update(client_of(signals.agent).properties)
    country = signals.country or (arrival.country_of(signals.ip) if signals.ip else "")
    if country:
        found["country"] = country
    if (url or referrer) and type(url) is str and type(referrer) is str:
        found.update(_traffic(url, referrer, given))
    met = rule.met
    return {
        name: value
        for name, value in found.items()
        if name not in given
        and (met[name] if name in met else rules.rule_of(rule, name)) is not None
    }


def _traffic(url: str, referrer: str, given: dict[str, object]) -> dict[str, str]:
    """How somebody came; a campaign is told by the client or by the address, never half by each."""
    traffic = traffic_of(url, referrer)
    if len(traffic) > 1 and any(name.startswith(CAMPAIGN) for name in given):
        return {"referrer_type": traffic["referrer_type"]}
    return traffic
