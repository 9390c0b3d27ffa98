"""ga4mp, unmodified, against a real server; then the timelines are asked."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from urllib.error import HTTPError

import pytest
from ga4mp import FirebaseMP, GtagMP

from tests.conftest import Served
from tests.wires.driving import Told, tell

SECRET = "a-secret-of-the-stream"
EVENTS = 27
"""Two messages: one may have 25 events."""


def client_of(server: Served, key: str, device: str, secret: str = SECRET) -> Any:
    """The client for a web site, sending to us instead of to Google, whose address is fixed."""
    client = GtagMP(secret, key, device)
    client._base_domain = f"{server.url}/mp/collect"
    client._validation_domain = f"{server.url}/debug/mp/collect"
    return client


@pytest.fixture(scope="module")
def told(server: Served) -> Told:
    """The project that the client has told everything to."""
    site = tell(server, "ga4", "ga4", "G-TEST", SECRET)
    client = client_of(server, site.key, "c1")
    location = "https://x.test/pricing?utm_source=mail"
    page = {"page_location": location, "page_title": "Pricing"}
    client.send([{"name": "page_view", "params": page}])
    client.store.set_user_property("user_id", "u1")
    client.store.set_user_property("plan", "pro")
    sent = [{"name": "opened", "params": {"number": number}} for number in range(EVENTS)]
    client.send(sent)
    signed_up = client.create_new_event("sign_up")
    signed_up.set_event_param("method", "mail")
    client.send([signed_up], postpone=True)
    client.postponed_send()
    past = datetime.now() - timedelta(hours=3)
    client.send([{"name": "earlier", "params": {}}], date=past)
    client.send([{"name": "only_checked", "params": {}}], validation_hit=True)
    return site


def test_every_call_arrives_as_what_it_is(told: Told) -> None:
    counts = {"Page Viewed": 1, "opened": EVENTS, "sign_up": 1, "earlier": 1}
    assert told.names() == counts
    shown = told.shown("u1")
    assert shown["sign_up"]["method"] == "mail"
    assert shown["Page Viewed"]["campaign.source"] == "mail"
    assert shown["Page Viewed"]["title"] == "Pricing"
    assert "session_id" not in shown["sign_up"]
    assert told.timeline("u1")[0]["event"] == "earlier"
    numbers = {
        event["properties"]["number"] for event in told.timeline("u1") if event["event"] == "opened"
    }
    assert numbers == set(map(float, range(EVENTS)))


def test_the_device_becomes_the_user_with_their_properties(told: Told) -> None:
    assert told.person("c1") == told.person("u1")
    assert told.traits("u1")["plan"] == "pro"


def test_an_app_is_a_stream_as_well(server: Served) -> None:
    app = tell(server, "ga4-app", "ga4", "1:2:ios:3", SECRET)
    client = FirebaseMP(SECRET, app.key, "installation-1")
    client._base_domain = f"{server.url}/mp/collect"
    client.send([{"name": "screen_view", "params": {"screen_name": "Home"}}])
    assert app.shown("installation-1")["Screen Viewed"]["name"] == "Home"


@pytest.mark.parametrize(("key", "secret"), [("G-NOWHERE", SECRET), ("G-TEST", "wrong")])
def test_a_wrong_stream_or_secret_is_told(
    server: Served, told: Told, key: str, secret: str
) -> None:
    with pytest.raises(HTTPError) as failure:
        client_of(server, key, "c1", secret).send([{"name": "opened", "params": {}}])
    assert failure.value.code == 401
