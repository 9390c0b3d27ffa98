"""A look at a text: whether it is broken, holds a secret, an e-mail address or a telephone number.

Clients send the same values again and again, so what a look found is remembered; only by Python's
hash of the text, so nobody's words stay in memory. (Two texts with the same hash of 64 bits, whose
seed nobody knows, would be taken for one.)
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from itertools import chain
from typing import Any

from sojourn.policy import secrets, taxonomy

BROKEN, SECRET, EMAIL, PHONE = 1, 2, 4, 8
"""What a look can find, as bits."""
REMEMBERED_MAX = 200_000
"""About 20 MB; beyond it, remembering starts anew."""

_HARMLESS = re.compile(r"[A-Za-z0-9 _./-]*")
"""What is written in these, and shorter than a secret, is none of what looks find."""


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
        known = self._found
        found: dict[int, dict[str, int]] = {}
        new: dict[int, list[str]] = {}
        for at, column in enumerate(columns):
            if type(column[0]) is str:
                found[at], new[at] = {}, []
                texts = set(column)
                if max(map(len, texts)) < secrets.SHORT and _HARMLESS.fullmatch("".join(texts)):
                    continue
                for text in texts:
                    seen = known.get(hash(text))
                    if seen is None:
                        new[at].append(text)
                    elif seen:
                        found[at][text] = seen
            elif type(column[0]) is float and max(column) >= secrets.CARD_NUMBER_MIN:
                yield at, list(map(look, column))
        met = self._meet(set(chain.from_iterable(new.values())))
        for at, masks in found.items():
            masks.update((text, met[text]) for text in new[at] if text in met)
            if masks:
                yield at, [masks.get(text, 0) for text in columns[at]]

    def _meet(self, new: Collection[str]) -> dict[str, int]:
        """Look at some texts together, which are known then: those in which anything was found."""
        found: dict[str, int] = dict.fromkeys(secrets.found_among(list(new)), SECRET)
        whole = "".join(new)
        if "@" in whole or "+" in whole:
            for text in new:
                if ("@" in text or text[:1] == "+") and (naming := _naming(text)):
                    found[text] = found.get(text, 0) | naming
        if not is_whole(whole):
            found |= {text: found.get(text, 0) | BROKEN for text in new if not is_whole(text)}
        if len(self._found) + len(new) > REMEMBERED_MAX:
            self._found.clear()
        # At once, for other threads look there meanwhile.
        self._found.update({hash(text): found.get(text, 0) for text in new})
        return found

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
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError:
            return False
    return True
