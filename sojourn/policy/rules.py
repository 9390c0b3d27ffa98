"""The rules: what a policy compiles to, tables that the gates look up.

Purposes are bits of a mask, the same for a project as long as it lives. For each region and
category there is one line: which purposes are lawful as they are, which with the person's consent,
and which the person can stop. So an event is judged by a few ANDs.

    mask = (always | asked & given) & ~(stopped & stoppable)
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import reduce
from operator import or_
from typing import NamedTuple

from sojourn.event import EMAIL_OPENED
from sojourn.policy import meaning, taxonomy
from sojourn.policy.facts.fideslang import within
from sojourn.policy.facts.regions import EEA, is_known
from sojourn.policy.model import OWN_COOKIE, Happening, Policy, Property, Purpose, Reduction, When
from sojourn.policy.recipients import RecipientRule, recipient_rules
from sojourn.policy.reducing import Reduce, reducer

PURPOSES_MAX = 16
"""Bits in an event's mask."""
NAMES_MET_MAX = 5_000
"""Names of properties remembered with an event: more than a project may have."""
SERVINGS_MAX = 500
"""Sets of names remembered with an event: a client sends few."""
EVERYWHERE = "default"
"""The region of whoever is in none that the policy names."""
UNKNOWN = ""
"""The region of somebody of whom it is not known: the strictest line holds."""
ADULT = 16
"""From which age people consent themselves where the policy does not say (GDPR 8(1))."""

SOLD = ("marketing.advertising", "third_party_sharing")
"""Uses that Global Privacy Control opts out of: sale, sharing and advertising."""
NEEDED = ("essential", "functional", "finance", "employment", "operations")
"""Uses that Do Not Track does not speak of."""


class Line(NamedTuple):
    """Three masks of purposes: lawful without asking, lawful with consent, and stoppable."""

    always: int
    asked: int
    stoppable: int


@dataclass(frozen=True, slots=True)
class PropertyRule:
    """A property: its purposes, whether it identifies by itself (and so is sealed), what is left of
    its value, and whether values are looked at for telephone numbers, which are sealed."""

    purposes: int
    sealed: bool
    reduce: Reduce | None = None
    may_be_phone: bool = False


class Serving(NamedTuple):
    """What becomes of properties of these names, for these purposes: which are kept (None: all),
    how many are not declared and how many serve nothing, and of those kept which are reduced, which
    are sealed, and which are looked at for telephone numbers."""

    kept: tuple[str, ...] | None
    undeclared: int
    unserved: int
    reduced: tuple[tuple[str, Reduce], ...]
    sealed: frozenset[str]
    may_be_phones: frozenset[str]


@dataclass(frozen=True, slots=True)
class EventRule:
    """An event: its category, its purposes, and the properties it may have (None: any declared).
    `met` remembers what `Rules.rule_of` said of each name, `servings` what `Rules.serving` said of
    several at once."""

    category: str
    purposes: int
    properties: frozenset[str] | None = None
    met: dict[str, PropertyRule | None] = field(default_factory=dict, compare=False)
    servings: dict[tuple[int, tuple[str, ...]], Serving] = field(
        default_factory=dict, compare=False
    )


@dataclass(frozen=True, slots=True)
class Rules:
    """The tables of one version of a policy, for one project; `number` is the version's.

    `events` and `properties` are those declared; `other_event` stands for what is not, None where
    that is kept out, as are other properties without `other_purposes`; `others_wait` and
    `other_properties_wait` say whether such events, and such properties of an event that is kept
    out, may wait in the quarantine. `told` is the rule of what is told of a person. `sees` gives
    the mask that a question for a purpose sees.
    `by_gpc` and `by_dnt` are the purposes that such a signal stops (clause S1-24); `identity` is
    what an event must be lawful for to join two people (clause S1-09; 0: nothing is asked).
    `recipients` say what may leave. `cookieless` is when people are counted without a cookie, and
    `lasting` are the purposes of that cookie (clause S1-21), which `lasts_unasked` where nothing at
    all is known of somebody.
    """

    number: int
    draft: bool
    bits: dict[str, int]
    lines: dict[tuple[str, str], Line]
    regions: frozenset[str]
    region: str
    events: dict[str, EventRule]
    other_event: EventRule | None
    properties: dict[str, PropertyRule]
    other_purposes: int | None
    finds_phones: bool
    told: EventRule
    sees: dict[str, int]
    by_gpc: int
    by_dnt: int
    identity: int
    consent_from: dict[str, int] = field(default_factory=dict)
    by_guardian: bool = False
    asked_again: dict[str, tuple[int, ...]] = field(default_factory=dict)
    recipients: dict[str, RecipientRule] = field(default_factory=dict)
    cookieless: When = "never"
    lasting: int = 0
    lasts_unasked: bool = False
    others_wait: bool = False
    other_properties_wait: bool = False

    def line(self, category: str, country: str) -> Line:
        """The line of a category where a country's people are; "" for an unknown country."""
        return self.lines[category, self.region_of(country or self.region)]

    @property
    def stoppable(self) -> int:
        """The purposes that somebody can stop, wherever they are: a mask."""
        return reduce(or_, (line.stoppable for line in self.lines.values()), 0)

    @property
    def needs_consent(self) -> int:
        """The purposes that are lawful somewhere with consent alone: a mask."""
        return reduce(or_, (line.asked & ~line.always for line in self.lines.values()), 0)

    def rule_of(self, event: EventRule, name: str) -> PropertyRule | None:
        """The rule of a property that came with an event; None where it is kept out."""
        if name in event.met:
            return event.met[name]
        own = self.properties.get(name)
        if own is None and self.other_purposes is not None:
            sealed = taxonomy.is_identifying_name(name)
            own = PropertyRule(self.other_purposes, sealed, may_be_phone=self.finds_phones)
        elif event.properties is not None and name not in event.properties:
            # What is declared for other events only has not been declared for this one.
            own = None
        if len(event.met) < NAMES_MET_MAX:
            event.met[name] = own
        return own

    def serving(self, event: EventRule, purposes: int, names: tuple[str, ...]) -> Serving:
        """What becomes of the properties that came with an event which is lawful for these
        purposes. Clients send the same names again and again, so it is worked out once."""
        known = event.servings.get((purposes, names))
        if known is not None:
            return known
        rules = {name: self.rule_of(event, name) for name in names}
        kept = {name: own for name, own in rules.items() if own and own.purposes & purposes}
        undeclared = sum(own is None for own in rules.values())
        serving = Serving(
            kept=None if len(kept) == len(names) else tuple(kept),
            undeclared=undeclared,
            unserved=len(names) - len(kept) - undeclared,
            reduced=tuple((name, own.reduce) for name, own in kept.items() if own.reduce),
            sealed=frozenset(name for name, own in kept.items() if own.sealed),
            may_be_phones=frozenset(name for name, own in kept.items() if own.may_be_phone),
        )
        if len(event.servings) >= SERVINGS_MAX:
            event.servings.clear()
        event.servings[purposes, names] = serving
        return serving

    def region_of(self, country: str) -> str:
        """Which of the regions that the policy names a country is in. Where a code is no country's
        it is not known where somebody is, and the strictest line holds."""
        if not is_known(country):
            return UNKNOWN
        if country in self.regions:
            return country
        return "EEA" if "EEA" in self.regions and country in EEA else EVERYWHERE

    def adult_from(self, country: str) -> int:
        """From which age people of a country consent themselves (clause S1-36)."""
        ages = self.consent_from
        if not is_known(country):
            return max(ages.values(), default=ADULT)
        others = ages.get(EVERYWHERE, ADULT)
        return ages.get(country, ages.get("EEA", others) if country in EEA else others)


_NO_CATEGORY = ""


NEVER: Mapping[str, tuple[int, ...]] = {}


def rules_of(
    policy: Policy,
    bits: Mapping[str, int],
    *,
    number: int,
    asked_again: Mapping[str, tuple[int, ...]] = NEVER,
    digest: Callable[[str], str],
    country_of: Callable[[str], str],
) -> Rules:
    """The rules of a policy that compiled, as version `number` of a project; `bits` gives each of
    its purposes its bit, `asked_again` the instants at which consent to a purpose had to be asked
    for again."""
    own = {name: bits[name] for name in policy.purposes}
    regions = _regions(policy)
    undeclared = policy.undeclared
    catch = undeclared.as_ or _NO_CATEGORY
    caught = _mask(own, policy.categories[catch].purposes) if catch else 0
    age = policy.age
    properties = {
        name: _property(policy, own, property, digest, country_of)
        for name, property in policy.properties.items()
    }
    rules = Rules(
        number=number,
        draft=policy.draft,
        bits=own,
        lines=_lines(policy, own, regions),
        regions=frozenset(regions),
        region=policy.region or UNKNOWN,
        events=_events(policy, own, catch),
        other_event=EventRule(catch, caught) if undeclared.events == "accept" else None,
        properties=properties,
        other_purposes=caught if undeclared.properties == "accept" else None,
        finds_phones="phone" in undeclared.scan,
        told=EventRule(_NO_CATEGORY, _mask(own, policy.purposes)),
        sees={
            name: _mask(own, (name, *purpose.compatible_with))
            for name, purpose in policy.purposes.items()
        },
        by_gpc=_mask_of_uses(policy, own, lambda use: within(use, SOLD))
        if policy.signals is None or policy.signals.gpc != "ignore"
        else 0,
        by_dnt=_mask_of_uses(policy, own, lambda use: not within(use, NEEDED))
        if policy.signals is not None and policy.signals.dnt == "honour"
        else 0,
        identity=_mask(own, [policy.identity.purpose] if policy.identity.purpose else []),
        consent_from=dict(age.consent_from) if age else {},
        by_guardian=age is not None and age.below == "guardian",
        asked_again=dict(asked_again),
        recipients=recipient_rules(
            policy,
            own,
            {name: rule.purposes for name, rule in properties.items()},
            {name for name, rule in properties.items() if rule.sealed},
        ),
        cookieless=policy.cookieless.when,
        lasting=_mask(own, _of_the_cookie(policy)),
        others_wait=undeclared.events == "quarantine",
        other_properties_wait=undeclared.properties == "quarantine",
    )
    unasked = rules.line(_NO_CATEGORY, UNKNOWN).always & rules.lasting
    return replace(rules, lasts_unasked=bool(unasked) and rules.cookieless == "no_consent")


def _of_the_cookie(policy: Policy) -> list[str]:
    """What the anonymous id that lasts in a browser is kept for."""
    return [one.purpose for one in policy.cookies if one.name == OWN_COOKIE and one.purpose]


def _regions(policy: Policy) -> list[str]:
    named = {
        region
        for purpose in policy.purposes.values()
        if isinstance(purpose.basis, dict)
        for region in purpose.basis
    }
    return sorted(named - {EVERYWHERE})


def basis_in(purpose: Purpose, region: str, category: str = "") -> str | None:
    """On which basis a purpose rests in a region, for a category; None where there is none."""
    if category in purpose.by_category:
        return purpose.by_category[category]
    if not isinstance(purpose.basis, dict):
        return purpose.basis
    basis = purpose.basis
    if region in basis:
        return basis[region]
    if region in EEA and "EEA" in basis:
        return basis["EEA"]
    return basis.get(EVERYWHERE)


def anonymises(reduction: str | Reduction | None) -> bool:
    """Whether what is left of a value no longer names anybody by itself."""
    if isinstance(reduction, Reduction):
        strong = (reduction.drop, reduction.country, reduction.keyed_hash, reduction.bucket)
        return any(strong) or reduction.round is not None or reduction.truncate is not None
    return reduction is not None


def _line(policy: Policy, bits: Mapping[str, int], category: str, region: str) -> Line:
    """What each purpose's own basis lets be done with a category in a region (clauses S1-14, S2-02,
    S2-12). What rests on consent is off until then, as opening a mail is (clause S1-20)."""
    always = asked = stoppable = 0
    for name, purpose in policy.purposes.items():
        match basis_in(purpose, region, category):
            case None:
                pass
            case "consent":
                # Consent that somebody else grants is no consent of the person.
                asked |= bits[name] if purpose.granted_by in ("person", "guardian") else 0
                stoppable |= bits[name]
            case "legitimate_interests" | "public_task":
                always |= bits[name]
                stoppable |= bits[name]
            case _:
                always |= bits[name]
    return Line(always, asked, stoppable)


def _stricter(one: Line, other: Line) -> Line:
    """What holds under both: lawful as it is only where both say so."""
    always = one.always & other.always
    either = (one.always | one.asked) & (other.always | other.asked)
    return Line(always, either & ~always, one.stoppable | other.stoppable)


def _lines(
    policy: Policy, own: Mapping[str, int], regions: Iterable[str]
) -> dict[tuple[str, str], Line]:
    """The line of each category in each region, in all others, and where the region is unknown."""
    known = (*regions, EVERYWHERE)
    lines: dict[tuple[str, str], Line] = {}
    for category in (_NO_CATEGORY, *policy.categories):
        each = [_line(policy, own, category, region) for region in known]
        lines |= {(category, region): line for region, line in zip(known, each, strict=True)}
        lines[category, UNKNOWN] = reduce(_stricter, each)
    return lines


def _events(policy: Policy, own: Mapping[str, int], catch: str) -> dict[str, EventRule]:
    """The declared events. Watching mails is a purpose of its own or none (clause S1-20): accepting
    what is not declared accepts anything but that."""
    declared = {name: _event(policy, own, event) for name, event in policy.events.items()}
    return {EMAIL_OPENED: EventRule(catch, purposes=0), **declared}


def _event(policy: Policy, bits: Mapping[str, int], event: Happening) -> EventRule:
    properties = frozenset(event.properties) if event.properties else None
    return EventRule(event.category or _NO_CATEGORY, _mask(bits, event.purposes), properties)


def _property(
    policy: Policy,
    bits: Mapping[str, int],
    property: Property,
    digest: Callable[[str], str],
    country_of: Callable[[str], str],
) -> PropertyRule:
    category = policy.categories[property.category] if property.category else None
    purposes = meaning.purposes_of(policy, property)
    reduced = property.reduce
    compiled = None if reduced is None else reducer(reduced, digest, country_of)
    sealed = bool(category and category.identifying) and not anonymises(reduced)
    return PropertyRule(_mask(bits, purposes), sealed, compiled)


def _mask(bits: Mapping[str, int], purposes: Iterable[str]) -> int:
    mask = 0
    for purpose in purposes:
        mask |= bits[purpose]
    return mask


def _mask_of_uses(policy: Policy, bits: Mapping[str, int], chosen: Callable[[str], bool]) -> int:
    """The purposes of which any use is chosen."""
    mask = 0
    for name, purpose in policy.purposes.items():
        if any(chosen(use) for use in meaning.uses(purpose)):
            mask |= bits[name]
    return mask
