"""The public side of subscriptions: the form, the page of a link, the feed, and what gives nobody
away."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from litestar.testing import TestClient

from sojourn.api.application import application
from sojourn.api.subscriptions import ASKED_MAX, GIVEN_MAX, HOUR_MS
from tests.api.test_public import words
from tests.egress.mailbox import Mailbox, receiving
from tests.egress.test_subscriptions import (
    ANN,
    BEN,
    DAY_MS,
    NOW_MS,
    WIDER,
    Shop,
    everything,
    link_of,
)
from tests.opened import Clock, open_shop
from tests.policy.checking import GOOD

ATOM = "{http://www.w3.org/2005/Atom}"
FORM, LINK = "/p/shop/subscriptions", "/p/shop/subscription"


@dataclass
class Site:
    """The shop with its public pages, and somebody who visits them."""

    shop: Shop
    visitor: TestClient[Any]

    def ask(self, address: str) -> Any:
        """Send the form."""
        return self.visitor.post(FORM, data={"address": address})


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with receiving(Mailbox()) as mailbox:
        shop = Shop(tmp_path, mailbox)
        with shop.sojourn:
            yield Site(shop, TestClient(application(shop.sojourn)))


def test_somebody_subscribes_and_leaves_by_forms_alone(site: Site) -> None:
    page = site.visitor.get("/p/shop/recipients")
    assert "form-action 'self'" in page.headers["content-security-policy"]
    assert f'action="{FORM.rpartition("/")[2]}#changes"' in page.text
    answer = site.ask(f" {ANN} ")
    assert answer.status_code == 200
    assert "Look into your mail" in words(answer.text)
    (mail,) = site.shop.work()
    query = {"link": link_of(mail)}
    waiting = site.visitor.get(LINK, params=query)
    assert "Be told of changes?" in words(waiting.text)
    assert site.shop.subscriptions.is_confirmed(query["link"]) is False
    confirmed = site.visitor.post(LINK, params=query, data={"act": "confirm"})
    assert "You are told of changes" in words(confirmed.text)
    for page in (answer, waiting, confirmed):
        assert page.headers["cache-control"] == "private, no-store"
        assert 'href="privacy"' in page.text
    site.shop.publish(WIDER, date(2026, 12, 24))
    assert [mail["To"] for mail in site.shop.work()] == [ANN]
    looked = site.visitor.get(LINK, params=query)
    assert "Remove my address" in words(looked.text)
    stopped = site.visitor.post(LINK, params=query, data={"act": "stop"})
    assert "Your address is removed" in words(stopped.text)
    for gone in (site.visitor.get(LINK, params=query),
                 site.visitor.post(LINK, params=query, data={"act": "confirm"})):  # fmt: skip
        assert gone.status_code == 404
        assert "This link leads nowhere" in words(gone.text)


@pytest.mark.parametrize("encoded", ["form", "multipart"])
def test_a_mail_program_stops_it_with_one_request(site: Site, encoded: str) -> None:
    site.shop.subscribe(ANN)
    query = {"link": link_of(site.shop.mailbox.mails[0])}
    body: dict[str, Any] = {"data": {"List-Unsubscribe": "One-Click"}}
    if encoded == "multipart":
        body = {"files": {"List-Unsubscribe": (None, "One-Click")}}
    # Whoever only follows the address, or sends something else there, stops nothing.
    assert site.visitor.get(LINK, params=query).status_code == 200
    assert site.visitor.post(LINK, params=query, data={"act": "else"}).status_code == 200
    assert site.shop.subscriptions.is_confirmed(query["link"]) is True
    assert site.visitor.post(LINK, params=query, **body).status_code == 200
    assert site.shop.subscriptions.is_confirmed(query["link"]) is None


def test_who_wants_no_more_can_say_so_though_nothing_is_public_any_more(site: Site) -> None:
    site.shop.subscribe(ANN)
    link = link_of(site.shop.mailbox.mails[0])
    site.shop.publish(GOOD.replace("sojourn: 1\n", "sojourn: 1\ndraft: true\n"), date(2026, 12, 24))
    site.shop.clock.now_ms += 40 * DAY_MS
    assert site.visitor.get("/p/shop/recipients").status_code == 404
    assert site.ask(BEN).status_code == 404
    stopped = site.visitor.post(LINK, params={"link": link}, data={"act": "stop"})
    assert stopped.status_code == 200


def test_the_form_tells_nobody_who_is_known(site: Site) -> None:
    site.shop.subscribe(ANN)
    answers = [site.ask(one) for one in (ANN, BEN, ANN.lower(), *[BEN] * (ASKED_MAX + 2))]
    told = {(one.status_code, one.text, one.headers["content-length"]) for one in answers}
    assert len(told) == 1


def test_an_address_is_not_flooded_whatever_is_put_into_it(site: Site) -> None:
    for address in (BEN, "ben+1@example.org", "BEN+2@example.org", "ben+3@example.org"):
        assert site.ask(address).status_code == 200
    assert len(site.shop.work()) == ASKED_MAX
    site.shop.clock.now_ms += DAY_MS
    site.ask("ben+4@example.org")
    assert len(site.shop.work()) == 1


def test_a_connection_gives_so_many_addresses_an_hour(site: Site) -> None:
    for number in range(GIVEN_MAX):
        assert site.ask(f"p{number}@example.org").status_code == 200
    over = site.ask("one-more@example.org")
    assert over.status_code == 429
    assert "Not so fast" in words(over.text)
    assert len(site.shop.work()) == GIVEN_MAX
    site.shop.clock.now_ms += HOUR_MS
    assert site.ask("one-more@example.org").status_code == 200


@pytest.mark.parametrize(
    "given",
    [
        "",
        "ann",
        "ann@example.org\r\nBcc: eve@example.org",
        "ann@example.org%0d%0aBcc: eve@example.org",
        'ann@example.org"><script>alert(1)</script>',
        "ann@example.org, eve@example.org",
    ],
)
def test_what_is_no_address_is_told_and_nothing_is_kept(site: Site, given: str) -> None:
    answer = site.ask(given)
    assert answer.status_code == 422
    assert "no address that a mail could be sent to" in words(answer.text)
    assert 'aria-invalid="true"' in answer.text
    assert "<script" not in answer.text
    assert site.shop.work() == []


def test_what_is_not_a_form_harms_nothing(site: Site) -> None:
    for content in (b"\xff\xfe=%", b"address[]=x", b"a" * 5000):
        answer = site.visitor.post(
            FORM, content=content, headers={"content-type": "application/x-www-form-urlencoded"}
        )
        assert answer.status_code in (413, 422)
    assert (
        site.visitor.post(FORM, files={"address": ("a.txt", b"ann@example.org")}).status_code == 422
    )
    assert site.shop.work() == []


def test_without_a_mail_server_there_is_the_feed_and_no_form(tmp_path: Path) -> None:
    sojourn, project = open_shop(tmp_path, Clock(NOW_MS))
    with sojourn:
        sojourn.governance(project).publish(GOOD, begin=None, actor="test")
        visitor = TestClient(application(sojourn))
        page = visitor.get("/p/shop/recipients")
        assert "<form" not in page.text
        assert "form-action 'none'" in page.headers["content-security-policy"]
        assert 'href="changes.xml"' in page.text
        assert visitor.post(FORM, data={"address": ANN}).status_code == 404
        assert visitor.get("/p/shop/changes.xml").status_code == 200
        assert ANN.encode() not in everything(tmp_path)


def test_the_feed_has_every_version_and_what_it_changed(site: Site) -> None:
    first = ElementTree.fromstring(site.visitor.get("/p/shop/changes.xml").content)
    site.shop.publish(WIDER.replace("Aide SA", "A & <B>"), date(2026, 12, 24))
    answer = site.visitor.get("/p/shop/changes.xml")
    assert answer.headers["content-type"].startswith("application/atom+xml")
    feed = ElementTree.fromstring(answer.content)
    assert feed.findtext(f"{ATOM}title") == "Example SAS: changes of the policy"
    newest, oldest = feed.findall(f"{ATOM}entry")
    assert "24 December 2026" in str(newest.findtext(f"{ATOM}title"))
    assert "“A & <B>” gets “logs”, in FR." in str(newest.findtext(f"{ATOM}content"))
    assert oldest.findtext(f"{ATOM}content") == "The first version that was public."
    ids = [one.findtext(f"{ATOM}id") for one in (feed, newest, oldest)]
    assert len(set(ids)) == 3
    (before,) = first.findall(f"{ATOM}entry")
    assert (ids[0], ids[2]) == (first.findtext(f"{ATOM}id"), before.findtext(f"{ATOM}id"))
    for one in (feed, newest, oldest):
        assert re.fullmatch(r"2026-11-22T12:00:00Z", str(one.findtext(f"{ATOM}updated")))
        assert one.find(f"{ATOM}link[@rel='alternate']") is not None
    anchor = str(newest.find(f"{ATOM}link").get("href")).partition("#")[2]  # type: ignore[union-attr]
    assert f'id="{anchor}"' in site.visitor.get("/p/shop/changes").text


def test_members_see_how_far_people_have_been_told(site: Site) -> None:
    where = "/api/v1/projects/shop/privacy/mailings"
    assert site.visitor.get(where).status_code == 401
    site.shop.subscribe(ANN, BEN)
    site.shop.publish(WIDER, date(2026, 12, 24))
    site.shop.mailbox.refusals = ["550 no"]
    site.shop.work()
    token = site.shop.sojourn.login_link().rsplit("/", 1)[-1]
    site.visitor.get(f"/login/{token}", follow_redirects=False)
    (told,) = site.visitor.get(where).json()
    assert (told["sent"], told["failed"], told["due"]) == (1, 1, 0)
    assert told["failures"] == ["The mail server answered 550."]
