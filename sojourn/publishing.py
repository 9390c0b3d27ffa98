"""Publishing: how a text becomes the policy of a project, and from when on.

A version that lets more be done than people were told waits until they have been told: for as long
as `changes: {notice: …}` promises. The longest promise counts that people may rely on: of each
version in force until this one begins, and of one that was within the time it promised itself; to
promise less is a change that waits as well. Nothing of a draft was ever public, so nobody was told
anything that could be widened: a project's first policy that is none takes effect at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import dropwhile
from zoneinfo import ZoneInfo

import msgspec
import sqlalchemy as sa

from sojourn import audit, tables
from sojourn.errors import BadQuestion
from sojourn.policy import compile as compiling
from sojourn.policy import versions
from sojourn.policy.change import Change
from sojourn.policy.chronicle import read
from sojourn.policy.difference import asks_again, differences
from sojourn.policy.model import Policy
from sojourn.policy.versions import Version
from sojourn.policy.words import Duration

UTC = ZoneInfo("UTC")
PROMISE = "changes.notice"
"""Where a policy says how long before they hold people are told of changes."""


class Published(msgspec.Struct, frozen=True):
    """What became of a text: the version that it is, whether it is a `new` one, and what it changes
    from the policy that is in force until it begins."""

    version: Version
    new: bool
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True)
class Moment:
    """When something is published: now, and which day that is where the project is."""

    now_ms: int
    zone: ZoneInfo = UTC

    @property
    def today(self) -> date:
        """The project's day."""
        return datetime.fromtimestamp(self.now_ms / 1000, self.zone).date()

    def begin_ms(self, day: date | None) -> int:
        """The instant at which a day begins, or now where that has passed or none is named."""
        if day is None:
            return self.now_ms
        begin = datetime(day.year, day.month, day.day, tzinfo=self.zone)
        return max(self.now_ms, int(begin.timestamp() * 1000))


def publish(
    connection: sa.Connection,
    project: int,
    text: str,
    *,
    moment: Moment,
    begin: date | None,
    actor: str,
) -> Published:
    """Make a text that compiles the project's policy from the day `begin` on, or from now on."""
    # It has to hold on the day on which it takes effect.
    policy = compiling.compiled_to_run(text, max(moment.today, begin or moment.today)).policy
    history = versions.history(connection, project)
    if history and history[-1].text == text:
        return Published(history[-1], new=False)
    if begin is not None and begin < moment.today:
        raise BadQuestion(
            "A policy cannot take effect in the past",
            detail=f"{begin} is before {moment.today}.",
            where="from",
            mend=f"Say {moment.today} or later.",
        )
    begin_ms = moment.begin_ms(begin)
    # What waits and would begin no earlier than this one never holds, and is compared with nothing.
    begun = _begun(history, max(moment.now_ms, begin_ms - 1))
    before = _read(begun[-1]) if begun else None
    changes = differences(before, policy) if before else ()
    _refuse_too_soon(_public(begun), changes, moment, begin)
    versions.assign_bits(connection, project, policy.purposes)
    number = versions.publish(
        connection,
        project,
        version=policy.version or "",
        text=text,
        published_ms=moment.now_ms,
        # What a project begins with holds from the beginning, for events that are older than it.
        effective_ms=begin_ms if history else 0,
        actor=actor,
        asks_again=asks_again(before, policy, changes) if before else (),
    )
    made = next(one for one in versions.history(connection, project) if one.number == number)
    subject = f"project {project}, version {number} ({made.version}), SHA-256 {made.digest.hex()}"
    audit.write(connection, moment.now_ms, actor, "publish policy", subject)
    return Published(made, new=True, changes=changes)


def give_presets(connection: sa.Connection, now_ms: int) -> None:
    """Give the preset to projects from before there were policies."""
    having = sa.select(tables.policies.c.project)
    without = sa.select(tables.projects.c.id).where(tables.projects.c.id.not_in(having))
    for project in connection.execute(without).scalars().all():
        text, actor = versions.preset(versions.PRESET), f"preset {versions.PRESET}"
        publish(connection, project, text, moment=Moment(now_ms), begin=None, actor=actor)


def _read(version: Version) -> Policy:
    """The policy of a version, whatever there is to say about it by now."""
    published = datetime.fromtimestamp(version.published_ms / 1000, UTC).date()
    return compiling.compile(version.text, published).policy


def _begun(history: Sequence[Version], at_ms: int) -> list[Version]:
    """The versions that have begun by an instant; the last of them is in force then."""
    return [one for one in history if one.effective_ms <= at_ms]


def _public(begun: Sequence[Version]) -> list[Version]:
    """From the first version on that people could have read; one that is a draft again is in force
    beside what was promised before it."""
    return list(dropwhile(lambda one: read(one).draft, begun))


def _promise(public: Sequence[Version], now_ms: int) -> tuple[Version, Duration] | None:
    """The longest notice that people may rely on, and the version that promises it: of those in
    force from now on, and of those that were for as long ago as they promise. What was withdrawn
    before it held promised nothing."""
    dropped, ends = versions.withdrawn(public), versions.ends(public)
    found: tuple[Version, Duration] | None = None
    for version in public:
        notice = read(version).changes.notice
        if notice is None or version.number in dropped:
            continue
        relied_ms = ends.get(version.number, now_ms) + notice.longest // timedelta(milliseconds=1)
        if relied_ms > now_ms and (found is None or notice.longest >= found[1].longest):
            found = version, notice
    return found


def _refuse_too_soon(
    public: Sequence[Version], changes: tuple[Change, ...], moment: Moment, begin: date | None
) -> None:
    """Refuse to do more than people were told before they have been told; `public` are the versions
    that they could read or can until then."""
    widening = [one for one in changes if one.widens]
    if not widening or not public:
        return
    promise = _promise(public, moment.now_ms)
    earliest = moment.today + promise[1].longest if promise else moment.today
    if begin is not None and begin >= earliest:
        return
    first, more = widening[0], len(widening) - 1
    others = f" And {more} more." if more else ""
    told = "people are told from when on"
    if promise:
        told = f"people are told {promise[1]} before, as version {promise[0].number} promises"
    title = "This version widens what is done with data"
    if all(one.path == PROMISE for one in widening):
        title = "This version promises less notice than people were told"
    raise BadQuestion(
        title,
        detail=f"{first.path}: {first.what}{others} Of such a version, {told} (S1-41).",
        where="from",
        mend=f"Say from which day on: {earliest} or later.",
    )
