"""Retention: every category says how long it is kept, as a number, an event, or a law."""

from __future__ import annotations

from collections.abc import Iterator

from sojourn.policy.check import Check, Context
from sojourn.policy.finding import Code, Finding

MISSING = Code("P107", "error", "retention is missing", ("S1-27", "S2-21", "GDPR 5(1)(e)"))
UNANCHORED = Code("P108", "error", "retention has no end", ("S1-27", "S1-39"))
BACKUPS = Code("P109", "error", "backups have no greatest age", ("S1-28", "S2-21"))


def find(context: Context) -> Iterator[Finding]:
    """Categories without an end, and backups that outlive it by no one knows how much."""
    policy = context.policy
    for name, category in policy.categories.items():
        if name not in policy.retention and category.contains_personal_data:
            what = f"Nothing says how long “{name}” is kept."
            mend = (
                "Under `retention:`, say keep: with a duration, after: an event, or law: a statute."
            )
            yield context.finding(MISSING, ("categories", name), what, mend)
    for name, retention in policy.retention.items():
        if retention.keep is None and retention.law is None and not retention.by_purpose:
            what = f"“{name}” is kept without a number."
            mend = "Say keep: with a duration, or law: the statute that sets one."
            yield context.finding(UNANCHORED, ("retention", name), what, mend)
    if policy.backups.keep is None and policy.categories:
        what = "Nothing says how old a backup may get, so nothing is ever wholly erased."
        mend = "Say `backups: {keep: 30 days}`, with the greatest age of yours."
        yield context.finding(BACKUPS, ("backups",), what, mend)


CHECK = Check((MISSING, UNANCHORED, BACKUPS), find)
