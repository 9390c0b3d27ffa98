"""Events: each for a purpose, and with properties that serve one of the same."""

from __future__ import annotations

from collections.abc import Iterator

from sojourn.policy import meaning
from sojourn.policy.check import Check, Context
from sojourn.policy.finding import Code, Finding

FOR_NOTHING = Code("P306", "error", "an event is for nothing", ("S1-13", "GDPR 5(1)(b)"))
NEVER_STORED = Code("P308", "warning", "a property is never stored with this event", ("S1-13",))


def find(context: Context) -> Iterator[Finding]:
    """Events that would never be kept, and properties that would not be kept with them."""
    policy = context.policy
    misread = {found.path[:3] for found in context.reading.misread}
    for name, event in policy.events.items():
        path = ("events", name)
        if not event.purposes:
            if (*path, "purposes") not in misread:
                what = f"Nothing says what “{name}” is collected for, so it would never be kept."
                yield context.finding(FOR_NOTHING, path, what, "Say its `purposes:`.")
            continue
        for number, own in enumerate(event.properties):
            for_own = (
                meaning.purposes_of(policy, policy.properties[own])
                if own in policy.properties
                else ()
            )
            if for_own and not set(for_own) & set(event.purposes):
                what = f"“{own}” and “{name}” have no purpose in common."
                mend = "Give them one, or leave the property out."
                at = (*path, "properties", number)
                yield context.finding(NEVER_STORED, at, what, mend, value=True)


CHECK = Check((FOR_NOTHING, NEVER_STORED), find)
