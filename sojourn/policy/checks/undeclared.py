"""Undeclared: what the policy does not name comes in as something that it does."""

from __future__ import annotations

from collections.abc import Iterator

from sojourn.policy.check import Check, Context
from sojourn.policy.finding import Code, Finding

AS_NOTHING = Code(
    "P310", "error", "what is undeclared is taken in as nothing", ("S1-13", "GDPR 5(1)(b)")
)
NOT_SCANNED = Code(
    "P311", "warning", "values are always scanned for this", ("S1-06", "S1-08", "S2-03")
)

ALWAYS = ("card_number", "password", "token")
"""What is taken out of every value, whatever the policy says."""


def find(context: Context) -> Iterator[Finding]:
    """What is accepted without a name, and what is looked for in it."""
    policy, undeclared = context.policy, context.policy.undeclared
    misread = {found.path for found in context.reading.misread}
    category = policy.categories.get(undeclared.as_ or "")
    for kind in ("events", "properties"):
        if getattr(undeclared, kind) != "accept":
            continue
        if undeclared.as_ is None and ("undeclared", "as") not in misread:
            what = f"Undeclared {kind} are accepted, and of no category: for nothing, for ever."
            mend = "Say `as:` with the category that they are taken in as."
            yield context.finding(AS_NOTHING, ("undeclared", kind), what, mend)
        if category and not category.purposes:
            what = f"Undeclared {kind} are taken in as “{undeclared.as_}”, which says no purposes."
            mend = f"Say `purposes:` of “{undeclared.as_}”: what is undeclared has none other."
            yield context.finding(AS_NOTHING, ("undeclared", kind), what, mend)
    missing = [word for word in ALWAYS if word not in undeclared.scan]
    if missing and not any(path[:2] == ("undeclared", "scan") for path in misread):
        what = f"`scan` leaves out {', '.join(missing)}, which are taken out in any case."
        yield context.finding(NOT_SCANNED, ("undeclared", "scan"), what, "Add them.")


CHECK = Check((AS_NOTHING, NOT_SCANNED), find)
