"""Agreeing: what counts when somebody says yes to a purpose.

Consent is an act of the person (clause S1-01), or of a guardian where the policy lets one decide
for a child (clause S1-36), and it is given to what rests on it. A browser's signal is a stop that
its owner chose for every site; a click in that browser does not lift it (clause S1-24).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from sojourn.errors import BadQuestion
from sojourn.policy.rules import Rules

NO_ACT = {
    "continued_use": "Going on using something is no act of consent",
    "pre_ticked": "A box that was ticked before anyone came is no act of consent",
    "implied": "What is implied is no act of consent",
}
"""Ways of having it without anybody having given it (Planet49, C-673/17), and what each lacks."""
SIGNALS = {"gpc": "Global Privacy Control", "dnt": "Do Not Track"}
"""The signals of a browser by which it says no."""


def check_consent(purposes: Iterable[str], how: str, granted_by: str, rules: Rules) -> None:
    """Refuse (`BadQuestion`) what is no consent to these purposes: nobody acted, a guardian decided
    who may not, or a purpose does not rest on what people say."""
    asked = list(purposes)
    if not asked:
        return
    way = re.sub("[^a-z]+", "_", how.strip().lower())
    if way in NO_ACT:
        raise BadQuestion(
            "This is no consent",
            detail=f"{NO_ACT[way]} (Planet49, C-673/17; clause S1-01).",
            where="how",
            mend="Ask the person, and say where they said yes.",
        )
    if granted_by == "guardian" and not rules.by_guardian:
        raise BadQuestion(
            "No guardian consents under this policy",
            detail="It refuses data of who is too young to consent themselves (clause S1-36).",
            where="granted_by",
            mend="Leave it out, or say `age: {below: guardian}` in the policy.",
        )
    for purpose in asked:
        if purpose in rules.bits and not rules.bits[purpose] & rules.stoppable:
            raise BadQuestion(
                f"“{purpose}” does not rest on consent",
                detail="It is lawful on another basis, whatever anybody says to it.",
                where="purposes",
                mend="Leave it out: nobody can take back a yes to it.",
            )


def kept_off(purposes: Iterable[str], headers: Mapping[str, str], rules: Rules) -> dict[str, str]:
    """Which of the purposes that somebody agrees to their own browser stops, with what is told of
    each. `headers` are those of their request, where only "1" is a signal."""
    masks = {"gpc": rules.by_gpc, "dnt": rules.by_dnt}
    sent = {"gpc": headers.get("sec-gpc") == "1", "dnt": headers.get("dnt") == "1"}
    found: dict[str, str] = {}
    for purpose in purposes:
        bit = rules.bits.get(purpose, 0) & rules.stoppable
        for signal, mask in masks.items():
            if sent[signal] and bit & mask:
                found.setdefault(purpose, f"kept off: your browser says {SIGNALS[signal]}")
    return found
