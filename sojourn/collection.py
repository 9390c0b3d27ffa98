"""How a project collects, besides what its policy says: what is left out, and where it may send
people on."""

from __future__ import annotations

import re
from ipaddress import ip_network

import msgspec

from sojourn.errors import BadQuestion
from sojourn.signing import Scheme

ENTRIES_MAX = 1_000
"""Entries of one list: more are a rule that should be written otherwise."""
ENTRY_CHARS_MAX = 500
"""As long as the longest identifier."""
HOST = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*")


class Webhook(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How the bodies that another tool posts become events.

    Each field says where something stands, as a JSON pointer (RFC 6901, `/data/object/id`); what
    does not begin with a slash is itself, such as a name for every event. `each` is where a list
    stands of which every element is an event; what an element does not have is looked for in the
    whole body. `properties` is where an object of them stands, or says it for each by its name.
    With a `signature` every body must be signed so, with the secret of the key.
    """

    event: str
    user: str = ""
    email: str = ""
    anonymous: str = ""
    time: str = ""
    id: str = ""
    each: str = ""
    properties: str | dict[str, str] = ""
    signature: Scheme | None = None


class Collection(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The choices of one project.

    `redirects` are the hosts to which a tracked link may lead. What comes from `excluded_addresses`
    (networks, as 10.0.0.0/8), from agents that contain one of `excluded_agents`, or of
    `excluded_people` (identifiers) is not collected, and neither are `excluded_properties` nor
    `blocked_events`, by name. `bots` says whether what machines do is collected. `webhooks`
    say, by how the key of each begins, what its bodies mean.
    """

    redirects: tuple[str, ...] = ()
    excluded_addresses: tuple[str, ...] = ()
    excluded_agents: tuple[str, ...] = ()
    excluded_people: tuple[str, ...] = ()
    excluded_properties: tuple[str, ...] = ()
    blocked_events: tuple[str, ...] = ()
    bots: bool = False
    webhooks: dict[str, Webhook] = {}

    def __hash__(self) -> int:
        """What follows from the exclusions is remembered by them; webhooks have no part in it."""
        excluded = self.excluded_addresses, self.excluded_agents, self.excluded_people
        return hash((*excluded, self.excluded_properties, self.blocked_events, self.bots))


EVERYTHING = Collection()


def check(collection: Collection) -> None:
    """Refuse choices that cannot be what somebody meant."""
    for name, entries in msgspec.structs.asdict(collection).items():
        if isinstance(entries, tuple):
            _check_list(name, entries)
    for number, host in enumerate(collection.redirects):
        if not HOST.fullmatch(host):
            raise BadQuestion(
                f"“{host[:60]}” is no host",
                where=f"redirects[{number}]",
                mend="Name it alone and in lower case, as shop.example.com.",
            )
    for number, address in enumerate(collection.excluded_addresses):
        try:
            ip_network(address, strict=False)
        except ValueError:
            raise BadQuestion(
                f"“{address[:60]}” is neither an address nor a network",
                where=f"excluded_addresses[{number}]",
                mend="Write 203.0.113.7, 10.0.0.0/8 or 2001:db8::/32.",
            ) from None

    for begin, webhook in collection.webhooks.items():
        check_webhook(webhook, f"webhooks.{begin}")


def check_webhook(webhook: Webhook, where: str = "") -> None:
    """Refuse a mapping that finds no event or no person, or points to nowhere."""
    if not webhook.event:
        raise BadQuestion(
            "The events have no name",
            where=f"{where}.event".lstrip("."),
            mend="Say where it stands, as /type, or one name for all of them.",
        )
    if not any((webhook.user, webhook.email, webhook.anonymous)):
        raise BadQuestion(
            "Nothing says whose the events are",
            where=f"{where}.user".lstrip("."),
            mend="Say where the user, the email or an anonymous id stands.",
        )
    for field in ("user", "email", "anonymous", "time", "id", "each", "properties"):
        pointer = getattr(webhook, field)
        if isinstance(pointer, str) and pointer and not pointer.startswith("/"):
            raise BadQuestion(
                f"“{pointer[:60]}” is no JSON pointer",
                where=f"{where}.{field}".lstrip("."),
                mend="Begin with a slash: /data/customer/id.",
            )


def _check_list(name: str, entries: tuple[str, ...]) -> None:
    if len(entries) > ENTRIES_MAX:
        raise BadQuestion(
            "The list is too long",
            detail=f"It has {len(entries):,} entries; {ENTRIES_MAX:,} are allowed.",
            where=name,
            mend="Say it with fewer: a network for its addresses, a word for many agents.",
        )
    for number, entry in enumerate(entries):
        # An empty word is in every agent, and would leave out everything.
        if not entry.strip() or len(entry) > ENTRY_CHARS_MAX:
            raise BadQuestion(
                "An entry is empty or too long",
                detail=f"{ENTRY_CHARS_MAX} characters are allowed.",
                where=f"{name}[{number}]",
                mend="Leave it out, or shorten it.",
            )
