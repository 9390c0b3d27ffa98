"""The room of the quarantine: by mouse, in the dark, on a phone."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from tests.conftest import Served, soon

from .test_rooms import PHONE, settle


def refuse(served: Served, project: str) -> None:
    """A project in which three events wait."""
    keys = served.make_project(project)
    nameless: dict[str, object] = {
        "type": "track",
        "userId": "ann",
        "messageId": "nameless",
        "properties": {"total": 42.5, "cart": {"items": 3}, "password": "hunter2"},
        "context": {"ip": "203.0.113.9"},
    }
    long = {**nameless, "event": "Order Completed", "userId": "u" * 501}
    served.send_to(keys.write, nameless, {**long, "messageId": "a"}, {**long, "messageId": "b"})
    soon(lambda: served.get("quarantine", project)["entries"], lambda seen: len(seen) == 3)


def test_an_entry_is_opened_and_what_waits_is_replayed_and_dropped(
    page: Page, served: Served, screenshots: Path
) -> None:
    refuse(served, "waiting")
    page.goto(f"{served.url}/app/waiting/quarantine")
    settle(page)
    reasons = page.get_by_role("list", name="Reasons")
    expect(reasons.get_by_role("button")).to_have_count(2)
    reasons.get_by_role("button", name=re.compile("It has no name")).click()
    expect(page).to_have_url(re.compile(r"reason=no_event_name"))
    entries = page.get_by_role("list", name="Entries")
    expect(entries.get_by_role("listitem")).to_have_count(1)
    entries.get_by_role("button", name=re.compile("It has no name")).click()
    expect(entries.get_by_text("The event has no name.")).to_be_visible()
    expect(entries.get_by_text("42.5")).to_be_visible()
    expect(entries.get_by_text("hunter2")).to_have_count(0)
    page.screenshot(path=screenshots / "quarantine.png")
    page.get_by_role("button", name="Replay 1 event").first.click()
    expect(
        page.get_by_text("0 events kept. 1 event still waiting: it has no name.")
    ).to_be_visible()
    page.get_by_role("button", name="Drop", exact=True).first.click()
    page.get_by_role("button", name="Drop 1 event for good").click()
    expect(page.get_by_text("1 event dropped.")).to_be_visible()
    expect(reasons.get_by_role("button")).to_have_count(1)
    reasons.get_by_role("button", name=re.compile("too long")).click()
    page.get_by_role("button", name="Drop", exact=True).first.click()
    page.get_by_role("button", name="Drop 2 events for good").click()
    expect(page.get_by_text("Nothing waits.", exact=False)).to_be_visible()
    page.screenshot(path=screenshots / "quarantine-empty.png")


def test_it_fits_a_phone_in_the_dark(
    browser: Browser, session: dict[str, object], served: Served, screenshots: Path
) -> None:
    refuse(served, "waiting-phone")
    context = browser.new_context(
        storage_state=session,  # type: ignore[arg-type]
        viewport=PHONE,  # type: ignore[arg-type]
        color_scheme="dark",
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.goto(f"{served.url}/app/waiting-phone/quarantine")
    settle(page)
    page.get_by_role("list", name="Entries").get_by_role("button").first.click()
    expect(page.get_by_text("It goes by itself", exact=False)).to_be_visible()
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= PHONE["width"]
    page.screenshot(path=screenshots / "quarantine-phone-dark.png", full_page=True)
    context.close()
