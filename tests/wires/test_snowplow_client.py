"""Snowplow's published trackers, unmodified: for Python, for Node, and in a real browser."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser
from snowplow_tracker import Emitter, SelfDescribingJson, Subject, Tracker
from snowplow_tracker.events import PagePing, PageView, ScreenView, SelfDescribing, StructuredEvent

from tests.browser.conftest import browser  # noqa: F401
from tests.conftest import Served
from tests.wires.driving import AGENT, Told, failing_first, run_node, site, tell

COUNTS = {"Page Viewed": 1, "sign_up": 1, "Opened": 1, "Screen Viewed": 1}
SENT_MS = 1_770_091_506_000
"""2026-02-03T04:05:06Z."""
ADDRESS = "203.0.113.7"
WAIT_S = 20
LOOKS = 500


def send_with_python(url: str, app: str, method: str = "post") -> None:
    """The story, by snowplow-tracker."""
    done = threading.Semaphore(0)
    emitter = Emitter(
        url,
        method=method,  # type: ignore[arg-type]
        batch_size=2 if method == "post" else 1,
        on_success=lambda sent: [done.release() for _ in sent],
    )
    nobody = Subject().set_domain_user_id("a1").set_ip_address(ADDRESS).set_useragent(AGENT)
    tracker = Tracker("sp", emitter, subject=nobody, app_id=app)
    page = "https://x.test/pricing"
    tracker.track(PageView(page, "Pricing", "https://y.test/"))
    tracker.track(PagePing(page))
    tracker.subject = Subject().set_user_id("u1").set_domain_user_id("a1")
    data = SelfDescribingJson(
        "iglu:com.acme/sign_up/jsonschema/1-0-0", {"plan": "pro", "price": 12.5}
    )
    basket = SelfDescribingJson("iglu:com.acme/basket/jsonschema/1-0-0", {"items": 2})
    tracker.track(SelfDescribing(data, context=[basket]))
    opened = StructuredEvent("shop", "Opened", label="l", value=2, true_timestamp=SENT_MS)
    tracker.track(opened)
    tracker.track(ScreenView(id_="7", name="Home"))
    tracker.flush()
    for _ in range(5):
        assert done.acquire(timeout=WAIT_S)


def send_by_get(url: str, app: str) -> None:
    send_with_python(url, app, "get")


def send_with_node(url: str, app: str) -> None:
    run_node("snowplow.js", url, app)


CLIENTS: dict[str, Callable[[str, str], None]] = {
    "python": send_with_python,
    "python-get": send_by_get,
    "node": send_with_node,
}


@pytest.fixture(scope="module", params=CLIENTS)
def told(server: Served, request: pytest.FixtureRequest) -> Told:
    """The project that one of the clients has told everything to."""
    client = request.param
    shop = tell(server, f"snowplow-{client}", "snowplow", f"app-{client}")
    CLIENTS[client](server.url, shop.key)
    return shop


def test_every_call_arrives_as_what_it_is(told: Told) -> None:
    assert told.names() == COUNTS
    shown = told.shown("u1")
    assert shown["Page Viewed"]["title"] == "Pricing"
    assert shown["Page Viewed"]["referrer"] == "https://y.test/"
    assert shown["sign_up"] == {"plan": "pro", "price": 12.5, "basket.items": 2.0}
    assert shown["Opened"] == {"category": "shop", "label": "l", "value": 2.0}
    assert shown["Screen Viewed"]["name"] == "Home"
    assert told.timeline("u1")[0]["ts"] == "2026-02-03T04:05:06Z"


def test_the_device_becomes_the_user_and_nothing_of_it_is_kept(told: Told) -> None:
    assert told.person("a1") == told.person("u1")
    assert not told.is_on_disk(AGENT)
    assert not told.is_on_disk(ADDRESS)


@pytest.mark.parametrize("fails", ["away", "lost"])
@pytest.mark.parametrize("client", ["python", "node"])
def test_what_is_sent_again_is_stored_once(server: Served, client: str, fails: str) -> None:
    shop = tell(server, f"snowplow-{client}-{fails}", "snowplow", f"again-{client}-{fails}")
    with failing_first(server.url, **{fails: 1}) as proxy:
        CLIENTS[client](proxy.url, shop.key)
    assert set(proxy.statuses) == {200}
    assert shop.names() == COUNTS
    duplicates = server.get("status", shop.project)["duplicates"]
    assert (duplicates > 0) == (fails == "lost")


def test_an_application_that_is_not_known_is_told(server: Served) -> None:
    told = json.loads(run_node("snowplow.js", server.url, "nowhere"))
    assert set(told) == {401}


PAGE = """<!doctype html><title>A shop</title>
<script src="/npm/@snowplow/browser-tracker/dist/index.umd.min.js"></script>
<script>
const sp = snowplowBrowserTracking;
sp.newTracker("sp", "{url}", {{ appId: "{app}" {options} }});
sp.trackPageView();
sp.setUserId({user});
sp.trackSelfDescribingEvent({{
  event: {{ schema: "iglu:com.acme/sign_up/jsonschema/1-0-0", data: {{ plan: "pro" }} }} }});
sp.trackStructEvent({{ category: "shop", action: "Opened" }});
</script>"""
ANONYMOUS = ", anonymousTracking: { withServerAnonymisation: true }"


def visit(app: Told, browser: Browser, user: str, options: str) -> dict[str, int]:  # noqa: F811
    """What is counted of somebody's visit to a page with the tracker on it."""
    context = browser.new_context(user_agent=f"Mozilla/5.0 {AGENT}")
    page = context.new_page()
    shop = PAGE.format(url=app.server.url, app=app.key, options=options, user=user)
    with site({"/pricing": shop}) as url:
        page.goto(f"{url}/pricing")
        for _ in range(LOOKS):
            if sum(app.names().values()) >= 3:
                break
            page.wait_for_timeout(20)
    context.close()
    return app.names()


def test_the_browsers_tracker_sends_the_same(server: Served, browser: Browser) -> None:  # noqa: F811
    shop = tell(server, "snowplow-browser", "snowplow", "app-browser")
    assert visit(shop, browser, "'u1'", "") == {"Page Viewed": 1, "sign_up": 1, "Opened": 1}
    assert {event["event"] for event in shop.timeline("u1")} == {"Page Viewed", "sign_up", "Opened"}
    assert {event["source"] for event in shop.timeline("u1")} == {"snowplow-js"}
    assert not shop.is_on_disk(AGENT)


@pytest.mark.clause("S1-21")
def test_an_anonymous_browser_is_counted_without_cookies(
    server: Served,
    browser: Browser,  # noqa: F811
) -> None:
    shop = tell(server, "snowplow-nobody", "snowplow", "app-nobody", preset="product-analytics")
    assert visit(shop, browser, "null", ANONYMOUS) == {"Page Viewed": 1, "sign_up": 1, "Opened": 1}
    steps = [{"event": "Page Viewed"}, {"event": "Opened"}]
    funnel = server.ask("funnel", shop.project, steps=steps, purpose="counting")
    assert [step["people"] for step in funnel["steps"]] == [1, 1]
