"""Choices: what a person may decide of what is done with their data, as they are told of it.

A purpose that is lawful only with consent is asked for; to one that rests on somebody's interests
people may object. Which of the two depends on where they are, and is read from the very lines by
which events are judged, so that nobody is asked for what would be done anyway, or not asked.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import reduce
from operator import or_

import msgspec

from sojourn.policy import meaning
from sojourn.policy.facts.plain import CATEGORIES
from sojourn.policy.model import Policy
from sojourn.policy.rules import Rules
from sojourn.policy.wording import lasting, listed, named, used_for


class KeptInBrowser(msgspec.Struct, frozen=True):
    """A cookie, in words: how long it stays, and who sets it."""

    name: str
    keep: str
    set_by: str


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """A purpose that somebody may decide on. `asks` where nothing is done without consent;
    otherwise it is done until they object. `stopped_by` are the signals of a browser (`gpc`, `dnt`)
    that stop it; what was agreed to before `asked_again_ms` counts no more."""

    name: str
    title: str
    what: str
    asks: bool
    categories: tuple[str, ...]
    recipients: tuple[str, ...]
    cookies: tuple[KeptInBrowser, ...]
    stopped_by: tuple[str, ...]
    asked_again_ms: int | None


def choices(
    policy: Policy, rules: Rules, country: str, at: date, now_ms: int
) -> tuple[Choice, ...]:
    """What somebody in a country ("" where that is not known) may decide at an instant."""
    region = rules.region_of(country or rules.region)
    own = [line for (_, where), line in rules.lines.items() if where == region]
    asked = reduce(or_, (line.asked for line in own), 0)
    stoppable = reduce(or_, (line.stoppable for line in own), 0)
    found = []
    for name, purpose in policy.purposes.items():
        bit = rules.bits.get(name, 0)
        if not bit & (asked | stoppable):
            continue
        signals = (("gpc", rules.by_gpc), ("dnt", rules.by_dnt))
        changes = [change for change in rules.asked_again.get(name, ()) if change <= now_ms]
        one = Choice(
            name=name,
            title=named(name),
            what=used_for(purpose),
            asks=bool(bit & asked),
            categories=tuple(_categories(policy, name)),
            recipients=tuple(_recipients(policy, name, at)),
            cookies=tuple(_cookies(policy, name)),
            stopped_by=tuple(signal for signal, mask in signals if bit & mask),
            asked_again_ms=max(changes, default=None),
        )
        found.append(one)
    return tuple(found)


def _categories(policy: Policy, purpose: str) -> Iterator[str]:
    """The data that serve a purpose: each category by its name and by what it is."""
    catalogued = {
        own.category for _, _, own in meaning.collected(policy) if purpose in own.purposes
    }
    for name, category in policy.categories.items():
        if purpose in category.purposes or name in catalogued:
            what = listed(CATEGORIES.get(key, key) for key in category.means)
            yield f"{named(name)}: {what}" if category.means else named(name)


def _recipients(policy: Policy, purpose: str, at: date) -> Iterator[str]:
    for name, one in policy.recipients.items():
        is_over = one.until is not None and one.until.day < at
        if purpose in one.purposes and not is_over:
            yield one.name or named(name)


def _cookies(policy: Policy, purpose: str) -> Iterator[KeptInBrowser]:
    for one in policy.cookies:
        if one.purpose == purpose and one.name:
            keep = lasting(one.keep) if one.keep else "a time that is not said"
            yield KeptInBrowser(one.name, keep, "us" if one.party == "first" else "another company")
