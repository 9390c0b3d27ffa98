"""Unused: what is declared and nothing comes of it, which is a slip or a promise too many."""

from __future__ import annotations

from collections.abc import Iterator

from sojourn.policy.check import Check, Context
from sojourn.policy.finding import Code, Finding
from sojourn.policy.reading import closest

CATEGORY = Code("P103", "warning", "a category is unused", ("GDPR 5(1)(c)", "GDPR 30(1)(c)"))
PURPOSE = Code("P213", "warning", "a purpose is unused", ("S1-13", "GDPR 5(1)(b)"))

USERS = {
    "categories": ("properties", "events", "recipients", "undeclared"),
    "purposes": ("categories", "properties", "events", "recipients", "cookies", "identity"),
}
"""Where a name that refers to a section makes use of what it refers to."""


def find(context: Context) -> Iterator[Finding]:
    """Categories and purposes that nothing refers to."""
    what = "No property, event or recipient is of “{}”, and nothing undeclared is taken in as it."
    for name in _unused(context, "categories"):
        mend = "Use it, or leave it out."
        yield context.finding(CATEGORY, ("categories", name), what.format(name), mend)
    for name in _unused(context, "purposes"):
        told = f"Nothing is collected, kept or sent for “{name}”."
        mend = (
            "Say what it is for under `categories:`, `properties:` or `events:`; or leave it out."
        )
        yield context.finding(PURPOSE, ("purposes", name), told, mend)


def _unused(context: Context, section: str) -> Iterator[str]:
    declared = list(getattr(context.policy, section))
    used = set()
    for reference in context.reading.references:
        # A purpose that others stand under is used by them.
        if reference.section == section and (
            reference.path[0] in USERS[section] or reference.path[2:] == ("under",)
        ):
            used.add(reference.name)
    # A name that misses its category is told where it stands, and not here again.
    missed = "".join(closest(name, declared) for name in used - set(declared))
    yield from (name for name in declared if name not in used and f"“{name}”" not in missed)


CHECK = Check((CATEGORY, PURPOSE), find)
