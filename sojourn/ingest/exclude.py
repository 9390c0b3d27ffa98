"""Exclude: what a project does not want to collect, whoever sends it."""

from __future__ import annotations

import msgspec

from sojourn.drop_reason import Dropped, DropReason, Withheld
from sojourn.event import Event
from sojourn.ingest.agents import client_of
from sojourn.ingest.arrival import Arrival


def exclude(event: Event, arrival: Arrival) -> Event | Dropped:
    """Neither what machines do, nor the events, people, addresses and agents that the project
    leaves out; and nothing of the properties that it leaves out, whoever gave them."""
    exclusions, agent = arrival.exclusions, event.signals.agent
    if agent and exclusions.bots and client_of(agent).is_bot:
        return Dropped(DropReason.BOT, "Its agent is that of a machine.")
    if not exclusions.chosen:
        return event
    if event.name in exclusions.events:
        return Dropped(DropReason.EXCLUDED, "The project blocks this event.")
    if exclusions.has_one_of(event.identifiers):
        return Dropped(DropReason.EXCLUDED, "The project leaves this person out.")
    if exclusions.has_address(event.signals.ip):
        return Dropped(DropReason.EXCLUDED, "The project leaves this address out.")
    if exclusions.has_agent(agent):
        return Dropped(DropReason.EXCLUDED, "The project leaves this agent out.")
    return _without_properties(event, arrival) if exclusions.properties else event


def _without_properties(event: Event, arrival: Arrival) -> Event:
    excluded = arrival.exclusions.properties
    properties = {name: value for name, value in event.properties.items() if name not in excluded}
    traits = {name: value for name, value in event.traits.items() if name not in excluded}
    gone = len(event.properties) + len(event.traits) - len(properties) - len(traits)
    if not gone:
        return event
    arrival.withheld[Withheld.EXCLUDED.value] += gone
    return msgspec.structs.replace(event, properties=properties, traits=traits)
