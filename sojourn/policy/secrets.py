"""Secrets: card numbers, passwords and access tokens, wherever they stand.

What looks like one is not kept, whatever the policy says, for no purpose needs it (clauses S1-06,
S1-08, S2-03). Card numbers pass the check of Luhn (ISO/IEC 7812-1, annex B) and have an
issuer's beginning; tokens are known by how their makers begin them; passwords by their name, where
it stands before them or is the property's. A value is looked at as it stands and, when part of it
is base64 or has the escapes of an address (`%5B`), as what that decodes to, `DEPTH` times.

A line break is part of no secret, so many texts are looked at together, as lines of one. What is
looked for is marked by a few characters, and only where a mark stands a regular expression is
tried, and only from there: `str.find` takes a fraction of the time of `re`.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import Any, Literal
from urllib.parse import unquote

Secret = Literal["card_number", "password", "token"]

DEPTH = 3
"""So many times a text is decoded: base64 in base64 in the escapes of an address."""
SHORT = 14
"""Shorter texts hold no card number, no token and nothing in base64."""
CARD_NUMBER_MIN = 1e13
"""A smaller number is no card's."""
TOKEN_NUMBER_MIN = 1e5
"""A smaller number is no token: it counts some, or is their price."""

_GROUPED = re.compile(
    r"[0-9]{4}(?<![0-9][0-9]{4})(?<![0-9][.\-][0-9]{4})(?=(?P<more>[0-9]{10,15}"
    r"|(?P<four>[ .\-/_+])[0-9]{4}(?P=four)[0-9]{4}(?P=four)[0-9]{4}"
    r"|(?P<six>[ .\-/_+])[0-9]{6}(?P=six)[0-9]{4,5}"
    r"|[0-9](?P<five>[ .\-/_+])[0-9]{5}(?P=five)[0-9]{4,5})"
    r"(?P<tail>(?:(?P=four)[0-9]{1,3}|(?P=five)[0-9]{1,4})(?![0-9]))?"
    r"(?![0-9]|[A-Fa-f]+(?![A-Za-z])|-[0-9]|\.(?![0-9]{1,2}(?![0-9.]))[0-9]))"
)
"""Digits as they are printed on cards, all together or in groups; not as they stand in a UUID, a
hash, a version or a fraction. Two decimals may follow, as spreadsheets write them, and what follows
in digits may belong to it or not (`tail`). It begins with digits, for which `re` looks quickly."""
_SINGLE = re.compile(
    r"[0-9](?<![0-9]{2})(?<![0-9][ .\-/_+][0-9])"
    r"(?P<one>[ .\-/_+])[0-9](?:(?P=one)[0-9](?![0-9])){12,17}(?!(?P=one)[0-9](?![0-9]))"
)
"""Digits one by one."""
_HEX = re.compile(r"(?<![A-Za-z])[A-Fa-f]+\Z")
"""The end of a text that digits of a hash may follow: letters, none of which is beyond F."""
_ISSUERS = re.compile(
    r"4\d{15}(?:\d{3})?"  # Visa
    r"|(?:5[1-5]|2[2-7])\d{14}"  # Mastercard
    r"|3[47]\d{13}"  # American Express
    r"|3(?:0[0-5]|[689]\d)\d{11}(?:\d{2})?"  # Diners Club
    r"|(?:6011|64[4-9]\d|65\d\d|35[2-8]\d)\d{12}"  # Discover, JCB
    r"|62\d{14,17}"  # UnionPay
    r"|(?:50|5[6-8]|6[37])\d{14}"  # Maestro
)
_ZEROS = (
    "\u0660\u06f0\u0966\u09e6\u0a66\u0ae6\u0b66\u0be6\u0c66\u0ce6\u0d66\u0e50\u0ed0\u0f20\uff10"
)
"""The zeros of other scripts, and the wide one; the digits follow them."""
_OTHER_DIGITS = re.compile("[" + "".join(f"{zero}-{chr(ord(zero) + 9)}" for zero in _ZEROS) + "]")
_IN_ASCII: dict[int, str | None] = {
    **{ord(zero) + digit: str(digit) for zero in _ZEROS for digit in range(10)},
    **dict.fromkeys(map(ord, "\t\xa0\u1680\u202f\u205f\u3000"), " "),
    **dict.fromkeys(range(0x2000, 0x200B), " "),
    **dict.fromkeys(map(ord, "\xad\u180e\u200b\u200c\u200d\u2060\ufeff"), None),
    **dict.fromkeys((*range(0x2010, 0x2016), 0x2212, 0xFF0D), "-"),
}
"""Digits, spaces and dashes of every kind in ASCII, and without what has no width."""
_BETWEEN = b" .-/_+\t" + bytes(range(0x80, 0x100))
_AS_DIGITS = bytes(
    ord("0") if 0x30 <= byte <= 0x39 else byte if byte == 0x0A else 0 for byte in range(256)
)
"""Digits as zeros. To see that nowhere in a line 14 of them stand together, with nothing but
`_BETWEEN` between them, takes a twentieth of the time that the expressions take."""
_ENOUGH_DIGITS = b"0" * 14

_TOKENS = re.compile(
    r"(?<=[\w-]{8})\.eyJ[\w-]{8,}\."  # a JSON Web Token (RFC 7519)
    r"|\b(?:AKIA|ASIA)[0-9A-Z]{16}\b"
    r"|(?<=\b[srp])k_(?:live|test)_\w{16}"
    r"|\bgh[pousr]_\w{30}|(?<=\bgithub)_pat_\w{30}|\bglpat-[\w-]{20}|\bhf_[A-Za-z0-9]{20}"
    r"|\bsk-(?:[A-Za-z0-9]{32}|(?:proj|ant|svcacct|admin|or)-(?=[\w-]{0,60}[0-9])[\w-]{16})"
    r"|\bxox[abpr]-[\w-]{10}|\bSG\.[\w-]{16,200}\.[\w-]{16}|\bAIza[\w-]{35}"
    # A bearer's (RFC 6750); in small letters, where words follow, too, only one with a digit.
    r"|\b(?:Bearer|(?:bearer|BEARER)(?= [^\s\d]{0,80}\d)) [\w\-.~+/]{16}"
)
_SMALL_MARKS = ("k_live_", "k_test_", "gh", "xox", "glpat-", "_pat_", "sk-", "hf_", "bearer ")
_TOKEN_MARKS = (
    *_SMALL_MARKS,
    *(".eyJ", "AKIA", "ASIA", "SG.", "AIza", "Bearer ", "BEARER "),
)
"""Every token that `_TOKENS` knows begins with one of these."""
_BASIC = re.compile(r"\b(?i:basic) ([A-Za-z0-9+/]{8,2000}={0,2})")
"""A name and a password (RFC 7617), where what it decodes to has a colon."""
_BASIC_MARKS = ("Basic ", "basic ", "BASIC ")
_PRIVATE_KEY = "PRIVATE KEY"
_LONG = re.compile(r"[A-Za-z0-9_+/.\-]{16}")
"""Every token, and every secret in base64, has so many characters without a space."""

_QUALIFIERS = (
    *("confirmation", "confirm", "repeat", "again", "hashed", "hash", "encrypted"),
    *("old", "new", "value"),
)
"""What may stand behind the name of a secret: of these, the longer ones first, and a number."""
_QUALIFIER = rf"(?:{'|'.join(_QUALIFIERS)}|[0-9])"
_EQUALS = r"(?:[\"'\]\\]{0,4}\s{0,4}=>?|\\?[\"']\s{0,4}:)"
_SAYS = r"[\"'\]\\]{0,4}\s{0,4}(?:=>?|:)"
_IS = (
    r"[\s\"'\[\\]{0,8}(?!(?:true|false|null|none|undefined)\b)"
    r"[^\s\"'&;,}\]\[\\][^\s\"'&;,}\]]{3}"
)
_NAMED = re.compile(
    r"(?:"
    r"(?:pass(?:words?|wd|phrase|code|wort)|(?:(?<=de)|(?<=de[_\- ]))passe|pwd"
    r"|secret(?:[_\-]?key)?|(?:(?<=access[_\-])|(?<=refresh[_\-]))token"
    r"|(?:(?<=api)|(?<=api[_\- ]))key"
    rf")(?:[_\-]?{_QUALIFIER})?{_SAYS}{_IS}"
    rf"|(?:(?<![a-z0-9])(?:pass|authorization)|(?<![a-z])pw|token"
    rf"|(?:(?<=access[_\-])|(?<=private[_\-]))key){_EQUALS}{_IS}"
    rf"|sess(?:ion)?id{_EQUALS}{_IS}[^\s\"'&;,}}\]]{{4}}"
    rf"|(?:(?<![a-z])pin|cv[cv]2?){_EQUALS}\s{{0,4}}[\"']?[0-9]{{3,8}}(?![0-9a-z])"
    r")"
)
"""A secret that is named where it stands, in small letters: in an address, in JSON, in a form. A
name that words may have too counts only before `=` or, in quotes, before a colon."""
_NAMED_MARKS = (
    *("pass", "pwd", "secret", "token", "key", "sessionid", "sessid", "authorization"),
    *("cvc", "cvv", "pin=", 'pin"', "pw=", 'pw"'),
)
_WITHIN_ADDRESS = re.compile(r"://[^\s/?#@:]{0,80}:[^\s/?#@]{1,200}@")
"""A name and a password before a host (RFC 3986, 3.2.1)."""
_NAMES = re.compile(
    r"(?P<card_number>(?:(?:credit|debit|bank|payment)_)?card_?number|(?:\w+_)?(?:cvv|cvc)(?:_code)?"
    r"|(?:card_)?security_code)"
    r"|(?P<password>(?:\w+_)?(?:pass_?(?:words?|wd|phrase|code)|passwort|kennwort|wachtwoord|pwd|pw"
    r"|mot_?de_?passe|mdp|senha|contrase(?:n|ñ)a|secrets?|secret_?key|credentials?)"
    r"|(?:(?:user|my|login|admin|account|db|card|new|old|current)_)?(?:pass|pin))"
    r"|(?P<token>(?:\w+_)?(?:token|api_?key|jwt|csrf|xsrf|otp)"
    r"|(?:\w+_)?(?:access|refresh|auth|id|session|bearer|private|signing|encryption)_?(?:token|key)"
    r"|(?:(?:user|http|proxy|basic|x)_)*(?:auth|authorization))"
)
_PLURAL = re.compile(r"(?:word|secret|credential)s$", re.IGNORECASE)
_FLAGS = frozenset(("true", "false"))
_IN_BASE64 = bytes(
    byte if re.match(rb"[A-Za-z0-9+/_-]", bytes((byte,))) else 0x20 for byte in range(256)
)
"""What base64 is written in as it is, all else as spaces."""
_BASE64_MIN = 20


def named_like(name: str) -> Secret | None:
    """The secret that a property of this name holds; None when it holds none.

    The last word of its last part decides, whatever stands before it: `userPassword`,
    `csrf_token`, `x-api-key`; a qualifier behind it is passed over: `password_confirmation`,
    `password2`. So `token_count`, `auth_method` and `password_strength` are none, nor are `tokens`
    and `pins`, which are counted. Words that have other meanings, `pass`, `pin` and `auth`,
    count only by themselves or after whose they are: `user_pass`, not `boarding_pass`."""
    last = name.rsplit(".", 1)[-1]
    parted = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Za-z])(?=[0-9])", "_", last)
    words = re.sub(r"[\W_]+", " ", parted).lower().split()
    while len(words) > 1 and (words[-1] in _QUALIFIERS or words[-1].isdigit()):
        del words[-1]
    found = _NAMES.fullmatch("_".join(words))
    return found.lastgroup if found else None  # type: ignore[return-value]


def found_in(text: str) -> Secret | None:
    """The secret that a text holds, if it holds one."""
    return _found_in(text, DEPTH)


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
    """Whether one of these properties holds a secret by its name, or in it; clients send few sets
    of them."""
    return any(_named(name) or is_one(name) for name in names)


@lru_cache(maxsize=10_000)
def is_one(name: str) -> bool:
    """Whether the name of an event or a property holds a secret; names are few and come again."""
    return found_in(name) is not None


def found_in_identifier(text: str) -> Secret | None:
    """The secret that an identifier is. Digits alone are none: one in thirty ids of 16 digits
    passes for a card number, and an identifier stands nowhere in the clear."""
    return None if text.isdigit() else found_in(text)


def secret_of(name: str, value: Any) -> Secret | None:
    """The secret that a property holds, by its name or its value, or in its name."""
    named = _named(name)
    if named is not None and _may_be(named, name, value):
        return named
    return found_in(name) if is_one(name) else secret_in(value)


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


def _may_be(secret: Secret, name: str, value: Any) -> bool:
    """Whether a value may be the secret that its name promises: a truth never is (`has_password`),
    nor are 0 and 1, which often stand for it; a token is no small number, and a number of secrets
    counts them."""
    if isinstance(value, str):
        return value.lower() not in _FLAGS
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    if secret == "token":
        return value >= TOKEN_NUMBER_MIN
    return value not in (0, 1) and not _PLURAL.search(name)


def _found_in(text: str, depth: int) -> Secret | None:
    if len(text) < SHORT and "=" not in text and ":" not in text and "%" not in text:
        return None
    lower = text.lower()
    if _holds_card(text):
        return "card_number"
    found = _named_in(text, lower)
    if found is None and depth and "%" in text:
        found = _escaped_in(text, depth)
    if found is not None:
        return found
    # Without capitals there is no base64, and no token but of the kinds that are marked as such.
    marks = _SMALL_MARKS if lower == text else _TOKEN_MARKS
    if _first(_TOKENS, marks, text) is not None:
        return "token"
    if marks is _SMALL_MARKS:
        return None
    if _first(_BASIC, _BASIC_MARKS, text, _is_of_two) is not None:
        return "password"
    if _PRIVATE_KEY in text:
        return "token"
    if not _LONG.search(text):
        return None
    return _encoded_in(text, depth) if depth else None


def _holds_card(text: str) -> bool:
    encoded = text.encode(errors="replace")
    if len(encoded) > len(text) and _OTHER_DIGITS.search(text):
        text = text.translate(_IN_ASCII)
        encoded = text.encode(errors="replace")
    digits = encoded.translate(_AS_DIGITS, _BETWEEN)
    if _ENOUGH_DIGITS not in digits:
        return False
    lines = zip(text.split("\n"), digits.split(b"\n"), strict=True)
    return any(_ENOUGH_DIGITS in own and _holds_card_in_line(line) for line, own in lines)


def _holds_card_in_line(line: str) -> bool:
    if not line.isascii() or "\t" in line:
        line = line.translate(_IN_ASCII)
    if "  " in line:
        line = re.sub(" +", " ", line)
    for found in _GROUPED.finditer(line):
        digits = _digits(found.group() + found["more"])
        tail = _digits(found["tail"] or "")
        if not _is_card(digits) and not (tail and _is_card(digits + tail)):
            continue
        # What precedes it tells it from part of a hash.
        if not _HEX.search(line[max(0, found.start() - 40) : found.start()]):
            return True
    return any(_is_card(_digits(found.group())) for found in _SINGLE.finditer(line))


def _digits(text: str) -> str:
    return text if text.isdigit() else "".join(char for char in text if char.isdigit())


def _is_card(digits: str) -> bool:
    if not _ISSUERS.fullmatch(digits):
        return False
    total = 0
    for place, digit in enumerate(reversed(digits)):
        number = int(digit) * (1 + place % 2)
        total += number - 9 * (number > 9)
    return total % 10 == 0


def _named_in(text: str, lower: str) -> Secret | None:
    if "=" not in text and ":" not in text:
        return None
    if "@" in text and _WITHIN_ADDRESS.search(text):
        return "password"
    named = _first(_NAMED, _NAMED_MARKS, lower)
    if named is None:
        return None
    if named.group().startswith(("cv", "pin")):
        return "card_number"
    is_token = named.group().startswith(("token", "key", "sess", "auth"))
    return "token" if is_token else "password"


def _first(
    expression: re.Pattern[str],
    marks: Sequence[str],
    text: str,
    proves: Callable[[re.Match[str]], bool] | None = None,
) -> re.Match[str] | None:
    """What an expression matches where one of these marks stands in a text, if it proves it."""
    for mark in marks:
        # Most often it stands nowhere, and to see that takes half the time of `find`.
        if mark not in text:
            continue
        at = text.find(mark)
        while at >= 0:
            found = expression.match(text, at)
            if found is not None and (proves is None or proves(found)):
                return found
            at = text.find(mark, at + 1)
    return None


def _is_of_two(basic: re.Match[str]) -> bool:
    return ":" in _decoded(basic[1])


def _escaped_in(text: str, depth: int) -> Secret | None:
    """The secret in what the lines with escapes of an address say."""
    escaped = "\n".join([line for line in text.split("\n") if "%" in line])
    plain = unquote(escaped)
    return None if plain == escaped else _found_in(plain, depth - 1)


def _encoded_in(text: str, depth: int) -> Secret | None:
    """The secret in what parts of a text are in base64."""
    for run in text.encode(errors="replace").translate(_IN_BASE64).split():
        # What base64 makes of digits and words has small and capital letters.
        if len(run) < _BASE64_MIN or run.islower() or run.isupper():
            continue
        whole = run.decode()
        # A slash may belong to it or, in an address, stand before it.
        for candidate in (whole, *whole.split("/")) if "/" in whole else (whole,):
            if len(candidate) < _BASE64_MIN:
                continue
            plain = _decoded(candidate)
            if plain and (found := _found_in(plain, depth - 1)) is not None:
                return found
    return None


def _decoded(candidate: str) -> str:
    bare = candidate.rstrip("=")
    bare = bare[: len(bare) - (len(bare) % 4 == 1)]
    padded = bare + "=" * (-len(bare) % 4)
    try:
        plain = base64.b64decode(padded, altchars=b"-_" if set(padded) & {"-", "_"} else None)
        return plain.decode()
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return ""
