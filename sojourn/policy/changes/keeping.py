"""Keeping: how long each category stays, and what outlives it: exceptions, backups and copies."""

from __future__ import annotations

from collections.abc import Iterator

from sojourn.policy.change import Change, gained, listed, minor, purposes_of, said, wider
from sojourn.policy.model import Policy, Retention
from sojourn.policy.stricter import is_kept_longer, is_longer
from sojourn.policy.words import Duration

KEPT = ("S1-27", "GDPR 13(2)(a)")
NOT_ERASED = ("S1-39", "GDPR 17(3)")


def compare(old: Policy, new: Policy) -> Iterator[Change]:
    """Each category's retention, then what is kept beside it."""
    for name in old.categories.keys() & new.categories.keys():
        before, now = (policy.retention.get(name, Retention()) for policy in (old, new))
        yield from _retention(name, before, now, purposes_of(new, name))
    yield from _exceptions(old, new)
    yield from _lasting("backups.keep", "A backup", ("S1-28",), old.backups.keep, new.backups.keep)
    for name in dict.fromkeys((*old.copies, *new.copies)):
        before_copy, now_copy = old.copies.get(name), new.copies.get(name)
        what = f"A copy “{name}”"
        yield from _lasting(f"copies.{name}", what, ("S1-40",), before_copy, now_copy)


def _retention(
    name: str, old: Retention, new: Retention, purposes: tuple[str, ...]
) -> Iterator[Change]:
    what = f"“{name}” is kept {_rule(new)}; before {_rule(old)}."
    if is_kept_longer(old, new):
        yield wider(f"retention.{name}", what, KEPT, purposes)
    elif is_kept_longer(new, old) or old.law != new.law:
        yield minor(f"retention.{name}", what, KEPT)
    for purpose in dict.fromkeys((*old.by_purpose, *new.by_purpose)):
        before, now = (one.by_purpose.get(purpose, one.keep) for one in (old, new))
        path = f"retention.{name}.by_purpose.{purpose}"
        what = f"For “{purpose}”, “{name}” is kept {said(now)}; before {said(before)}."
        if is_longer(before, now):
            yield wider(path, what, KEPT, [purpose])
        elif is_longer(now, before):
            yield minor(path, what, KEPT)


def _rule(retention: Retention) -> str:
    after = f" after {said(retention.after)}" if retention.after else ""
    law = f" by {retention.law}" if retention.law else ""
    return f"{retention.keep or 'for as long as it takes'}{after}{law}"


def _exceptions(old: Policy, new: Policy) -> Iterator[Change]:
    known = {
        (one.article, category): one.until for one in old.exceptions for category in one.categories
    }
    for number, exception in enumerate(new.exceptions):
        path = f"exceptions.{number}"
        fresh = [name for name in exception.categories if (exception.article, name) not in known]
        if fresh:
            what = f"{listed(fresh)} may be kept in spite of an erasure ({exception.article})."
            yield wider(path, what, NOT_ERASED)
        kept = (name for name in exception.categories if name not in fresh)
        ends = {known[exception.article, name] for name in kept} - {exception.until}
        if ends:
            what = f"What an erasure leaves is kept until {said(exception.until)}."
            later = any(end and (not exception.until or exception.until > end) for end in ends)
            yield (wider if later else minor)(path, what, NOT_ERASED)
    now = {(one.article, category) for one in new.exceptions for category in one.categories}
    if gone := [name for _, name in gained(now, known)]:
        yield minor("exceptions", f"An erasure takes {listed(gone)} as well.", NOT_ERASED)


def _lasting(
    path: str, what: str, clauses: tuple[str, ...], old: Duration | None, new: Duration | None
) -> Iterator[Change]:
    told = f"{what} lasts {new or 'as long as it takes'}; before {old or 'as long as it took'}."
    if new is not None and old is None:
        # Somebody said how long for the first time: it lasted no less before.
        yield minor(path, told, clauses)
    elif is_longer(old, new):
        yield wider(path, told, clauses)
    elif is_longer(new, old):
        yield minor(path, told, clauses)


COMPARE = compare
