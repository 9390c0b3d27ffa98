"""Woopra's published libraries, unmodified, against a real server; then the timelines are asked.

The host is fixed in all of them, so their connections are led to the server.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from typing import Any

import msgspec
import pytest
from woopra import WoopraTracker

from tests.conftest import Served, outside, run_sojourn, soon
from tests.wires.driving import AGENT, failing_first, run_node, tell

ADDRESS = "203.0.113.77"


@pytest.fixture
def led_to(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    """Leads every connection to Woopra's host to a server, and keeps it open: the Python library
    lets go of it before the server may have read what it sent."""
    kept: list[socket.socket] = []

    def lead(url: str) -> None:
        host, port = url.removeprefix("http://").split(":")
        connect = socket.create_connection

        def led(address: tuple[str, int], *rest: Any, **more: Any) -> socket.socket:
            there = (host, int(port)) if address[0] == "www.woopra.com" else address
            kept.append(connect(there, *rest, **more))
            return kept[-1]

        monkeypatch.setattr(socket, "create_connection", led)

    yield lead
    for connection in kept:
        connection.close()


def test_every_call_of_the_python_library_arrives(server: Served, led_to: Any) -> None:
    site = tell(server, "woopra-python", "woopra", name="py.shop.test")
    led_to(server.url)
    woopra = WoopraTracker("py.shop.test")
    woopra.set_user_agent(AGENT)
    woopra.ip_address = ADDRESS
    woopra.identify({"email": "Ann@x.test", "plan": "pro"})
    woopra.track("play", {"artist": "Dave Brubeck", "ok": True, "songs": 3})
    woopra.track(None, {"url": "/pricing", "title": "Pricing", "domain": "shop.test"})
    woopra.push()
    # The same object goes on with somebody else, under the cookie that it made of the first.
    woopra.identify({"email": "bob@x.test"})
    woopra.track("play")
    soon(site.names, lambda names: names == {"play": 2, "Page Viewed": 1})
    shown = site.shown("ann@x.test")
    assert shown["play"] == {"artist": "Dave Brubeck", "ok": True, "songs": 3.0}
    assert shown["Page Viewed"]["url"] == "https://shop.test/pricing"
    assert {event["source"] for event in site.timeline("ann@x.test")} == {"python"}
    assert site.traits("ann@x.test")["plan"] == "pro"
    assert site.person("bob@x.test")["events"] == 1
    assert not site.is_on_disk(AGENT)
    assert not site.is_on_disk(ADDRESS)


def test_every_call_of_the_node_library_arrives_and_it_is_told_of_a_wrong_key(
    server: Served,
) -> None:
    site = tell(server, "woopra-node", "woopra", name="node.shop.test")
    statuses = msgspec.json.decode(run_node("woopra.js", server.url, "node.shop.test"))
    assert statuses == [200, 200, 200, 401]
    assert site.names() == {"play": 1}
    (event,) = site.timeline("u1")
    assert event["ts"].startswith("2020-09-13T12:26:40")
    assert event["properties"] == {"artist": "Dave Brubeck", "songs": 3.0}
    assert event["source"] == "node"
    assert site.person("u1") == site.person("ann@x.test") == site.person("AbCdEf123456")
    assert site.traits("u1")["plan"] == "pro"


def test_a_server_that_is_away_is_told_to_the_library(server: Served) -> None:
    site = tell(server, "woopra-away", "woopra", name="away.shop.test")
    with failing_first(server.url, away=1, lost=1) as proxy:
        statuses = msgspec.json.decode(run_node("woopra.js", proxy.url, "away.shop.test"))
    assert statuses == [503, 503, 200, 401]
    assert proxy.statuses == [200, 200, 401]
    assert site.names() == {}


def test_a_page_s_calls_change_its_event_and_beacons_come_as_one_body(server: Served) -> None:
    """As browser-tracker 5.3.0 sends: a script's address, then beacons of several lines."""
    site = tell(server, "woopra-browser", "woopra", name="web.shop.test")
    headers = {"User-Agent": AGENT, "Referer": "https://web.shop.test/"}
    base = {"project": "web.shop.test", "cookie": "Zz9cookie000", "app": "js-client"}
    page = {
        **base,
        "event": "pv",
        "idptnc": "abcdef123456",
        "timeout": "300000",
        "ce_url": "/pricing?utm_source=mail",
        "ce_uri": "https://web.shop.test/pricing?utm_source=mail",
        "ce_title": "Pricing",
        "ce_scroll depth": "0.25",
        "ce_campaign_name": "spring",
    }
    answer = outside.get(f"{server.url}/track/ce/", params=page, headers=headers)
    assert (answer.status_code, answer.text) == (200, "")
    assert answer.headers["content-type"].startswith("text/javascript")
    assert site.shown("Zz9cookie000")["Page Viewed"]["scroll_depth"] == 0.25
    change = {"project": base["project"], "cookie": base["cookie"], "idptnc": "abcdef123456"}
    lines = [
        {"endpoint": "update", "params": {**change, "duration": 12_500, "ce_scroll depth": 0.75}},
        {"endpoint": "ce", "params": {**base, "event": "download", "idptnc": "other"}},
        {"endpoint": "identify", "params": {**base, "cv_email": "ann@x.test"}},
    ]
    payload = "\n".join(msgspec.json.encode(line).decode() for line in lines)
    for _ in range(2):
        beacon = {"payload": (None, payload)}
        sent = outside.post(f"{server.url}/track/push/", files=beacon, headers=headers)
        assert sent.status_code == 200
    assert site.names() == {"Page Viewed": 1, "download": 1}
    shown = site.shown("ann@x.test")["Page Viewed"]
    assert (shown["scroll_depth"], shown["duration"]) == (0.75, 12.5)
    assert (shown["campaign.name"], shown["campaign.source"]) == ("spring", "mail")
    assert not site.is_on_disk(AGENT)


def test_a_phone_s_flat_json_and_a_third_party_s_path_arrive(server: Served) -> None:
    site = tell(server, "woopra-phone", "woopra", name="app.shop.test")
    flat = {
        "host": "app.shop.test",
        "cookie": "android-cookie",
        "app": "android",
        "response": "xml",
        "timeout": "60000",
        "event": "play",
        "cv_id": "u7",
        "ce_songs": "4",
    }
    answer = outside.post(f"{server.url}/track/ce/", json=flat)
    assert answer.headers["content-type"].startswith("application/xml")
    path = f"{server.url}/track/tp/app.shop.test/ce/"
    assert outside.get(path, params={"cookie": "c2", "event": "look"}).status_code == 200
    assert outside.post(f"{server.url}/track/ce", data={**flat, "event": "stop"}).is_success
    assert site.names() == {"play": 1, "look": 1, "stop": 1}
    assert site.person("u7") == site.person("android-cookie")


def test_a_link_records_and_leads_on_to_hosts_of_the_project_alone(server: Served) -> None:
    site = tell(server, "woopra-link", "woopra", name="link.shop.test")
    given = {"project": "link.shop.test", "event": "clicked", "cv_email": "ann@x.test"}
    where = {"redirect": "https://elsewhere.test/x"}
    answer = outside.get(f"{server.url}/track/ce/", params=given | where)
    assert answer.status_code == 403
    assert answer.json()["where"] == "redirect"
    assert site.names() == {"clicked": 1}
    run_sojourn("project", "set", site.project, "--redirects", "go.test", data=server.data)
    there = {"redirect": "https://go.test/x?y=1"}
    answer = soon(
        lambda: outside.get(f"{server.url}/track/ce/", params=given | there),
        lambda answer: answer.status_code != 403,
    )
    assert (answer.status_code, answer.headers["location"]) == (302, there["redirect"])


def test_a_key_with_a_secret_wants_it_as_the_password_of_basic(server: Served) -> None:
    site = tell(server, "woopra-secure", "woopra", name="secure.shop.test", secret="s3cret-s3cret")
    given = {"project": "secure.shop.test", "event": "play", "cv_id": "u1"}
    where = f"{server.url}/track/ce/"
    assert outside.get(where, params=given).status_code == 401
    assert outside.get(where, params=given, auth=("id", "wrong")).status_code == 401
    assert outside.get(where, params=given, auth=("id", "s3cret-s3cret")).status_code == 200
    assert site.names() == {"play": 1}
