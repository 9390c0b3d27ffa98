"""Secrets: card numbers, passwords and access tokens, wherever they stand.

What looks like one is not kept, whatever the policy says, for no purpose needs it (clauses S1-06,
S1-08, S2-03). Card numbers pass the check of Luhn (ISO/IEC 7812-1, annex B) and have an
issuer's beginning; tokens are known by how their makers begin them. A value is looked at as it
stands and, when part of it is base64, as what that decodes to.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any, Literal

Secret = Literal["card_number", "password", "token"]

_DIGITS = re.compile(
    r"[0-9]\d\d\d(?<![0-9A-Fa-f]\d{4})(?<!\d[.\-]\d{4})(?:"
    r"\d{10,15}"
    r"|(?P<four>[ .\-])\d{4}(?P=four)\d{4}(?P=four)\d{4}(?:(?P=four)\d{1,3})?"
    r"|(?P<six>[ .\-])\d{6}(?P=six)\d{4,5}"
    r")(?![0-9A-Fa-f])(?![.\-]\d)"
)
"""Digits as they are printed on cards, all together or in groups; not as they stand in a UUID, a
hash, a version or a number with decimals. It begins with digits, for which `re` looks quickly."""
_ISSUERS = re.compile(
    r"4\d{15}(?:\d{3})?"  # Visa
    r"|(?:5[1-5]|2[2-7])\d{14}"  # Mastercard
    r"|3[47]\d{13}"  # American Express
    r"|3(?:0[0-5]|[689]\d)\d{11}(?:\d{2})?"  # Diners Club
    r"|(?:6011|64[4-9]\d|65\d\d|35[2-8]\d)\d{12}"  # Discover, JCB
    r"|62\d{14,17}"  # UnionPay
    r"|(?:50|5[6-8]|6[37])\d{14}"  # Maestro
)
_TOKENS = re.compile(
    r"eyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]*"  # a JSON Web Token (RFC 7519)
    r"|\b(?:AKIA|ASIA)[0-9A-Z]{16}\b"
    r"|\b[srp]k_(?:live|test)_\w{16,}"
    r"|\bgh[pousr]_\w{30,}|\bgithub_pat_\w{30,}|\bglpat-[\w-]{20,}"
    r"|\bxox[abpr]-[\w-]{10,}|\bSG\.[\w-]{16,}\.[\w-]{16,}|\bAIza[\w-]{35}"
    r"|\bBearer [\w\-.~+/]{16,}"
)
_SMALL_MARKS = ("k_live_", "k_test_", "xox", "glpat-", "github_pat_")
_TOKEN_MARKS = (
    *_SMALL_MARKS,
    *("eyJ", "AKIA", "ASIA", "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "SG.", "AIza", "Bearer "),
)
"""One of these stands in every token that `_TOKENS` knows; to look for them first is quicker."""
_PRIVATE_KEY = "PRIVATE KEY"
_LONG = re.compile(r"[A-Za-z0-9_+/.\-]{16}")
"""Every token, and every secret in base64, has so many characters without a space."""
_NAMED = re.compile(
    r"(?:pass(?:word|wd|phrase)|pwd|secret|access_token|refresh_token|api_?key)"
    r"[\"']?\s*[=:]\s*[\"']?[^\s\"'&;,}\]]{4,}"
)
"""A password or a token that is named where it stands: in an address, in JSON, in a form."""
_NAMED_MARKS = ("pass", "pwd", "secret", "token", "key")
_NAMES = re.compile(
    r"pass(word|wd|phrase|code)(_hash)?|pwd|secret|credential|card_?number|cvv|cvc|"
    r"(access|refresh|auth|api|id|session|bearer)_?(token|key)|token",
    re.IGNORECASE,
)
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{20,}={0,2}")
SHORT = 14
"""Shorter texts hold no card number, no token and nothing in base64."""
CARD_NUMBER_MIN = 1e13
"""A smaller number is no card's."""
_BETWEEN = b" .-"
_AS_DIGITS = bytes(ord("0") if 0x30 <= byte <= 0x39 or byte >= 0x80 else 0 for byte in range(256))
"""Digits, and what might be part of one, as zeros. To see that nowhere 14 of them stand together,
with nothing but `_BETWEEN` between them, takes a twentieth of the time that `_DIGITS` takes."""
_ENOUGH_DIGITS = b"0" * 14


def named_like(name: str) -> Secret | None:
    """The secret that a property of this name holds, by its last part; None when it holds none."""
    last = name.rsplit(".", 1)[-1]
    snake = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", last).replace("-", "_").replace(" ", "_")
    found = _NAMES.fullmatch(snake.strip("$_"))
    if not found:
        return None
    word = found.group().lower()
    if word.startswith(("card", "cv")):
        return "card_number"
    return "password" if word.startswith(("pass", "pwd", "secret", "cred")) else "token"


def found_in(text: str) -> Secret | None:
    """The secret that a text holds, if it holds one."""
    if len(text) < SHORT and "=" not in text and ":" not in text:
        return None
    lower = text.lower()
    found = _plainly_in(text, lower)
    # Without capitals there is no base64, and no token but of the kinds that are marked below.
    if found is not None or (lower == text and not _holds(text, _SMALL_MARKS)):
        return found
    if _PRIVATE_KEY in text:
        return "token"
    if not _LONG.search(text):
        return None
    if _holds(text, _TOKEN_MARKS) and _TOKENS.search(text):
        return "token"
    for candidate in _BASE64.findall(text):
        # What base64 makes of digits and words has small and capital letters.
        if candidate.islower() or candidate.isupper():
            continue
        plain = _decoded(candidate)
        if plain and (found := _plainly_in(plain, plain.lower())) is not None:
            return found
    return None


def found_among(texts: Sequence[str]) -> Iterator[str]:
    """Those of some texts that hold a secret."""
    # Most often none does, and to see that of all together takes a fraction of the time. A line
    # break is part of no secret, so what stands in one of them stands in them together.
    if not texts or found_in("\n".join(texts)) is None:
        return
    if len(texts) == 1:
        yield texts[0]
        return
    half = len(texts) // 2
    yield from found_among(texts[:half])
    yield from found_among(texts[half:])


@lru_cache(maxsize=500)
def is_named_like_one(names: tuple[str, ...]) -> bool:
    """Whether one of these properties holds a secret by its name; clients send few sets of
    them."""
    return any(map(named_like, names))


@lru_cache(maxsize=10_000)
def is_one(name: str) -> bool:
    """Whether the name of an event holds a secret; names are few and come again."""
    return found_in(name) is not None


def found_in_identifier(text: str) -> Secret | None:
    """The secret that an identifier is. Digits alone are none: one in thirty ids of 16 digits
    passes for a card number, and an identifier stands nowhere in the clear."""
    return None if text.isdigit() else found_in(text)


def secret_of(name: str, value: Any) -> Secret | None:
    """The secret that a property holds, by its name or its value."""
    return (_named(name) if isinstance(value, str) else None) or secret_in(value)


def secret_in(value: Any) -> Secret | None:
    """The secret that a property's value holds, whatever its name."""
    if isinstance(value, str):
        return found_in(value)
    if isinstance(value, float) and value >= CARD_NUMBER_MIN and value.is_integer():
        return found_in(f"{value:.0f}")
    return None


@lru_cache(maxsize=10_000)
def _named(name: str) -> Secret | None:
    return named_like(name)


def _plainly_in(text: str, lower: str) -> Secret | None:
    if _ENOUGH_DIGITS in text.encode(errors="replace").translate(_AS_DIGITS, _BETWEEN):
        for found in _DIGITS.finditer(text):
            if _is_card("".join(char for char in found.group() if char.isdigit())):
                return "card_number"
    if ("=" in text or ":" in text) and _holds(lower, _NAMED_MARKS):
        named = _NAMED.search(lower)
        if named is not None:
            is_token = "token" in named.group() or "key" in named.group()
            return "token" if is_token else "password"
    return None


def _holds(text: str, marks: tuple[str, ...]) -> bool:
    # A loop takes a third of the time of `any`, and this runs for every value that arrives.
    for mark in marks:  # noqa: SIM110
        if mark in text:
            return True
    return False


def _is_card(digits: str) -> bool:
    if not _ISSUERS.fullmatch(digits):
        return False
    total = 0
    for place, digit in enumerate(reversed(digits)):
        number = int(digit) * (1 + place % 2)
        total += number - 9 * (number > 9)
    return total % 10 == 0


def _decoded(candidate: str) -> str:
    padded = candidate.rstrip("=") + "=" * (-len(candidate.rstrip("=")) % 4)
    try:
        plain = base64.b64decode(padded, altchars=b"-_" if set(padded) & {"-", "_"} else None)
        return plain.decode("ascii")
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return ""
