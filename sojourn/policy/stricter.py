"""Stricter: of two things that a policy may say, which of them takes more or lasts longer.

Where two cannot be compared (another reduction, another event to wait for), the new one counts as
wider: people were told the old one.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import timedelta

import msgspec

from sojourn.policy.model import Reduction, Retention
from sojourn.policy.words import Duration

FOR_EVER = timedelta.max
_NOTHING = Reduction()

_HOLD = {
    None: 0,
    "consent": 1,
    "legitimate_interests": 2,
    "public_task": 2,
    "contract": 3,
    "legal_obligation": 3,
    "vital_interests": 3,
}
"""How much a basis lets be done against somebody's will: nothing before they agree, until they
object, or in any case."""


def is_freer(old: str | None, new: str | None) -> bool:
    """Whether a basis leaves people less say than the one before."""
    return _HOLD[new] > _HOLD[old]


def is_longer(old: Duration | None, new: Duration | None) -> bool:
    """Whether a duration is longer than the one before; what has none lasts for ever."""
    return _span(new) > _span(old)


def is_kept_longer(old: Retention, new: Retention, purposes: Iterable[str] = ()) -> bool:
    """Whether data are kept longer than before for some purposes; for none named, on the whole."""
    before, now = _kept(old, purposes), _kept(new, purposes)
    return now > before or (new.after is not None and new.after != old.after)


def leaves_more(old: str | Reduction | None, new: str | Reduction | None) -> bool:
    """Whether a reduction leaves anything of a value that the one before took away."""
    before, now = _spelled(old), _spelled(new)
    if now.drop or before in (_NOTHING, now):
        return False
    if now == _NOTHING or _stands_in(before) or _stands_in(now):
        # One value in place of another: neither holds the other.
        return True
    return (
        (before.strip_query and not (now.strip_query and set(now.keep) <= set(before.keep)))
        or _is_missing_or_over(before.truncate, now.truncate)
        or _is_finer(before.round, now.round)
        or (bool(before.bucket) and not (now.bucket and set(now.bucket) <= set(before.bucket)))
    )


def _span(duration: Duration | None) -> timedelta:
    return FOR_EVER if duration is None else duration.longest


def _kept(retention: Retention, purposes: Iterable[str]) -> timedelta:
    """What is kept for several purposes is kept as long as one of them needs it."""
    each = [retention.by_purpose.get(purpose, retention.keep) for purpose in purposes]
    return max(map(_span, each or [retention.keep]))


def _spelled(reduction: str | Reduction | None) -> Reduction:
    if isinstance(reduction, str):
        return msgspec.convert({reduction: True}, Reduction)
    return reduction or _NOTHING


def _stands_in(reduction: Reduction) -> bool:
    return reduction.drop or reduction.country or reduction.keyed_hash


def _is_missing_or_over(old: int | None, new: int | None) -> bool:
    return old is not None and (new is None or new > old)


def _is_finer(old: float | None, new: float | None) -> bool:
    if old is None or new is None:
        return old is not None
    # What was rounded to 0.1 and is rounded to 0.5 now holds less; to 0.25, something else.
    times = new / old
    return times < 1 or not math.isclose(times, round(times))
