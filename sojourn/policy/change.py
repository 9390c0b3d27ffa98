"""A change: one thing that a new policy means and the one before did not.

Each file in `changes/` has one value `COMPARE` of type `Compare`, found by its file: it looks at
one concern of two policies, and is pure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

import msgspec

from sojourn.policy import meaning
from sojourn.policy.model import Policy

Name = TypeVar("Name")


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """One change. `path` is where it is said, from the top of the policy.

    People must hear of a `material` one (clause S1-41); one that `widens` lets more be done with
    data than they were told, or sooner, and is material too. `purposes` are those whose data it
    touches.
    """

    path: str
    what: str
    material: bool
    widens: bool
    clauses: tuple[str, ...]
    purposes: tuple[str, ...] = ()


Compare = Callable[[Policy, Policy], Iterator[Change]]


def wider(
    path: str, what: str, clauses: tuple[str, ...] = (), purposes: Iterable[str] = ()
) -> Change:
    """More may be done than people were told, or sooner."""
    return _change(path, what, ("S1-41", *clauses), purposes, material=True, widens=True)


def material(
    path: str, what: str, clauses: tuple[str, ...] = (), purposes: Iterable[str] = ()
) -> Change:
    """People must hear of it, though no more is done with data than before."""
    return _change(path, what, ("S1-41", *clauses), purposes, material=True, widens=False)


def minor(
    path: str, what: str, clauses: tuple[str, ...] = (), purposes: Iterable[str] = ()
) -> Change:
    """It narrows what is done, or does not touch it."""
    return _change(path, what, clauses, purposes, material=False, widens=False)


def _change(
    path: str,
    what: str,
    clauses: tuple[str, ...],
    purposes: Iterable[str],
    *,
    material: bool,
    widens: bool,
) -> Change:
    return Change(
        path=path,
        what=what,
        material=material,
        widens=widens,
        clauses=clauses,
        purposes=tuple(dict.fromkeys(purposes)),
    )


def listed(names: Iterable[str | None]) -> str:
    """Names as they stand in a sentence."""
    return ", ".join(f"“{name}”" for name in names)


def gained(old: Iterable[Name], new: Iterable[Name]) -> list[Name]:
    """What is new, in its order."""
    known = set(old)
    return [one for one in new if one not in known]


def subjects(
    path: str,
    what: str,
    old: tuple[str, ...],
    new: tuple[str, ...],
    clauses: tuple[str, ...],
    purposes: Iterable[str] = (),
) -> Iterator[Change]:
    """Whom data are about; `what` is how the sentence begins. Where nobody is named, it may be
    anybody: naming some for the first time takes nobody in, and naming none takes all in."""
    if old and not new:
        yield wider(f"{path}.subjects", f"{what} anybody.", clauses, purposes)
    elif more := gained(old, new):
        told = f"{what} {listed(more)} as well."
        yield (wider if old else minor)(f"{path}.subjects", told, clauses, purposes)


def said(value: Any) -> str:
    """A value as it stands in a sentence; what is not there is “nothing”."""
    return "nothing" if value is None else str(value).replace("_", " ")


def purposes_of(policy: Policy, category: str | None) -> tuple[str, ...]:
    """Every purpose that data of a category serve, whether the category says it or a part of it."""
    known = policy.categories.get(category or "")
    parts = (own for _, _, own in meaning.collected(policy) if own.category == category)
    inner = (purpose for own in parts for purpose in own.purposes)
    return tuple(dict.fromkeys((*(known.purposes if known else ()), *inner)))
