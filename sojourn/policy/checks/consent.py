"""Consent: an act of the person themselves, undone as easily, and asked for anew in time."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sojourn.policy import meaning
from sojourn.policy.agreeing import NO_ACT
from sojourn.policy.check import Check, Context
from sojourn.policy.finding import Code, Finding

WRONG_GRANTER = Code(
    "P206", "error", "consent is given by somebody else", ("S2-14", "GDPR 4(11)", "GDPR 7")
)
GUARDIAN_OF_NOBODY = Code(
    "P207", "error", "a guardian consents and no age says for whom", ("S1-36", "GDPR 8")
)
OPENINGS = Code(
    "P216", "error", "opening an e-mail is tracked without consent", ("S1-20", "ePrivacy 5(3)")
)
IMPLIED = Code("P230", "error", "consent is implied", ("S1-01", "GDPR 4(11)"))
HARDER = Code("P231", "error", "refusing is harder than accepting", ("GDPR 4(11)", "GDPR 7(3)"))
NEVER_RENEWED = Code("P232", "note", "consent is never asked for again", ("GDPR 7(1)",))


def find(context: Context) -> Iterator[Finding]:
    """How consent is asked for, by whom it is given, and what is done without it."""
    yield from _asked(context)
    yield from _given(context)
    yield from _openings(context)


def _asked(context: Context) -> Iterator[Finding]:
    consent = context.policy.consent
    by = consent.by if consent else "act"
    if by in NO_ACT:
        what = f"{NO_ACT[by]} (Planet49, C-673/17)."
        mend = "Say `by: act`, and ask."
        yield context.finding(IMPLIED, ("consent", "by"), what, mend)
    if consent and consent.refuse == "harder":
        what = "Who finds no way to refuse has not consented freely."
        mend = "Say `refuse: as_easy`, and give both the same button."
        yield context.finding(HARDER, ("consent", "refuse"), what, mend)
    rests = [
        name
        for name, purpose in context.policy.purposes.items()
        if "consent" in meaning.bases(purpose)
    ]
    # What is implied is no consent, and there is nothing to renew.
    if rests and by == "act" and (consent is None or consent.renew is None):
        what = f"“{rests[0]}” rests on a consent that is good for ever."
        mend = "Say `consent: {renew: 6 months}`, as the CNIL advises."
        yield context.finding(NEVER_RENEWED, ("consent",), what, mend)


def _given(context: Context) -> Iterator[Finding]:
    age = context.policy.age
    for name, purpose in context.policy.purposes.items():
        bases, by = meaning.bases(purpose), purpose.granted_by
        path = ("purposes", name, "granted_by")
        if by == "person" or (bases and "consent" not in bases):
            continue
        if by != "guardian":
            what = f"“{name}” rests on the consent of the {by}, who is not the person."
            mend = "Ask the person, or choose a basis that is no consent."
            yield context.finding(WRONG_GRANTER, path, what, mend)
        elif age is None or age.below != "guardian":
            what = f"A guardian consents to “{name}”, and nobody here is too young to."
            mend = "Say `below: guardian` under `age:`."
            yield context.finding(GUARDIAN_OF_NOBODY, path, what, mend)


def _openings(context: Context) -> Iterator[Finding]:
    policy = context.policy
    for name, event in policy.events.items():
        if not _is_opening(name):
            continue
        for number, purpose in enumerate(event.purposes):
            known = policy.purposes.get(purpose)
            # A purpose without any basis is told as such.
            if known and meaning.bases(known) and not meaning.rests_on_consent(known):
                what = f"“{name}” is collected for “{purpose}” from people who were not asked."
                mend = "Make it a purpose of its own, with `basis: consent`."
                at = ("events", name, "purposes", number)
                yield context.finding(OPENINGS, at, what, mend, value=True)


def _is_opening(event: str) -> bool:
    """Whether an event's name says that an e-mail was opened."""
    words = re.sub(r"(?<=[a-z])(?=[A-Z])|_", " ", event).lower()
    return all(re.search(rf"\b{word}", words) for word in (r"(e-?)?mails?\b", "open"))


CHECK = Check(
    (WRONG_GRANTER, GUARDIAN_OF_NOBODY, OPENINGS, IMPLIED, HARDER, NEVER_RENEWED),
    find,
)
