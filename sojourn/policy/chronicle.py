"""The changes page: every version of a policy that was public, when it holds, and what it changed.

A version that is still to come stands there, too: people hear of it before it holds. One that was
dropped while it waited stays there as withdrawn.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, tzinfo
from typing import NamedTuple

from sojourn.policy import reading, source
from sojourn.policy.change import Change
from sojourn.policy.compile import compile
from sojourn.policy.difference import differences
from sojourn.policy.model import Policy
from sojourn.policy.page import Markup, Section, Sheet, join, page, tag, told
from sojourn.policy.versions import Version, withdrawn
from sojourn.policy.versions import ends as ends_of
from sojourn.policy.wording import dated, named

DIGEST_SHOWN = 16
"""Hex digits by which a text is recognised; the whole stands in its title."""


class Step(NamedTuple):
    """A version that was public, and what it changes of the public one that holds `before` it, if
    any. `label` tells it from others; `ends_ms` is when another takes over, where one does.
    `withdrawn` is the version that dropped it before it held."""

    version: Version
    policy: Policy
    label: str
    before: Policy | None
    changes: tuple[Change, ...]
    ends_ms: int | None = None
    withdrawn: Version | None = None

    def days(self, zone: tzinfo) -> tuple[date, date]:
        """The days on which it was published and takes effect, in a time zone."""
        published, begins = (_day(ms, zone) for ms in (self.version.published_ms, self.begins_ms))
        return published, begins

    @property
    def begins_ms(self) -> int:
        """When it takes effect. What holds from the very beginning holds since its publishing."""
        return max(self.version.published_ms, self.version.effective_ms)


def steps(versions: Sequence[Version]) -> Iterator[Step]:
    """Every version that was public, of all, in the order of publishing.

    Each is compared with the one that holds until it does, not with one that was only announced.
    Several under one label are counted.
    """
    dropped, ends = withdrawn(versions), ends_of(versions)
    labels: Counter[str] = Counter()
    public: list[tuple[Version, Policy]] = []
    for version in versions:
        policy = read(version)
        if policy.draft:
            continue
        # What was dropped by then; what is dropped later was still to hold when this was published.
        held = [one for one in public if not _is_dropped(dropped, one[0], version.number)]
        before = _before(held, version)
        label = version.version or "without a number"
        labels[label] += 1
        yield Step(
            version,
            policy,
            label if labels[label] == 1 else f"{label} ({labels[label]})",
            before,
            differences(before, policy) if before else (),
            ends.get(version.number),
            dropped.get(version.number),
        )
        public.append((version, policy))


def _before(public: Sequence[tuple[Version, Policy]], version: Version) -> Policy | None:
    """The policy that holds until a version does, of those that were to hold by then."""
    for one, policy in reversed(public):
        if one.effective_ms <= version.effective_ms:
            return policy
    return None


def _is_dropped(dropped: Mapping[int, Version], version: Version, number: int) -> bool:
    """Whether a version had been dropped once the one of a number was published."""
    return version.number in dropped and dropped[version.number].number <= number


def html(versions: Sequence[Version], number: int, at: date, zone: tzinfo) -> str:
    """The page as of a day; `number` is the version in force, `versions` are all, oldest first.
    Days are those of a time zone."""
    (current,) = (one for one in versions if one.number == number)
    sheet = Sheet(compile(current.text, at), at)
    sections = list(_sections(sheet, list(steps(versions)), number, zone))
    sections.reverse()
    lead = "Every version that held, will hold or was to, the newest first, and what it changed."
    return page(sheet, "Changes", lead, sections, "changes")


def _sections(sheet: Sheet, public: Sequence[Step], number: int, zone: tzinfo) -> Iterator[Section]:
    for place, step in enumerate(public, 1):
        now = step.version.number == number
        days = told(_days(step, zone, now=now, at=sheet.at))
        content = join(days, _changed(step, sheet if now else None))
        yield Section(f"version-{place}", f"Version {step.label}", content)


def _days(step: Step, zone: tzinfo, *, now: bool, at: date) -> Iterator[tuple[str, str]]:
    version, (published, begins) = step.version, step.days(zone)
    yield "Published", dated(published)
    yield "In force", period(step, zone) + (", and now" if now else "")
    if step.withdrawn:
        yield "Note", f"It was to hold from {dated(begins)} on."
    elif begins > at:
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


def period(step: Step, zone: tzinfo) -> str:
    """From when on a version holds, until when where that is known, or that it never did."""
    if step.withdrawn:
        on = _day(step.withdrawn.published_ms, zone)
        return f"never: withdrawn on {dated(on)}, before it held"
    _, begins = step.days(zone)
    if step.ends_ms is None:
        return f"from {dated(begins)} on"
    end = _day(step.ends_ms, zone)
    return f"on {dated(end)}" if end <= begins else f"from {dated(begins)} until {dated(end)}"


def _day(instant_ms: int, zone: tzinfo) -> date:
    return datetime.fromtimestamp(instant_ms / 1000, zone).date()
