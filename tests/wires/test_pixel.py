"""The pixel in mails: what it tells, and that it tells nothing unless the policy lets it."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, strategies

from sojourn.application import Sojourn
from sojourn.drop_reason import Dropped, DropReason
from sojourn.errors import NotRecognised
from sojourn.event import NO_SIGNALS, Event, Identifier
from sojourn.settings import Settings
from sojourn.wire import PIXEL, Receipt, Request
from sojourn.wires.pixel import WIRE
from tests.conftest import Served, outside, soon
from tests.policy.checking import GOOD
from tests.wires.driving import Told, tell

NOW_MS = 1_790_000_000_000


def request(**query: str) -> Request:
    headers = {"user-agent": "GoogleImageProxy"}
    return Request("GET", "/o.gif", query, headers, b"", NOW_MS, "192.0.2.1")


def test_it_tells_that_a_person_opened_a_message_of_a_campaign() -> None:
    asked = request(key="k", person="u1", message="m7", campaign="spring", other="x")
    (event,) = WIRE.events(asked, WIRE.content(asked))
    assert isinstance(event, Event)
    assert (event.name, event.ts) == ("Email Opened", NOW_MS)
    assert event.identifiers == (Identifier("user_id", "u1"),)
    assert event.properties == {"message": "m7", "campaign.name": "spring"}
    assert event.signals == NO_SIGNALS
    assert WIRE.key(asked, None) == "k"


def test_an_address_is_no_id() -> None:
    (refused,) = WIRE.events(request(person="ann@x.test"), None)
    assert isinstance(refused, Dropped)
    assert refused.reason is DropReason.NO_IDENTIFIER


def test_it_is_an_image_that_nobody_keeps_also_where_it_failed() -> None:
    assert WIRE.failure is not None
    image = WIRE.reply(request(), Receipt(0, {}))
    failed = WIRE.failure(request(), NotRecognised("Unknown"))
    for reply, status in ((image, 200), (failed, 401)):
        assert (reply.status, reply.body, reply.media_type) == (status, PIXEL, "image/gif")
        assert reply.headers["Cache-Control"] == "no-store"


@given(strategies.dictionaries(strategies.sampled_from(["key", "person"]), strategies.text()))
def test_nothing_that_is_sent_breaks_it(query: dict[str, str]) -> None:
    (event,) = WIRE.events(request(**query), None)
    assert isinstance(event, Event | Dropped)


def open_mail(shop: Told, person: str) -> None:
    """Open a mail to somebody, which shows the image."""
    query = {"key": shop.key, "person": person, "message": "m7", "campaign": "spring"}
    answer = outside.get(f"{shop.server.url}/o.gif", params=query)
    assert (answer.status_code, answer.content) == (200, PIXEL)
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.clause("S1-20")
@pytest.mark.parametrize(
    "preset", ["customer-journey", "product-analytics", "audience-measurement", "internal-tool"]
)
def test_no_policy_that_is_ready_lets_mails_be_watched(server: Served, preset: str) -> None:
    shop = tell(server, f"pixel-{preset}", "pixel", preset=preset)
    open_mail(shop, "u1")
    assert shop.names() == {}
    server.refused(shop.project, "no_lawful_purpose", 1)


@pytest.mark.clause("S1-20")
def test_only_who_agreed_to_that_is_seen_opening_a_mail(server: Served) -> None:
    shop = tell(server, "pixel-asked", "pixel")
    with Sojourn(Settings(data=server.data)) as sojourn:
        project = sojourn.project(shop.project)
        sojourn.governance(project).publish(GOOD, actor="owner")
        key = sojourn.create_key(project, "write", wire="segment")
    agreed = {"identifiers": {"user_id": "u1"}, "purposes": {"openings": "given"}, "how": "letter"}
    # The server takes a new policy up within a second or so.
    soon(
        lambda: outside.post(f"{server.url}/v1/consents", json=agreed, auth=(key, "")).status_code,
        lambda status: status < 300,
    )

    def opened() -> dict[str, int]:
        open_mail(shop, "u1")
        time.sleep(0.05)
        return shop.names()

    seen = soon(opened, lambda names: names != {})
    assert seen.keys() == {"Email Opened"}
    open_mail(shop, "u2")
    assert shop.names() == seen
    series = [{"event": "Email Opened", "measure": "people"}]
    trend = server.ask("trend", shop.project, series=series, every="day", purpose="openings")
    assert sum(number for _, number in trend["series"][0]["points"]) == 1
