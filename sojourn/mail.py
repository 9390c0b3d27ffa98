"""Mail: what is said to somebody who asked for it, and what became of saying it.

Whatever can send one is a `SendMail`: it gets one mail to one address, tries once, and says what
became of that. It never raises for what a server or the way to it does, and what it says repeats
no address.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

ADDRESS_CHARS_MAX = 254
"""RFC 5321, 4.5.3.1.3, without the angle brackets."""
LOCAL_CHARS_MAX = 64
"""RFC 5321, 4.5.3.1.1: what stands before the @."""
_LABEL = r"[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?"
_ADDRESS = re.compile(
    rf"[a-zA-Z0-9.!#$%&'*+/=?^_`{{|}}~-]{{1,{LOCAL_CHARS_MAX}}}@{_LABEL}(?:\.{_LABEL})+"
)
"""What a browser takes in a field for e-mail (HTML standard, “valid e-mail address”), but for
domains without a dot: those are machines of the server's own network."""


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail to one address, written at `at_ms`. Sent twice it has the same `id`, so that whoever
    gets it twice can tell. Neither the address nor the text shows when it is printed."""

    id: str
    at_ms: int
    to: str = field(repr=False)
    subject: str
    text: str = field(repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)


class Delivery(NamedTuple):
    """What became of an attempt. `later`: not now, the server says; `refused`: never;
    `unreachable`: there was no server to say anything, or not to us."""

    status: Literal["sent", "later", "refused", "unreachable"]
    detail: str


SendMail = Callable[[Mail], Delivery]


def is_address(text: str) -> bool:
    """Whether a text is an address that mail can be sent to, and nothing but one."""
    return len(text) <= ADDRESS_CHARS_MAX and _ADDRESS.fullmatch(text) is not None
