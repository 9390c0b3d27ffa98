"""The purposes a question may be asked for, each one bit of an event's mask."""

from __future__ import annotations

from sojourn.errors import BadQuestion

BITS = {"analytics": 1}
"""Until a policy declares others, everything is kept for analytics and nothing else is known."""


def bit_of(purpose: str) -> int:
    """The bit of a declared purpose."""
    if purpose not in BITS:
        raise BadQuestion(
            "This purpose is not declared",
            detail=f"“{purpose[:60]}” is none of {', '.join(BITS)}.",
            where="purpose",
            mend="Ask for a declared purpose.",
        )
    return BITS[purpose]
