"""Wording: names, durations, days and lists of a policy as a person would say them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

from sojourn.policy.facts.countries import in_a_sentence
from sojourn.policy.facts.plain import USES
from sojourn.policy.meaning import uses
from sojourn.policy.model import Policy, Purpose, Retention
from sojourn.policy.words import Date, Duration

_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
            "eleven", "twelve")  # fmt: skip
_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September",
           "October", "November", "December")  # fmt: skip
_YEAR = 12
_CAPITALS = {"ip": "IP", "id": "ID", "url": "URL", "hr": "HR"}
_TO_YOU = re.compile(
    r"\b(about|describes|fits|for|gave|give|help|lets?|of|reach|send|tell|to|with) you\b"
)
"""After these words of ours, in `facts/plain.py`, “you” is not who does something."""
REGIONS = {"EEA": "the European Economic Area", "default": "everywhere else"}


def named(name: str) -> str:
    """A name of the policy as a heading: `billing_information` is “Billing information”."""
    words = plainly(name)
    return words[:1].upper() + words[1:]


def plainly(name: str) -> str:
    """A name of the policy within a sentence: `account_closed` is “account closed”."""
    return " ".join(_CAPITALS.get(word, word) for word in name.replace("_", " ").split())


def listed(words: Iterable[str]) -> str:
    """“a, b and c”."""
    *first, last = [*words] or ["nothing"]
    return f"{', '.join(first)} and {last}" if first else last


def counted(number: int, unit: str) -> str:
    """“one month”, “30 days”."""
    told = _NUMBERS[number] if number < len(_NUMBERS) else str(number)
    return f"{told} {unit}" if number == 1 else f"{told} {unit}s"


def lasting(duration: Duration) -> str:
    """A duration, with years where months are many: “25 months (two years and one month)”."""
    told = counted(duration.number, duration.unit)
    if duration.unit == "month" and duration.number >= _YEAR:
        years, months = divmod(duration.number, _YEAR)
        parts = [counted(years, "year"), *([counted(months, "month")] if months else [])]
        told += f" ({' and '.join(parts)})"
    return told


def dated(day: Date | date) -> str:
    """A day in full: “12 January 2026”."""
    known = day.day if isinstance(day, Date) else day
    return f"{known.day} {_MONTHS[known.month - 1]} {known.year}"


def region(name: str) -> str:
    """Where something holds: “France”, “the European Economic Area”, “everywhere else”."""
    return REGIONS.get(name) or in_a_sentence(name)


def used_for(purpose: Purpose) -> str:
    """What a purpose is, in the policy's own words where it has some."""
    return purpose.says or listed(USES.get(use, use) for use in uses(purpose))


def used_for_them(purpose: Purpose) -> str:
    """The same to others than the person; the policy's own words stay as they are."""
    return purpose.says or of_them(used_for(purpose))


def of_them(told: str) -> str:
    """One of our plain words to a person, as it is told of them to somebody else: “your name” is
    “their name”, “to give you the service” is “to give them the service”."""
    told = _TO_YOU.sub(r"\1 them", told)
    for yours, theirs in (("you", "they"), ("your", "their"), ("Your", "Their")):
        told = re.sub(rf"\b{yours}\b", theirs, told)
    return told


def purposes(policy: Policy, names: Iterable[str]) -> str:
    """Some purposes by what they are for: “to let you sign in; to take payments”."""
    told = [
        f"{named(name)} ({used_for(policy.purposes[name])})"
        if name in policy.purposes
        else named(name)
        for name in names
    ]
    return "; ".join(told) or "no purpose is said"


def kept(retention: Retention) -> str:
    """How long something is kept: “30 days after “account closed””."""
    told = "as long as the law asks"
    if retention.keep is not None:
        since = f"after “{plainly(retention.after)}”" if retention.after else "from collection"
        told = f"{lasting(retention.keep)} {since}"
    elif retention.after:
        told = f"until “{plainly(retention.after)}”"
    told += "".join(
        f"; for {plainly(purpose)} {lasting(own)}" for purpose, own in retention.by_purpose.items()
    )
    return f"{told} (law: {retention.law})" if retention.law else told
