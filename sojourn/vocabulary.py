"""A project's words: its event names with their codes, and its properties with their columns.

Codes never change and are the same in every part. A property has one column for each type of value
it has arrived with, so that no value is lost and no number is compared as text.
"""

from __future__ import annotations

import re
from typing import get_args

from sojourn.timeline import PropertyType

TYPES: tuple[PropertyType, ...] = get_args(PropertyType)


class Vocabulary:
    """Grows by `add_event` and `add_property`; what is in it never changes."""

    def __init__(self) -> None:
        self.names: tuple[str, ...] = ()
        self.codes: dict[str, int] = {}
        self._columns: dict[tuple[str, PropertyType], str] = {}
        self._taken: set[str] = set()

    def become(self, other: Vocabulary) -> None:
        """Take over the words of another vocabulary, as after a transaction that failed."""
        self.names, self.codes = other.names, other.codes
        self._columns, self._taken = other._columns, other._taken

    def add_event(self, name: str) -> int:
        """The code of an event name, a new one if it is new."""
        if name not in self.codes:
            self.codes[name] = len(self.names)
            self.names = (*self.names, name)
        return self.codes[name]

    def add_property(self, name: str, kind: PropertyType, column: str = "") -> str:
        """The column of a property's values of one type, a new one if it is new."""
        known = self._columns.get((name, kind))
        if known is None:
            known = column or self._free(name, kind)
            self._columns[name, kind] = known
            self._taken.add(known)
        return known

    def knows(self, name: str, kind: PropertyType) -> bool:
        """Whether the property has arrived with this type."""
        return (name, kind) in self._columns

    def columns(self, name: str) -> list[tuple[PropertyType, str]]:
        """The types a property has arrived with, each with its column."""
        return [
            (kind, self._columns[name, kind]) for kind in TYPES if (name, kind) in self._columns
        ]

    def properties(self) -> list[tuple[str, PropertyType]]:
        """Every property with every type it has arrived with, in order of arrival."""
        return list(self._columns)

    def every_column(self) -> list[str]:
        """The columns of all properties, in order of arrival."""
        return list(self._columns.values())

    def _free(self, name: str, kind: PropertyType) -> str:
        # Tools that read the table fold case and dislike most punctuation.
        plain = "p_" + (re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")[:100] or "unnamed")
        candidate, number = plain, 2
        if kind != "text" and plain in self._taken:
            candidate = plain = f"{plain}_{kind}"
        while candidate in self._taken:
            candidate, number = f"{plain}_{number}", number + 1
        return candidate
