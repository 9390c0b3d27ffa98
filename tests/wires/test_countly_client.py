"""Countly's published SDKs, unmodified: for Node, and in a real browser."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import Browser, Response

from tests.browser.conftest import browser  # noqa: F401
from tests.conftest import Served, outside
from tests.wires.driving import AGENT, Told, failing_first, run_node, site, tell

COUNTS = {
    "Visit Started": 1,
    "Screen Viewed": 1,
    "Opened": 1,
    "Signed Up": 1,
    "Screen Left": 1,
    "Visit Ended": 1,
}
REQUESTS = 5


@pytest.fixture(scope="module")
def told(server: Served) -> Told:
    """The project that the SDK has told everything to."""
    app = tell(server, "countly", "countly")
    statuses = json.loads(run_node("countly.js", server.url, app.key, str(REQUESTS)))
    assert set(statuses) == {200}
    return app


def test_every_call_arrives_as_what_it_is(told: Told) -> None:
    assert told.names() == COUNTS
    shown = told.shown("u1")
    assert shown["Visit Started"]["app_version"] == "2.1"
    assert shown["Screen Viewed"]["name"] == "Home"
    assert shown["Screen Viewed"]["tab"] == 2.0
    assert shown["Signed Up"] == {"plan": "pro", "count": 2.0, "sum": 12.5}
    assert {event["source"] for event in told.timeline("u1")} == {
        "countly-javascript_native_nodejs"
    }


def test_the_device_becomes_the_user_with_their_details(told: Told) -> None:
    assert told.person("u1")["events"] == sum(COUNTS.values())
    assert told.person("ann@x.test") == told.person("u1")
    traits = told.traits("u1")
    assert (traits["email"], traits["name"], traits["plan"]) == ("ann@x.test", "Ann", "pro")


@pytest.mark.parametrize("fails", ["away", "lost"])
def test_what_is_sent_again_is_stored_once(server: Served, fails: str) -> None:
    app = tell(server, f"countly-{fails}", "countly")
    with failing_first(server.url, **{fails: 2}) as proxy:
        run_node("countly.js", proxy.url, app.key, str(REQUESTS + 2))
    assert set(proxy.statuses) == {200}
    assert app.names() == COUNTS
    duplicates = server.get("status", app.project)["duplicates"]
    assert (duplicates > 0) == (fails == "lost")


def test_an_app_that_is_not_known_is_told(server: Served) -> None:
    query = {"app_key": "nowhere", "device_id": "d", "begin_session": "1"}
    for answer in (
        outside.get(f"{server.url}/i", params=query),
        outside.post(f"{server.url}/i/bulk", data={"app_key": "nowhere", "requests": "[]"}),
    ):
        assert answer.status_code == 401
        assert "sojourn key create" in answer.json()["result"]


# Unless told so, the SDK sends nothing for a browser that a program drives.
PAGE = """<!doctype html><title>A shop</title>
<script>
var Countly = {{ q: [], app_key: "{key}", url: "{url}", interval: 20, ignore_bots: false }};
Countly.q.push(["track_sessions"], ["track_pageview"]);
Countly.q.push(["add_event", {{ key: "Opened", segmentation: {{ plan: "pro" }} }}]);
Countly.q.push(["user_details", {{ name: "Ann", custom: {{ plan: "pro" }} }}]);
Countly.q.push(["change_id", "u1", true]);
</script>
<script src="/npm/countly-sdk-web/lib/countly.min.js"></script>
<script>Countly.init()</script>"""


def test_the_browsers_sdk_sends_the_same(server: Served, browser: Browser) -> None:  # noqa: F811
    app = tell(server, "countly-browser", "countly")
    context = browser.new_context(user_agent=f"Mozilla/5.0 {AGENT}")
    page = context.new_page()
    answers: list[int] = []

    def note(response: Response) -> None:
        if response.url.partition("?")[0].endswith("/i"):
            answers.append(response.status)

    page.on("response", note)
    wanted = {"Visit Started", "Page Viewed", "Opened"}
    with site({"/pricing": PAGE.format(url=server.url, key=app.key)}) as url:
        page.goto(f"{url}/pricing?utm_source=mail")
        for _ in range(200):
            page.wait_for_timeout(20)
            if (
                wanted <= app.names().keys()
                and server.get("people", app.project, search="u1")["people"]
            ):
                break
    context.close()
    assert set(answers) == {200}
    assert app.names() == dict.fromkeys(wanted, 1)
    shown = app.shown("u1")
    assert shown["Page Viewed"]["path"] == "/pricing"
    assert shown["Page Viewed"]["campaign.source"] == "mail"
    assert shown["Opened"]["plan"] == "pro"
    assert app.traits("u1")["plan"] == "pro"
    assert not app.is_on_disk(AGENT)
