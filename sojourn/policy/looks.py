"""A look at a text: whether it is broken, holds a secret, an e-mail address or a telephone number.

Clients send the same values again and again, so what a look found is remembered; only by Python's
hash of the text, so nobody's words stay in memory. (Two texts with the same hash of 64 bits, whose
seed nobody knows, would be taken for one.)
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, cast

from sojourn.policy import secrets, taxonomy

BROKEN, SECRET, EMAIL, PHONE = 1, 2, 4, 8
"""What a look can find, as bits."""
REMEMBERED_MAX = 200_000
"""About 20 MB; beyond it, remembering starts anew."""


class Looks:
    """What looks at the values that a project's clients have sent have found."""

    def __init__(self) -> None:
        self._found: dict[int, int] = {}

    def at(self, given: dict[str, Any]) -> dict[str, int]:
        """What was found in some flat properties, by name, as far as anything was."""
        # Written out for what is met most: this runs for every value that arrives.
        known = self._found
        seen: dict[str, int] = {}
        for name, value in given.items():
            if type(value) is str:
                found = known.get(hash(value))
                if found is None:
                    found = self._look(value)
                if found:
                    seen[name] = found
            elif type(value) is float and value >= secrets.CARD_NUMBER_MIN:
                seen[name] = look(value)
        return seen

    def of(self, columns: Sequence[Sequence[Any]]) -> Iterator[tuple[int, list[int]]]:
        """What was found in each value of some columns, each of one type: of those in which
        anything was, the place among the columns and a mask for each value."""
        hashed: dict[int, list[int]] = {}
        new: dict[int, str] = {}
        known = self._found
        for at, column in enumerate(columns):
            if type(column[0]) is str:
                keys = hashed[at] = list(map(hash, column))
                if not known.keys() >= set(keys):
                    new.update(zip(keys, column, strict=True))
            elif type(column[0]) is float and max(column) >= secrets.CARD_NUMBER_MIN:
                yield at, list(map(look, column))
        if new:
            # (The difference of two views goes through the larger.)
            self._meet({key: text for key, text in new.items() if key not in known})
        for at, keys in hashed.items():
            found = list(map(known.get, keys))
            if None in found:
                # Another thread has begun anew meanwhile.
                found = list(map(look, columns[at]))
            if any(found):
                yield at, cast(list[int], found)

    def _meet(self, new: dict[int, str]) -> None:
        """Look at some texts together, given by their hashes, which are known then."""
        # Apart from what is known until all is found: other threads look there meanwhile.
        looks, texts = dict.fromkeys(new, 0), list(new.values())
        for text in secrets.found_among(texts):
            looks[hash(text)] = SECRET
        for key, text in new.items():
            if "@" in text or text[:1] == "+":
                looks[key] |= _naming(text)
        if not is_whole("".join(texts)):
            for key, text in new.items():
                looks[key] |= 0 if is_whole(text) else BROKEN
        if len(self._found) + len(looks) > REMEMBERED_MAX:
            self._found.clear()
        self._found.update(looks)

    def _look(self, text: str) -> int:
        if len(self._found) >= REMEMBERED_MAX:
            self._found.clear()
        found = self._found[hash(text)] = look(text)
        return found


def look(value: Any) -> int:
    """What a value is found to be: a mask."""
    if type(value) is str and len(value) < secrets.SHORT and value.isalnum() and value.isascii():
        return 0
    found = SECRET if secrets.secret_in(value) is not None else 0
    if isinstance(value, str):
        found |= _naming(value) | (0 if is_whole(value) else BROKEN)
    return found


def _naming(text: str) -> int:
    """What in a text tells of whom it speaks."""
    found = EMAIL if taxonomy.looks_identifying(text) else 0
    return found | (PHONE if taxonomy.looks_like_phone(text) else 0)


def looks_at(given: dict[str, Any]) -> dict[str, int]:
    """What is found in some properties by looking at each."""
    return {name: found for name, value in given.items() if (found := look(value))}


def is_whole(text: str) -> bool:
    """Whether every store and file format keeps a text faithfully: no NUL, no half character."""
    if "\0" in text:
        return False
    return text.isascii() or not any("\ud800" <= char <= "\udfff" for char in text)
