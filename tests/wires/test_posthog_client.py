"""PostHog's published clients, unmodified, against a real server; then the timelines are asked.

All clients of servers send the same story: Ann is `device-1`, then `u1`, and is `old-1`
too; somebody else (`u2`) opens once.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import Browser
from posthog import Posthog

from tests.browser.conftest import browser  # noqa: F401
from tests.conftest import Served, soon
from tests.wires.driving import AGENT, Told, failing_first, run_node, site, tell
from tests.wires.watched import watched

EVENTS = {"Opened": 3, "Page Viewed": 1, "Signed Up": 1, "$exception": 1}
OTHERS = 3
"""Messages that are no event: identify, group, alias; Python sets traits twice more."""

Send = Callable[[str, str], list[str]]


def send_with_node(mode: str) -> Send:
    """The story, by posthog-node; what it reported."""
    return lambda host, key: run_node("posthog.js", host, key, mode).splitlines()


def send_with_python(mode: str, *, gzip: bool = False) -> Send:
    """The story, by posthog's library for Python; what it reported."""

    def send(host: str, key: str) -> list[str]:
        failures: list[str] = []
        client = Posthog(
            key,
            host=host,
            gzip=gzip,
            flush_at=4,
            capture_mode=mode,
            on_error=lambda failure, _: failures.append(f"error {failure.status}"),
        )
        more = {"$set": {"plan": "pro"}, "$set_once": {"source": "ad"}}
        signed_up = {"plan": "pro", "price": 12.5, **more}
        client.capture(
            "Signed Up", distinct_id="u1", properties=signed_up, groups={"company": "g1"}
        )
        client.capture(
            "$pageview",
            distinct_id="u1",
            properties={"$current_url": "https://x.test/pricing?utm_source=mail"},
            timestamp=datetime(2026, 2, 3, 4, 5, 6, tzinfo=UTC),
        )
        unknown = {"$process_person_profile": False}
        client.capture("Opened", distinct_id="device-1", properties=unknown)
        joined = {"$anon_distinct_id": "device-1", "$set": {"email": "Ann@x.test"}}
        client.capture("$identify", distinct_id="u1", properties=joined)
        client.group_identify("company", "g1", {"seats": 5}, distinct_id="u1")
        client.capture("Opened", distinct_id="old-1")
        client.alias("old-1", "u1")
        client.capture("Opened", distinct_id="u2")
        client.capture_exception(TypeError("of Ann"), distinct_id="u1")
        client.flush()
        flag = client.evaluate_flags("u1").get_flag("new-price")
        client.shutdown()
        return [*failures, flag or "no flag"]

    return send


CLIENTS: dict[str, tuple[Send, str]] = {
    "node": (send_with_node("v0"), "posthog-node"),
    "node-newer": (send_with_node("v1"), "posthog-node"),
    "python": (send_with_python("v0"), "posthog-python"),
    "python-gzip": (send_with_python("v0", gzip=True), "posthog-python"),
    "python-newer": (send_with_python("v1"), "posthog-python"),
}


@pytest.fixture(scope="module", params=CLIENTS)
def told(server: Served, request: pytest.FixtureRequest) -> tuple[Told, str]:
    """The project that one of the clients has told the story to, and what the client is called."""
    send, library = CLIENTS[request.param]
    project = tell(server, f"posthog-{request.param}", "posthog")
    assert send(server.url, project.key) == ["no flag"]
    return project, library


def test_every_call_arrives_once_as_what_it_is(told: tuple[Told, str]) -> None:
    project, library = told
    assert project.names() == EVENTS
    status = project.server.get("status", project.project)
    assert (status["stored"], status["refused"]) == (sum(EVENTS.values()) + OTHERS, [])
    shown = project.shown("u1")
    assert {event["source"] for event in project.timeline("u1")} == {library}
    assert shown["Signed Up"] == {"plan": "pro", "price": 12.5, "groups.company": "g1"}
    assert shown["$exception"]["type"] == "TypeError"
    page = shown["Page Viewed"]
    assert (page["path"], page["campaign.source"]) == ("/pricing", "mail")
    assert project.timeline("u1")[0]["ts"] == "2026-02-03T04:05:06Z"


def test_one_person_has_their_device_and_their_former_id(told: tuple[Told, str]) -> None:
    project, _ = told
    ann = project.person("u1")
    for identifier in ("device-1", "old-1", "ann@x.test"):
        assert project.person(identifier) == ann, identifier
    assert project.person("u2")["id"] != ann["id"]


def test_what_is_told_of_the_person_and_their_company_is_known(told: tuple[Told, str]) -> None:
    traits = told[0].traits("u1")
    expected = {"email": "Ann@x.test", "plan": "pro", "source": "ad"}
    group = {"group.id": 1.0, "group.type": "company", "group.seats": 5.0}
    assert traits == expected | group


def test_neither_texts_of_failures_nor_the_machine_of_the_server_are_kept(
    told: tuple[Told, str],
) -> None:
    project, _ = told
    assert not project.is_on_disk("of Ann")
    schema = project.server.get("schema", project.project)
    names = {one["name"] for one in schema["properties"]}
    assert not names & {"os", "$os", "$lib", "$ip", "$python_version", "token"}


@pytest.mark.parametrize("name", ["node", "node-newer", "python-gzip", "python-newer"])
def test_what_a_client_sends_again_is_stored_once(server: Served, name: str) -> None:
    project = tell(server, f"posthog-again-{name}", "posthog")
    with failing_first(server.url, away=1, lost=1) as proxy:
        CLIENTS[name][0](proxy.url, project.key)
    assert set(proxy.statuses) == {200}
    assert project.names() == EVENTS
    status = server.get("status", project.project)
    assert status["stored"] == sum(EVENTS.values()) + OTHERS
    assert status["duplicates"] > 0


@pytest.mark.parametrize("name", ["node", "python", "python-newer"])
def test_a_client_hears_that_its_key_is_unknown(server: Served, name: str) -> None:
    reported = CLIENTS[name][0](server.url, "phc_unknown")
    assert "error 401" in reported


def test_the_newer_form_tells_of_each_event_that_is_refused(server: Served) -> None:
    project = tell(server, "posthog-refused", "posthog")
    failures: list[Any] = []
    client = Posthog(
        project.key,
        host=server.url,
        capture_mode="v1",
        on_error=lambda failure, _: failures.append(failure),
    )
    client.capture("Opened", distinct_id="anonymous")
    kept = client.capture("Opened", distinct_id="u1")
    client.shutdown()
    ((uuid, detail),) = failures[0].drops
    assert uuid != kept
    assert detail
    assert project.names() == {"Opened": 1}


# The browser's script

PAGE = """<!doctype html><title>Pricing</title><button id="buy">Buy it</button>
<script type="module">
  import posthog from "/npm/posthog-js/dist/module.js";
  window.posthog = posthog;
</script>"""
STORY = """async ([host, key]) => {
  while (!window.posthog) await new Promise((done) => setTimeout(done, 10));
  posthog.init(key, { api_host: host, opt_out_useragent_filter: true, capture_pageview: true });
  posthog.capture("Looked", { size: 4 });
  await new Promise((done) => setTimeout(done, 50));
  posthog.identify("u1", { email: "Ann@x.test", plan: "pro" }, { source: "ad" });
  posthog.group("company", "g1", { seats: 5 });
  posthog.capture("Signed Up", { price: 12.5 });
  posthog.alias("old-1");
  return posthog.get_property("$device_id");
}"""


def test_the_browsers_script_sends_all_there_is(
    server: Served,
    browser: Browser,  # noqa: F811
) -> None:
    project = tell(server, "posthog-browser", "posthog")
    with site({"/pricing": PAGE}) as url, watched(browser) as page:
        with page.expect_response("**/config"):
            page.goto(f"{url}/pricing?utm_source=mail")
            device = page.evaluate(STORY, [server.url, project.key])
        page.wait_for_load_state("networkidle")
        page.click("#buy")
        page.goto("about:blank")
        expected = {"Looked": 1, "Page Viewed": 1, "Signed Up": 1, "$autocapture": 1}
        expected |= {"Page Left": 1}
        soon(project.names, lambda names: names == expected)
    ann = project.person("u1")
    for identifier in (device, "old-1", "ann@x.test"):
        assert project.person(identifier) == ann, identifier
    shown = project.shown("u1")
    seen = shown["Page Viewed"]
    assert (seen["path"], seen["campaign.source"], seen["title"]) == ("/pricing", "mail", "Pricing")
    assert shown["$autocapture"]["action"] == "click"
    assert shown["Looked"]["size"] == 4
    assert shown["Page Left"]["duration"] > 0
    traits = project.traits("u1")
    known = {"email": "Ann@x.test", "plan": "pro", "source": "ad", "group.seats": 5.0}
    assert known.items() <= traits.items()
    assert server.get("status", project.project)["refused"] == []
    assert not project.is_on_disk(AGENT)
