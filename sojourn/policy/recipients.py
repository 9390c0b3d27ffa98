"""Recipients as the send gate looks them up: who, what for, which fields, and on which days.

A property is a field of a recipient if its category is one that the recipient is given, if `fields`
names it where fields are named, and if it may be used for a purpose of theirs: one that it is
collected for, one under that, or one compatible with it. Network data leave only when they are
named; what identifies a person never leaves to a pseudonymous recipient.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from sojourn.policy.facts.fideslang import NETWORK, within
from sojourn.policy.facts.mechanisms import MECHANISMS
from sojourn.policy.facts.regions import EEA, PROTECTIONS
from sojourn.policy.meaning import drawn_from
from sojourn.policy.model import Policy, Property, Recipient, Reduction, Transfer


@dataclass(frozen=True, slots=True)
class Days:
    """The days from one to another, both included."""

    first: date = date.min
    last: date = date.max

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last


class Field(NamedTuple):
    """A property that may leave: the mask of the purposes for which it may, and its category."""

    purposes: int
    category: str


@dataclass(frozen=True, slots=True)
class RecipientRule:
    """A recipient: the mask of its purposes, and the exact fields that may leave to it, of which
    those that are `identifying` name a person. `drawn` is, for the bit of each of its purposes, the
    mask of those whose data may be used for it.

    `categories` are those of events that may leave, `subjects` whose data (none: everybody's).
    `abroad` are the days on which data may go to its country, `agreed` those of the contract (None:
    there is none), `last` is its own last day. `webhook` is where payloads go.
    """

    purposes: int
    drawn: dict[int, int]
    fields: dict[str, Field]
    identifying: frozenset[str]
    pseudonymous: bool
    categories: frozenset[str]
    subjects: frozenset[str]
    abroad: tuple[Days, ...]
    agreed: Days | None
    last: date = date.max
    webhook: str = ""

    def fields_for(self, purpose: int) -> list[str]:
        """The exact fields that may leave for a purpose, given as its bit."""
        return [name for name, field in self.fields.items() if field.purposes & purpose]

    def uses(self, purposes: int) -> int:
        """The recipient's purposes that data collected for these may leave for: a mask."""
        return _used(self.drawn, purposes)


def recipient_rules(
    policy: Policy,
    bits: Mapping[str, int],
    collected_for: Mapping[str, int],
    identifying: Collection[str],
) -> dict[str, RecipientRule]:
    """The rule of each recipient. `collected_for` are the purposes of each property as a mask;
    `identifying` the properties of which what is left names a person."""
    rules = {}
    for name, recipient in policy.recipients.items():
        drawn = {
            bits[purpose]: sum(bits[one] for one in drawn_from(policy, purpose) if one in bits)
            for purpose in recipient.purposes
            if purpose in bits
        }
        fields = {
            field: Field(served, property.category or "")
            for field, property in policy.properties.items()
            if (served := _used(drawn, collected_for.get(field, 0)))
            and _is_given(policy, recipient, field, property)
            and not (recipient.pseudonymous and field in identifying)
        }
        rules[name] = RecipientRule(
            purposes=sum(drawn),
            drawn=drawn,
            fields=fields,
            identifying=frozenset(fields).intersection(identifying),
            pseudonymous=recipient.pseudonymous,
            categories=frozenset(one for one in recipient.categories if _is_personal(policy, one)),
            subjects=frozenset(recipient.subjects),
            abroad=tuple(_days_abroad(policy, recipient)),
            agreed=_days_agreed(recipient),
            last=recipient.until.day if recipient.until else date.max,
            webhook=recipient.webhook or "",
        )
    return rules


def _used(drawn: Mapping[int, int], purposes: int) -> int:
    return sum(bit for bit, mask in drawn.items() if mask & purposes)


def _is_given(policy: Policy, recipient: Recipient, field: str, property: Property) -> bool:
    """Whether a recipient is given a field; an address only where it is listed (clause S1-23)."""
    category, reduced = property.category or "", property.reduce
    if category not in recipient.categories or not _is_personal(policy, category):
        return False
    if reduced == "drop" or (isinstance(reduced, Reduction) and reduced.drop):
        return False
    if recipient.fields:
        return field in recipient.fields
    return not any(within(key, NETWORK) for key in policy.categories[category].means)


def _is_personal(policy: Policy, category: str) -> bool:
    """Whether a category is about people; what is not is nobody's, and no field of anybody."""
    known = policy.categories.get(category)
    return known is not None and known.contains_personal_data


def _days_agreed(recipient: Recipient) -> Days | None:
    """From when on there is a contract; who decides for itself about the data needs none."""
    if recipient.role != "processor":
        return Days()
    agreement = recipient.agreement
    if agreement is None or not (agreement.signed or agreement.version or agreement.evidence):
        return None
    return Days(agreement.signed.day) if agreement.signed else Days()


def _days_abroad(policy: Policy, recipient: Recipient) -> Iterator[Days]:
    """When data may go where a recipient is: for as long as its country protects them as here, and
    for as long as a mechanism carries them there."""
    country = recipient.country
    if country is None:
        return
    if country in EEA:
        yield Days()
    for one in PROTECTIONS:
        if one.country == country:
            yield Days(one.since, one.until or date.max)
    if recipient.transfer is not None:
        yield from _days_carried(recipient.transfer, country, policy.organisation.country)


def _days_carried(transfer: Transfer, country: str, home: str | None) -> Iterator[Days]:
    """The days of a mechanism. An adequacy decision has those of the country, and no others."""
    mechanism = MECHANISMS.get(transfer.mechanism or "")
    signed, until = transfer.signed, transfer.until
    if mechanism is None or transfer.mechanism == "adequacy":
        return
    if mechanism.countries is not None and country not in mechanism.countries:
        return
    if mechanism.exporter != "EEA" and home in EEA:
        return
    if mechanism.signature and signed is None:
        return
    if signed and mechanism.signed_until and signed.day > mechanism.signed_until:
        return
    yield Days(
        max(mechanism.since, signed.day if signed else date.min),
        min(mechanism.until or date.max, until.day if until else date.max),
    )
