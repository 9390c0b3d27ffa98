"""Mailings: what is to be sent to which subscription, and what became of it (clause S1-41).

A version that changes recipients makes one mailing for each subscription, together with the note
that it was looked at, so that no crash loses or doubles one. A mailing that was taken is not sent
again. Should the process end between the server's yes and our writing it down, the mail goes once
more under the same Message-ID, by which those who get both can tell: being told twice does less
harm than not at all.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import msgspec
import sqlalchemy as sa

from sojourn import audit, control, tables
from sojourn.control import writing
from sojourn.egress.subscriber import WAITING_HOURS, unseal
from sojourn.ingest.project import Project
from sojourn.mail import Delivery, Mail, SendMail
from sojourn.policy import letter, versions
from sojourn.policy.chronicle import Step, read, steps
from sojourn.policy.versions import Version

CONFIRMING = 0
"""Stands where others have the number of a version: the mail that asks whether it was they."""
FIRST_WAIT_MS = 5 * 60_000
"""How long to wait after the first attempt; greylisting lets one through after some minutes. Each
further wait is twice as long."""
WAIT_MS_MAX = 4 * 3_600_000
GIVEN_UP_AFTER_MS = 5 * 24 * 3_600_000
"""RFC 5321, 4.5.4.1: after four or five days."""


class Told(msgspec.Struct, frozen=True):
    """How far those who asked have been told of one version; `failures` says why some were not."""

    policy: int
    due: int
    sent: int
    failed: int
    failures: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Mailings:
    """The mailings of one project. `pages` is the address below which its public pages are."""

    engine: sa.Engine
    project: Project
    clock_ms: Callable[[], int]
    pages: str

    def plan(self) -> int:
        """Make the mailings of the versions that were published since; how many."""
        mark, table = f"told {self.project.id}", tables.progress
        newest = sa.select(sa.func.max(tables.policies.c.number)).where(
            tables.policies.c.project == self.project.id
        )
        seen = sa.select(table.c.value).where(table.c.name == mark)
        with self.engine.begin() as connection:
            if connection.execute(newest).scalar() == connection.execute(seen).scalar():
                return 0
        with writing(self.engine).begin() as connection:
            history = versions.history(connection, self.project.id)
            last = connection.execute(seen).scalar() or 0
            made = 0
            public = list(steps(history))
            for step in public:
                if step.version.number > last and not step.withdrawn:
                    numbers = self._concerned(connection, step, public)
                    number = step.version.number
                    queue(connection, self.project.id, number, numbers, self.clock_ms())
                    made += len(numbers)
            _drop_withdrawn(connection, self.project.id, public)
            row = {"name": mark, "value": history[-1].number}
            control.upsert(connection, table, [row])
        return made

    def _concerned(
        self, connection: sa.Connection, step: Step, public: Sequence[Step]
    ) -> list[int]:
        """The subscriptions to be told of a version: all, where recipients change; those that were
        told of what it withdraws; or none."""
        confirmed = _confirmed(connection, self.project.id)
        if letter.of_recipients(step.changes):
            return confirmed
        dropped = [one.version.number for one in letter.dropped_by(step, public)]
        table = tables.mailings
        was_told = sa.select(table.c.subscription).where(
            table.c.project == self.project.id,
            table.c.policy.in_(dropped),
            table.c.state == "sent",
        )
        told = set(connection.execute(was_told).scalars())
        return [number for number in confirmed if number in told]

    def send_next(self, send: SendMail) -> bool:
        """Try the mailing that has been due longest; whether it makes sense to try another."""
        with self.engine.begin() as connection:
            row = connection.execute(_due(self.project.id, self.clock_ms())).first()
            if row is None:
                return False
            mail = self._mail(connection, row)
        delivery = send(mail)
        with writing(self.engine).begin() as connection:
            self._settle(connection, row, delivery)
        return delivery.status != "unreachable"

    def told(self) -> list[Told]:
        """What became of the mailings, by version, the newest first."""
        table = tables.mailings
        chosen = sa.select(table.c.policy, table.c.state, table.c.detail, sa.func.count()).where(
            table.c.project == self.project.id, table.c.policy != CONFIRMING
        )
        grouped = chosen.group_by(table.c.policy, table.c.state, table.c.detail)
        counts: dict[int, dict[str, int]] = {}
        failures: dict[int, list[str]] = {}
        with self.engine.begin() as connection:
            for policy, state, detail, count in connection.execute(grouped):
                own = counts.setdefault(policy, {"due": 0, "sent": 0, "failed": 0})
                own[state] += count
                if state == "failed":
                    failures.setdefault(policy, []).append(detail)
        return [
            Told(policy=policy, **counts[policy], failures=tuple(sorted(failures.get(policy, ()))))
            for policy in sorted(counts, reverse=True)
        ]

    def _mail(self, connection: sa.Connection, row: sa.Row[Any]) -> Mail:
        subscriber = unseal(self.project.vault, bytes(row.address), bytes(row.sealed))
        link = f"{self.pages}/subscription?link={subscriber.link}"
        headers = {"List-Unsubscribe": f"<{link}>"}
        # RFC 8058: a mail program may stop it for its person with one request.
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        if row.policy == CONFIRMING:
            ruling = versions.ruling(connection, self.project.id, self.clock_ms())
            said = letter.confirming(read(ruling), link, WAITING_HOURS)
        else:
            history = tuple(versions.history(connection, self.project.id))
            step, dropped = _step(history, row.policy)
            said = letter.telling(step, dropped, self.project.zone, self.pages, link)
        id = self.project.vault.digest("mailing", f"{row.number}/{row.asked_ms}").hex()
        return Mail(id, row.asked_ms, subscriber.address, said.subject, said.text, headers)

    def _settle(self, connection: sa.Connection, row: sa.Row[Any], delivery: Delivery) -> None:
        """Write down what became of an attempt. Where there was no server, nothing else that is
        due now is tried before this is."""
        now_ms, table = self.clock_ms(), tables.mailings
        own = table.c.number == row.number
        over = now_ms - row.asked_ms >= GIVEN_UP_AFTER_MS
        if delivery.status == "sent":
            values = {"state": "sent", "settled_ms": now_ms}
        elif delivery.status == "refused" or over:
            values = {"state": "failed", "settled_ms": now_ms}
            subject = f"{self.project.name}/mailing {row.number}: {delivery.detail}"
            audit.write(connection, now_ms, "mail", "give up mailing", subject)
        else:
            wait_ms = min(FIRST_WAIT_MS * 2 ** min(row.attempts, 10), WAIT_MS_MAX)
            values = {"due_ms": now_ms + wait_ms}
            if delivery.status == "unreachable":
                due = (table.c.state == "due") & (table.c.due_ms <= now_ms)
                own = own | (due & (table.c.project == self.project.id))
        counted = {"attempts": table.c.attempts + 1, "detail": delivery.detail}
        connection.execute(sa.update(table).where(own).values(**values, **counted))


def queue(
    connection: sa.Connection, project: int, policy: int, subscriptions: Sequence[int], now_ms: int
) -> None:
    """Make a mailing due for each of these subscriptions, once for each version; the mail that
    asks whether it was they can be asked for again."""
    table = tables.mailings
    if policy == CONFIRMING:
        asked = (table.c.policy == CONFIRMING) & table.c.subscription.in_(subscriptions)
        connection.execute(sa.delete(table).where(asked))
    common = {"project": project, "policy": policy, "state": "due", "attempts": 0, "detail": ""}
    moment = {"asked_ms": now_ms, "due_ms": now_ms}
    rows = [{**common, **moment, "subscription": number} for number in subscriptions]
    control.insert_many(connection, table, rows)


def drop_due(connection: sa.Connection, subscriptions: Sequence[int]) -> None:
    """Drop what is still to be sent to these subscriptions. What was sent stays written down: it
    has no address, and proves how many were told."""
    table = tables.mailings
    due = (table.c.state == "due") & table.c.subscription.in_(subscriptions)
    connection.execute(sa.delete(table).where(due))


def _drop_withdrawn(connection: sa.Connection, project: int, public: Sequence[Step]) -> None:
    """Nobody is told any more that a version comes which has been withdrawn."""
    table = tables.mailings
    gone = [step.version.number for step in public if step.withdrawn]
    due = (table.c.project == project) & (table.c.state == "due") & table.c.policy.in_(gone)
    connection.execute(sa.delete(table).where(due))


def _due(project: int, now_ms: int) -> sa.Select[Any]:
    table, whose = tables.mailings, tables.subscriptions
    columns = (*table.c, whose.c.address, whose.c.sealed)
    joined = sa.select(*columns).join(whose, whose.c.number == table.c.subscription)
    own = (table.c.project == project) & (table.c.state == "due") & (table.c.due_ms <= now_ms)
    return joined.where(own).order_by(table.c.due_ms, table.c.number).limit(1)


def _confirmed(connection: sa.Connection, project: int) -> list[int]:
    table = tables.subscriptions
    chosen = sa.select(table.c.number).where(
        table.c.project == project, table.c.confirmed_ms.is_not(None)
    )
    return list(connection.execute(chosen.order_by(table.c.number)).scalars())


@lru_cache(maxsize=4)
def _step(history: tuple[Version, ...], number: int) -> tuple[Step, list[Step]]:
    """The version of a number, with what it changed, and those that it withdrew; one mail after the
    other needs it."""
    public = list(steps(history))
    step = next(one for one in public if one.version.number == number)
    return step, letter.dropped_by(step, public)
