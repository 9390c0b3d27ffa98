"""Exclusions: what a project leaves out of its collection, made ready to be looked up."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

from sojourn.collection import EVERYTHING, Collection
from sojourn.event import Identifier

ADDRESSES_REMEMBERED = 10_000


@dataclass(frozen=True, slots=True)
class Exclusions:
    """What is left out: networks, words in agents (in lower case), identifiers, and names of
    properties and events; `bots` whether machines are, `chosen` whether anything else is."""

    networks: frozenset[IPv4Network | IPv6Network]
    agents: tuple[str, ...]
    people: frozenset[str]
    properties: frozenset[str]
    events: frozenset[str]
    bots: bool
    chosen: bool

    def has_address(self, address: str) -> bool:
        """Whether an address lies in one of the networks."""
        return bool(self.networks) and bool(address) and _lies_in(address, self.networks)

    def has_agent(self, agent: str) -> bool:
        """Whether an agent contains one of the words."""
        lower = agent.lower() if self.agents else ""
        return any(word in lower for word in self.agents)

    def has_one_of(self, identifiers: tuple[Identifier, ...]) -> bool:
        """Whether an identifier is one of those left out."""
        return any(identifier.value in self.people for identifier in identifiers)


@lru_cache(maxsize=1_000)
def exclusions_of(collection: Collection) -> Exclusions:
    """The exclusions that a project has chosen."""
    own = collection
    return Exclusions(
        networks=frozenset(ip_network(one, strict=False) for one in own.excluded_addresses),
        agents=tuple(word.lower() for word in own.excluded_agents),
        # Wires write e-mail addresses in lower case.
        people=frozenset(own.excluded_people) | {one.lower() for one in own.excluded_people},
        properties=frozenset(own.excluded_properties),
        events=frozenset(own.blocked_events),
        bots=not own.bots,
        chosen=any(
            (
                own.excluded_addresses,
                own.excluded_agents,
                own.excluded_people,
                own.excluded_properties,
                own.blocked_events,
            )
        ),
    )


NOTHING_EXCLUDED = exclusions_of(EVERYTHING)
"""What a project leaves out that has chosen nothing: machines."""


@lru_cache(maxsize=ADDRESSES_REMEMBERED)
def _lies_in(address: str, networks: frozenset[IPv4Network | IPv6Network]) -> bool:
    try:
        known = ip_address(address)
    except ValueError:
        return False
    return any(known in network for network in networks)
