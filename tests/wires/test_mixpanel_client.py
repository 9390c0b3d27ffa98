"""Mixpanel's published clients, unmodified, against a real server; then the timelines are asked.

Ann is `device-1`, then `u1`, and (where the client can say so to another host than Mixpanel's) is
`old-1` too; somebody else (`u2`) opens once.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from mixpanel import BufferedConsumer, Consumer, Mixpanel, MixpanelException
from playwright.sync_api import Browser

from tests.browser.conftest import browser  # noqa: F401
from tests.conftest import Served, soon
from tests.wires.driving import AGENT, failing_first, run_node, site, tell
from tests.wires.watched import watched

EVENTS = {"Opened": 3, "Signed Up": 1, "Charged": 1, "Imported": 1}
IMPORTED_S = 1_770_091_506
"""2026-02-03T04:05:06Z."""

Send = Callable[[str, str], list[str]]


def send_with_node(host: str, token: str) -> list[str]:
    """The story, by mixpanel for Node; what it reported."""
    return run_node("mixpanel.js", host, token).splitlines()


def send_with_python(host: str, token: str, kind: Any = Consumer) -> list[str]:
    """The story, by mixpanel for Python; what it reported."""
    addresses = {f"{name}_url": f"{host}/{name}" for name in ("groups", "import")}
    consumer = kind(events_url=f"{host}/track", people_url=f"{host}/engage", **addresses)
    client = Mixpanel(token, consumer=consumer)
    joined = {"$device_id": "device-1", "$user_id": "u1"}
    try:
        client.track("$device:device-1", "Opened")
        more = {**joined, "plan": "pro", "price": 12.5, "ip": "203.0.113.9"}
        client.track("u1", "Signed Up", more)
        client.track("old-1", "Opened")
        client.track("u2", "Opened")
        client.people_set("u1", {"$email": "Ann@x.test", "plan": "pro"})
        client.people_set_once("u1", {"source": "ad"})
        client.people_track_charge("u1", 5)
        client.import_data("", "u1", "Imported", IMPORTED_S, api_secret="secret")
        if kind is BufferedConsumer:
            consumer.flush()
    except MixpanelException as failure:
        return [f"error {failure}"]
    return []


def send_buffered(host: str, token: str) -> list[str]:
    """The story, in one request for each address."""
    return send_with_python(host, token, BufferedConsumer)


CLIENTS: dict[str, tuple[Send, str]] = {
    "node": (send_with_node, "mixpanel-node"),
    "python": (send_with_python, "mixpanel-python"),
    "python-buffered": (send_buffered, "mixpanel-python"),
}


@pytest.mark.parametrize("name", CLIENTS)
def test_every_call_arrives_once_as_what_it_is(server: Served, name: str) -> None:
    send, library = CLIENTS[name]
    project = tell(server, f"mixpanel-{name}", "mixpanel")
    assert send(server.url, project.key) == []
    assert project.names() == EVENTS
    assert server.get("status", project.project)["refused"] == []
    shown = project.shown("u1")
    assert shown["Signed Up"] == {"plan": "pro", "price": 12.5}
    assert shown["Charged"] == {"amount": 5.0}
    first = project.timeline("u1")[0]
    assert (first["event"], first["ts"]) == ("Imported", "2026-02-03T04:05:06Z")
    assert library in {event["source"] for event in project.timeline("u1")}
    ann = project.person("u1")
    assert project.person("device-1") == ann
    assert project.person("ann@x.test") == ann
    assert (project.person("old-1") == ann) is (name == "node")
    assert project.person("u2")["id"] != ann["id"]
    assert project.traits("u1") == {"email": "Ann@x.test", "plan": "pro", "source": "ad"}
    assert not project.is_on_disk("203.0.113.9")


def test_what_a_client_sends_again_is_stored_once(
    server: Served,
    browser: Browser,  # noqa: F811
) -> None:
    """Of these clients only the browser's tries again by itself."""
    project = tell(server, "mixpanel-again", "mixpanel")
    page = browser.new_context(user_agent=f"Mozilla/5.0 {AGENT}").new_page()
    with site({"/pricing": PAGE}) as url, failing_first(server.url, lost=2) as proxy:
        page.goto(url + "/pricing")
        init = "{ api_host: host, persistence: 'localStorage', batch_flush_interval_ms: 50 }"
        page.evaluate(f"([host, token]) => mixpanel.init(token, {init})", [proxy.url, project.key])
        page.evaluate("mixpanel.track('Looked'); mixpanel.track('Looked')")
        soon(lambda: server.get("status", project.project)["duplicates"], lambda twice: twice > 0)
        soon(project.names, lambda names: names == {"Looked": 2})
        page.context.close()


@pytest.mark.parametrize("name", CLIENTS)
def test_a_client_hears_that_its_token_is_unknown(server: Served, name: str) -> None:
    reported = CLIENTS[name][0](server.url, "unknown")
    assert reported
    assert "write key is missing or unknown" in reported[0]


# The browser's script

PAGE = """<!doctype html><title>Pricing</title>
<script src="/npm/mixpanel-browser/dist/mixpanel.umd.js"></script>
<button id="buy" type="button">Buy it</button>"""
STORY = """([host, token]) => {
  const quick = { persistence: "localStorage", batch_flush_interval_ms: 50 };
  const all = { track_pageview: true, autocapture: { click: true, dead_click: false } };
  mixpanel.init(token, { api_host: host, ...quick, ...all });
  mixpanel.track("Looked", { size: 4 });
  const device = mixpanel.get_property("$device_id");
  mixpanel.identify("u1");
  mixpanel.people.set({ $email: "Ann@x.test", plan: "pro" });
  mixpanel.people.set_once({ source: "ad" });
  mixpanel.track("Signed Up", { price: 12.5 }, { send_immediately: true });
  mixpanel.alias("old-1");
  return device;
}"""


def test_the_browsers_script_sends_all_there_is(
    server: Served,
    browser: Browser,  # noqa: F811
) -> None:
    project = tell(server, "mixpanel-browser", "mixpanel")
    with site({"/pricing": PAGE}) as url, watched(browser) as page:
        page.goto(f"{url}/pricing?utm_source=mail")
        device = page.evaluate(STORY, [server.url, project.key])
        page.click("#buy")
        expected = {"Looked": 1, "Page Viewed": 1, "Signed Up": 1, "$mp_click": 1}
        soon(project.names, lambda names: names == expected)
        # It queues what tells of people apart from events, and sends that when it comes to it.
        for identifier in (device, "old-1", "ann@x.test"):
            soon(partial(project.found, identifier), bool)
        page.goto("about:blank")
    ann = project.person("u1")
    for identifier in (device, "old-1", "ann@x.test"):
        assert project.person(identifier) == ann, identifier
    shown = project.shown("u1")
    seen = shown["Page Viewed"]
    assert (seen["path"], seen["campaign.source"], seen["title"]) == ("/pricing", "mail", "Pricing")
    assert shown["Looked"]["size"] == 4
    known = {"email": "Ann@x.test", "plan": "pro", "source": "ad"}
    assert known.items() <= project.traits("u1").items()
    assert server.get("status", project.project)["refused"] == []
    assert not project.is_on_disk(AGENT)
