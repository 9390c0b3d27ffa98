"""What identifies a person, as far as a name or a value shows it by itself.

Until a project declares its categories, this is the default, and it errs on the side of sealing:
a property sealed by mistake is still on the timeline, one left in the clear by mistake is on disk.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

_WORDS = """
    email mail phone telephone mobile_phone fax
    first_name last_name full_name firstname lastname fullname surname given_name family_name
    username user_name display_name nickname
    address street street_address postal_code zip zip_code postcode
    ip ip_address ipaddress user_agent useragent
    birthday birth_date date_of_birth dob ssn passport iban
    password token secret
"""
IDENTIFYING_WORDS = frozenset(_WORDS.split())
"""Names (the last part of a dotted one) whose values are identifying wherever they stand."""

_PERSONAL_WORDS = """
    id uid user_id userid external_id customer_id
    name first last middle_name initials login handle nick alias
    avatar picture photo image website homepage bio about description signature
    facebook github instagram linkedin skype telegram twitter whatsapp
"""
PERSONAL_WORDS = frozenset(_PERSONAL_WORDS.split())
"""Names whose values are identifying when they are told of a person: an event's `name` is that of a
product or a page, a person's is their own."""

_GROUPS = """
    account company department group organisation organization plan team workspace
"""
GROUPS = frozenset(_GROUPS.split())
"""What a person belongs to has a name, too, which is not theirs."""

PHONE = re.compile(r"\+(?:[ ().\-]?\d){8,15}")
EMAIL = re.compile(r"[^\s@/:]+@[^\s@/]+\.[a-zA-Z]{2,}")


def identifies(name: str, value: Any) -> bool:
    """Whether this property's value is taken to identify a person."""
    return is_identifying_name(name) or looks_identifying(value)


def looks_identifying(value: Any) -> bool:
    """Whether a value identifies a person wherever it stands: there is an e-mail address in it."""
    return type(value) is str and "@" in value and EMAIL.search(value) is not None


def looks_like_phone(value: Any) -> bool:
    """Whether a value is a telephone number with its country in front, as ITU-T E.123 writes it."""
    return type(value) is str and value[:1] == "+" and PHONE.fullmatch(value) is not None


def identifies_when_told(name: str, value: Any) -> bool:
    """Whether a trait's value is taken to identify the person it was told of."""
    return identifies(name, value) or _is_personal_name(name)


# A project's names are few and come with every event.
@lru_cache(maxsize=10_000)
def is_identifying_name(name: str) -> bool:
    """Whether what a property of this name holds identifies a person, by its last part."""
    return _words(name)[-1] in IDENTIFYING_WORDS


@lru_cache(maxsize=10_000)
def _is_personal_name(name: str) -> bool:
    *above, last = _words(name)
    return last in PERSONAL_WORDS and not GROUPS & set(above)


def _words(name: str) -> list[str]:
    """The parts of a dotted name: `context.ipAddress`, `IP-Address` and `ip_address` end alike."""
    snakes = (re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", part.strip("$ ")) for part in name.split("."))
    return [re.sub(r"[\s\-]+", "_", snake).lower() for snake in snakes]
