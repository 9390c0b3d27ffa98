"""Plausible's two published clients, unmodified, in a real browser; then the reports are asked."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import browser  # noqa: F401
from tests.conftest import Served, outside
from tests.wires.driving import AGENT, Told, site, tell

DOMAIN = "x.test"
PAGE = """<!doctype html><title>A shop</title><script type="module">
import {name} from "/npm/{module}";
{calls}
</script>"""
OLDER = """
const {{ trackPageview, trackEvent }} = Plausible({{
  domain: "{domain}", apiHost: "{url}", trackLocalhost: true }});
trackPageview();
trackEvent("Signup", {{ props: {{ plan: "pro" }} }});
"""
NEWER = """
init({{ domain: "{domain}", endpoint: "{url}/api/event", captureOnLocalhost: true,
       outboundLinks: true }});
track("Signup", {{ props: {{ plan: "pro" }}, revenue: {{ amount: 10.5, currency: "EUR" }} }});
history.pushState(null, "", "/next?utm_source=mail");
"""
CLIENTS = {
    "older": ("Plausible", "plausible-tracker/build/module/index.js", OLDER),
    "newer": ("{ init, track }", "@plausible-analytics/tracker/plausible.js", NEWER),
}
COUNTS = {
    "older": {"Page Viewed": 1, "Signup": 1},
    "newer": {"Page Viewed": 2, "Signup": 1, "Page Left": 1},
}


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:  # noqa: F811
    """A page of somebody whose browser has a name."""
    context = browser.new_context(user_agent=AGENT)
    page = context.new_page()
    yield page
    context.close()


@pytest.fixture(params=CLIENTS)
def told(server: Served, page: Page, request: pytest.FixtureRequest) -> tuple[str, Told]:
    """The project that a client has told everything to from a page."""
    client = request.param
    name, module, calls = CLIENTS[client]
    domain = f"{client}.{DOMAIN}"
    shop = tell(server, f"plausible-{client}", "plausible", domain, preset="product-analytics")
    calls = calls.format(domain=domain, url=server.url)
    wanted = sum(COUNTS[client].values())
    answers: list[int] = []
    page.on("response", lambda one: answers.append(one.status) if "/api/event" in one.url else None)
    with site({"/pricing": PAGE.format(name=name, module=module, calls=calls)}) as url:
        page.goto(f"{url}/pricing")
        while len(answers) < wanted:
            page.wait_for_timeout(20)
    assert answers == [202] * wanted
    return client, shop


@pytest.mark.clause("S1-21")
def test_every_call_arrives_as_what_it_is_from_somebody_without_a_name(
    told: tuple[str, Told],
) -> None:
    client, shop = told
    assert shop.names() == COUNTS[client]
    assert shop.server.get("schema", shop.project)["people"] == 1
    plan = [{"event": "Signup", "where": [{"property": "plan", "is": ["pro"]}]}]
    trend = shop.server.ask("trend", shop.project, series=plan, every="day", purpose="counting")
    assert sum(number for _, number in trend["series"][0]["points"]) == 1
    assert not shop.is_on_disk(AGENT)


def test_a_domain_that_is_not_known_is_told(server: Served) -> None:
    body = {"n": "pageview", "u": "https://nowhere.test/", "d": "nowhere.test"}
    assert outside.post(f"{server.url}/api/event", json=body).status_code == 401
