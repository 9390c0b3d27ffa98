"""A page of somebody's browser on which nothing may fail unnoticed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Page

from tests.wires.driving import AGENT


@contextmanager
def watched(browser: Browser) -> Iterator[Page]:
    """A fresh page of a browser that no client takes for a machine's."""
    failures: list[str] = []
    context = browser.new_context(user_agent=f"Mozilla/5.0 {AGENT}")
    page = context.new_page()
    page.on("pageerror", lambda error: failures.append(str(error)))
    page.on("console", lambda line: failures.append(line.text) if line.type == "error" else None)
    try:
        yield page
    finally:
        context.close()
    assert failures == []
