"""The live room: an event that is sent stands in it within a second, in light and in dark."""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from playwright.sync_api import Browser, Locator, Page, expect

from tests.conftest import Keys, Served

from .test_rooms import PHONE, settle

SECOND_MS = 1_000
QUIET = "Nothing has happened in the last five minutes."


def rows(page: Page) -> Locator:
    """The events that are listed."""
    return page.get_by_role("table", name="Events, the newest first").locator("tbody tr")


def opened(served: Served, name: str) -> Keys:
    """A project in which something happened last week, so that its rooms are open, and is quiet."""
    keys = served.make_project(name)
    week_ago = datetime.now(UTC) - timedelta(days=7)
    first = {"type": "track", "event": "Opened", "userId": "u", "timestamp": week_ago.isoformat()}
    assert served.send_to(keys.write, first).status_code == 200
    served.applied(name)
    return keys


def sent(served: Served, keys: Keys, event: str, user: str, **properties: object) -> None:
    """Send one event of now."""
    one: dict[str, object] = {"type": "track", "event": event, "userId": user}
    one["properties"] = properties
    assert served.send_to(keys.write, one).status_code == 200


def test_event_stands_in_the_list_within_a_second(
    page: Page, served: Served, screenshots: Path
) -> None:
    keys = opened(served, "live")
    page.goto(f"{served.url}/app/live/live")
    settle(page)
    expect(page.get_by_text(QUIET)).to_be_visible()
    page.screenshot(path=screenshots / "live-empty.png")
    began = time.monotonic()
    sent(served, keys, "Page Viewed", "live-1", path="/tea", country="FR", browser="Firefox")
    expect(rows(page).first).to_contain_text("/tea", timeout=SECOND_MS)
    assert time.monotonic() - began < 2 * SECOND_MS / 1000
    expect(rows(page).first).to_contain_text("FR")
    expect(page.get_by_role("list", name="Online now").get_by_role("link")).to_have_count(
        1, timeout=2 * SECOND_MS
    )
    page.screenshot(path=screenshots / "live.png")


def test_pause_holds_the_list_and_goes_on_with_what_came(page: Page, served: Served) -> None:
    keys = opened(served, "live-held")
    page.goto(f"{served.url}/app/live-held/live")
    settle(page)
    sent(served, keys, "Page Viewed", "live-1", path="/before")
    expect(rows(page).first).to_contain_text("/before")
    page.get_by_role("button", name="Pause").press("Enter")
    sent(served, keys, "Page Viewed", "live-2", path="/while")
    expect(page.get_by_role("button", name="Go on (1 event)")).to_be_visible()
    expect(rows(page).first).to_contain_text("/before")
    page.get_by_role("button", name="Go on").press("Enter")
    expect(rows(page).first).to_contain_text("/while")
    rows(page).first.get_by_role("link").click()
    expect(page.get_by_role("heading", name="Timeline")).to_be_visible()


def test_live_fits_a_phone_in_the_dark(
    browser: Browser, session: dict[str, object], served: Served, screenshots: Path
) -> None:
    context = browser.new_context(
        storage_state=session,  # type: ignore[arg-type]
        viewport=PHONE,  # type: ignore[arg-type]
        color_scheme="dark",
    )
    page = context.new_page()
    keys = opened(served, "live-phone")
    page.goto(f"{served.url}/app/live-phone/live")
    settle(page)
    sent(served, keys, "Page Viewed", "live-3", path="/a/page/with/a/long/name/that/goes/on")
    expect(rows(page).first).to_be_visible()
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width == PHONE["width"]
    expect(page.locator("main#room")).to_have_text(re.compile("online"))
    page.screenshot(path=screenshots / "live-phone-dark.png")
    context.close()
