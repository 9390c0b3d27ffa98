"""Publishing: how a text becomes the policy of a project, and from when on.

A version that lets more be done than people were told waits until they have been told: for as long
as `changes: {notice: …}` of the policy in force promises. Nothing of a draft was ever public, so
nobody was told anything that could be widened: a project's first policy that is none takes effect
at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

import msgspec
import sqlalchemy as sa

from sojourn import audit, tables
from sojourn.errors import BadQuestion
from sojourn.policy import compile as compiling
from sojourn.policy import versions
from sojourn.policy.change import Change
from sojourn.policy.difference import asks_again, differences
from sojourn.policy.model import Policy
from sojourn.policy.versions import Version

UTC = ZoneInfo("UTC")


class Published(msgspec.Struct, frozen=True):
    """What became of a text: the version that it is, whether it is a `new` one, and what it changes
    from the policy that was in force."""

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
    before = _read(versions.in_force(connection, project, moment.now_ms))
    changes = differences(before, policy) if before else ()
    if before and not _is_first(history, moment.now_ms):
        _refuse_too_soon(before, changes, moment.today, begin)
    versions.assign_bits(connection, project, policy.purposes)
    number = versions.publish(
        connection,
        project,
        version=policy.version or "",
        text=text,
        published_ms=moment.now_ms,
        # What a project begins with holds from the beginning, for events that are older than it.
        effective_ms=moment.begin_ms(begin) if history else 0,
        actor=actor,
        asks_again=asks_again(before, policy, changes) if before else (),
    )
    subject = f"project {project}, version {policy.version}"
    audit.write(connection, moment.now_ms, actor, "publish policy", subject)
    made = next(one for one in versions.history(connection, project) if one.number == number)
    return Published(made, new=True, changes=changes)


def give_presets(connection: sa.Connection, now_ms: int) -> None:
    """Give the preset to projects from before there were policies."""
    having = sa.select(tables.policies.c.project)
    without = sa.select(tables.projects.c.id).where(tables.projects.c.id.not_in(having))
    for project in connection.execute(without).scalars().all():
        text, actor = versions.preset(versions.PRESET), f"preset {versions.PRESET}"
        publish(connection, project, text, moment=Moment(now_ms), begin=None, actor=actor)


def _read(version: Version | None) -> Policy | None:
    """The policy of a version, whatever there is to say about it by now."""
    if version is None:
        return None
    published = datetime.fromtimestamp(version.published_ms / 1000, UTC).date()
    return compiling.compile(version.text, published).policy


def _is_first(history: list[Version], now_ms: int) -> bool:
    """Whether no policy that people could have read has been in force."""
    begun = (one for one in history if one.effective_ms <= now_ms)
    return all(read is not None and read.draft for read in map(_read, begun))


def _refuse_too_soon(
    before: Policy, changes: tuple[Change, ...], today: date, begin: date | None
) -> None:
    """Refuse to do more than people were told before they have been told."""
    widening = [one for one in changes if one.widens]
    if not widening:
        return
    first, more = widening[0], len(widening) - 1
    others = f" And {more} more." if more else ""
    notice = before.changes.notice
    earliest = today if notice is None else today + notice.longest
    if begin is None or begin < earliest:
        told = f"people are told {notice} before" if notice else "people are told from when on"
        raise BadQuestion(
            "This version widens what is done with data",
            detail=f"{first.path}: {first.what}{others} Of such a version, {told} (S1-41).",
            where="from",
            mend=f"Say from which day on: {earliest} or later.",
        )
