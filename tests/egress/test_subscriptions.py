"""Subscriptions: nobody is written to who did not say so twice, everybody who did is told of each
change of recipients once, and who wants no more is gone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from email.message import EmailMessage
from itertools import pairwise
from pathlib import Path

import pgserver
import pytest
import sqlalchemy as sa

from sojourn import audit, tables
from sojourn.application import Sojourn
from sojourn.egress.mailings import GIVEN_UP_AFTER_MS
from sojourn.egress.subscriptions import WAITING_MS, tell
from sojourn.mail import Delivery, Mail
from sojourn.settings import Settings
from tests.egress.mailbox import Mailbox, receiving
from tests.opened import Clock
from tests.policy.checking import GOOD, changed

NOW_MS = 1_795_348_800_000
"""2026-11-22T12:00:00Z."""
MINUTE_MS, DAY_MS = 60_000, 86_400_000
ANN, BEN = "Ann@example.org", "ben@example.org"
WIDER = changed(
    "  warehouse:\n    name",
    "  helpdesk:\n    name: Aide SA\n    country: FR\n    role: processor\n"
    "    categories: [logs]\n    purposes: [service]\n    subjects: [person]\n"
    "    agreement: {signed: '2026-01-10', at_end: delete}\n    contact: dpo@aide.example\n"
    "  warehouse:\n    name",
)
"""The good policy with one recipient more."""
LONGER = changed("name: Entrepôt SARL", "name: Entrepôt SA", WIDER)
"""And with one recipient called otherwise."""


class Shop:
    """An open project whose mails go to a real server, by a clock that stands still."""

    def __init__(self, folder: Path, mailbox: Mailbox, database_url: str = "") -> None:
        self.clock = Clock(NOW_MS)
        settings = Settings(
            data=folder,
            database_url=database_url,
            smtp_url=mailbox.url,
            mail_from="privacy@example.com",
            public_url="https://shop.example/",
        )
        self.sojourn = Sojourn(settings, clock_ms=self.clock)
        if not self.sojourn.projects():
            self.sojourn.create_project("shop")
            self.publish(GOOD)
        self.project = self.sojourn.project("shop")
        self.mailbox = mailbox
        self.subscriptions = self.sojourn.subscriptions(self.project)

    def publish(self, text: str, begin: date | None = None) -> None:
        """Publish a policy."""
        governance = self.sojourn.governance(self.sojourn.project("shop"))
        governance.publish(text, begin=begin, actor="test")

    def work(self) -> list[EmailMessage]:
        """Do what the job does; the mails that came of it."""
        before = len(self.mailbox.mails)
        self.sojourn.tell_subscribers()
        return self.mailbox.mails[before:]

    def subscribe(self, *addresses: str) -> None:
        """Have addresses subscribed, as far as confirmed."""
        for address in addresses:
            self.subscriptions.ask(address)
        for mail in self.work():
            assert self.subscriptions.confirm(link_of(mail))


def text_of(mail: EmailMessage) -> str:
    """What a mail says, however its lines are broken."""
    return " ".join(mail.get_content().split())


def link_of(mail: EmailMessage) -> str:
    """The secret in the link of a mail."""
    (link,) = set(re.findall(r"https://shop\.example/p/shop/subscription\?link=(\S+)",
                             mail.get_content()))  # fmt: skip
    return str(link)


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    with receiving(Mailbox()) as mailbox:
        opened = Shop(tmp_path, mailbox)
        with opened.sojourn:
            yield opened


@pytest.fixture
def postgres(tmp_path: Path) -> Iterator[str]:
    """The URL of a real PostgreSQL."""
    server = pgserver.get_server(tmp_path / "postgres")
    yield server.get_uri().replace("postgresql://", "postgresql+psycopg://")
    server.cleanup()


@pytest.mark.clause("S1-41")
def test_everybody_who_asked_is_told_once_what_changes_and_how_to_object(shop: Shop) -> None:
    shop.subscribe(ANN, BEN)
    shop.publish(WIDER, date(2026, 12, 24))
    mails = shop.work()
    assert {mail["To"] for mail in mails} == {ANN, BEN}
    mail = next(one for one in mails if one["To"] == ANN)
    assert mail["Subject"] == "Example SAS: who receives data changes on 24 December 2026"
    said = " ".join(mail.get_content().split())
    assert "From 24 December 2026 on: - “Aide SA” gets “logs”, in FR." in said
    assert "published on 22 November 2026. It promised to tell such changes 30 days before" in said
    assert "write to privacy@example.com, and say what you object to" in said
    assert "https://shop.example/p/shop/recipients" in said
    stop = f"https://shop.example/p/shop/subscription?link={link_of(mail)}"
    assert mail["List-Unsubscribe"] == f"<{stop}>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert len({link_of(one) for one in mails}) == 2
    assert shop.work() == []
    shop.publish(LONGER, date(2026, 12, 30))
    (third, _) = shop.work()
    assert "“Entrepôt SA” gets what “Entrepôt SARL” got before." in text_of(third)
    assert "Aide SA" not in third.get_content()
    told = shop.sojourn.mailings(shop.project).told()
    assert [(one.sent, one.due, one.failed) for one in told] == [(2, 0, 0), (2, 0, 0)]


@pytest.mark.clause("S1-41")
def test_what_was_announced_and_withdrawn_is_told_to_who_was_told(shop: Shop) -> None:
    shop.subscribe(ANN)
    shop.publish(WIDER, date(2026, 12, 24))
    (coming,) = shop.work()
    assert "From 24 December 2026 on: - “Aide SA” gets" in text_of(coming)
    shop.subscribe(BEN)
    shop.clock.now_ms += DAY_MS
    shop.publish(changed("keep: 13 months", "keep: 12 months"))
    (mail,) = shop.work()
    assert mail["To"] == ANN
    assert mail["Subject"] == "Example SAS: a change in who receives data does not come"
    said = text_of(mail)
    assert "announced on 22 November 2026 was withdrawn before it held" in said
    assert "does not come on 24 December 2026: - “Aide SA” gets “logs”, in FR." in said
    # Nobody got anything that they would lose now.
    assert "any more" not in said
    assert "promised" not in said
    assert shop.work() == []


def test_what_comes_instead_is_compared_with_what_holds(shop: Shop) -> None:
    shop.subscribe(ANN)
    shop.publish(WIDER, date(2026, 12, 24))
    shop.work()
    shop.clock.now_ms += DAY_MS
    shop.publish(LONGER, date(2026, 12, 23))
    (mail,) = shop.work()
    said = text_of(mail)
    assert "From 23 December 2026 on: - “Aide SA” gets “logs”, in FR. - “Entrepôt SA”" in said
    assert "does not come" not in said


def test_nobody_is_told_of_what_was_withdrawn_before_they_were(shop: Shop) -> None:
    shop.subscribe(ANN, BEN)
    shop.publish(WIDER, date(2026, 12, 24))
    shop.mailbox.refusals = ["451 later"]
    (first,) = shop.work()
    shop.clock.now_ms += DAY_MS
    shop.publish(GOOD + "\n# Nothing is wider.\n")
    (only,) = shop.work()
    assert only["To"] == first["To"]
    assert "does not come" in text_of(only)
    shop.clock.now_ms += DAY_MS
    assert shop.work() == []


def test_what_is_withdrawn_while_mails_go_out_goes_to_nobody_more(shop: Shop) -> None:
    shop.subscribe(ANN, BEN)
    shop.publish(WIDER, date(2026, 12, 24))
    sent: list[Mail] = []

    def send(mail: Mail) -> Delivery:
        if not sent:
            shop.publish(GOOD + "\n# Nothing is wider.\n")
        sent.append(mail)
        return Delivery("sent", "")

    tell(shop.subscriptions, shop.sojourn.mailings(shop.project), send, lambda: False)
    assert len({mail.to for mail in sent}) == 1
    assert ["does not come" in mail.subject for mail in sent] == [False, True]


def test_a_promise_of_notice_is_told_only_where_it_was_kept(shop: Shop) -> None:
    shop.subscribe(ANN)
    shop.publish(changed("    fields: [email, name]\n", "    fields: [email]\n"))
    (mail,) = shop.work()
    assert "From 22 November 2026 on: - “Twilio SendGrid” gets “name” no more." in text_of(mail)
    assert "promised" not in text_of(mail)


def test_versions_that_leave_recipients_alone_are_not_written_about(shop: Shop) -> None:
    shop.subscribe(ANN)
    shop.publish(changed("backups: {keep: 30 days}", "backups: {keep: 20 days}"))
    assert shop.work() == []
    shop.publish(GOOD + "\n# The same once more.\n", date(2026, 12, 24))
    assert shop.work() == []


def test_nobody_is_subscribed_who_did_not_say_so_twice(shop: Shop) -> None:
    shop.subscriptions.ask(ANN)
    (asking,) = shop.work()
    assert "Somebody, probably you, asked Example SAS" in asking.get_content()
    shop.publish(WIDER, date(2026, 12, 24))
    assert shop.work() == []
    assert shop.subscriptions.is_confirmed(link_of(asking)) is False
    shop.clock.now_ms += WAITING_MS
    assert shop.subscriptions.is_confirmed(link_of(asking)) is None
    assert not shop.subscriptions.confirm(link_of(asking))
    assert rows(shop, tables.subscriptions) == 1
    assert shop.work() == []
    assert rows(shop, tables.subscriptions) == 0


def test_asking_again_sends_the_same_link_until_it_is_confirmed_and_then_nothing(
    shop: Shop,
) -> None:
    shop.subscriptions.ask(ANN)
    (first,) = shop.work()
    shop.subscriptions.ask(ANN.lower())
    (second,) = shop.work()
    assert link_of(first) == link_of(second)
    assert first["Message-ID"] != second["Message-ID"]
    assert shop.subscriptions.confirm(link_of(first))
    shop.subscriptions.ask(ANN)
    assert shop.work() == []
    shop.clock.now_ms += WAITING_MS
    shop.work()
    assert shop.subscriptions.is_confirmed(link_of(first)) is True


def test_who_wants_no_more_is_gone_wholly_and_their_link_is_of_no_use(shop: Shop) -> None:
    shop.subscribe(ANN, BEN)
    link = next(link_of(one) for one in shop.mailbox.mails if one["To"] == ANN)
    digest = shop.project.vault.digest("subscriber", ANN.lower())
    assert digest in everything(shop.sojourn.settings.data)
    shop.publish(WIDER, date(2026, 12, 24))
    shop.sojourn.mailings(shop.project).plan()
    assert shop.subscriptions.stop(link)
    assert digest not in everything(shop.sojourn.settings.data)
    assert [mail["To"] for mail in shop.work()] == [BEN]
    for use in (shop.subscriptions.stop, shop.subscriptions.confirm):
        assert not use(link)
    shop.subscriptions.ask(ANN)
    (again,) = shop.work()
    assert link_of(again) != link
    assert shop.subscriptions.is_confirmed(link) is None


@pytest.mark.parametrize("link", ["", "x", "'; --", "\0", "ü" * 100, "A" * 32])
def test_a_link_that_is_none_opens_nothing(shop: Shop, link: str) -> None:
    shop.subscribe(ANN)
    assert shop.subscriptions.is_confirmed(link) is None
    assert not shop.subscriptions.confirm(link)
    assert not shop.subscriptions.stop(link)
    assert rows(shop, tables.subscriptions) == 1


def test_a_link_of_one_project_opens_nothing_in_another(shop: Shop) -> None:
    shop.subscribe(ANN)
    other = shop.sojourn.subscriptions(shop.sojourn.create_project("other"))
    link = link_of(shop.mailbox.mails[0])
    assert other.is_confirmed(link) is None
    assert not other.stop(link)


@pytest.mark.clause("S1-26")
def test_addresses_and_links_stand_nowhere_in_the_clear(shop: Shop) -> None:
    shop.subscribe(ANN)
    shop.publish(WIDER, date(2026, 12, 24))
    shop.mailbox.refusals = ["550 5.1.1 <Ann@example.org> unknown"]
    shop.work()
    kept = everything(shop.sojourn.settings.data).lower()
    assert b"ann@example" not in kept
    assert link_of(shop.mailbox.mails[0]).lower().encode() not in kept
    assert b"the mail server answered 550" in kept


def test_a_greylisted_mail_goes_later_and_once(shop: Shop) -> None:
    shop.subscribe(ANN, BEN)
    shop.publish(WIDER, date(2026, 12, 24))
    shop.mailbox.refusals = ["451 4.7.1 try again"]
    (first,) = shop.work()
    assert shop.work() == []
    shop.clock.now_ms += 5 * MINUTE_MS
    (second,) = shop.work()
    assert {first["To"], second["To"]} == {ANN, BEN}
    shop.clock.now_ms += DAY_MS
    assert shop.work() == []


def test_waits_grow_and_end_with_giving_up_which_is_told(shop: Shop) -> None:
    shop.subscribe(ANN)
    shop.publish(WIDER, date(2026, 12, 24))
    shop.mailbox.refusals = ["451 later"] * 1000
    tried: list[int] = []
    for _ in range(200):
        left = len(shop.mailbox.refusals)
        shop.work()
        if len(shop.mailbox.refusals) < left:
            tried.append(shop.clock.now_ms - NOW_MS)
        due = next_due(shop)
        if due is None:
            break
        shop.clock.now_ms = due
    waits = [after - before for before, after in pairwise(tried)]
    assert [wait // MINUTE_MS for wait in waits[:7]] == [5, 10, 20, 40, 80, 160, 240]
    assert tried[-1] >= GIVEN_UP_AFTER_MS > tried[-2]
    (told,) = shop.sojourn.mailings(shop.project).told()
    assert (told.failed, told.failures) == (1, ("The mail server answered 451.",))


def test_a_refusal_for_good_is_not_tried_again_and_is_told(shop: Shop) -> None:
    shop.subscribe(ANN, BEN)
    shop.publish(WIDER, date(2026, 12, 24))
    shop.mailbox.refusals = ["550 5.1.1 unknown"]
    assert [mail["To"] for mail in shop.work()] == [BEN]
    shop.clock.now_ms += DAY_MS
    assert shop.work() == []
    (told,) = shop.sojourn.mailings(shop.project).told()
    assert (told.sent, told.failed, told.failures) == (1, 1, ("The mail server answered 550.",))
    with shop.sojourn.engine.begin() as connection:
        newest = sa.select(tables.audit).order_by(tables.audit.c.number.desc()).limit(1)
        entry = connection.execute(newest).one()
        assert audit.verify(connection) > 0
    assert (entry.action, "550" in entry.subject) == ("give up mailing", True)


def test_a_server_that_dies_after_taking_it_gets_it_again_under_the_same_name(shop: Shop) -> None:
    shop.subscribe(ANN)
    shop.publish(WIDER, date(2026, 12, 24))
    shop.mailbox.drops = 1
    (first,) = shop.work()
    shop.clock.now_ms += 5 * MINUTE_MS
    (second,) = shop.work()
    assert first["Message-ID"] == second["Message-ID"]
    shop.clock.now_ms += DAY_MS
    assert shop.work() == []


def test_without_a_server_nothing_is_lost(tmp_path: Path) -> None:
    mailbox = Mailbox()
    with receiving(mailbox):
        shop = Shop(tmp_path, mailbox)
        shop.subscribe(ANN, BEN)
    with shop.sojourn:
        shop.publish(WIDER, date(2026, 12, 24))
        assert shop.work() == []
        shop.clock.now_ms += 5 * MINUTE_MS
        with receiving(mailbox):
            assert {mail["To"] for mail in shop.work()} == {ANN, BEN}


def test_postgresql_does_as_sqlite_does(tmp_path: Path, postgres: str) -> None:
    with receiving(Mailbox()) as mailbox:
        shop = Shop(tmp_path, mailbox, postgres)
        with shop.sojourn:
            shop.subscribe(ANN, BEN)
            shop.subscriptions.ask(ANN)
            shop.publish(WIDER, date(2026, 12, 24))
            shop.mailbox.refusals = ["451 later"]
            (first,) = shop.work()
            shop.clock.now_ms += 5 * MINUTE_MS
            (second,) = shop.work()
            assert {first["To"], second["To"]} == {ANN, BEN}
            assert shop.subscriptions.stop(link_of(first))
            assert rows(shop, tables.subscriptions) == 1


def rows(shop: Shop, table: sa.Table) -> int:
    """How many rows a table has."""
    with shop.sojourn.engine.begin() as connection:
        return int(connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one())


def next_due(shop: Shop) -> int | None:
    """When the next mailing is due; None when there is none."""
    table = tables.mailings
    earliest = sa.select(sa.func.min(table.c.due_ms)).where(table.c.state == "due")
    with shop.sojourn.engine.begin() as connection:
        due = connection.execute(earliest).scalar()
    return None if due is None else int(due)


def everything(folder: Path) -> bytes:
    """Every byte that is kept on disk, the write-ahead log with the rest."""
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())
