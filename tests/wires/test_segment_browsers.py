"""The published browser clients of Segment's family, unmodified, in a real browser.

Ann looks at a page that a mail led her to, is identified (`u1`), signs up, joins a group, and turns
out to be `old-1` too. What the clients ask for at their start is answered here, and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import browser  # noqa: F401
from tests.conftest import Served, soon
from tests.wires.driving import AGENT, Told, failing_first, site, tell

EVENTS = {"Page Viewed": 1, "Looked": 1, "Signed Up": 1}
CALLS = """() => {
  client.page("Pricing");
  client.track("Looked", { size: 4 });
  client.identify("u1", { email: "ann@x.test", plan: "pro" });
  client.track("Signed Up", { price: 12.5 });
  client.group("g1", { seats: 5 });
  client.alias("u1", "old-1");
}"""
SEGMENT = """([host, key, more]) => {
  const direct = { protocol: "http", ...more };
  const settings = { writeKey: key, cdnURL: host };
  const integrations = { "Segment.io": direct };
  window.client = AnalyticsNext.AnalyticsBrowser.load(settings, { integrations });
}"""
RUDDER = """([host, key, more]) => {
  window.client = new rudderanalytics.RudderAnalytics();
  client.load(key, host, { configUrl: host, ...more });
}"""
CLIENTS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "segment": ("@segment/analytics-next/dist/umd/index.js", SEGMENT, {}),
    "segment-batching": (
        "@segment/analytics-next/dist/umd/index.js",
        SEGMENT,
        {"deliveryStrategy": {"strategy": "batching", "config": {"size": 3, "timeout": 100}}},
    ),
    "rudder": ("@rudderstack/analytics-js/dist/npm/modern/bundled/umd/index.js", RUDDER, {}),
    "rudder-beacon": (
        "@rudderstack/analytics-js/dist/npm/modern/bundled/umd/index.js",
        RUDDER,
        {"useBeacon": True, "beaconQueueOptions": {"flushQueueInterval": 200}},
    ),
}


def is_here(url: str) -> bool:
    """Whether an address is on this machine."""
    return url.startswith("http://127.0.0.1:")


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:  # noqa: F811
    """A page of somebody's browser, which may ask this machine only."""
    failures: list[str] = []
    context = browser.new_context(user_agent=f"Mozilla/5.0 {AGENT}")
    opened = context.new_page()
    opened.on("pageerror", lambda error: failures.append(str(error)))
    opened.on("request", lambda asked: None if is_here(asked.url) else failures.append(asked.url))
    yield opened
    context.close()
    assert failures == []


def people(project: Told) -> set[int]:
    """Who Ann is, by each of her names, as far as it is known yet."""
    found = (
        project.server.get("people", project.project, search=name)["people"]
        for name in ("u1", "old-1")
    )
    return {
        person["id"] if person else 0 for (person, *_) in (list(one) or [None] for one in found)
    }


@pytest.mark.parametrize("name", CLIENTS)
def test_the_browsers_script_sends_all_there_is(server: Served, page: Page, name: str) -> None:
    script, start, more = CLIENTS[name]
    html = f"<!doctype html><title>Pricing</title><script src='/npm/{script}'></script>"
    project = tell(server, f"browser-{name}", "segment")
    with site({"/pricing": html}) as url:
        page.goto(f"{url}/pricing?utm_source=mail")
        page.evaluate(start, [server.url, project.key, more])
        page.evaluate(CALLS)
        soon(project.names, lambda names: names == EVENTS)
        soon(lambda: people(project), lambda ids: len(ids) == 1)
        page.goto("about:blank")
    shown = project.shown("u1")
    seen = shown["Page Viewed"]
    assert (seen["name"], seen["path"], seen["title"]) == ("Pricing", "/pricing", "Pricing")
    assert (shown["Looked"]["size"], shown["Signed Up"]["price"]) == (4, 12.5)
    assert seen["campaign.source"] == "mail"
    known = {"plan": "pro", "group.seats": 5.0}
    traits = project.traits("u1")
    assert known.items() <= traits.items()
    assert traits["group.id"]
    assert server.get("status", project.project)["refused"] == []
    assert not project.is_on_disk(AGENT)


@pytest.mark.parametrize("name", ["segment-batching", "rudder"])
def test_what_the_script_sends_again_is_stored_once(server: Served, page: Page, name: str) -> None:
    script, start, more = CLIENTS[name]
    html = f"<!doctype html><title>Pricing</title><script src='/npm/{script}'></script>"
    project = tell(server, f"browser-again-{name}", "segment")
    with failing_first(server.url) as proxy, site({"/": html}) as url:
        page.goto(url)
        host = {"apiHost": f"{proxy.url.removeprefix('http://')}/v1"}
        page.evaluate(start, [proxy.url, project.key, host | more])
        soon(lambda: proxy.statuses, lambda statuses: statuses == [200])
        proxy.lost = 2
        page.evaluate(CALLS)
        soon(project.names, lambda names: names == EVENTS)
        soon(
            lambda: server.get("status", project.project)["duplicates"],
            lambda duplicates: duplicates > 0,
        )
        page.goto("about:blank")
    assert project.names() == EVENTS
