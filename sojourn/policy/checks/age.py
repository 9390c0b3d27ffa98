"""Age: from when on people may consent themselves, and what becomes of the younger."""

from __future__ import annotations

from collections.abc import Iterator

from sojourn.policy.check import Check, Context
from sojourn.policy.facts.regions import is_known
from sojourn.policy.finding import Code, Finding

LOWEST, HIGHEST = 13, 16
"""What a Member State may choose (GDPR 8(1)); 13 is also the age of COPPA."""

AT_WORK = {"employee", "consultant"}
"""Kinds of people (in the words of fideslang) to whom nothing is offered as a child (GDPR 8(1))."""

MISSING = Code("P520", "error", "there is no age rule", ("S1-36", "GDPR 8(1)"))
NO_DEFAULT = Code("P521", "error", "the age rule has no default", ("S1-36", "GDPR 8(1)"))
OUTSIDE = Code("P522", "warning", "an age is outside what the law knows", ("S1-36", "GDPR 8(1)"))
UNKNOWN = Code("P523", "error", "an age rule for a region that is none", ("S1-36",))


def find(context: Context) -> Iterator[Finding]:
    """The age rule, and each age in it."""
    policy = context.policy
    if not context.says(("age",)):
        at_work = bool(policy.subjects) and set(policy.subjects) <= AT_WORK
        if (policy.categories or policy.purposes) and not at_work:
            what = "Nothing says from which age people may consent themselves."
            mend = "Say `age: {consent_from: {default: 16}, below: refuse}`."
            yield context.finding(MISSING, ("age",), what, mend)
        return
    if not context.says(("age", "consent_from", "default")):
        what = "Nothing says from which age in a country that is not listed."
        mend = "Say `consent_from: {default: 16}`, the age where no law sets a lower one."
        yield context.finding(NO_DEFAULT, ("age", "consent_from"), what, mend)
    for region, age in policy.age.consent_from.items() if policy.age else ():
        path = ("age", "consent_from", region)
        if not is_known(region):
            what = f"“{region[:60]}” is no country, and neither EEA nor default."
            mend = "Say two capital letters, such as FR."
            yield context.finding(UNKNOWN, path, what, mend)
        if not LOWEST <= age <= HIGHEST:
            what = f"{age} is not between {LOWEST} and {HIGHEST}."
            mend = f"Say {LOWEST} to {HIGHEST}, as the country's law sets it."
            yield context.finding(OUTSIDE, path, what, mend, value=True)


CHECK = Check((MISSING, NO_DEFAULT, OUTSIDE, UNKNOWN), find)
