"""Properties: each of a category, for purposes that the category has, and none a secret."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sojourn.policy import meaning, secrets
from sojourn.policy.check import Check, Context
from sojourn.policy.facts.fideslang import CREDENTIALS, within
from sojourn.policy.finding import Code, Finding

NO_CATEGORY = Code(
    "P301", "error", "a property has no category", ("S1-06", "S1-11", "GDPR 30(1)(c)")
)
CREDENTIAL = Code("P302", "error", "a property is a credential", ("S1-06", "GDPR 32"))
CARD = Code("P303", "error", "a property is a card number", ("S1-08", "GDPR 32"))
NOT_REDUCED = Code(
    "P304", "error", "people are identified where counting them is all", ("S1-11", "GDPR 5(1)(c)")
)
UNDECLARED_PURPOSE = Code(
    "P305", "warning", "a purpose that the category does not have", ("S2-18", "S2-20", "S1-13")
)
FOR_NOTHING = Code("P307", "error", "a property is for nothing", ("S1-13", "GDPR 5(1)(b)"))

_CREDENTIAL = re.compile(
    r"(?:.*_)?(?:passw(?:or)?d|pwd|passphrase|passcode|secret|token|jwt|api_?key|private_key)"
    r"(?:_hash)?"
)
_CARD = re.compile(
    r"(?:.*_)?(?:(?:credit|debit|bank|payment)_?card|card_?(?:number|no|pan)|pan"
    r"|(?:card_)?(?:cvv2?|cvc2?|security_code))(?:_number)?"
)


def find(context: Context) -> Iterator[Finding]:
    """Each property by itself, then purposes against those of its category."""
    policy = context.policy
    misread = {found.path[:3] for found in context.reading.misread}
    for name, own in policy.properties.items():
        path = ("properties", name)
        category = policy.categories.get(own.category or "")
        means = category.means if category else ()
        if own.category is None and (*path, "category") not in misread:
            what = f"Nothing says what kind of data “{name}” is."
            yield context.finding(NO_CATEGORY, path, what, "Say its `category:`.")
        # Whatever the gate refuses by its name, and a little more: a hash of it, a whole card.
        refused = secrets.named_like(name)
        is_credential = refused in ("password", "token") or _CREDENTIAL.fullmatch(_snake(name))
        if is_credential or any(within(key, CREDENTIALS) for key in means):
            what = f"“{name}” lets somebody in; whoever reads it is them."
            mend = "Leave it out: what looks like it is refused in any case."
            yield context.finding(CREDENTIAL, path, what, mend)
        elif refused == "card_number" or _CARD.fullmatch(_snake(name)):
            what = f"“{name}” is what a card is paid with."
            mend = "Leave it out, and keep the token of whoever takes the payment elsewhere."
            yield context.finding(CARD, path, what, mend)
        purposes = meaning.purposes_of(policy, own)
        if not purposes and category and (*path, "purposes") not in misread:
            what = f"Neither “{name}” nor its category says what it is collected for."
            yield context.finding(FOR_NOTHING, path, what, "Say its `purposes:`.")
        known = [policy.purposes[purpose] for purpose in purposes if purpose in policy.purposes]
        only_measures = bool(known) and all(map(meaning.is_measuring, known))
        if category and category.identifying and only_measures and own.reduce is None:
            what = f"“{name}” identifies people, and counting is all that it is for."
            mend = "Say `reduce:` with drop, country, keyed_hash or truncate."
            yield context.finding(NOT_REDUCED, path, what, mend)
    yield from _purposes(context)


def _purposes(context: Context) -> Iterator[Finding]:
    policy = context.policy
    for section, name, own in meaning.collected(policy):
        category = policy.categories.get(own.category or "")
        if category is None or not category.purposes:
            continue
        for number, purpose in enumerate(own.purposes):
            if purpose in policy.purposes and purpose not in category.purposes:
                what = f"“{own.category}” is not collected for “{purpose}”."
                mend = "Add it to the category's `purposes:`, or leave it out here."
                at = (section, name, "purposes", number)
                yield context.finding(UNDECLARED_PURPOSE, at, what, mend, value=True)


def _snake(name: str) -> str:
    """The last part of a dotted name in small letters: `cardNumber` and `Card-Number` end alike."""
    last = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name.split(".")[-1].strip())
    return re.sub(r"[\s\-]+", "_", last).lower()


CHECK = Check(
    (NO_CATEGORY, CREDENTIAL, CARD, NOT_REDUCED, UNDECLARED_PURPOSE, FOR_NOTHING),
    find,
)
