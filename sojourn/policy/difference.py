"""Differences: two policies compared by what they let happen, not by their text.

What is told are the changes that somebody who is affected would ask about: what data, what for, by
what right, how long, who gets them; and what people read in other words than before. Other names
for the same, and the order in which things are said, are no changes.
"""

from __future__ import annotations

from collections.abc import Iterable

from sojourn.found import found_in
from sojourn.policy import meaning
from sojourn.policy.change import Change, Compare
from sojourn.policy.model import Policy

COMPARISONS: dict[str, Compare] = found_in("sojourn.policy.changes", "COMPARE")

_SECTIONS = {section: place for place, section in enumerate(Policy.__struct_fields__)}


def differences(old: Policy, new: Policy) -> tuple[Change, ...]:
    """Every change from one policy to another, in the order of the sections of a policy."""
    changes = [one for compare in COMPARISONS.values() for one in compare(old, new)]
    changes.sort(key=lambda one: _SECTIONS[one.path.split(".")[0]])
    return tuple(changes)


def asks_again(old: Policy, new: Policy, changes: Iterable[Change]) -> tuple[str, ...]:
    """The purposes whose consent was for something else than what is done now (GDPR 4(11)).

    A purpose that is new, or did not rest on consent before, is asked for in any case.
    """
    touched = {name for one in changes if one.material for name in one.purposes}
    return tuple(
        name
        for name, purpose in new.purposes.items()
        if name in touched
        and name in old.purposes
        and "consent" in meaning.bases(purpose)
        and "consent" in meaning.bases(old.purposes[name])
    )
