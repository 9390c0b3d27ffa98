"""A page with the browser script, as tests start it."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Page

from tests.browser.collector import KEY, Collector, Message

ROOT = Path(__file__).parents[3]
SILENCE_MS = 600
"""More than twice as long as messages are gathered for."""


def snippet(*calls: str, name: str = "sojourn") -> str:
    """The snippet as it is documented, followed by calls."""
    text = (ROOT / "docs" / "how-to" / "collect-web.md").read_text()
    found = re.search(r"<script>\n(.*?)\n\s*\}\)\(", text, re.DOTALL)
    assert found is not None
    lines = [f'}})("/sojourn.js", "{name}");', *calls]
    return "<script>" + found[1] + "\n" + "\n".join(lines) + "</script>"


def started(page: Page, collector: Collector, address: str = "/", **options: object) -> None:
    """Open a page that has the script, and start it."""
    collector.body += '<script src="/sojourn.js"></script>'
    page.goto(collector.url + address)
    page.evaluate("options => void sojourn.init(options)", {"key": KEY, **options})


def errors(page: Page) -> int:
    """How many errors the script swallowed."""
    return int(page.evaluate("sojourn.errors"))


def silent(page: Page, collector: Collector) -> list[Message]:
    """What came, after a while."""
    page.wait_for_timeout(SILENCE_MS)
    return collector.messages
