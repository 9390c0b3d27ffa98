"""A site of its own for the browser script, and a browser that nobody has used before."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser.collector import Collector, collecting


@pytest.fixture
def collector() -> Iterator[Collector]:
    """A site with a server that takes everything down."""
    with collecting() as made:
        yield made


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A browser that nobody has used before."""
    made = browser.new_context(viewport={"width": 800, "height": 600})
    made.set_default_timeout(5_000)
    yield made
    made.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """A page on which nothing may fail, whatever happens in the script."""
    failures: list[str] = []
    opened = context.new_page()
    opened.on("pageerror", lambda error: failures.append(str(error)))
    yield opened
    opened.close()
    assert failures == []
