"""Saying: what people read in the policy's own words, where nothing that is done has changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sojourn.policy.change import Change, minor
from sojourn.policy.model import Policy

TOLD = ("GDPR 12(1)",)
WORDS = {
    "says": "{who} is told in other words: {now}.",
    "statute": "The law behind {who} is {now}.",
    "assessment": "The interests behind {who} are weighed in {now}.",
    "contact": "{who} is reached by people at {now}.",
    "liable": "For {who}, {now} is liable.",
}
"""What is said of a part of a policy and shown to people, and the sentence that tells of it."""


def compare(old: Policy, new: Policy) -> Iterator[Change]:
    """Each part that both have, by its name; what is new or gone is told by what it is."""
    for section in ("purposes", "properties", "events", "recipients"):
        yield from _said(section, getattr(old, section), getattr(new, section))
    cookies = ({one.name or "": one for one in policy.cookies} for policy in (old, new))
    yield from _said("cookies", *cookies)
    # An exception has no name: it is told by its article and what it keeps.
    exceptions = (
        {f"{one.article}, {', '.join(one.categories)}": one for one in policy.exceptions}
        for policy in (old, new)
    )
    yield from _said("exceptions", *exceptions)


def _said(section: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    for place, (name, part) in enumerate(new.items()):
        before = old.get(name)
        path = f"{section}.{place if section in ('cookies', 'exceptions') else name}"
        for key, sentence in WORDS.items():
            was, now = getattr(before, key, None), getattr(part, key, None)
            if before is not None and was != now:
                shown = f"“{now}”" if now else "nothing"
                who = f"“{getattr(part, 'name', None) or name}”"
                yield minor(f"{path}.{key}", sentence.format(who=who, now=shown), TOLD)


COMPARE = compare
