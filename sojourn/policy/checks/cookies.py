"""Cookies: each one that is set is declared, with what it is for and how long it lives."""

from __future__ import annotations

from collections.abc import Iterator

from sojourn.policy import meaning
from sojourn.policy.check import Check, Context
from sojourn.policy.facts.fideslang import within
from sojourn.policy.finding import Code, Finding
from sojourn.policy.model import OWN_COOKIE, Cookie, Policy
from sojourn.policy.source import Path
from sojourn.policy.words import Duration

MEASUREMENT_MAX = Duration("13 months")
"""CNIL, guidelines of 17 September 2020 on audience measurement."""

NEEDED = ("essential", "functional.storage.privacy_preferences")
"""Uses for which something may be kept in the browser without being asked (ePrivacy 5(3))."""

UNDECLARED = Code("P501", "error", "a cookie is not declared", ("S1-19", "S1-21"))
INCOMPLETE = Code("P502", "error", "a cookie does not say what it is", ("S1-19", "GDPR 13(1)(c)"))
NO_LIFETIME = Code(
    "P503", "error", "a cookie has no lifetime", ("S1-27", "GDPR 13(2)(a)", "C-673/17")
)
TOO_LONG = Code("P504", "warning", "a measurement cookie lives too long", ("ePrivacy 5(3)",))
NOT_ESSENTIAL = Code(
    "P505", "error", "an essential cookie is for what is not essential", ("ePrivacy 5(3)",)
)


def find(context: Context) -> Iterator[Finding]:
    """Each cookie by itself, then the tracker's own."""
    policy = context.policy
    for number, cookie in enumerate(policy.cookies):
        yield from _cookie(context, ("cookies", number), cookie)
    declared = any(cookie.name == OWN_COOKIE for cookie in policy.cookies)
    if is_tracking(policy) and policy.cookieless.when != "always" and not declared:
        what = f"The tracker keeps “{OWN_COOKIE}” in the browser, which is not declared."
        mend = "List it under `cookies:`, or say `cookieless: {when: always}`."
        yield context.finding(UNDECLARED, ("cookies",), what, mend)


def is_tracking(policy: Policy) -> bool:
    """Whether any event may be taken in at all."""
    return bool(policy.events) or policy.undeclared.events == "accept"


def _cookie(context: Context, path: Path, cookie: Cookie) -> Iterator[Finding]:
    known = f"“{cookie.name}”" if cookie.name else "This cookie"
    missing = [key for key in ("name", "purpose") if not context.says((*path, key))]
    if missing:
        what = f"{known} has no {' and no '.join(missing)}."
        mend = f"Say {' and '.join(f'`{key}:`' for key in missing)}."
        yield context.finding(INCOMPLETE, path, what, mend)
    if not context.says((*path, "keep")):
        what = f"Nothing says how long {known if cookie.name else 'this cookie'} stays."
        yield context.finding(NO_LIFETIME, path, what, "Say `keep:` with a duration.")
    purpose = context.policy.purposes.get(cookie.purpose or "")
    if purpose is None:
        return
    longest = MEASUREMENT_MAX.longest
    if meaning.is_measuring(purpose) and cookie.keep and cookie.keep.longest > longest:
        what = f"{known} measures, and stays for {cookie.keep}."
        mend = f"Say {MEASUREMENT_MAX} at most, which is what the CNIL asks."
        yield context.finding(TOO_LONG, (*path, "keep"), what, mend, value=True)
    uses = meaning.uses(purpose)
    if cookie.essential and uses and not all(within(use, NEEDED) for use in uses):
        what = f"{known} is called essential, and “{cookie.purpose}” is {', '.join(uses)}."
        mend = "Leave `essential:` out, so that it is set with consent only."
        yield context.finding(NOT_ESSENTIAL, (*path, "essential"), what, mend, value=True)


CHECK = Check((UNDECLARED, INCOMPLETE, NO_LIFETIME, TOO_LONG, NOT_ESSENTIAL), find)
