"""The process ends between any two steps of telling subscribers: each of them is told once.

A child process tells them and ends, without any clean-up, as it enters or leaves one function. Then
the folder is opened again, as after a restart.
"""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from tests.egress.mailbox import Mailbox, receiving
from tests.egress.test_subscriptions import ANN, BEN, WIDER, Shop
from tests.faults.forks import forks
from tests.faults.test_crash_points import EXIT, Point

BEFORE = (
    Point("sojourn.egress.mailings:queue"),
    Point("sojourn.egress.mailings:queue", leaving=True),
    Point("sojourn.egress.mailings:Mailings.plan", leaving=True),
    Point("sojourn.egress.mailings:Mailings._mail"),
    Point("sojourn.egress.smtp:_message", call=2),
    Point("sojourn.egress.mailings:Mailings.send_next", leaving=True),
    Point("sojourn.egress.mailings:Mailings.send_next", call=2, leaving=True),
)
"""Where nothing is in doubt: the server has no mail yet, or it is written down that it has."""
IN_DOUBT = (
    Point("sojourn.egress.smtp:_sent", leaving=True),
    Point("sojourn.egress.mailings:Mailings._settle"),
    Point("sojourn.egress.mailings:Mailings._settle", leaving=True),
)
"""Where the server has said yes, and it is not written down."""


def _tell(folder: Path, port: int, point: Point) -> None:
    shop = Shop(folder, Mailbox(port))
    point.arm()
    shop.sojourn.tell_subscribers()


def _told(folder: Path, point: Point) -> list[tuple[str, str]]:
    """Whom the server got mails for, each with its Message-ID, after a crash and a restart."""
    with receiving(Mailbox()) as mailbox:
        shop = Shop(folder, mailbox)
        with shop.sojourn:
            shop.subscribe(ANN, BEN)
            shop.publish(WIDER, date(2026, 12, 24))
        mailbox.mails.clear()
        child = forks.Process(target=_tell, args=(folder, mailbox.port, point))
        child.start()
        child.join(timeout=60)
        assert child.exitcode == EXIT, "the child did not come to the point"
        again = Shop(folder, mailbox)
        with again.sojourn:
            again.work()
            assert again.work() == []
            (told,) = again.sojourn.mailings(again.project).told()
        assert (told.sent, told.due, told.failed) == (2, 0, 0)
        return [(mail["To"], mail["Message-ID"]) for mail in mailbox.mails]


@pytest.mark.parametrize("point", BEFORE, ids=str)
def test_each_is_told_exactly_once(tmp_path: Path, point: Point) -> None:
    assert sorted(to for to, _ in _told(tmp_path, point)) == [ANN, BEN]


@pytest.mark.parametrize("point", IN_DOUBT, ids=str)
def test_in_doubt_one_is_told_again_under_the_same_name(tmp_path: Path, point: Point) -> None:
    told = _told(tmp_path, point)
    assert sorted(to for to, _ in set(told)) == [ANN, BEN]
    assert sorted(Counter(told).values()) == [1, 2]
