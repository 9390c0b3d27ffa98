"""The sample shop of the demo, clicked through as a newcomer does: their own clicks are there
within a second, once they agreed; and the snippet in it is the one that is documented."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from sojourn.demo import sample_shop
from sojourn.policy.compile import compile as compile_policy
from tests.browser.conftest import TIMEOUT_MS, until
from tests.conftest import Served
from tests.policy.checking import TODAY

SEEN_S_MAX = 1.0
"""From a click to its event in the answers."""
PATIENCE_S = 5.0
SILENCE_MS = 600
ROOT = Path(__file__).parents[2]


@pytest.fixture
def counted(context: BrowserContext, served: Served) -> Callable[[], dict[str, int]]:
    """How many events of each name the shop's project has."""

    def count() -> dict[str, int]:
        where = f"{served.url}/api/v1/projects/{sample_shop.PROJECT}/schema"
        schema = context.request.get(where).json()
        return {one["name"]: one["events"] for one in schema["events"]}

    return count


def interactions_loaded(page: Page) -> None:
    """Wait for the script's second file."""
    until(page, "!!window.__interactions")


def test_a_newcomer_s_own_clicks_are_there_within_a_second(
    page: Page, served: Served, counted: Callable[[], dict[str, int]]
) -> None:
    def seen(name: str, events: int) -> float:
        """How long it takes until so many events of a name are counted, in seconds."""
        begun = time.monotonic()
        while counted().get(name, 0) < events:
            assert time.monotonic() - begun < PATIENCE_S, counted()
            page.wait_for_timeout(20)
        return time.monotonic() - begun

    page.goto(f"{served.url}/demo/")
    page.get_by_role("button", name="Refuse all").wait_for()
    page.wait_for_timeout(SILENCE_MS)
    assert counted() == {}
    page.get_by_role("button", name="Accept all").click()
    seen("Page Viewed", 1)

    page.get_by_role("link", name="Mug").click()
    seen("Page Viewed", 2)
    interactions_loaded(page)
    page.get_by_role("button", name="Add to basket").click()
    assert seen("Added to Basket", 1) < SEEN_S_MAX
    page.get_by_role("link", name="Notebook").click()
    expect(page.get_by_role("heading", name="Notebook")).to_be_visible()
    assert seen("Page Viewed", 3) < SEEN_S_MAX

    page.get_by_role("link", name="Order").click()
    interactions_loaded(page)
    page.get_by_label("E-mail").fill("ann@shop.example")
    page.get_by_label("Colour").select_option("green")
    with page.expect_request("**/v1/batch") as sent:
        page.get_by_role("button", name="Place the order").click()
        seen("Order Placed", 1)
    assert "ann@" not in str(sent.value.post_data)

    page.get_by_role("link", name="Sample shop").click()
    interactions_loaded(page)
    with page.expect_download():
        page.get_by_role("link", name="Download the price list").click()
    seen("download", 1)
    page.route("https://example.com/**", lambda route: route.fulfill(body="the maker"))
    page.get_by_role("link", name="Visit the maker").click()
    seen("outgoing", 1)
    assert counted()["Page Viewed"] == 5


def test_the_shop_s_snippet_is_the_documented_one_and_its_policy_compiles() -> None:
    documented = (ROOT / "docs" / "how-to" / "collect-web.md").read_text()
    loading, _, _ = sample_shop.snippet("wk_1").partition('})("')
    assert loading in documented
    assert compile_policy(sample_shop.policy(), TODAY).findings == ()
    assert sample_shop.page("nowhere", "wk_1") is None


def test_the_shop_fits_a_phone_and_the_dark(
    browser: Browser, served: Served, screenshots: Path
) -> None:
    for name, width, scheme in (
        ("light", 1280, "light"),
        ("dark", 1280, "dark"),
        ("phone", 320, "light"),
    ):
        context = browser.new_context(
            viewport={"width": width, "height": 800},
            color_scheme=scheme,  # type: ignore[arg-type]
            reduced_motion="reduce",
        )
        context.set_default_timeout(TIMEOUT_MS)
        page = context.new_page()
        for path in ("", "catalogue/lamp", "order"):
            page.goto(f"{served.url}/demo/{path}")
            page.get_by_role("button", name="Refuse all").wait_for()
            page.screenshot(path=screenshots / f"shop-{name}-banner.png")
            page.keyboard.press("Escape")
            page.screenshot(
                path=screenshots / f"shop-{name}-{path.partition('/')[0] or 'home'}.png",
                full_page=True,
            )
            assert page.evaluate("document.documentElement.scrollWidth") <= width
        context.close()
