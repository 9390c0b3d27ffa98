"""Message ids for clients that give none, made of the very words of their messages.

Who tries again sends the same words, only later and perhaps over another network. So an id that is
made of the words alone is the same each time, and what is sent again is stored once. Something in
the words must differ from call to call, such as an instant or a random number: without it, what
happened twice would be taken for what was sent twice. A wire knows its clients' words, so the wire
says of which an id can be made.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from hashlib import blake2b
from typing import Any

import msgspec

ID_BYTES = 16
"""Among 2^64 messages there would be two with the same hash of this length."""


def message_ids(told: Iterable[Any]) -> list[str]:
    """An id for each message of a request, given as the words it is recognised by (any JSON), and
    "" for one that has none (None). Equal messages in one request are several, each with its own
    id: nobody tries again within one request."""
    seen: Counter[bytes] = Counter()
    return [_id_of(words, seen) for words in told]


def numbered(content: bytes, seen: Counter[bytes]) -> str:
    """An id made of a content, and of which of its equals it is; `seen` counts them so far."""
    digest = blake2b(content, digest_size=ID_BYTES).digest()
    seen[digest] += 1
    return f"{digest.hex()}-{seen[digest]}"


def _id_of(words: Any, seen: Counter[bytes]) -> str:
    if words is None:
        return ""
    try:
        return numbered(msgspec.json.encode(words, order="sorted"), seen)
    except (UnicodeEncodeError, RecursionError):
        return ""  # The pipeline says what is wrong with such a message.
