"""Identity: making one person of several identifiers is a use of data, and has a purpose."""

from __future__ import annotations

from collections.abc import Iterator

from sojourn.policy.check import Check, Context
from sojourn.policy.finding import Code, Finding

JOINED_FOR_NOTHING = Code("P221", "warning", "people are joined for no purpose", ("S1-09",))


def find(context: Context) -> Iterator[Finding]:
    """Several things that lead to a person, and no word on why they are put together."""
    policy = context.policy
    leading = [
        name
        for name, own in policy.properties.items()
        if own.category in policy.categories and policy.categories[own.category].identifying
    ]
    if len(leading) > 1 and policy.identity.purpose is None:
        told = ", ".join(f"“{name}”" for name in leading[:3])
        what = f"{told} lead to a person, and nothing says what for they are joined to one."
        mend = "Say `identity: {purpose: …}` with one of the purposes."
        yield context.finding(JOINED_FOR_NOTHING, ("identity",), what, mend)


CHECK = Check((JOINED_FOR_NOTHING,), find)
