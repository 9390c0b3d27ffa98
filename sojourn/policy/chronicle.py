"""The changes page: every version of a policy that was public, when it holds, and what it changed.

A version that is still to come stands there, too: people hear of it before it holds.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, tzinfo
from typing import NamedTuple

from sojourn.policy import reading, source
from sojourn.policy.change import Change
from sojourn.policy.compile import compile
from sojourn.policy.difference import differences
from sojourn.policy.model import Policy
from sojourn.policy.page import Markup, Section, Sheet, join, page, tag, told
from sojourn.policy.versions import Version
from sojourn.policy.wording import dated, named

DIGEST_SHOWN = 16
"""Hex digits by which a text is recognised; the whole stands in its title."""


class Step(NamedTuple):
    """A version that was public, and what it changed from the public one `before` it, if any."""

    version: Version
    policy: Policy
    before: Policy | None
    changes: tuple[Change, ...]


def steps(versions: Sequence[Version]) -> Iterator[Step]:
    """Every version that was public, of all, in the order of publishing."""
    before: Policy | None = None
    for version in versions:
        policy = read(version)
        if not policy.draft:
            yield Step(version, policy, before, differences(before, policy) if before else ())
            before = policy


def html(versions: Sequence[Version], number: int, at: date, zone: tzinfo) -> str:
    """The page as of a day; `number` is the version in force, `versions` are all, oldest first.
    Days are those of a time zone."""
    (current,) = (one for one in versions if one.number == number)
    sheet = Sheet(compile(current.text, at), at)
    sections = list(_sections(sheet, list(steps(versions)), number, zone))
    sections.reverse()
    lead = "Every version that was in force or will be, the newest first, and what it changed."
    return page(sheet, "Changes", lead, sections, "changes")


def _sections(sheet: Sheet, public: Sequence[Step], number: int, zone: tzinfo) -> Iterator[Section]:
    for place, step in enumerate(public, 1):
        version = step.version
        days = told(_days(version, zone, now=version.number == number, at=sheet.at))
        own = sheet if version.number == number else None
        content = join(days, _changed(step, own))
        yield Section(f"version-{place}", f"Version {version.version or place}", content)


def _days(version: Version, zone: tzinfo, *, now: bool, at: date) -> Iterator[tuple[str, str]]:
    published, begins = days_of(version, zone)
    yield "Published", dated(published)
    yield "In force", f"from {dated(begins)} on" + (", and now" if now else "")
    if begins > at:
        yield "Note", "This version does not hold yet."
    if version.asks_again:
        yield "Asked again", f"Consent for {', '.join(map(named, version.asks_again))}"
    digest = version.digest.hex()
    yield "Text", tag("span", f"SHA-256 {digest[:DIGEST_SHOWN]}…", title=digest)


def _changed(step: Step, own: Sheet | None) -> Markup:
    if step.before is None:
        return tag("p", "The first version that was public.")
    changes = step.changes
    if not changes:
        return tag("p", "Nothing changed in what is done with data.")
    important = [one for one in changes if one.material]
    others = [one for one in changes if not one.material]
    parts = []
    if important:
        parts += [tag("h3", "What matters to you"), _list(important, own)]
    if others:
        parts += [tag("h3", "Besides"), _list(others, own)]
    return join(*parts)


def _list(changes: Sequence[Change], own: Sheet | None) -> Markup:
    """The changes; those of the version in force with the line that says so."""
    items = [
        tag("li", own.says(one.what, *one.path.split(".")) if own else one.what) for one in changes
    ]
    return tag("ul", *items)


def read(version: Version) -> Policy:
    """The typed tree of a version, whatever there is to say about it by now."""
    return reading.read(source.parse(version.text).data).policy


def days_of(version: Version, zone: tzinfo) -> tuple[date, date]:
    """The days on which a version was published and takes effect, in a time zone."""
    published, effective = _day(version.published_ms, zone), _day(version.effective_ms, zone)
    # What holds from the very beginning holds since it was published.
    return published, max(published, effective)


def _day(instant_ms: int, zone: tzinfo) -> date:
    return datetime.fromtimestamp(instant_ms / 1000, zone).date()
