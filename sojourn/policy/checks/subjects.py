"""Subjects: the people whose data are used are named, at the top or where they are spoken of."""

from __future__ import annotations

from collections.abc import Iterator

from sojourn.policy import meaning
from sojourn.policy.check import Check, Context
from sojourn.policy.finding import Code, Finding
from sojourn.policy.wording import listed

NOBODY = Code("P112", "warning", "nothing says whose data are used", ("GDPR 30(1)(c)",))


def find(context: Context) -> Iterator[Finding]:
    """The purposes that use personal data of people whom neither they, nor the categories, nor the
    policy as a whole name; told together, for one line at the top mends all of them."""
    policy = context.policy
    misread = {found.path[0] for found in context.reading.misread if found.path}
    nameless = [
        f"“{name}”"
        for name in policy.purposes
        if meaning.categories_of(policy, name) and not meaning.subjects_of(policy, name)
    ]
    if nameless and "subjects" not in misread:
        what = f"Nothing says whose data are used for {listed(nameless)}."
        mend = "Say `subjects:` at the top, such as [visitor, customer], or with each purpose."
        yield context.finding(NOBODY, ("subjects",), what, mend)


CHECK = Check((NOBODY,), find)
