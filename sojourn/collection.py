"""How a project collects, besides what its policy says: what is left out, and where it may send
people on."""

from __future__ import annotations

import msgspec


class Collection(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """The choices of one project.

    `redirects` are the hosts to which a tracked link may lead. What comes from `excluded_addresses`
    (networks, as 10.0.0.0/8), from agents that contain one of `excluded_agents`, or of
    `excluded_people` (identifiers) is not collected, and neither are `excluded_properties` nor
    `blocked_events`, by name. `bots` says whether what machines do is collected.
    """

    redirects: tuple[str, ...] = ()
    excluded_addresses: tuple[str, ...] = ()
    excluded_agents: tuple[str, ...] = ()
    excluded_people: tuple[str, ...] = ()
    excluded_properties: tuple[str, ...] = ()
    blocked_events: tuple[str, ...] = ()
    bots: bool = False


EVERYTHING = Collection()
