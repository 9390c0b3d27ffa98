"""Vendors: what a recipient's own terms keep away from it, and whether it still exists."""

from __future__ import annotations

from collections.abc import Iterator

from sojourn.policy.check import Check, Context
from sojourn.policy.facts.vendors import VENDORS, Vendor, vendor_of
from sojourn.policy.finding import Code, Finding
from sojourn.policy.model import Policy, Recipient
from sojourn.policy.reading import closest
from sojourn.policy.source import Path

FORBIDDEN = Code("P411", "error", "a recipient's own terms forbid it", ("S2-19", "S2-08"))
RETIRED = Code("P412", "warning", "a recipient no longer exists", ("S2-10",))
UNKNOWN = Code("P413", "note", "the terms of a vendor are not known", ("S2-19",))


def find(context: Context) -> Iterator[Finding]:
    """Each recipient of whom something is known by name."""
    for name, recipient in context.policy.recipients.items():
        path: Path = ("recipients", name)
        for vendor in _called(name, recipient):
            yield from _terms(context, path, recipient, vendor)
        said = recipient.vendor
        if said and vendor_of(said) is None:
            what = f"Nothing is known here of a vendor “{said[:60]}”, so its terms are not checked."
            mend = closest(said, sorted(VENDORS)) or "Read its terms, and leave `vendor:` out."
            yield context.finding(UNKNOWN, (*path, "vendor"), what, mend, value=True)


def _called(name: str, recipient: Recipient) -> Iterator[Vendor]:
    """Every vendor that a recipient is called like, each once: it is that one, whichever field says
    it, and keeps what either demands where two fields say two."""
    words = filter(None, (recipient.vendor, recipient.connector, recipient.name, name))
    known = {vendor.name: vendor for word in words if (vendor := vendor_of(word))}
    yield from known.values()


def _terms(context: Context, path: Path, recipient: Recipient, vendor: Vendor) -> Iterator[Finding]:
    retired, until = vendor.retired, recipient.until
    is_used = until is None or until.day > context.at
    if retired is not None and context.at > retired and is_used:
        what = f"{vendor.name} no longer operates; what it was given before still counts."
        mend = "Say `until:` with the day of the last sending, and keep the entry."
        yield context.finding(RETIRED, path, what, mend)
    for at, given in _identifying(context.policy, path, recipient):
        if vendor.refuses == "identifying":
            what = f"“{given}” identifies people. {vendor.because}"
            mend = "Say `pseudonymous: true` and list no such field, or do not give it."
            yield context.finding(FORBIDDEN, at, what, mend, value=True)
    for number, given in enumerate(recipient.categories):
        category = context.policy.categories.get(given)
        if vendor.refuses == "personal" and category and category.contains_personal_data:
            what = f"“{given}” is about people. {vendor.because}"
            mend = "Give it only categories with `contains_personal_data: false`."
            yield context.finding(FORBIDDEN, (*path, "categories", number), what, mend, value=True)


def _identifying(policy: Policy, path: Path, recipient: Recipient) -> Iterator[tuple[Path, str]]:
    """What would reach a recipient in the clear: fields, when they are listed, else categories.

    A pseudonymous recipient is given a pseudonym of its own in the place of identifying categories,
    but a field that is listed is meant.
    """
    if recipient.fields:
        for number, name in enumerate(recipient.fields):
            declared = policy.properties.get(name)
            category = policy.categories.get(declared.category or "") if declared else None
            if declared and category and category.identifying and not _is_reduced(declared.reduce):
                yield (*path, "fields", number), name
        return
    if recipient.pseudonymous:
        return
    for number, given in enumerate(recipient.categories):
        category = policy.categories.get(given)
        if category and category.identifying:
            yield (*path, "categories", number), given


def _is_reduced(reduce: object) -> bool:
    """Whether what is left of a value no longer says who it is of."""
    return reduce in ("drop", "country", "keyed_hash") or any(
        getattr(reduce, name, False) for name in ("drop", "country", "keyed_hash")
    )


CHECK = Check((FORBIDDEN, RETIRED, UNKNOWN), find)
