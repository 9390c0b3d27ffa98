"""Amplitude's published clients, unmodified, against a real server; then the timelines are asked.

All clients send the same story: Ann is `device-1`, then `u1`; somebody else, `2`, opens once.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from amplitude import Amplitude, BaseEvent, EventOptions, Identify, Revenue
from playwright.sync_api import Browser

from tests.browser.conftest import browser  # noqa: F401
from tests.conftest import Served, soon
from tests.wires.driving import AGENT, Told, failing_first, run_node, site, tell
from tests.wires.watched import watched

EVENTS = {"Opened": 2, "Signed Up": 1, "Imported": 1, "revenue_amount": 1}
OTHERS = 3
"""Messages that are no event: what is told of the person, and twice of their company."""
IMPORTED_MS = 1_770_091_506_000
"""2026-02-03T04:05:06Z."""
ANSWERED_S_MAX = 20

Send = Callable[[str, str], list[str]]


def send_with_node(path: str) -> Send:
    """The story, by Amplitude's library for Node; what it reported."""
    return lambda host, key: run_node("amplitude.js", host, key, path).splitlines()


def send_with_python(host: str, key: str) -> list[str]:
    """The story, by Amplitude's library for Python; what it reported."""
    reported: list[str] = []
    answered = threading.Semaphore(0)

    def hear(event: BaseEvent, code: int, message: str | None = None) -> None:
        if code != 200:
            reported.append(f"error {code} {message}")
        answered.release()

    client = Amplitude(key)
    client.configuration.server_url = f"{host}/2/httpapi"
    client.configuration.callback = hear
    client.configuration.flush_interval_millis = 50
    ann = {"user_id": "u1", "device_id": "device-1"}
    signed_up = {"plan": "pro", "price": 12.5}
    client.track(BaseEvent("Opened", device_id="device-1"))
    client.track(BaseEvent("Signed Up", **ann, event_properties=signed_up, ip="203.0.113.9"))
    client.track(BaseEvent("Imported", user_id="u1", time=IMPORTED_MS))
    known, company = Identify(), Identify()
    known.set("email", "Ann@x.test").set_once("source", "ad")
    client.identify(known, EventOptions(**ann))
    client.set_group("company", "g1", EventOptions(**ann))
    company.set("seats", 5)
    client.group_identify("company", "g1", company, EventOptions(**ann))
    client.revenue(Revenue(price=9.5, quantity=2, product_id="tea"), EventOptions(**ann))
    client.track(BaseEvent("Opened", user_id="2"))
    client.flush()
    for _ in range(sum(EVENTS.values()) + OTHERS):
        if not answered.acquire(timeout=ANSWERED_S_MAX):
            reported.append("error no answer")
            break
    client.shutdown()
    return reported


CLIENTS: dict[str, tuple[Send, str]] = {
    "node": (send_with_node("/2/httpapi"), "amplitude-node-ts"),
    "node-batch": (send_with_node("/batch"), "amplitude-node-ts"),
    "python": (send_with_python, "amplitude-python"),
}


@pytest.fixture(scope="module", params=CLIENTS)
def told(server: Served, request: pytest.FixtureRequest) -> tuple[Told, str]:
    """The project that one of the clients has told the story to, and what the client is called."""
    send, library = CLIENTS[request.param]
    project = tell(server, f"amplitude-{request.param}", "amplitude")
    assert send(server.url, project.key) == []
    return project, library


def test_every_call_arrives_once_as_what_it_is(told: tuple[Told, str]) -> None:
    project, library = told
    assert project.names() == EVENTS
    status = project.server.get("status", project.project)
    assert (status["stored"], status["refused"]) == (sum(EVENTS.values()) + OTHERS, [])
    shown = project.shown("u1")
    assert {event["source"] for event in project.timeline("u1")} == {library}
    assert shown["Signed Up"] == {"plan": "pro", "price": 12.5}
    assert shown["revenue_amount"] == {"price": 9.5, "quantity": 2.0, "product_id": "tea"}
    first = project.timeline("u1")[0]
    assert (first["event"], first["ts"]) == ("Imported", "2026-02-03T04:05:06Z")
    assert not project.is_on_disk("203.0.113.9")


def test_the_device_and_the_user_are_one_person(told: tuple[Told, str]) -> None:
    project, _ = told
    ann = project.person("u1")
    assert project.person("device-1") == ann
    assert project.person("ann@x.test") == ann
    assert project.person("2")["id"] != ann["id"]


def test_what_is_told_of_the_person_and_their_company_is_known(told: tuple[Told, str]) -> None:
    expected = {"email": "Ann@x.test", "source": "ad", "company": "g1"}
    group = {"group.id": 1.0, "group.type": "company", "group.seats": 5.0}
    assert told[0].traits("u1") == expected | group


@pytest.mark.parametrize("name", ["node", "python"])
def test_what_a_client_sends_again_is_stored_once(server: Served, name: str) -> None:
    project = tell(server, f"amplitude-again-{name}", "amplitude")
    with failing_first(server.url, away=1, lost=1) as proxy:
        assert CLIENTS[name][0](proxy.url, project.key) == []
    assert project.names() == EVENTS
    status = server.get("status", project.project)
    assert status["stored"] == sum(EVENTS.values()) + OTHERS
    assert status["duplicates"] > 0


def test_a_client_hears_that_its_key_is_unknown(server: Served) -> None:
    reported = CLIENTS["node"][0](server.url, "unknown")
    assert len(reported) == sum(EVENTS.values()) + OTHERS
    assert all(line.startswith("error 401 Invalid API key") for line in reported)


# The browser's script

PAGE = """<!doctype html><title>Pricing</title>
<script src="/npm/@amplitude/analytics-browser/lib/scripts/amplitude-min.umd.js"></script>
<button id="buy" type="button">Buy it</button>"""
STORY = """async ([host, key]) => {
  const options = { autocapture: { elementInteractions: true }, flushIntervalMillis: 50 };
  const quiet = { fetchRemoteConfig: false, remoteConfig: { fetchRemoteConfig: false } };
  await amplitude.init(key, { serverUrl: host + "/2/httpapi", ...options, ...quiet }).promise;
  await amplitude.track("Looked", { size: 4 }).promise;
  amplitude.setUserId("u1");
  amplitude.identify(new amplitude.Identify().set("email", "Ann@x.test").setOnce("source", "ad"));
  amplitude.setGroup("company", "g1");
  await amplitude.track("Signed Up", { price: 12.5 }).promise;
  return amplitude.getDeviceId();
}"""


def test_the_browsers_script_sends_all_there_is(
    server: Served,
    browser: Browser,  # noqa: F811
) -> None:
    project = tell(server, "amplitude-browser", "amplitude")
    clicked = "[Amplitude] Element Clicked"
    with site({"/pricing": PAGE}) as url, watched(browser) as page:
        page.goto(f"{url}/pricing?utm_source=mail")
        device = page.evaluate(STORY, [server.url, project.key])
        page.click("#buy")
        expected = {"Looked": 1, "Page Viewed": 1, "Signed Up": 1, clicked: 1}
        soon(project.names, lambda names: names == expected)
        soon(lambda: project.found("ann@x.test"), bool)
        page.goto("about:blank")
    ann = project.person("u1")
    assert project.person(device) == ann
    assert project.person("ann@x.test") == ann
    shown = project.shown("u1")
    seen = shown["Page Viewed"]
    assert (seen["path"], seen["campaign.source"], seen["title"]) == ("/pricing", "mail", "Pricing")
    assert shown[clicked]["element_text"] == "Buy it"
    known = {"email": "Ann@x.test", "source": "ad", "company": "g1", "group.id": 1.0}
    assert known.items() <= project.traits("u1").items()
    assert server.get("status", project.project)["refused"] == []
    assert not project.is_on_disk(AGENT)
