"""A look at a text: whether it is broken, holds a secret, an e-mail address or a telephone number.

Clients send the same values again and again, so what a look found is remembered; only by Python's
hash of the text, so nobody's words stay in memory. (Two texts with the same hash of 64 bits, whose
seed nobody knows, would be taken for one.)
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

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

    def meet(self, texts: Iterable[object]) -> None:
        """Look at the new ones of some values together, which are then known one by one."""
        known = self._found
        new = [value for value in texts if type(value) is str and hash(value) not in known]
        # Apart from what is known until all is found: other threads look there meanwhile.
        looks = dict.fromkeys(map(hash, new), 0)
        for text in secrets.found_among(new):
            looks[hash(text)] = SECRET
        are_whole = is_whole("".join(new))
        for text in new:
            if "@" in text or text[:1] == "+" or not are_whole:
                looks[hash(text)] |= _beside_secrets(text)
        if len(known) + len(looks) > REMEMBERED_MAX:
            known.clear()
        known.update(looks)

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
    return found | _beside_secrets(value) if isinstance(value, str) else found


def _beside_secrets(text: str) -> int:
    found = 0 if is_whole(text) else BROKEN
    found |= EMAIL if taxonomy.looks_identifying(text) else 0
    return found | (PHONE if taxonomy.looks_like_phone(text) else 0)


def looks_at(given: dict[str, Any]) -> dict[str, int]:
    """What is found in some properties by looking at each."""
    return {name: found for name, value in given.items() if (found := look(value))}


def is_whole(text: str) -> bool:
    """Whether every store and file format keeps a text faithfully: no NUL, no half character."""
    if "\0" in text:
        return False
    return text.isascii() or not any("\ud800" <= char <= "\udfff" for char in text)
