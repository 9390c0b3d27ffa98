"""The most that a source may give: what a vendor's sign-in tells, and nothing more."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Ceiling:
    """What a vendor's source gives, in its own words and in those that properties are usually
    called by, as of a day and as told in `told_in`."""

    vendor: str
    since: date
    gives: frozenset[str]
    says: str
    told_in: str


_LINKEDIN = """
    sub id name given_name family_name picture locale email email_verified
    full_name first_name last_name email_address photo avatar profile_picture language
"""

LINKEDIN = Ceiling(
    vendor="LinkedIn",
    # The day on which r_liteprofile and r_emailaddress ended.
    since=date(2023, 8, 1),
    gives=frozenset(_LINKEDIN.split()),
    says="name, e-mail, picture and locale",
    told_in="https://www.linkedin.com/oauth/.well-known/openid-configuration",
)

CEILINGS = {"linkedin": LINKEDIN, "linkedin_login": LINKEDIN}
"""By the vendor's key, or by what a source is called when it names no vendor."""
