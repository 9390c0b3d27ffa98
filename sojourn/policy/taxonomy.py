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

EMAIL = re.compile(r"[^\s@/:]+@[^\s@/]+\.[a-zA-Z]{2,}")


def identifies(name: str, value: Any) -> bool:
    """Whether this property's value is taken to identify a person."""
    return _is_identifying_name(name) or (
        isinstance(value, str) and "@" in value and EMAIL.search(value) is not None
    )


# A project's names are few and come with every event.
@lru_cache(maxsize=10_000)
def _is_identifying_name(name: str) -> bool:
    """`context.ipAddress`, `IP-Address` and `ip_address` are one word."""
    last = name.rsplit(".", 1)[-1].strip("$ ")
    snake = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", last)
    return re.sub(r"[\s\-]+", "_", snake).lower() in IDENTIFYING_WORDS
