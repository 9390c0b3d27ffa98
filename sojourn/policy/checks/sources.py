"""Sources: data from elsewhere, of which people are told in time, and no more than it may give."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

from sojourn.policy.check import Check, Context
from sojourn.policy.facts.ceilings import CEILINGS
from sojourn.policy.finding import Code, Finding

NO_NOTICE = Code("P240", "error", "nobody is told of data from elsewhere", ("S2-15", "GDPR 14(3)"))
LATE = Code("P241", "error", "people are told too late", ("S2-15", "GDPR 14(3)"))
OVER_CEILING = Code("P242", "warning", "a source gives more than it may", ("S1-10",))
NOT_GIVEN = Code("P243", "error", "a source does not give this", ("S1-10", "GDPR 14(2)(f)"))

NOTICE_MAX = timedelta(days=31)
"""One month, at its longest."""


def find(context: Context) -> Iterator[Finding]:
    """Each source, then the properties that name one."""
    policy = context.policy
    misread = {found.path for found in context.reading.misread}
    for name, source in policy.sources.items():
        path = ("sources", name, "notice_within")
        if source.notice_within is None:
            if path not in misread:
                what = f"Nothing says when people are told what “{name}” gives of them."
                yield context.finding(NO_NOTICE, path, what, "Say `notice_within: 1 month`.")
        elif source.notice_within.longest > NOTICE_MAX:
            what = f"After {source.notice_within}, the month that there is for telling is over."
            yield context.finding(LATE, path, what, "Say `notice_within: 1 month`, or less.")
    yield from _ceilings(context)
    for name, own in policy.properties.items():
        origin = policy.sources.get(own.source or "")
        if origin and name not in origin.gives:
            what = f"“{own.source}” is said to be where “{name}” comes from, and does not give it."
            mend = f"List it under `gives:` of “{own.source}”, or leave the source out."
            at = ("properties", name, "source")
            yield context.finding(NOT_GIVEN, at, what, mend, value=True)


def _ceilings(context: Context) -> Iterator[Finding]:
    for name, source in context.policy.sources.items():
        ceiling = CEILINGS.get(source.vendor or name)
        if ceiling is None or context.at < ceiling.since:
            continue
        vendors_own = f"{ceiling.vendor.lower()}_"
        for number, given in enumerate(source.gives):
            own = re.sub(r"[^a-z0-9]+", "_", given.lower()).removeprefix(vendors_own)
            if own not in ceiling.gives:
                what = f"{ceiling.vendor} gives {ceiling.says}: no “{given}”."
                mend = "Leave it out, or ask the person for it."
                at = ("sources", name, "gives", number)
                yield context.finding(OVER_CEILING, at, what, mend, value=True)


CHECK = Check((NO_NOTICE, LATE, OVER_CEILING, NOT_GIVEN), find)
