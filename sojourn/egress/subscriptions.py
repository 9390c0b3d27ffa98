"""Subscriptions: who asked to be told when recipients change, and said so again by the link that
they were sent.

An address stands here sealed, found by a keyed hash, and nowhere else. One that nobody confirmed is
forgotten after two days; one whose person wants no more of it goes at once, with everything that
was still to be sent to it.
"""

from __future__ import annotations

import os
from base64 import urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from sojourn import tables
from sojourn.control import cut_log, writing
from sojourn.egress.mailings import CONFIRMING, Mailings, drop_due, queue
from sojourn.egress.subscriber import WAITING_HOURS, Subscriber, digest_of, hash_of, seal
from sojourn.ingest.project import Project
from sojourn.mail import SendMail

LINK_BYTES = 24
WAITING_MS = WAITING_HOURS * 3_600_000


@dataclass(frozen=True, slots=True)
class Subscriptions:
    """Those who want to be told of one project. `random` gives so many random bytes."""

    engine: sa.Engine
    project: Project
    clock_ms: Callable[[], int]
    random: Callable[[int], bytes] = os.urandom

    def ask(self, address: str) -> None:
        """Somebody asks that an address be told. Nothing of what happens then tells them whether
        it is known: there is a write in every case."""
        now_ms, digest = self.clock_ms(), digest_of(self.project.vault, address)
        table = tables.subscriptions
        own = self._own(table.c.address == digest)
        with writing(self.engine).begin() as connection:
            known = connection.execute(sa.select(table).where(own)).one_or_none()
            if known is None:
                number = self._add(connection, digest, address, now_ms)
            else:
                number = known.number
                until = None if known.confirmed_ms else now_ms + WAITING_MS
                again = sa.update(table).where(own).values(asked_ms=now_ms, until_ms=until)
                connection.execute(again)
            if known is None or known.confirmed_ms is None:
                queue(connection, self.project.id, CONFIRMING, [number], now_ms)

    def is_confirmed(self, link: str) -> bool | None:
        """Whether the person behind a link has confirmed; None where it leads to nobody."""
        with self.engine.begin() as connection:
            row = self._find(connection, link)
        return None if row is None else row.confirmed_ms is not None

    def confirm(self, link: str) -> bool:
        """The person says that it was they who asked; whether the link leads to anybody."""
        with writing(self.engine).begin() as connection:
            row = self._find(connection, link)
            if row is not None and row.confirmed_ms is None:
                table = tables.subscriptions
                said = sa.update(table).where(table.c.number == row.number)
                connection.execute(said.values(confirmed_ms=self.clock_ms(), until_ms=None))
        return row is not None

    def stop(self, link: str) -> bool:
        """The person wants no more: the address goes; whether the link led to anybody."""
        with writing(self.engine).begin() as connection:
            row = self._find(connection, link)
            if row is not None:
                _remove(connection, [row.number])
        if row is not None:
            cut_log(self.engine)
        return row is not None

    def forget_unconfirmed(self) -> int:
        """Forget the addresses that nobody confirmed in time; how many those were."""
        table = tables.subscriptions
        over = sa.select(table.c.number).where(self._own(table.c.until_ms <= self.clock_ms()))
        with self.engine.begin() as connection:
            if not connection.execute(over.limit(1)).all():
                return 0
        with writing(self.engine).begin() as connection:
            numbers = list(connection.execute(over).scalars())
            _remove(connection, numbers)
        cut_log(self.engine)
        return len(numbers)

    def _add(self, connection: sa.Connection, digest: bytes, address: str, now_ms: int) -> int:
        link = urlsafe_b64encode(self.random(LINK_BYTES)).decode()
        new = sa.insert(tables.subscriptions).values(
            project=self.project.id,
            address=digest,
            link=hash_of(link),
            sealed=seal(self.project.vault, digest, Subscriber(address, link)),
            asked_ms=now_ms,
            until_ms=now_ms + WAITING_MS,
        )
        made = connection.execute(new.returning(tables.subscriptions.c.number))
        return int(made.scalar_one())

    def _find(self, connection: sa.Connection, link: str) -> sa.Row[Any] | None:
        table = tables.subscriptions
        # What has run out opens nothing any more, forgotten yet or not.
        stands = table.c.until_ms.is_(None) | (table.c.until_ms > self.clock_ms())
        own = self._own(table.c.link == hash_of(link), stands)
        return connection.execute(sa.select(table).where(own)).one_or_none()

    def _own(self, *conditions: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
        return sa.and_(tables.subscriptions.c.project == self.project.id, *conditions)


def tell(
    subscriptions: Subscriptions,
    mailings: Mailings,
    send: SendMail | None,
    is_over: Callable[[], bool],
) -> None:
    """Forget what nobody confirmed in time, and send what is due, where something can be sent, one
    mail after the other until it is over."""
    subscriptions.forget_unconfirmed()
    if send is None:
        return
    mailings.plan()
    while not is_over() and mailings.send_next(send):
        # What is published in between may withdraw what was still to be told.
        mailings.plan()


def _remove(connection: sa.Connection, numbers: list[int]) -> None:
    """Take subscriptions away, with what was still to be sent."""
    drop_due(connection, numbers)
    table = tables.subscriptions
    connection.execute(sa.delete(table).where(table.c.number.in_(numbers)))
