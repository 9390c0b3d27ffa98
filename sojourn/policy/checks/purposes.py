"""Purposes: specific enough to be judged by, and each one on a basis that can carry it."""

from __future__ import annotations

from collections.abc import Iterator

from sojourn.policy import meaning
from sojourn.policy.check import Check, Context
from sojourn.policy.facts.fideslang import TOO_BROAD, USES
from sojourn.policy.finding import Code, Finding
from sojourn.policy.model import Basis, Purpose
from sojourn.policy.reading import closest
from sojourn.policy.source import Path

PURPOSES_MAX = 16
"""An event's lawful purposes are the bits of a 16-bit mask."""

NO_BASIS = Code("P201", "error", "a purpose has no basis", ("S1-14", "S2-06", "GDPR 6(1)"))
NO_ASSESSMENT = Code(
    "P204",
    "error",
    "legitimate interests without an assessment",
    ("S1-14", "GDPR 6(1)(f)", "GDPR 5(2)"),
)
OF_THIRD_PARTY = Code(
    "P205", "note", "legitimate interests of a third party", ("S1-15", "GDPR 13(1)(d)")
)
TOO_WIDE = Code("P210", "warning", "a purpose is too broad", ("S2-11", "GDPR 5(1)(b)"))
UNKNOWN_USE = Code("P211", "error", "a use is not in the taxonomy", ("S1-13",))
UNRELATED = Code("P212", "warning", "one purpose is several", ("S2-02", "GDPR 5(1)(b)"))
TOO_MANY = Code("P214", "error", "there are too many purposes", ())
CANNOT_CARRY = Code(
    "P215", "error", "a basis cannot carry marketing", ("S2-18", "GDPR 6(1)(b)", "GDPR 21(2)")
)
NO_STATUTE = Code(
    "P217", "warning", "a legal obligation without its statute", ("S1-14", "GDPR 6(3)")
)
IN_CIRCLE = Code("P219", "error", "a purpose stands under itself", ("S1-13",))
NOT_COMPATIBLE = Code(
    "P220", "error", "what was consented to is asked for something else", ("GDPR 6(4)",)
)

_OWN: tuple[Basis, ...] = ("consent", "legitimate_interests")
"""The two bases that marketing can rest on."""


def find(context: Context) -> Iterator[Finding]:
    """Each purpose by itself, then the tree of them."""
    purposes = context.policy.purposes
    misread = {found.path[:3] for found in context.reading.misread}
    for number, (name, purpose) in enumerate(purposes.items()):
        path: Path = ("purposes", name)
        if number == PURPOSES_MAX:
            what = f"There are {len(purposes)} purposes, and room for {PURPOSES_MAX}."
            yield context.finding(
                TOO_MANY, path, what, "Join those that are always asked together."
            )
        if (*path, "use") not in misread:
            yield from _use(context, path, purpose)
        if not meaning.bases(purpose) and (*path, "basis") not in misread:
            what = f"Nothing says by what right data are used for “{name}”."
            mend = "Say `basis:` with consent, contract, legal_obligation or legitimate_interests."
            yield context.finding(NO_BASIS, (*path, "basis"), what, mend)
        yield from _basis(context, path, purpose)
        yield from _relations(context, path, purpose)


def _use(context: Context, path: Path, purpose: Purpose) -> Iterator[Finding]:
    name, at = path[-1], (*path, "use")
    uses = meaning.uses(purpose)
    if not uses:
        what = f"Nothing says what “{name}” is."
        mend = "Say `use:` with a key of the taxonomy, such as analytics.reporting."
        yield context.finding(TOO_WIDE, at, what, mend)
    for number, use in enumerate(uses):
        own = at if isinstance(purpose.use, str) else (*at, number)
        if use not in USES:
            what = f"The fideslang taxonomy has no use “{use[:60]}”."
            mend = closest(use, sorted(USES)) or "Choose one from docs/reference/policy.md."
            yield context.finding(UNKNOWN_USE, own, what, mend, value=True)
        elif use in TOO_BROAD:
            what = f"“{use}” may be anything: a purpose is specified, explicit and legitimate."
            below = sorted(key for key in USES if key.startswith(f"{use}."))
            mend = f"Say which, such as {below[0]}." if below else "Say what for."
            yield context.finding(TOO_WIDE, own, what, mend, value=True)
    roots = sorted({use.split(".")[0] for use in uses if use in USES})
    if len(roots) > 1:
        what = f"“{name}” is {' and '.join(roots)}: one cannot be had without the other."
        mend = "Make a purpose of each, on a basis of its own."
        yield context.finding(UNRELATED, at, what, mend)


def _basis(context: Context, path: Path, purpose: Purpose) -> Iterator[Finding]:
    name, bases = path[-1], meaning.bases(purpose)
    if "legitimate_interests" in bases:
        at = _saying(path, purpose, "legitimate_interests")
        if not purpose.assessment:
            what = f"“{name}” rests on legitimate interests that nobody has weighed."
            mend = "Say `assessment:` with where the balancing test lies."
            yield context.finding(NO_ASSESSMENT, at, what, mend)
        if purpose.interests_of == "third_party":
            what = f"“{name}” is in the interest of a third party: the notice has to say whose."
            mend = "Name them in `says:`."
            yield context.finding(OF_THIRD_PARTY, (*path, "interests_of"), what, mend)
    if "legal_obligation" in bases and not purpose.statute:
        what = f"“{name}” is a legal obligation, and nothing says by which law."
        at = _saying(path, purpose, "legal_obligation")
        yield context.finding(NO_STATUTE, at, what, "Say `statute:`.")
    wrong = sorted(bases.difference(_OWN))
    if meaning.is_marketing(purpose) and wrong:
        what = f"“{name}” is marketing, which nothing but consent or legitimate interests carries."
        mend = f"Put it on consent, not on {wrong[0]}."
        yield context.finding(CANNOT_CARRY, _saying(path, purpose, wrong[0]), what, mend)


def _saying(path: Path, purpose: Purpose, basis: Basis) -> Path:
    """Where a purpose says that it rests on a basis: `basis`, or the line of the category."""
    said = purpose.basis.values() if isinstance(purpose.basis, dict) else (purpose.basis,)
    own = [category for category, other in purpose.by_category.items() if other == basis]
    return (*path, "basis") if basis in said or not own else (*path, "by_category", own[0])


def _relations(context: Context, path: Path, purpose: Purpose) -> Iterator[Finding]:
    purposes, name = context.policy.purposes, path[-1]
    above, seen = purpose.under, set[str]()
    while above in purposes and above != name and above not in seen:
        seen.add(above)
        above = purposes[above].under
    if above == name:
        what = f"Going up from “{name}” leads back to it."
        yield context.finding(IN_CIRCLE, (*path, "under"), what, "Leave out one `under:`.")
    for number, other in enumerate(purpose.compatible_with):
        if other in purposes and "consent" in meaning.bases(purposes[other]):
            what = f"Data for “{other}” rest on consent to that, so they serve nothing else."
            mend = f"Ask for consent to “{name}” as well."
            at = (*path, "compatible_with", number)
            yield context.finding(NOT_COMPATIBLE, at, what, mend, value=True)


CHECK = Check(
    (
        NO_BASIS,
        NO_ASSESSMENT,
        OF_THIRD_PARTY,
        TOO_WIDE,
        UNKNOWN_USE,
        UNRELATED,
        TOO_MANY,
        CANNOT_CARRY,
        NO_STATUTE,
        IN_CIRCLE,
        NOT_COMPATIBLE,
    ),
    find,
)
