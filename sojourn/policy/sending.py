"""The send gate: a payload is built from the fields that a recipient may have, and from no others.

Nothing is filtered afterwards. The payload goes through the recipient's fields and takes the value
of each, so that what is not among them has no way in. Where no field names the person, a pseudonym
does that only this recipient is given. A refusal is a value, too, with the clause that it rests on.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

import msgspec

from sojourn.event import PropertyValue
from sojourn.policy import taxonomy
from sojourn.policy.recipients import RecipientRule
from sojourn.policy.rules import Rules

Reason = Literal[
    "unknown_recipient",
    "ended",
    "purpose",
    "subject",
    "no_agreement",
    "transfer",
    "stopped",
    "not_lawful",
    "category",
    "no_field",
    "nothing_known",
]


class Refused(msgspec.Struct, frozen=True):
    """Why nothing may leave: `what` in a sentence, the clauses, and what to do. Names in it are
    those of the policy, never a value of the person."""

    reason: Reason
    what: str
    clause: str
    mend: str


class Payload(msgspec.Struct, frozen=True, omit_defaults=True):
    """What leaves. `pseudonym` stands for the person where no field names them; `event` and `ts`
    are those of an event, and missing where the payload is about the person."""

    recipient: str
    purpose: str
    fields: dict[str, PropertyValue]
    pseudonym: str = ""
    event: str = ""
    ts: datetime | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """A person, and what is known of them by name; `identifiers` are the values that name them.
    `subject` is which kind of person it is, where whoever asks knows it."""

    person: int
    values: Mapping[str, PropertyValue]
    identifiers: frozenset[str] = frozenset()
    subject: str = ""


@dataclass(frozen=True, slots=True)
class Happened:
    """An event, with the mask of the purposes for which it is lawful."""

    name: str
    ts: datetime
    values: Mapping[str, PropertyValue]
    purposes: int


Stopped = Callable[[str, str], bool]
"""Whether a person keeps data of a category from a purpose, having stopped it or never agreed."""


def payload(
    rules: Rules,
    recipient: str,
    purpose: str,
    who: Known,
    at: date,
    *,
    event: Happened | None = None,
    pseudonym: Callable[[int], str],
    stopped: Stopped,
) -> Payload | Refused:
    """What a recipient is given for a purpose on a day, of a person or of an event of theirs.

    `pseudonym` gives the recipient's own name for a person; `stopped` tells of this person's will.
    """
    rule, bit = rules.recipients.get(recipient), rules.bits.get(purpose, 0)
    if rule is None:
        what, mend = "The policy names no such recipient.", "Name one that it has, or declare it."
        return Refused("unknown_recipient", what, "S1-16", mend)
    refused = _refused_to(rule, recipient, purpose, bit, who.subject, at)
    if refused is None and event is not None:
        refused = _refused_of(rules, rule, recipient, purpose, bit, event)
    if refused is not None:
        return refused
    # What comes with an event is judged as the event is; of a person, each field by itself.
    category = rules.events[event.name].category if event else None
    names = [
        name
        for name in rule.fields_for(bit)
        if not stopped(purpose, rule.fields[name].category if category is None else category)
    ]
    if not names:
        what = f"“{purpose}” is not lawful for this person: they stopped it, or never agreed to it."
        return Refused("stopped", what, "S1-32, S2-18, GDPR 21", "Send nothing of theirs for it.")
    values = who.values if event is None else event.values
    fields = {
        name: value
        for name in names
        if (value := _value(rule, name, values, who.identifiers)) is not None
    }
    if not fields and event is None:
        what = f"Of the fields that “{recipient}” may have, none is known of this person."
        return Refused("nothing_known", what, "S1-23", "There is nothing to send.")
    return Payload(
        recipient=recipient,
        purpose=purpose,
        fields=fields,
        pseudonym="" if rule.identifying.intersection(fields) else pseudonym(who.person),
        event=event.name if event else "",
        ts=event.ts if event else None,
    )


def _value(
    rule: RecipientRule, name: str, values: Mapping[str, PropertyValue], naming: frozenset[str]
) -> PropertyValue | None:
    """The value of a field. What names the person stands only in fields that may name them."""
    value = values.get(name)
    if name not in rule.identifying and (taxonomy.looks_identifying(value) or value in naming):
        return None
    return value


def _refused_to(
    rule: RecipientRule, recipient: str, purpose: str, bit: int, subject: str, at: date
) -> Refused | None:
    """Why a recipient is given nothing for a purpose on a day, whoever it is of."""
    if at > rule.last:
        what = f"“{recipient}” is given nothing since {rule.last}."
        return Refused("ended", what, "GDPR 28(3)(g)", "Take its `until:` out of the policy.")
    if not bit & rule.purposes:
        what = f"“{recipient}” is not given data for this purpose."
        mend = "Name one of its `purposes:`, or add this one to them."
        return Refused("purpose", what, "S1-13, S2-16, GDPR 5(1)(b)", mend)
    if rule.subjects and subject not in rule.subjects:
        kinds = ", ".join(sorted(rule.subjects))
        what = f"“{recipient}” is given data of {kinds} only, and nothing says that this is one."
        mend = "Say which kind of person it is, or add theirs to its `subjects:`."
        return Refused("subject", what, "S2-19, S2-20", mend)
    if rule.agreed is None or at not in rule.agreed:
        what = f"There is no contract with “{recipient}” on {at}."
        mend = "Sign one, and say so under `agreement:`."
        return Refused("no_agreement", what, "GDPR 28(3)", mend)
    if not any(at in days for days in rule.abroad):
        what = f"Nothing lets data go to the country of “{recipient}” on {at}."
        mend = "Say under `transfer:` by which mechanism, one that carries on this day."
        return Refused("transfer", what, "S1-03, GDPR 44", mend)
    if not rule.fields_for(bit):
        what = f"No field may leave to “{recipient}” for “{purpose}”."
        mend = "Declare properties of its categories that are collected for this purpose."
        return Refused("no_field", what, "S1-23, S2-10, S2-17", mend)
    return None


def _refused_of(
    rules: Rules, rule: RecipientRule, recipient: str, purpose: str, bit: int, event: Happened
) -> Refused | None:
    """Why a recipient is given nothing of an event."""
    known = rules.events.get(event.name)
    if known is None or known.category not in rule.categories:
        what = f"This event is of no category that “{recipient}” is given."
        mend = "Add its category to the recipient's `categories:`, if people are told."
        return Refused("category", what, "S2-09, S2-17", mend)
    if not rule.uses(event.purposes) & bit:
        what = f"This event was not collected for “{purpose}”."
        return Refused("not_lawful", what, "S1-13, GDPR 5(1)(b)", "Send it for a purpose it has.")
    return None
