"""Without a cookie: whose event it is where no id may last in the browser (clause S1-21).

The policy's `cookieless` says when an anonymous id is not kept; a sender may ask for it, too. Then
an event is known by what the person told, such as a user id, else by a daily id. Nothing joins a
daily id to a person but that person's consent to be recognised, given with the event or before.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from operator import attrgetter

import msgspec

from sojourn.drop_reason import Dropped, DropReason, Withheld
from sojourn.event import DAILY_ID, HAPPENED, NO_SIGNALS, Event, Identifier, Signals
from sojourn.ingest.arrival import Arrival
from sojourn.policy import gate
from sojourn.policy.rules import Rules

NOT_COUNTED = "The policy does not count people without a cookie (`cookieless`)."
VISITS_ONLY = "Of a person without an id only what happened is counted, not who they are."
DEVICE = "anonymous_id"
"""The highest type of what a device keeps, rather than what a person tells."""
Purposes = Callable[[Rules], int]
LASTING: Purposes = attrgetter("lasting")
IDENTITY: Purposes = attrgetter("identity")
UNKNOWN_DEVICE = "Neither an id nor the address of a device came with it."


def without_cookie(event: Event, arrival: Arrival) -> Event | Dropped:
    """The event without an id that may not last, under a daily id if no other is left."""
    signals, rules = event.signals, arrival.rules
    asks, when = signals.cookieless, rules.cookieless
    if when == "never" and not asks:
        return event
    said = arrival.will(event)
    unsaid = not said and not signals.consent and event.identifiers
    if unsaid and ((rules.lasts_unasked and signals is NO_SIGNALS) or _are_told(event, arrival)):
        # Most events: nothing was said that could change what holds for all of them.
        return event
    told, lasting = _told_and_lasting(event, arrival)
    identifiers = told
    if lasting and when == "no_consent" and not asks and _lawful(event, said, arrival, LASTING):
        identifiers = event.identifiers
    if not identifiers:
        return _counted(event, lasting, said, arrival)
    if when != "never" and _agrees_to_be_recognised(event, said, arrival):
        identifiers += _visit_under_way(event, arrival)
    if identifiers == event.identifiers:
        return event
    return msgspec.structs.replace(event, identifiers=identifiers, signals=_with(signals, said))


def only_the_visit(event: Event, arrival: Arrival) -> Event | Dropped:
    """Nothing that tells who somebody is stands beside a daily id."""
    if not event.sealed or event.identifiers[0].type != DAILY_ID:
        return event
    arrival.withheld[Withheld.COOKIELESS.value] += len(event.sealed)
    return msgspec.structs.replace(event, sealed={})


def _are_told(event: Event, arrival: Arrival) -> bool:
    """Whether the person told all identifiers of an event, which stand in order."""
    rank_of = arrival.hierarchy.rank_of
    return rank_of(event.identifiers[-1].type) < rank_of(DEVICE)


def _told_and_lasting(
    event: Event, arrival: Arrival
) -> tuple[tuple[Identifier, ...], tuple[Identifier, ...]]:
    """The identifiers that people tell, and those that a device keeps: anonymous ids, and what the
    project's hierarchy has below them."""
    identifiers, rank_of = event.identifiers, arrival.hierarchy.rank_of
    device, told = rank_of(DEVICE), 0
    while told < len(identifiers) and rank_of(identifiers[told].type) < device:
        told += 1
    return identifiers[:told], identifiers[told:]


def _lawful(event: Event, said: Mapping[str, bool], arrival: Arrival, purposes: Purposes) -> bool:
    """Whether some purposes are lawful for what has no category, as a cookie and a name have
    none."""
    rules = arrival.rules
    lawful = gate.lawful_purposes(rules, "", event.signals, said, arrival.country_of)
    return bool(lawful & purposes(rules))


def _agrees_to_be_recognised(event: Event, said: Mapping[str, bool], arrival: Arrival) -> bool:
    """Whether the person consented to the purpose for which identifiers are joined. That it is
    lawful without consent is not enough here."""
    rules, consents = arrival.rules, {**event.signals.consent, **said}.items()
    agreed = any(yes and rules.bits.get(purpose, 0) & rules.identity for purpose, yes in consents)
    return agreed and _lawful(event, said, arrival, IDENTITY)


def _visit_under_way(event: Event, arrival: Arrival) -> tuple[Identifier, ...]:
    signals = event.signals
    if arrival.daily_ids is None or not (signals.ip or signals.agent):
        return ()
    daily = arrival.daily_ids.join(signals.ip, signals.agent, arrival.received_ms)
    return () if daily is None else (daily,)


def _counted(
    event: Event, lasting: tuple[Identifier, ...], said: Mapping[str, bool], arrival: Arrival
) -> Event | Dropped:
    """The event under a daily id: of the device that it came from, or, where its sender does not
    say that, of the anonymous id, which goes no further."""
    signals = event.signals
    if arrival.rules.cookieless == "never" or arrival.daily_ids is None:
        return Dropped(DropReason.NO_IDENTIFIER, NOT_COUNTED)
    if event.kind not in HAPPENED:
        return Dropped(DropReason.NO_IDENTIFIER, VISITS_ONLY)
    address = signals.ip or (lasting[0].value if lasting and not signals.agent else "")
    if not (address or signals.agent):
        return Dropped(DropReason.NO_IDENTIFIER, UNKNOWN_DEVICE)
    daily = arrival.daily_ids.id_of(address, signals.agent, arrival.received_ms)
    return msgspec.structs.replace(
        event, identifiers=(daily,), traits={}, signals=_with(signals, said)
    )


def _with(signals: Signals, said: Mapping[str, bool]) -> Signals:
    """Signals that also say what was said under an id that goes: a stop holds, wherever it was."""
    if not said:
        return signals
    stopped = {name: False for name, given in signals.consent.items() if not given}
    return msgspec.structs.replace(signals, consent={**signals.consent, **said, **stopped})
