"""The gates at which the rules decide, while something happens: what is collected, what is asked.

Collecting: an event is given the mask of purposes for which it is lawful, and only the properties
that serve one of them, reduced. What serves none is not written, not even for a moment.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Container, Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any

import msgspec

from sojourn.drop_reason import Dropped, DropReason, Withheld
from sojourn.errors import BadQuestion
from sojourn.event import ALIAS, HAPPENED, NO_SIGNALS, Event, Signals
from sojourn.policy import secrets, taxonomy
from sojourn.policy.looks import EMAIL, PHONE, SECRET, looks_at
from sojourn.policy.reducing import Reduce
from sojourn.policy.rules import EventRule, Rules, Serving

NOTHING_SAID: Mapping[str, bool] = {}

Will = Callable[[Event], Mapping[str, bool]]
"""What the person of an event has said, by purpose: True for consent, False for a stop."""


def nothing_said(event: Event) -> Mapping[str, bool]:
    """The will of people who have said nothing."""
    return NOTHING_SAID


def without_secrets(event: Event, withheld: Counter[str]) -> Event | Dropped:
    """The event without properties that hold a secret; no event if its name or an identifier is
    one."""
    secret = secrets.is_one(event.name)
    for identifier in event.identifiers:
        secret = secret or secrets.found_in_identifier(identifier.value) is not None
    if secret:
        return Dropped(DropReason.SECRET, "Its name or an identifier looks like a secret.")
    properties = _without_secrets(event.properties, event.looks, withheld)
    traits = event.traits
    if traits:
        traits = _without_secrets(traits, event.looks, withheld)
    if properties is event.properties and traits is event.traits:
        return event
    return msgspec.structs.replace(event, properties=properties, traits=traits)


def _without_secrets(
    given: dict[str, Any], looks: dict[str, int] | None, withheld: Counter[str]
) -> dict[str, Any]:
    looks = looks_at(given) if looks is None else looks
    named = secrets.is_named_like_one(tuple(given))
    if not looks and not named:
        return given
    secret: set[str] = set()
    for name, found in looks.items():
        if found & SECRET and name in given:
            secret.add(name)
    if named:
        secret |= {name for name, value in given.items() if secrets.secret_of(name, value)}
    if not secret:
        return given
    withheld[Withheld.SECRET.value] += len(secret)
    return {name: value for name, value in given.items() if name not in secret}


def lawful(
    event: Event,
    rules: Rules,
    withheld: Counter[str],
    country_of: Callable[[str], str],
    will: Will = nothing_said,
) -> Event | Dropped:
    """The event with the mask of its lawful purposes and the properties that serve one of them;
    no event where there is none. What it told of the person's situation is gone from it."""
    rule = _rule_of(event, rules)
    if rule is None:
        return Dropped(DropReason.UNDECLARED_EVENT, "The policy does not name this event.")
    said = will(event)
    allowed = lawful_purposes(rules, rule.category, event.signals, said, country_of)
    purposes = rule.purposes & allowed
    joins = allowed & rules.identity or not rules.identity
    if not purposes or (event.kind is ALIAS and not joins):
        return Dropped(DropReason.NO_LAWFUL_PURPOSE, "No purpose of this event is lawful.")
    properties, sealed = _served(event, event.properties, rule, purposes, rules, withheld)
    identifiers = event.identifiers
    if not joins and len(identifiers) > 1:
        # Two identifiers of one event join whom they name (clause S1-09); the highest alone does
        # not.
        identifiers = identifiers[:1]
    judged = msgspec.structs.replace(
        event,
        identifiers=identifiers,
        properties=properties,
        sealed=sealed,
        signals=NO_SIGNALS,
        looks=None,
        purposes=purposes,
    )
    if not event.traits:
        return judged
    traits, hidden = _served(event, event.traits, rules.told, purposes, rules, withheld)
    told = {name: value for name, value in traits.items() if _tells(name, value, rules)}
    return msgspec.structs.replace(judged, traits=traits | hidden, told=told)


def reductions(event: Event, rules: Rules, names: Iterable[str]) -> list[tuple[str, Reduce]]:
    """Those of some properties of an event that are kept reduced, each with how."""
    rule = _rule_of(event, rules)
    known = [(name, rules.rule_of(rule, name)) for name in names] if rule else []
    return [(name, own.reduce) for name, own in known if own and own.reduce]


def lawful_purposes(
    rules: Rules,
    category: str,
    signals: Signals,
    said: Mapping[str, bool],
    country_of: Callable[[str], str],
) -> int:
    """The purposes that are lawful for data of a category, of somebody who signals this with the
    event and has said that before: a mask. A stop holds, wherever it was said."""
    if signals is NO_SIGNALS and not said:
        return rules.line(category, "").always
    country = signals.country or (country_of(signals.ip) if signals.ip else "")
    line = rules.line(category, country)
    signalled, stopped = _masks(rules, signals.consent)
    recorded, before = _masks(rules, said)
    stopped |= before
    if signals.age is not None and signals.age < rules.adult_from(country):
        # A guardian's consent is on record; what a child's browser signals is not theirs.
        signalled, recorded = 0, recorded if rules.by_guardian else 0
    if signals.gpc:
        stopped |= rules.by_gpc
    if signals.dnt:
        stopped |= rules.by_dnt
    return (line.always | line.asked & (signalled | recorded)) & ~(stopped & line.stoppable)


def _masks(rules: Rules, said: Mapping[str, bool]) -> tuple[int, int]:
    """The purposes agreed to, and those stopped."""
    given = stopped = 0
    for purpose, agreed in said.items():
        bit = rules.bits.get(purpose, 0)
        given, stopped = (given | bit, stopped) if agreed else (given, stopped | bit)
    return given, stopped


def mask_of(rules: Rules, purpose: str) -> int:
    """The purposes whose data a question for this purpose sees: a mask."""
    if purpose not in rules.sees:
        raise BadQuestion(
            "This purpose is not declared",
            detail=f"“{purpose[:60]}” is none of {', '.join(rules.sees)} (clause S1-13).",
            where="purpose",
            mend="Ask for a declared purpose, or declare this one in the policy.",
        )
    return rules.sees[purpose]


@dataclass(frozen=True, slots=True)
class Closed:
    """The properties that a question may not use: those of these `names`, and with `others` all
    that are not `declared`. Names that are not known yet are judged as well."""

    names: frozenset[str] = frozenset()
    declared: Container[str] = ()
    others: bool = False

    def __contains__(self, name: object) -> bool:
        return name in self.names or (self.others and name not in self.declared)


def not_for(rules: Rules, purpose: str) -> Closed:
    """The properties that a question for this purpose may not use, such as what people write where
    it is for analytics (clause S2-03). What is not declared is kept for the purposes of the
    category that catches it; where a policy takes none, what an earlier one took stays open to
    whom its event is open."""
    sees = mask_of(rules, purpose)
    names = frozenset(name for name, own in rules.properties.items() if not own.purposes & sees)
    others = rules.other_purposes is not None and not rules.other_purposes & sees
    return Closed(names, rules.properties.keys(), others)


def refusal(rules: Rules, purpose: str, name: str) -> BadQuestion:
    """Why a question for a purpose may not use a property."""
    own = rules.properties.get(name)
    purposes = own.purposes if own else rules.other_purposes or 0
    kept = [word for word, bit in rules.bits.items() if purposes & bit]
    return BadQuestion(
        f"“{name}” is not collected for {purpose}",
        detail=f"The policy keeps it for {', '.join(kept) or 'nothing'} (GDPR 5(1)(b)).",
        where="purpose",
        mend="Ask for one of its purposes, or without it.",
    )


def _rule_of(event: Event, rules: Rules) -> EventRule | None:
    if event.kind not in HAPPENED:
        return rules.told
    return rules.events.get(event.name, rules.other_event)


def _served(
    event: Event,
    given: dict[str, Any],
    rule: EventRule,
    purposes: int,
    rules: Rules,
    withheld: Counter[str],
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Of some properties those that serve a lawful purpose: in the clear, and, where they identify
    somebody, to be sealed (clauses S1-11, S2-01). What is written to support serves no other
    (clause S2-05)."""
    serving = rules.serving(rule, purposes, tuple(given))
    if serving.kept is not None:
        _withhold(withheld, Withheld.UNDECLARED_PROPERTY, serving.undeclared)
        _withhold(withheld, Withheld.NO_LAWFUL_PURPOSE, serving.unserved)
        given = {name: given[name] for name in serving.kept}
    if serving.reduced:
        given = _reduced(given, serving, withheld)
    hidden = _personal(event, given, serving)
    if not hidden:
        return given, {}
    clear = given.copy()
    return clear, {name: clear.pop(name) for name in hidden if name in clear}


def _withhold(withheld: Counter[str], why: Withheld, properties: int) -> None:
    if properties:
        withheld[why.value] += properties


def _reduced(given: dict[str, Any], serving: Serving, withheld: Counter[str]) -> dict[str, Any]:
    reduced = dict(given)
    for name, reduce in serving.reduced:
        value = reduce(given[name])
        if value is None:
            withheld[Withheld.REDUCED.value] += 1
            del reduced[name]
        else:
            reduced[name] = value
    return reduced


def _personal(event: Event, given: dict[str, Any], serving: Serving) -> AbstractSet[str]:
    """Which of these properties identify somebody, by their rule or by their value."""
    # What is left of a reduced value is another one than was looked at.
    looks = looks_at(given) if event.looks is None or serving.reduced else event.looks
    found: list[str] = []
    for name, seen in looks.items():
        if seen & EMAIL or (seen & PHONE and name in serving.may_be_phones):
            found.append(name)
    for identifier in event.identifiers:
        if identifier.value in given.values():
            found += [name for name, value in given.items() if value == identifier.value]
    return serving.sealed.union(found) if found else serving.sealed


def _tells(name: str, value: Any, rules: Rules) -> bool:
    """Whether a trait in the clear may be told on the timeline: it identifies nobody."""
    if name in rules.properties:
        return True
    return not taxonomy.identifies_when_told(name, value)
