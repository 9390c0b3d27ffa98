"""References: a name that refers to something must refer to something that is declared.

Names are never matched silently. What is nearly the name of something declared is told apart from
what nothing is called like, for the first is a slip and the second a gap.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from sojourn.policy.check import Check, Context
from sojourn.policy.finding import Code, Finding
from sojourn.policy.reading import closest

MISMATCH = Code("P010", "error", "a name does not match the one that is declared", ("S2-07",))
UNDEFINED = Code("P011", "error", "a name refers to nothing that is declared", ("S2-08",))
UNDEFINED_SUBJECT = Code("P012", "error", "people who are not among the subjects", ("S2-19",))
NOT_AN_ALIAS = Code("P013", "error", "another name that is none", ("S2-07",))

SINGULAR = {
    "categories": "category",
    "purposes": "purpose",
    "properties": "property",
    "subjects": "kind of person",
    "sources": "source",
}


def find(context: Context) -> Iterator[Finding]:
    """Names that refer to nothing, and other names that are taken."""
    for reference in context.reading.references:
        known = list(getattr(context.policy, reference.section))
        name, what = reference.name, SINGULAR[reference.section]
        # What cannot be read is told as such; it is declared all the same.
        if name in known or (reference.section, name) in context.source.keys:
            continue
        near = closest(name, known)
        if reference.section == "subjects":
            code = UNDEFINED_SUBJECT
        else:
            code = MISMATCH if near else UNDEFINED
        alias = " Or list it under `also:` there." if near and what == "category" else ""
        told = f"No {what} is called “{name[:60]}”."
        mend = f"{near}{alias}" if near else f"Declare it under `{reference.section}:`."
        yield context.finding(code, reference.path, told, mend, value=True)
    yield from _aliases(context)


def _aliases(context: Context) -> Iterator[Finding]:
    categories = context.policy.categories
    count = Counter(other for category in categories.values() for other in category.also)
    for name, category in categories.items():
        for number, other in enumerate(category.also):
            path = ("categories", name, "also", number)
            if other in categories:
                told = f"“{other}” is a category itself."
                yield context.finding(NOT_AN_ALIAS, path, told, "Leave it out.", value=True)
            elif count[other] > 1:
                told = f"“{other}” is said to be {count[other]} categories."
                mend = "Keep it with the one that is meant."
                yield context.finding(NOT_AN_ALIAS, path, told, mend, value=True)


CHECK = Check((MISMATCH, UNDEFINED, UNDEFINED_SUBJECT, NOT_AN_ALIAS), find)
