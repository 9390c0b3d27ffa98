"""A trait: what is known of somebody under one name, and how what is told changes it.

A trait is what was set last, and what changed since: a number that was added, or the items of a
list. Kept apart, they can be put together again with those of other ids that turn out to be the
same person: their numbers add up, and their lists are joined in order of time.
"""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from typing import Any, NamedTuple

import msgspec

from sojourn.event import PropertyValue

ITEMS_MAX = 1_000
"""A longer list is a history, which belongs into events. The newest items stay."""

Item = tuple[int, Any]
"""An item of a list: when it came (ms UTC), and what it is."""


class Change(NamedTuple):
    """What is told of one trait: at an instant (ms UTC), by a source, `how` as in `TRAIT_CHANGES`
    ("" where it is set); `open_for` is the mask of purposes for which it may be shown, 0 where it
    identifies somebody."""

    how: str
    value: PropertyValue
    ts: int
    source: str = ""
    open_for: int = 0


class Trait(NamedTuple):
    """What was set (None where nothing was, or it was unset) at an instant (ms UTC, 0 for never),
    and the source that told of it last. It may be set only `once`. Since then, up to `changed`, a
    number was `added` and a list became these `items`. All of it may be shown for `open_for`."""

    value: PropertyValue | None
    set_ms: int
    source: str = ""
    once: bool = False
    open_for: int = 0
    changed_ms: int = 0
    added: float | None = None
    items: tuple[Item, ...] | None = None

    @property
    def ts(self) -> int:
        """When it was told of last, ms UTC."""
        return max(self.set_ms, self.changed_ms)

    @property
    def is_changed(self) -> bool:
        """Whether it is another value than any that was told."""
        return self.once or self.added is not None or self.items is not None

    def known(self) -> PropertyValue | None:
        """The value as it is now, a list as JSON text; None for nothing."""
        if self.items is not None:
            return msgspec.json.encode([item for _, item in self.items]).decode()
        if self.added is None:
            return self.value
        return (_number(self.value) or 0.0) + self.added

    def instants(self) -> tuple[int, ...]:
        """When all that is kept of it was told, ms UTC: a list by item."""
        return tuple(ts for ts, _ in self.items) if self.items else (self.ts,)

    def without(self, instants: AbstractSet[int]) -> Trait | None:
        """What is left without that which was told at some instants, None if nothing."""
        if not self.items:
            return None if self.ts in instants else self
        left = tuple(item for item in self.items if item[0] not in instants)
        return self._replace(items=left) if left else None


Traits = dict[str, Trait]
"""What is known of somebody, by the name of the trait."""


def changed(trait: Trait | None, change: Change) -> Trait | None:
    """A trait after a change, which came after all that made it so. What is set holds unless
    something later was told before; what is set once, only where nothing is known."""
    if change.how in ("", "unset"):
        return _set(trait, change)
    if change.how == "once":
        return _set_once(trait, change)
    known = trait or Trait(None, 0, open_for=change.open_for)
    grown = _added(known, change) if change.how == "add" else _listed(known, change)
    if grown is None:
        return trait
    return grown._replace(
        source=change.source,
        open_for=known.open_for & change.open_for,
        changed_ms=max(known.ts, change.ts),
    )


def joined(traits: Iterable[Trait]) -> Trait:
    """One or more traits of a name, of ids that are one person, as one.

    The newest that was set holds, before any that was set once, of which the oldest does. What
    changed since adds up; what changed before a later one was set is past.
    """
    every = sorted(traits, key=lambda trait: trait.ts)
    base = _base(every)
    if len(every) == 1:
        return base
    since = 0 if base.once else base.set_ms
    grown = [one for one in every if one is base or one.changed_ms >= max(since, 1)]
    added = [one.added for one in grown if one.added is not None]
    items = _joined_items(base, [one.items for one in grown if one.items is not None])
    newest = grown[-1]
    open_for = base.open_for
    for one in grown:
        open_for &= one.open_for
    return Trait(
        value=base.value,
        set_ms=base.set_ms,
        source=newest.source,
        once=base.once,
        open_for=open_for,
        changed_ms=max(one.changed_ms for one in grown),
        added=sum(added) if added else None,
        items=items,
    )


def _base(every: list[Trait]) -> Trait:
    """Of traits in order of time, the one whose set value holds."""
    outright = [one for one in every if one.set_ms and not one.once]
    if outright:
        return max(reversed(outright), key=lambda one: one.set_ms)
    once = [one for one in every if one.once]
    return min(once, key=lambda one: one.set_ms) if once else every[-1]


def _set(trait: Trait | None, change: Change) -> Trait | None:
    if trait is not None and change.ts < (trait.changed_ms if trait.once else trait.ts):
        return trait
    value = change.value if change.how == "" else None
    return Trait(value, change.ts, change.source, open_for=change.open_for)


def _set_once(trait: Trait | None, change: Change) -> Trait:
    given = Trait(change.value, change.ts, change.source, once=True, open_for=change.open_for)
    if trait is None:
        return given
    if trait.once and change.ts < trait.set_ms:
        return trait._replace(value=change.value, set_ms=change.ts)
    return trait if trait.known() is not None else given._replace(once=False)


def _added(known: Trait, change: Change) -> Trait | None:
    """A number with another one added, None where one of them is no number."""
    number = _number(change.value)
    before = known.known()
    if number is None or (before is not None and _number(before) is None):
        return None
    return known._replace(added=(known.added or 0.0) + number)


def _listed(known: Trait, change: Change) -> Trait | None:
    """A list with items more or less. A single value becomes a list of one when it is added to;
    nothing is taken out of what is none."""
    told = [_as_item(item) for item in _items_of(change.value)]
    before = _as_list(known)
    if change.how == "remove":
        if known.items is None and not _is_list(known.value):
            return None
        gone = {_text(item) for item in told}
        items = tuple(item for item in before if _text(item[1]) not in gone)
    else:
        texts = {_text(item) for _, item in before}
        items = before
        for item in told:
            if change.how == "append" or _text(item) not in texts:
                items = (*items, (change.ts, item))
                texts.add(_text(item))
    return known._replace(value=None, added=None, items=items[-ITEMS_MAX:])


def _joined_items(base: Trait, lists: list[tuple[Item, ...]]) -> tuple[Item, ...] | None:
    """Lists, and what was set before them, in order of time."""
    if not lists:
        return None
    before = _as_list(base) if base.items is None else ()
    every = sorted((item for one in (before, *lists) for item in one), key=lambda item: item[0])
    return tuple(every[-ITEMS_MAX:])


def _as_list(known: Trait) -> tuple[Item, ...]:
    if known.items is not None:
        return known.items
    value = known.known()
    return () if value is None else tuple((known.ts, _as_item(one)) for one in _items_of(value))


def _items_of(value: PropertyValue) -> list[Any]:
    """The items of a list, which has become JSON text on its way; anything else is one item."""
    if isinstance(value, str) and value.startswith("["):
        try:
            return msgspec.json.decode(value, type=list[Any])
        except msgspec.DecodeError:
            return [value]
    return [value]


def _is_list(value: PropertyValue | None) -> bool:
    return isinstance(value, str) and _items_of(value) != [value]


def _as_item(item: Any) -> Any:
    """Numbers alike whether they came alone (as floats) or in a list."""
    return int(item) if isinstance(item, float) and item.is_integer() else item


def _text(item: Any) -> str:
    return msgspec.json.encode(item).decode()


def _number(value: PropertyValue | None) -> float | None:
    is_number = isinstance(value, float | int) and not isinstance(value, bool)
    return float(value) if is_number and value is not None else None
