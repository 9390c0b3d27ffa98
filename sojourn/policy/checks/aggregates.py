"""Aggregates: numbers that are given away are about a group, and a group has a size."""

from __future__ import annotations

from collections.abc import Iterator

from sojourn.policy.check import Check, Context
from sojourn.policy.finding import Code, Finding

LEAST, ADVISED = 5, 10
"""Clauses 4.4: ten people by default, five at least."""

NO_MINIMUM = Code(
    "P530", "error", "no number says when data count as aggregate", ("S1-18", "GDPR 4(5)")
)
TOO_SMALL = Code("P531", "error", "a group is too small to hide in", ("S1-18",))
SMALL = Code("P532", "warning", "a group is small", ("S1-18",))


def find(context: Context) -> Iterator[Finding]:
    """From how many people on numbers are given away."""
    aggregates = context.policy.aggregates
    if aggregates is None:
        return
    path, minimum = ("aggregates", "minimum"), aggregates.minimum
    if aggregates.shared and not context.says(path):
        what = "Numbers are shared, and nothing says of how many people they must be."
        mend = f"Say `minimum: {ADVISED}`."
        yield context.finding(NO_MINIMUM, ("aggregates",), what, mend)
    elif minimum is not None and minimum < ADVISED:
        code = TOO_SMALL if minimum < LEAST else SMALL
        what = f"A number about {minimum} people can be traced to one who is known to be in it."
        mend = f"Say {ADVISED}; {LEAST} is the least."
        yield context.finding(code, path, what, mend, value=True)


CHECK = Check((NO_MINIMUM, TOO_SMALL, SMALL), find)
